"""The streams of changes, over backends in memory; the processes are in test_streams_process."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from flask import Flask, Response, request
from werkzeug.test import TestResponse

from ticketing.client import streams, watching
from ticketing.client.streams import create_streams_app

ID = "0123456789abcdef01234567"
TICKET, ORDER = f"/live/tickets/{ID}", f"/live/orders/{ID}"


class Services:
    """Tickets and orders in one: what they answer, and what they were asked."""

    def __init__(self) -> None:
        self.version, self.status = 0, 200
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.app = Flask("services")
        self.app.add_url_rule("/<path:path>", view_func=self._answer)

    def _answer(self, path: str) -> Response:
        self.asked.append((path, dict(request.headers)))
        response = Response(json.dumps({"version": self.version}), self.status)
        response.set_cookie("session", "of-somebody-else")
        return response


class Streams:
    """The application, its visitors, and the event that ends its streams."""

    def __init__(self, services: Services, limit: int) -> None:
        self.ending = threading.Event()
        self.app = create_streams_app(
            tickets_url="http://services",
            orders_url="http://services",
            limit=limit,
            ending=self.ending,
            transport=httpx.WSGITransport(services.app),
        )

    def get(self, path: str, cookies: str = "") -> TestResponse:
        return self.app.test_client(use_cookies=False).get(path, headers={"Cookie": cookies})


@pytest.fixture()
def services() -> Services:
    return Services()


@pytest.fixture()
def live(services: Services) -> Streams:
    return Streams(services, limit=2)


def events(response: TestResponse) -> Iterator[str]:
    """What the stream says after how soon to come again."""
    said = (part.decode() if isinstance(part, bytes) else part for part in response.iter_encoded())
    assert next(said).startswith("retry: ")
    return said


def version(event: str) -> Any:
    assert event.startswith("data: ")
    assert event.endswith("\n\n")
    return json.loads(event.removeprefix("data: "))["version"]


def test_a_stream_says_the_version_at_once_and_each_change(
    live: Streams, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = streams.PAUSE
    monkeypatch.setattr(streams, "PAUSE", 60.0)
    with closing(live.get(TICKET)) as response:
        said, start = events(response), time.monotonic()
        assert version(next(said)) == 0
        assert time.monotonic() - start < 30
        services.version = 1
        monkeypatch.setattr(streams, "PAUSE", pause)
        start = time.monotonic()
        assert version(next(said)) == 1
        assert time.monotonic() - start < streams.HEARTBEAT
        assert response.mimetype == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"


@pytest.mark.parametrize("status", [401, 404])
def test_what_cannot_be_seen_is_gone_and_the_stream_ends(
    live: Streams, services: Services, status: int
) -> None:
    services.status = status
    with closing(live.get(ORDER)) as response:
        assert list(events(response)) == ["event: gone\ndata: {}\n\n"]


def test_only_the_session_goes_to_the_service_and_only_for_orders(
    live: Streams, services: Services
) -> None:
    for path in (TICKET, ORDER):
        with closing(live.get(path, "XSRF-TOKEN=a; session=ey.J-w_t; other=b")) as response:
            assert version(next(events(response))) == 0
    (_, public), (_, own) = services.asked
    assert "Cookie" not in public
    assert own["Cookie"] == "session=ey.J-w_t"


def test_no_visitor_gets_the_session_of_another(live: Streams, services: Services) -> None:
    for cookies in ("session=first", "", 'session="a\\012b"', "session=second"):
        with closing(live.get(ORDER, cookies)) as response:
            next(events(response))
    sessions = [headers.get("Cookie") for _, headers in services.asked]
    assert sessions == ["session=first", None, None, "session=second"]


@pytest.mark.parametrize("path", ["/live/tickets/x", f"/live/tickets/{ID}0", "/live/else/" + ID])
def test_nothing_is_asked_about_what_is_no_id(live: Streams, services: Services, path: str) -> None:
    assert live.get(path).status_code == 404
    assert services.asked == []


def test_viewers_of_one_ticket_share_one_look(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FRESH", 60.0)
    live = Streams(services, limit=20)
    responses = [live.get(TICKET) for _ in range(20)]
    first = [version(next(events(response))) for response in responses]
    assert first == [0] * 20
    assert len(services.asked) == 1
    for response in responses:
        response.close()


def test_beyond_the_limit_it_is_503_until_a_visitor_leaves(live: Streams) -> None:
    first, second = live.get(TICKET), live.get(TICKET)
    refused = live.get(ORDER)
    assert refused.status_code == 503
    first.close()
    with closing(live.get(TICKET)) as third:
        assert third.status_code == 200
    second.close()


def test_a_service_that_fails_is_asked_again_and_nothing_is_said(
    live: Streams, services: Services
) -> None:
    with closing(live.get(TICKET)) as response:
        said = events(response)
        next(said)
        services.version, failures = 7, [("down", 503)] * 2
        services.app.view_functions["_answer"] = lambda path: (
            failures.pop() if failures else services._answer(path)
        )
        assert version(next(said)) == 7
        assert failures == []


def test_a_silent_stream_gives_a_sign_of_life(
    live: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.5)
    with closing(live.get(TICKET)) as response:
        said = events(response)
        next(said)
        assert next(said) == ":\n\n"


def test_a_stream_ends_by_itself_and_when_the_process_is_to_end(
    live: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(live.get(TICKET)) as response:
        said = events(response)
        next(said)
        live.ending.set()
        assert list(said) == []
    live.ending.clear()
    monkeypatch.setattr(streams, "LIFETIME", 0.5)
    with closing(live.get(TICKET)) as response:
        assert len(list(events(response))) == 1

"""Renewing a session: by whom, for how long, and what becomes of a token that was stolen."""

import threading
import time
from http.cookies import SimpleCookie
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.auth.main import build
from ticketing.auth.service import Accounts
from ticketing.common.core.clock import utc_now
from ticketing.common.core.errors import NotAuthorized
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import (
    ENV,
    TurnedClock,
    client_of,
    memory_database,
    take_events,
)

DAY = 24 * 60 * 60


@pytest.fixture()
def clock() -> TurnedClock:
    return TurnedClock(utc_now())


@pytest.fixture()
def service(clock: TurnedClock) -> Service[Accounts]:
    return build(ENV, memory_database(), clock)


@pytest.fixture()
def browser(service: Service[Accounts], ann: dict[str, str]) -> FlaskClient:
    client = client_of(service)
    assert client.post("/api/users/signup", json=ann).status_code == 201
    take_events(service)
    return client


def cookie(client: FlaskClient, name: str) -> str:
    found = client.get_cookie(name)
    assert found is not None, f"no cookie {name}"
    return found.value


def claims(client: FlaskClient) -> dict[str, Any]:
    return jwt.decode(cookie(client, "session"), options={"verify_signature": False})


def renew(client: FlaskClient) -> TestResponse:
    return client.post("/api/users/renew")


def renew_with(client: FlaskClient, refresh: str) -> TestResponse:
    """As somebody who has this refresh token and no other cookie."""
    other = client.application.test_client()
    other.set_cookie("refresh", refresh)
    return renew(other)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/api/users/currentuser").get_json()["currentUser"] is not None


def test_renewing_gives_new_tokens_of_the_same_session(
    browser: FlaskClient, clock: TurnedClock
) -> None:
    before = {name: cookie(browser, name) for name in ("session", "refresh", "XSRF-TOKEN")}
    said = claims(browser)
    clock.advance(60)
    reply = renew(browser)
    assert (reply.status_code, reply.get_json()) == (200, {})
    renewed = claims(browser)
    assert cookie(browser, "refresh") != before["refresh"]
    assert cookie(browser, "XSRF-TOKEN") == before["XSRF-TOKEN"]
    assert renewed.pop("jti") != said.pop("jti")
    assert renewed == {**said, "iat": renewed["iat"], "exp": renewed["iat"] + 600}


def test_a_session_goes_on_after_its_access_token_is_over(service: Service[Accounts]) -> None:
    quick = build({**ENV, "ACCESS_TOKEN_SECONDS": "1"}, service.database)
    client = client_of(quick)
    client.post("/api/users/signup", json={"email": "b@example.com", "password": "correct horse"})
    while is_signed_in(client):
        time.sleep(0.1)
    assert renew(client).status_code == 200
    assert claims(client)["exp"] - claims(client)["iat"] == 1


def test_whoever_has_no_refresh_token_gets_nothing(client: FlaskClient) -> None:
    assert errors_of(renew(client), 401) == entries_of(NotAuthorized())


def test_an_access_token_alone_renews_nothing(browser: FlaskClient) -> None:
    browser.delete_cookie("refresh")
    assert renew(browser).status_code == 401


@pytest.mark.parametrize("cut", ["", ".", "..", "...", "a.b.c", "a.b.c.d", "é.b.c", "$ne.a.b"])
def test_what_is_no_refresh_token_of_ours_is_refused(browser: FlaskClient, cut: str) -> None:
    assert renew_with(browser, cut).status_code == 401
    assert renew(browser).status_code == 200


@pytest.mark.parametrize("part", [0, 1])
def test_a_guess_ends_nobodys_session(browser: FlaskClient, part: int) -> None:
    """Ids of sessions go round in events, so knowing one must be good for nothing."""
    parts = cookie(browser, "refresh").split(".")
    parts[part] = "5c0a7922c9d89830f4911426"
    assert renew_with(browser, ".".join(parts)).status_code == 401
    assert renew(browser).status_code == 200


def test_a_refresh_token_is_not_in_the_database(
    browser: FlaskClient, service: Service[Accounts]
) -> None:
    renew(browser)
    kept = str(list(service.stores[1].documents.find()))
    session, family, secret = cookie(browser, "refresh").split(".")
    assert session in kept
    assert family not in kept
    assert secret not in kept


def test_a_stolen_token_ends_the_session_and_everybody_hears(
    browser: FlaskClient, service: Service[Accounts]
) -> None:
    stolen = cookie(browser, "refresh")
    renew(browser)
    renew(browser)
    assert renew_with(browser, stolen).status_code == 401
    [event] = take_events(service)
    assert (event["subject"], event["session"]["id"]) == ("session.ended", claims(browser)["sid"])
    reply = renew(browser)
    assert reply.status_code == 401


def test_a_session_that_is_over_leaves_no_cookies(browser: FlaskClient, clock: TurnedClock) -> None:
    clock.advance(7 * DAY)
    reply = renew(browser)
    assert errors_of(reply, 401) == entries_of(NotAuthorized())
    cleared = SimpleCookie()
    for line in reply.headers.getlist("Set-Cookie"):
        cleared.load(line)
    assert cleared.keys() == {"session", "refresh", "XSRF-TOKEN"}
    assert browser.get_cookie("refresh") is None


def test_a_session_in_use_goes_on_for_a_month(browser: FlaskClient, clock: TurnedClock) -> None:
    for _ in range(5):
        clock.advance(5.9 * DAY)
        assert renew(browser).status_code == 200
    clock.advance(0.5 * DAY)
    assert renew(browser).status_code == 401


def test_how_long_sessions_last_is_a_setting(ann: dict[str, str], clock: TurnedClock) -> None:
    brief = {"SESSION_IDLE_DAYS": "0.5", "SESSION_DAYS": "1"}
    client = client_of(build({**ENV, **brief}, memory_database(), clock))
    client.post("/api/users/signup", json=ann)
    for _ in range(2):
        clock.advance(0.49 * DAY)
        assert renew(client).status_code == 200
    clock.advance(0.49 * DAY)
    assert renew(client).status_code == 401


def test_as_many_tabs_as_one_likes_may_renew_at_once(browser: FlaskClient) -> None:
    refresh, together, replies = cookie(browser, "refresh"), threading.Barrier(8), []

    def renew_a_tab() -> None:
        together.wait()
        replies.append(renew_with(browser, refresh))

    tabs = [threading.Thread(target=renew_a_tab) for _ in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert [reply.status_code for reply in replies] == [200] * 8
    last = SimpleCookie("; ".join(replies[-1].headers.getlist("Set-Cookie")))["refresh"].value
    assert renew_with(browser, last).status_code == 200


def test_the_user_of_a_renewed_session_has_todays_email(
    browser: FlaskClient, service: Service[Accounts]
) -> None:
    users = service.stores[0].documents
    users.update_one({"_id": claims(browser)["sub"]}, {"$set": {"email": "new@example.com"}})
    renew(browser)
    assert claims(browser)["email"] == "new@example.com"

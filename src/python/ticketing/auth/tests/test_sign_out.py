"""Signing out, here and everywhere: what ends, and who is told."""

from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient

from ticketing.auth.main import build
from ticketing.auth.service import Accounts
from ticketing.common.core.errors import NotAuthorized
from ticketing.common.messaging.bus import Done
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import ENV, client_of, memory_database, take_messages


@pytest.fixture()
def service(ann: dict[str, str]) -> Service[Accounts]:
    service = build(ENV, memory_database())
    assert client_of(service).post("/api/users/signup", json=ann).status_code == 201
    return service


@pytest.fixture()
def phone(service: Service[Accounts], ann: dict[str, str]) -> FlaskClient:
    return signed_in(service, ann)


@pytest.fixture()
def laptop(service: Service[Accounts], ann: dict[str, str]) -> FlaskClient:
    return signed_in(service, ann)


def signed_in(service: Service[Accounts], account: dict[str, str]) -> FlaskClient:
    client = client_of(service)
    assert client.post("/api/users/signin", json=account).status_code == 200
    return client


def work(service: Service[Accounts]) -> list[str]:
    """The worker relays and handles; then web processes read. The subjects that were published."""
    messages = [message for store in service.stores for message in take_messages(store)]
    for message in messages:
        assert service.router.attempt(message, service.use_cases) == Done()
    assert service.revocations is not None
    service.revocations.read()
    return [message.subject for message in messages]


def cookie(client: FlaskClient, name: str) -> str:
    found = client.get_cookie(name)
    assert found is not None
    return found.value


def copy(client: FlaskClient, *names: str) -> FlaskClient:
    """A client that has stolen these cookies."""
    thief = client.application.test_client()
    for name in names:
        thief.set_cookie(name, cookie(client, name))
    return thief


def can_go_on(client: FlaskClient) -> tuple[bool, bool]:
    """Whether it is signed in, and whether it can renew that."""
    user: Any = client.get("/api/users/currentuser").get_json()["currentUser"]
    return user is not None, client.post("/api/users/renew").status_code == 200


def test_who_signs_out_is_signed_out_on_this_device_alone(
    service: Service[Accounts], phone: FlaskClient, laptop: FlaskClient
) -> None:
    thief = copy(phone, "session", "refresh")
    assert phone.post("/api/users/signout").get_json() == {}
    assert work(service) == ["session.ended"]
    assert can_go_on(phone) == (False, False)
    assert can_go_on(thief) == (False, False)
    assert can_go_on(laptop) == (True, True)


@pytest.mark.parametrize("known", ["session", "refresh"])
def test_one_of_the_cookies_is_enough_to_sign_out(
    service: Service[Accounts], phone: FlaskClient, known: str
) -> None:
    copy(phone, known).post("/api/users/signout")
    work(service)
    assert can_go_on(phone) == (False, False)


def test_a_bearer_signs_out_too(service: Service[Accounts], phone: FlaskClient) -> None:
    bearer = {"Authorization": f"Bearer {cookie(phone, 'session')}"}
    phone.application.test_client().post("/api/users/signout", headers=bearer)
    work(service)
    assert can_go_on(phone) == (False, False)


def test_an_old_refresh_token_signs_out_too(service: Service[Accounts], phone: FlaskClient) -> None:
    """A browser that missed the last two answers still means it."""
    old = copy(phone, "refresh")
    for _ in range(2):
        phone.post("/api/users/renew")
    old.post("/api/users/signout")
    work(service)
    assert can_go_on(phone) == (False, False)


def test_who_signs_in_again_ends_the_session_that_the_browser_had(
    service: Service[Accounts], phone: FlaskClient, laptop: FlaskClient, ann: dict[str, str]
) -> None:
    before = copy(phone, "session", "refresh")
    assert phone.post("/api/users/signin", json=ann).status_code == 200
    assert work(service) == ["session.ended"]
    assert can_go_on(before) == (False, False)
    assert can_go_on(phone) == (True, True)
    assert can_go_on(laptop) == (True, True)


def test_who_mistypes_the_password_ends_nothing(
    service: Service[Accounts], phone: FlaskClient, ann: dict[str, str]
) -> None:
    wrong = {**ann, "password": "incorrect"}
    assert phone.post("/api/users/signin", json=wrong).status_code == 400
    assert work(service) == []
    assert can_go_on(phone) == (True, True)


def test_signing_out_twice_is_told_once(service: Service[Accounts], phone: FlaskClient) -> None:
    again = copy(phone, "session", "refresh")
    for client in (phone, again):
        assert client.post("/api/users/signout").status_code == 200
    assert work(service) == ["session.ended"]


@pytest.mark.parametrize("forged", ["a.b.c", "5c0a7922c9d89830f4911426.b.c", ""])
def test_what_names_no_session_ends_none(
    service: Service[Accounts], client: FlaskClient, forged: str
) -> None:
    client.set_cookie("session", forged)
    client.set_cookie("refresh", forged)
    assert client.post("/api/users/signout").status_code == 200
    assert work(service) == []


def csrf(client: FlaskClient) -> dict[str, str]:
    return {"X-XSRF-TOKEN": cookie(client, "XSRF-TOKEN")}


def test_who_signs_out_everywhere_is_signed_out_on_every_device(
    service: Service[Accounts], phone: FlaskClient, laptop: FlaskClient
) -> None:
    reply = phone.post("/api/users/signout/everywhere", headers=csrf(phone))
    assert (reply.status_code, reply.get_json()) == (200, {})
    assert phone.get_cookie("session") is None
    assert work(service) == ["user.signed-out"]
    assert can_go_on(laptop) == (False, False)


def test_who_signs_in_after_that_is_signed_in(
    service: Service[Accounts], phone: FlaskClient, ann: dict[str, str]
) -> None:
    phone.post("/api/users/signout/everywhere", headers=csrf(phone))
    late = signed_in(service, ann)
    work(service)
    assert can_go_on(late) == (True, True)
    assert jwt.decode(cookie(late, "session"), options={"verify_signature": False})["epoch"] == 1


def test_nobody_else_is_signed_out(service: Service[Accounts], phone: FlaskClient) -> None:
    ben = client_of(service)
    ben.post("/api/users/signup", json={"email": "ben@example.com", "password": "correct horse"})
    phone.post("/api/users/signout/everywhere", headers=csrf(phone))
    work(service)
    assert can_go_on(ben) == (True, True)


def test_signing_out_everywhere_must_be_meant(
    service: Service[Accounts], phone: FlaskClient, client: FlaskClient
) -> None:
    for who in (phone, client):
        reply = who.post("/api/users/signout/everywhere")
        assert errors_of(reply, 401) == entries_of(NotAuthorized())
    assert work(service) == []


def test_renewing_ends_at_once_whoever_has_heard_of_it(
    phone: FlaskClient, laptop: FlaskClient
) -> None:
    """Without any event: auth itself knows."""
    phone.post("/api/users/signout/everywhere", headers=csrf(phone))
    assert laptop.post("/api/users/renew").status_code == 401


def test_events_tell_no_email(service: Service[Accounts], phone: FlaskClient) -> None:
    phone.post("/api/users/signout/everywhere", headers=csrf(phone))
    [message] = [message for store in service.stores for message in take_messages(store)]
    assert b"example.com" not in message.body

"""Changing the e-mail address or the password: by who knows the password, and nobody stays signed
in but there.
"""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ticketing.auth.model import EmailInUse, WrongPassword
from ticketing.auth.service import Accounts
from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of
from ticketing.common.testing.services import client_of, take_events

PASSWORD = "correct horse"
ANN = {"email": "ann@example.com", "password": PASSWORD}
TOO_SHORT = "Password must be between 8 and 128 characters"


@pytest.fixture()
def browser(service: Service[Accounts]) -> FlaskClient:
    """Ann's, who has just signed up."""
    return signed_in(service, "signup")


def signed_in(service: Service[Accounts], how: str = "signin", **changed: str) -> FlaskClient:
    """Another browser of Ann's."""
    browser = client_of(service)
    assert browser.post(f"/api/users/{how}", json={**ANN, **changed}).status_code < 300
    return browser


def proof(browser: FlaskClient) -> dict[str, str]:
    cookie = browser.get_cookie("XSRF-TOKEN")
    assert cookie is not None
    return {"X-XSRF-TOKEN": cookie.value}


def change(browser: FlaskClient, what: str, **body: Any) -> tuple[int, Any]:
    body = {"currentPassword": PASSWORD, **body}
    reply = browser.put(f"/api/users/{what}", json=body, headers=proof(browser))
    return reply.status_code, reply.get_json()


def user(browser: FlaskClient) -> Any:
    return browser.get("/api/users/currentuser").get_json()["currentUser"]


OF_ANOTHER = 400, {"errors": entries_of(WrongPassword())}


def wrong(field: str, message: str) -> tuple[int, Any]:
    return 400, {"errors": entries_of(Invalid({field: message}))}


def test_an_email_address_is_changed_by_who_knows_the_password(
    service: Service[Accounts], browser: FlaskClient
) -> None:
    id = user(browser)["id"]
    status, account = change(browser, "email", email=" Anna@Example.com ")
    assert (status, account) == (200, {"email": "anna@example.com", "id": id})
    assert user(browser)["email"] == "anna@example.com"
    signed_in(service, email="anna@example.com")
    assert client_of(service).post("/api/users/signin", json=ANN).status_code == 400


def test_a_password_is_changed_by_who_knows_the_one_before(
    service: Service[Accounts], browser: FlaskClient
) -> None:
    assert change(browser, "password", password="battery staple")[0] == 200
    assert user(browser)["email"] == "ann@example.com"
    signed_in(service, password="battery staple")
    assert client_of(service).post("/api/users/signin", json=ANN).status_code == 400


@pytest.mark.parametrize(
    ("what", "body"),
    [("email", {"email": "anna@example.com"}), ("password", {"password": "battery staple"})],
)
def test_a_change_ends_all_other_sessions(
    service: Service[Accounts], browser: FlaskClient, what: str, body: dict[str, str]
) -> None:
    other = signed_in(service)
    take_events(service)
    assert change(browser, what, **body)[0] == 200
    [event] = take_events(service)
    assert event["subject"] == "user.signed-out"
    assert event["user"]["epoch"] == 1
    assert other.post("/api/users/renew").status_code == 401
    assert browser.post("/api/users/renew").status_code == 200
    assert user(browser) is not None


@pytest.mark.parametrize(
    ("what", "body"),
    [("email", {"email": "anna@example.com"}), ("password", {"password": "battery staple"})],
)
def test_who_does_not_know_the_password_changes_nothing(
    service: Service[Accounts], browser: FlaskClient, what: str, body: dict[str, str]
) -> None:
    take_events(service)
    told = change(browser, what, **body, currentPassword="incorrect")
    assert told == OF_ANOTHER
    told = change(browser, what, **body, currentPassword="")
    assert told == wrong("currentPassword", "You must supply a password")
    assert browser.put(f"/api/users/{what}", json=body).status_code == 401
    assert client_of(service).put(f"/api/users/{what}", json=body).status_code == 401
    assert take_events(service) == []
    signed_in(service)


def test_the_email_address_of_somebody_else_cannot_be_taken(
    service: Service[Accounts], browser: FlaskClient
) -> None:
    signed_in(service, "signup", email="ben@example.com")
    told = change(browser, "email", email="Ben@example.com")
    assert told == (400, {"errors": entries_of(EmailInUse())})
    assert user(browser)["email"] == "ann@example.com"
    assert browser.post("/api/users/renew").status_code == 200


def test_ones_own_email_address_may_be_given_again(browser: FlaskClient) -> None:
    assert change(browser, "email", email="ann@example.com")[0] == 200


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("seven77", TOO_SHORT),
        ("x" * 129, TOO_SHORT),
        (12345678, TOO_SHORT),
        ("password1", "Password is too common"),
    ],
)
def test_a_new_password_keeps_the_rules_of_the_first(
    browser: FlaskClient, password: Any, message: str
) -> None:
    assert change(browser, "password", password=password) == wrong("password", message)


@pytest.mark.parametrize("email", ["ann", "", None, 1, "a" * 250 + "@b.cd"])
def test_a_new_email_address_keeps_the_rules_of_the_first(browser: FlaskClient, email: Any) -> None:
    assert change(browser, "email", email=email) == wrong("email", "Email must be valid")


def test_a_sign_up_that_is_sent_again_after_a_change_starts_no_session(
    service: Service[Accounts],
) -> None:
    key = {"Idempotency-Key": "a"}
    browser = client_of(service)
    assert browser.post("/api/users/signup", json=ANN, headers=key).status_code == 201
    assert change(browser, "password", password="battery staple")[0] == 200
    thief = client_of(service)
    assert thief.post("/api/users/signup", json=ANN, headers=key).status_code == 201
    assert user(thief) is None

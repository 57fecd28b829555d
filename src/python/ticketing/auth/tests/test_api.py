"""The HTTP interface of accounts."""

import re
import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.auth.model import EmailInUse, InvalidCredentials
from ticketing.auth.service import Accounts
from ticketing.common.core.errors import NotFound
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import client_of

ANN = {"email": "ann@example.com", "password": "correct horse"}


def test_signing_up_replies_with_the_account_alone(anns_sign_up: TestResponse) -> None:
    assert anns_sign_up.status_code == 201
    account: Any = anns_sign_up.json
    assert set(account) == {"email", "id"}
    assert account["email"] == "ann@example.com"
    assert re.fullmatch("[0-9a-f]{24}", account["id"])


def test_a_password_is_stored_as_an_argon2_hash_only(
    anns_sign_up: TestResponse, anns_service: Service[Accounts]
) -> None:
    [stored] = anns_service.stores[0].documents.find()
    assert stored["passwordHash"].startswith("$argon2id$")
    assert "correct horse" not in str(stored)


def test_an_email_is_trimmed_and_lower_cased(
    client: FlaskClient, service: Service[Accounts]
) -> None:
    shouted = {**ANN, "email": " \t Ann@EXAMPLE.com\n"}
    reply = client.post("/api/users/signup", json=shouted)
    assert reply.get_json()["email"] == "ann@example.com"
    [stored] = service.stores[0].documents.find()
    assert stored["email"] == "ann@example.com"


def test_a_password_is_taken_as_it_is(client: FlaskClient) -> None:
    spaced = {**ANN, "password": "  three \u00e9 \N{GRINNING FACE} "}
    assert client.post("/api/users/signup", json=spaced).status_code == 201
    trimmed = {**ANN, "password": spaced["password"].strip()}
    assert client.post("/api/users/signin", json=trimmed).status_code == 400


def test_an_email_can_be_used_once_in_whatever_case(
    stranger: FlaskClient, anns_service: Service[Accounts]
) -> None:
    again = stranger.post("/api/users/signup", json={**ANN, "email": "ANN@example.com"})
    assert errors_of(again, 400) == entries_of(EmailInUse())
    assert "Set-Cookie" not in again.headers
    assert anns_service.stores[0].documents.count_documents({}) == 1


def test_of_two_sign_ups_at_once_one_wins(service: Service[Accounts]) -> None:
    client = client_of(service)
    together, statuses = threading.Barrier(2), []

    def sign_up() -> None:
        together.wait()
        reply = client.application.test_client().post("/api/users/signup", json=ANN)
        statuses.append(reply.status_code)

    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 400]
    assert service.stores[0].documents.count_documents({}) == 1


def test_signing_in_replies_with_the_account_whatever_the_case(
    stranger: FlaskClient, anns_sign_up: TestResponse
) -> None:
    reply = stranger.post("/api/users/signin", json={**ANN, "email": "ANN@example.COM "})
    assert reply.status_code == 200
    assert reply.json == anns_sign_up.json


def test_an_unknown_email_and_a_wrong_password_get_the_same_answer(stranger: FlaskClient) -> None:
    wrong = stranger.post("/api/users/signin", json={**ANN, "password": "wrong"})
    unknown = stranger.post("/api/users/signin", json={**ANN, "email": "bob@example.com"})
    assert errors_of(wrong, 400) == entries_of(InvalidCredentials())
    assert wrong.data == unknown.data
    assert unknown.status_code == 400
    assert "Set-Cookie" not in wrong.headers


def test_unknown_body_fields_are_ignored(client: FlaskClient) -> None:
    reply = client.post("/api/users/signup", json={**ANN, "id": "mine", "admin": True})
    assert reply.status_code == 201
    assert reply.get_json()["id"] != "mine"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/api/users"),
        ("GET", "/api/users/nobody"),
        ("GET", "/api/users/signup"),
        ("DELETE", "/api/users/signin"),
        ("POST", "/api/users/currentuser"),
        ("PUT", "/api/users/signout"),
    ],
)
def test_anything_else_is_not_found(client: FlaskClient, method: str, path: str) -> None:
    assert errors_of(client.open(path, method=method), 404) == entries_of(NotFound())

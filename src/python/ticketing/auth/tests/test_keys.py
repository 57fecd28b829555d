"""One account per Idempotency-Key, and a new session for each answer."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ticketing.auth.main import build
from ticketing.auth.service import Accounts
from ticketing.common.runtime.service import Service
from ticketing.common.testing.idempotency import (
    after_dying_anywhere,
    is_replayed,
    with_lost_answers,
)
from ticketing.common.testing.services import ENV, client_of, memory_database
from ticketing.common.web.idempotency import COLLECTION

ANN = {"email": "ann@example.com", "password": "correct horse"}


def sign_up(client: FlaskClient, account: dict[str, str] = ANN) -> TestResponse:
    headers = {"Idempotency-Key": "once"}
    return client.post("/api/users/signup", json=account, headers=headers)


def service_on(database: Any) -> Service[Accounts]:
    return build(ENV, database)


def user_of(client: FlaskClient) -> Any:
    return client.get("/api/users/currentuser").get_json()["currentUser"]


def test_who_signs_up_twice_with_a_key_has_one_account_and_is_signed_in(
    service: Service[Accounts],
) -> None:
    client, again = client_of(service), client_of(service)
    first = sign_up(client)
    assert is_replayed(sign_up(again), first)
    assert user_of(again)["id"] == user_of(client)["id"] == first.get_json()["id"]
    assert service.stores[0].documents.count_documents({}) == 1


def test_a_key_alone_signs_nobody_in(service: Service[Accounts]) -> None:
    sign_up(client_of(service))
    thief = client_of(service)
    assert sign_up(thief, {**ANN, "password": "a guess, no more"}).status_code == 422
    assert user_of(thief) is None


def test_a_key_signs_nobody_in_once_the_user_has_signed_out_everywhere(
    service: Service[Accounts],
) -> None:
    user_id = sign_up(client_of(service)).get_json()["id"]
    service.use_cases.sessions.end_all(user_id)
    late = client_of(service)
    reply = sign_up(late)
    assert (reply.status_code, reply.get_json()["id"]) == (201, user_id)
    assert user_of(late) is None


def test_a_refusal_starts_no_session(service: Service[Accounts]) -> None:
    client_of(service).post("/api/users/signup", json=ANN)
    late = client_of(service)
    refused = sign_up(late)
    assert refused.status_code == 400
    assert is_replayed(sign_up(late), refused)
    assert user_of(late) is None


def test_no_password_and_no_session_is_kept_with_the_key(service: Service[Accounts]) -> None:
    client = client_of(service)
    sign_up(client)
    session = client.get_cookie("session")
    assert session is not None
    assert service.database is not None
    kept = str(service.database[COLLECTION].find_one())
    assert ANN["email"] in kept
    assert ANN["password"] not in kept
    assert session.value not in kept


def test_a_process_that_dies_anywhere_makes_no_second_account() -> None:
    replies = 0
    for database, reply in after_dying_anywhere(memory_database, service_on, sign_up):
        replies += 1
        assert reply.status_code == 201
        [user] = database["users"].find()
        assert reply.get_json()["id"] == user["_id"]
        assert "session=" in reply.headers["Set-Cookie"]
    assert replies == 5


def test_an_answer_of_the_database_that_nobody_heard_is_no_refusal() -> None:
    client = client_of(service_on(with_lost_answers(memory_database())))
    assert client.post("/api/users/signup", json=ANN).status_code == 201

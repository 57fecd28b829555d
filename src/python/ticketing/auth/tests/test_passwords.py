"""Passwords are kept as argon2 hashes, and a check takes the same time with and without one."""

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from statistics import median
from threading import Event
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from ticketing.auth.passwords import AT_ONCE, broken_rule, hash_password, is_outdated, turns, verify
from ticketing.auth.service import Accounts
from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of
from ticketing.common.testing.servers import eventually

ANN = {"email": "ann@example.com", "password": "correct horse"}


def test_a_hash_is_salted_argon2id_and_never_the_password() -> None:
    first, second = hash_password("correct horse"), hash_password("correct horse")
    assert first.startswith("$argon2id$")
    assert "correct horse" not in first
    assert first != second
    assert verify(first, "correct horse")
    assert not verify(first, "Correct horse")


def test_nobody_has_a_password() -> None:
    assert not verify(None, "the password of nobody")


def test_what_is_no_hash_fits_no_password() -> None:
    assert not verify("plain", "plain")


def test_a_check_is_as_much_work_without_a_hash_as_with_a_wrong_password() -> None:
    password_hash = hash_password("correct horse")
    with_hash = median(_work(password_hash) for _ in range(3))
    without = median(_work(None) for _ in range(3))
    assert with_hash / 3 < without < with_hash * 3


def _work(password_hash: str | None) -> float:
    """Seconds of processor time, which other load on the machine does not stretch."""
    start = time.process_time()
    assert not verify(password_hash, "wrong")
    return time.process_time() - start


def test_of_many_at_once_a_few_have_their_turn_and_the_others_wait() -> None:
    password_hash, let_go = hash_password("correct horse"), Event()
    busy = [turns.submit(let_go.wait, 60) for _ in range(AT_ONCE)]
    eventually(lambda: all(one.running() for one in busy))
    with ThreadPoolExecutor(2) as requests:
        asked: set[Future[Any]] = {
            requests.submit(verify, password_hash, "correct horse"),
            requests.submit(hash_password, "correct horse"),
        }
        try:
            assert wait(asked, timeout=0.5).not_done == asked
        finally:
            let_go.set()
        assert all(one.result(60) for one in asked)


def test_a_hash_is_made_as_owasp_says_today() -> None:
    """https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"""
    assert "$m=19456,t=2,p=1$" in hash_password("correct horse")


@pytest.mark.parametrize("password", ["password", "Password1", "TRUSTNO1", "12345678", "iloveyou"])
def test_what_many_people_choose_is_common(client: FlaskClient, password: str) -> None:
    assert broken_rule(password) == "Password is too common"
    reply = client.post("/api/users/signup", json={**ANN, "password": password})
    error = entries_of(Invalid({"password": "Password is too common"}))[0]
    assert (reply.status_code, reply.get_json()) == (400, {"errors": [error]})


@pytest.mark.parametrize("password", ["correct horse", "password of mine", " password1x"])
def test_what_hardly_anybody_chooses_is_not(password: str) -> None:
    assert broken_rule(password) is None


def test_a_common_password_from_before_still_opens(
    service: Service[Accounts], client: FlaskClient
) -> None:
    change_hash(service, client, hash_password("password1"))
    reply = client.post("/api/users/signin", json={**ANN, "password": "password1"})
    assert reply.status_code == 200


def test_signing_in_renews_a_hash_that_was_made_otherwise(
    service: Service[Accounts], client: FlaskClient
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=2).hash("correct horse")
    assert is_outdated(old)
    change_hash(service, client, old)
    wrong = client.post("/api/users/signin", json={**ANN, "password": "incorrect"})
    assert wrong.status_code == 400
    assert stored(service)["passwordHash"] == old
    for _ in range(2):
        assert client.post("/api/users/signin", json=ANN).status_code == 200
        kept = stored(service)
    assert verify(kept["passwordHash"], "correct horse")
    assert not is_outdated(kept["passwordHash"])
    assert kept["version"] == 1


def test_a_hash_of_today_stays(service: Service[Accounts], client: FlaskClient) -> None:
    assert client.post("/api/users/signup", json=ANN).status_code == 201
    before = stored(service)
    assert client.post("/api/users/signin", json=ANN).status_code == 200
    assert stored(service) == before


def change_hash(service: Service[Accounts], client: FlaskClient, password_hash: str) -> None:
    """Ann signs up, and her password is kept as it was in other days."""
    assert client.post("/api/users/signup", json=ANN).status_code == 201
    assert service.database is not None
    change = {"$set": {"passwordHash": password_hash}}
    service.database["users"].update_one({"email": ANN["email"]}, change)


def stored(service: Service[Accounts]) -> Any:
    assert service.database is not None
    return service.database["users"].find_one({"email": ANN["email"]})

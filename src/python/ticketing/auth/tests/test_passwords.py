"""Passwords are kept as argon2 hashes, and a check takes the same time with and without one."""

import time
from statistics import median

from ticketing.auth.passwords import hash_password
from ticketing.auth.passwords import verify


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

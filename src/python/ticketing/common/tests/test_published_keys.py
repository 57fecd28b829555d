"""Keys that are fetched from auth: found when they are new, kept while it is away."""

import threading
from collections.abc import Iterator

import pytest
from jwt import PyJWK

from ticketing.common.identity.published_keys import KEPT, PAUSE, PublishedKeys
from ticketing.common.tests.key_server import Auth, new_pair


class Time:
    """Seconds, which a test lets pass."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def finds(keys: PublishedKeys, key: PyJWK) -> bool:
    found = keys.find(str(key.key_id))
    return found is not None and found.key_id == key.key_id


@pytest.fixture()
def auth() -> Iterator[Auth]:
    auth = Auth()
    yield auth
    auth.stop()


@pytest.fixture()
def time() -> Time:
    return Time()


def test_there_are_no_keys_before_the_first_were_fetched(auth: Auth, time: Time) -> None:
    keys, key = PublishedKeys(auth.url, time), new_pair()
    with pytest.raises(LookupError, match="no keys from"):
        keys.check()
    auth.publish(key)
    time.now += 1
    keys.check()
    assert finds(keys, key)


def test_keys_are_not_asked_for_at_every_use(auth: Auth, time: Time) -> None:
    keys, key = PublishedKeys(auth.url, time), new_pair()
    auth.publish(key)
    for _ in range(5):
        keys.refresh()
        assert finds(keys, key)
    assert auth.asked == 1


def test_a_new_key_is_fetched_when_its_first_token_comes(auth: Auth, time: Time) -> None:
    keys, old, new = PublishedKeys(auth.url, time), new_pair(), new_pair()
    auth.publish(old)
    keys.check()
    auth.publish(old, new)
    time.now += PAUSE
    assert finds(keys, new)
    assert finds(keys, old)


def test_tokens_of_unknown_keys_do_not_make_auth_busy(auth: Auth, time: Time) -> None:
    keys = PublishedKeys(auth.url, time)
    auth.publish(new_pair())
    keys.check()
    for number in range(100):
        time.now += PAUSE / 50
        assert keys.find(f"unknown {number}") is None
    assert auth.asked == 1 + 2


def test_threads_that_miss_the_same_key_ask_once(auth: Auth, time: Time) -> None:
    keys, old, new = PublishedKeys(auth.url, time), new_pair(), new_pair()
    auth.publish(old)
    keys.check()
    auth.publish(new)
    time.now += PAUSE
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(finds(keys, new))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8
    assert auth.asked == 2


def test_a_key_that_is_no_longer_published_counts_no_more(auth: Auth, time: Time) -> None:
    keys, old, new = PublishedKeys(auth.url, time), new_pair(), new_pair()
    auth.publish(old)
    keys.check()
    auth.publish(new)
    time.now += KEPT
    keys.refresh()
    assert not finds(keys, old)
    assert finds(keys, new)


BROKEN = {
    "an error": (500, b"{}"),
    "a page": (200, b"<html>"),
    "no list": (200, b'{"keys": 1}'),
    "no keys": (200, b'{"keys": []}'),
    "keys of another kind only": (200, b'{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}'),
    "no key": (200, b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}]}'),
}


@pytest.mark.parametrize(("status", "body"), BROKEN.values(), ids=BROKEN.keys())
def test_the_old_keys_are_kept_while_auth_talks_nonsense(
    auth: Auth, time: Time, status: int, body: bytes
) -> None:
    keys, key, later = PublishedKeys(auth.url, time), new_pair(), new_pair()
    auth.publish(key)
    keys.check()
    auth.status, auth.body = status, body
    time.now += KEPT
    keys.refresh()
    assert auth.asked == 2
    assert finds(keys, key)
    auth.publish(key, later)
    time.now += PAUSE
    keys.refresh()
    assert finds(keys, later)


def test_the_old_keys_are_kept_while_auth_is_away(auth: Auth, time: Time) -> None:
    keys, key = PublishedKeys(auth.url, time), new_pair()
    auth.publish(key)
    keys.check()
    auth.stop()
    time.now += KEPT
    keys.refresh()
    keys.check()
    assert finds(keys, key)


@pytest.mark.parametrize(
    "url", ["nowhere", "ftp://auth/keys", "http://", "http://127.0.0.1:1/keys"]
)
def test_a_wrong_address_is_no_fault_of_a_request(url: str) -> None:
    assert PublishedKeys(url).find("any") is None

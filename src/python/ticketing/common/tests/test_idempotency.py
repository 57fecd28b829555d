"""Idempotency-Key: once per user, key and request, whatever is repeated, fails or dies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from pymongo.errors import AutoReconnect
from werkzeug.test import TestResponse

from ticketing.common.testing.idempotency import (
    after_dying_anywhere,
    end_leases,
    is_replayed,
    with_lost_answers,
)
from ticketing.common.testing.services import (
    ENV,
    Interrupted,
    TurnedClock,
    client_of,
    memory_database,
)
from ticketing.common.tests.things_api import (
    Things,
    build,
    fail,
    hear_nothing,
    lose_a_race,
    not_heard_of_yet,
    refuse,
)
from ticketing.common.web.idempotency import (
    COLLECTION,
    EXTENSION,
    HEADER,
    KEPT,
    LEASE,
    REPLAYED,
    Answer,
    Claim,
    Keys,
    StillRunning,
)

KEY = "a key"
RUNNING = "The first request with this Idempotency-Key is still running"
OTHER = "This Idempotency-Key was used for another request"
JUNK = "Idempotency-Key must be 1 to 255 printable ASCII characters"


@dataclass
class Shop:
    """The service, its database, and Ann and Ben who have it make things."""

    database: Any
    things: Things
    ann: FlaskClient
    ben: FlaskClient
    clock: TurnedClock

    def made(self) -> int:
        return int(self.database["things"].count_documents({}))


@pytest.fixture()
def shop(database: Any) -> Shop:
    service, clock = build(database), TurnedClock(datetime.now(UTC))
    ann, ben = client_of(service, "ann"), client_of(service, "ben")
    for client in (ann, ben):
        keys = Keys(database[COLLECTION], [ENV["JWT_KEY"]], clock)
        client.application.extensions[EXTENSION] = keys
    return Shop(database, service.use_cases, ann, ben, clock)


def ask(
    client: FlaskClient, key: str | None = KEY, name: str = "lamp", path: str = "/things"
) -> TestResponse:
    headers = {} if key is None else {HEADER: key}
    return client.post(path, json={"name": name}, headers=headers)


def said(reply: TestResponse) -> tuple[int, str]:
    return reply.status_code, reply.get_json()["errors"][0]["message"]


def test_the_first_answer_is_given_again(shop: Shop) -> None:
    first = ask(shop.ann)
    assert first.status_code == 201
    assert all(is_replayed(ask(shop.ann), first) for _ in range(3))
    assert shop.made() == 1


def test_without_a_key_each_request_makes_a_thing(shop: Shop) -> None:
    assert ask(shop.ann, None).data != ask(shop.ann, None).data
    assert shop.made() == 2
    assert shop.database[COLLECTION].count_documents({}) == 0


def test_another_key_makes_another_thing(shop: Shop) -> None:
    assert ask(shop.ann, "one").data != ask(shop.ann, "two").data
    assert shop.made() == 2


def test_a_key_is_its_users_own(shop: Shop) -> None:
    assert ask(shop.ann).data != ask(shop.ben).data
    assert ask(shop.ben, name="chair").status_code == 422
    assert shop.made() == 2


@pytest.mark.parametrize("other", [{"name": "chair"}, {"path": "/others"}], ids=["body", "path"])
def test_a_key_stands_for_one_request(shop: Shop, other: dict[str, str]) -> None:
    first = ask(shop.ann)
    assert said(ask(shop.ann, **other)) == (422, OTHER)
    assert is_replayed(ask(shop.ann), first)
    assert shop.made() == 1


def test_what_was_sent_cannot_be_read_from_the_record(shop: Shop) -> None:
    ask(shop.ann, name="a password")
    assert "a password" not in str(shop.database[COLLECTION].find_one())


def test_who_is_not_signed_in_is_told_so_and_the_key_stays_free(shop: Shop, database: Any) -> None:
    assert said(ask(client_of(build(database)))) == (401, "Not Authorized")
    assert shop.database[COLLECTION].count_documents({}) == 0


def test_while_the_first_is_running_others_are_told_so(shop: Shop) -> None:
    replies = []
    shop.things.meanwhile = lambda: replies.append(ask(shop.ann))
    first = ask(shop.ann)
    assert [said(reply) for reply in replies] == [(409, RUNNING)]
    assert first.status_code == 201
    assert is_replayed(ask(shop.ann), first)
    assert shop.made() == 1


def test_a_refusal_is_an_answer(shop: Shop) -> None:
    shop.things.meanwhile = refuse
    first = ask(shop.ann)
    shop.things.meanwhile = lambda: None
    assert said(first) == (400, "No")
    assert is_replayed(ask(shop.ann), first)


def test_what_is_malformed_leaves_its_key_free(shop: Shop) -> None:
    cut = {"data": b"{", "content_type": "application/json", "headers": {HEADER: KEY}}
    assert said(shop.ann.post("/things", **cut)) == (400, "Malformed JSON")
    assert ask(shop.ann).status_code == 201


def test_bad_input_is_an_answer(shop: Shop) -> None:
    first = ask(shop.ann, name="")
    assert said(first) == (400, "Name is required")
    assert is_replayed(ask(shop.ann, name=""), first)


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(not_heard_of_yet, 404), (lose_a_race, 409), (hear_nothing, 503), (fail, 500)],
    ids=str,
)
def test_who_is_told_to_try_again_can_at_once_and_nothing_is_made_twice(
    shop: Shop, trouble: Callable[[], object], status: int
) -> None:
    shop.things.meanwhile = trouble
    assert ask(shop.ann).status_code == status
    shop.things.meanwhile = lambda: None
    second = ask(shop.ann)
    assert second.status_code == 201
    assert REPLAYED not in second.headers
    assert shop.made() == 1
    assert is_replayed(ask(shop.ann), second)


def test_a_key_that_was_told_to_try_again_still_stands_for_its_request(shop: Shop) -> None:
    shop.things.meanwhile = fail
    ask(shop.ann)
    assert said(ask(shop.ann, name="chair")) == (422, OTHER)


def test_a_try_that_is_overdue_is_taken_over_and_the_late_one_says_the_same(shop: Shop) -> None:
    replies: list[TestResponse] = []

    def freeze() -> None:
        shop.things.meanwhile = lambda: None
        shop.clock.advance(59)
        assert said(ask(shop.ann)) == (409, RUNNING)
        shop.clock.advance(1)
        replies.append(ask(shop.ann))

    shop.things.meanwhile = freeze
    late = ask(shop.ann)
    assert is_replayed(late, replies[0])
    assert shop.made() == 1


def test_a_late_try_waits_for_the_one_that_took_over(shop: Shop) -> None:
    taken_over = {"$set": {"holder": "somebody else"}}
    shop.things.meanwhile = lambda: shop.database[COLLECTION].update_one({}, taken_over)
    assert said(ask(shop.ann)) == (409, RUNNING)


@pytest.mark.parametrize("moment", range(1, 4))
@pytest.mark.parametrize("age", [KEPT, LEASE], ids=["over", "overdue"])
def test_of_two_who_begin_anew_at_once_one_does(database: Any, moment: int, age: timedelta) -> None:
    clock, begun = TurnedClock(datetime.now(UTC)), list[Claim | None]()
    plain = Keys(database[COLLECTION], ["secret"], clock)
    claim = plain.claim("a", b"asked")
    assert isinstance(claim, Claim)
    if age is KEPT:
        plain.keep(claim, Answer(status=201, body="{}"))
    clock.advance(age.total_seconds())

    def begin(keys: Keys) -> None:
        try:
            begun.append(cast(Claim, keys.claim("a", b"asked")))
        except StillRunning:
            begun.append(None)

    late: Any = Interrupted(database, moment, lambda: begin(plain))
    begin(Keys(late[COLLECTION], ["secret"], clock))
    assert late.happened
    assert begun.count(None) == 1


def test_after_24_hours_a_key_is_as_new(shop: Shop) -> None:
    first = ask(shop.ann)
    shop.clock.advance(24 * 3600 - 1)
    assert is_replayed(ask(shop.ann), first)
    shop.clock.advance(1)
    second = ask(shop.ann, name="chair")
    assert (second.status_code, REPLAYED in second.headers) == (201, False)
    assert is_replayed(ask(shop.ann, name="chair"), second)
    assert shop.made() == 2


def test_the_database_drops_what_is_over(shop: Shop) -> None:
    ask(shop.ann)
    indexes = shop.database[COLLECTION].index_information().values()
    [over] = [index for index in indexes if "expireAfterSeconds" in index]
    assert (list(over["key"]), over["expireAfterSeconds"]) == ([("expiresAt", 1)], 0)


@pytest.mark.parametrize(
    "key", ["", "k" * 256, "\xe9", "a\tb", "\x7f", "a\x00"], ids=["none", "long", *"éTDN"]
)
def test_junk_is_no_key(shop: Shop, key: str) -> None:
    assert said(ask(shop.ann, key)) == (400, JUNK)
    assert shop.made() == 0


@pytest.mark.parametrize("key", ["k" * 255, "~", '"8e03978e"', "a b", "$where", "x.y:z"])
def test_any_printable_text_is_a_key(shop: Shop, key: str) -> None:
    first = ask(shop.ann, key)
    assert first.status_code == 201
    assert is_replayed(ask(shop.ann, key), first)


def test_a_process_that_dies_anywhere_makes_nothing_twice() -> None:
    moments = 0
    for database, reply in after_dying_anywhere(memory_database, build, ask, "ann"):
        moments += 1
        assert reply.status_code == 201
        assert database["things"].count_documents({"_id": reply.get_json()["id"]}) == 1
        assert database["things"].count_documents({}) == 1
        assert is_replayed(ask(client_of(build(database), "ann")), reply)
    assert moments == 3


def test_an_answer_of_the_database_that_nobody_heard_does_not_become_a_conflict(
    database: Any,
) -> None:
    client = client_of(build(with_lost_answers(database)), "ann")
    first = ask(client)
    assert first.status_code == 201
    assert is_replayed(ask(client), first)
    assert database["things"].count_documents({}) == 1


def test_a_database_that_fails_as_the_answer_is_kept_leaves_the_thing_to_the_next_try(
    shop: Shop,
) -> None:
    keys = shop.ann.application.extensions[EXTENSION]

    class Failing(Keys):
        def keep(self, *_: Any) -> Any:
            raise AutoReconnect("lost")

    failing = Failing(shop.database[COLLECTION], [ENV["JWT_KEY"]], shop.clock)
    shop.ann.application.extensions[EXTENSION] = failing
    assert ask(shop.ann).status_code == 500
    shop.ann.application.extensions[EXTENSION] = keys
    assert said(ask(shop.ann)) == (409, RUNNING)
    end_leases(shop.database)
    assert ask(shop.ann).status_code == 201
    assert shop.made() == 1

"""Somebody who may get no answer: insists with a key, and holds every answer against the first."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from ticketing.common.storage.mongo import Document
from ticketing.common.testing.servers import free_port
from ticketing.faults.client import JoinError, Person, authenticate
from ticketing.faults.tally import Outcome, Promises, Tally
from ticketing.faults.tests.shop import Reply, Shop, dawdles, says
from ticketing.ops.books import Books

Open = Callable[..., Shop]


@pytest.fixture()
def open_shop() -> Iterator[Open]:
    with ExitStack() as shops:

        def open(*replies: Reply) -> Shop:
            shop = Shop(list(replies))
            shops.callback(shop.close)
            return shop

        yield open


@dataclass
class Visit:
    """A person in a shop, and what is known afterwards."""

    url: str
    tally: Tally = field(default_factory=Tally)
    promises: Promises = field(default_factory=Promises)

    def __post_init__(self) -> None:
        self.person = Person(self.url, self.tally, self.promises, patience=(60.0, 1.0))

    @property
    def outcomes(self) -> dict[Outcome, int]:
        return {outcome: count for (_, outcome), count in self.tally.counts.items()}


def test_with_a_key_the_same_is_asked_again_until_there_is_a_final_answer(open_shop: Open) -> None:
    shop = open_shop(dawdles(10.0), says(409), says(503), says(201, '{"id": "a"}'))
    visit = Visit(shop.url)
    answer = visit.person.post("order", "/orders", {"ticketId": "t"}, key="k-1")
    assert answer is not None
    assert answer.json() == {"id": "a"}
    assert shop.keys == ["k-1"] * 4
    assert len({each.body for each in shop.asked}) == 1
    assert visit.outcomes == {
        Outcome.LATE: 1,
        Outcome.BUSY: 1,
        Outcome.UNAVAILABLE: 1,
        Outcome.DONE: 1,
    }


def test_without_a_key_nobody_asks_twice(open_shop: Open) -> None:
    shop = open_shop(dawdles(10.0), says(201))
    assert Visit(shop.url).person.post("order", "/orders", {}) is None
    assert shop.keys == [None]


def test_a_refusal_is_final(open_shop: Open) -> None:
    shop = open_shop(says(400), says(201))
    answer = Visit(shop.url).person.post("order", "/orders", {}, key="k")
    assert answer is not None
    assert answer.status == 400
    assert len(shop.asked) == 1


def test_posts_at_once_are_all_sent_and_the_best_answer_counts(open_shop: Open) -> None:
    shop = open_shop(says(409), says(409), says(201))
    answer = Visit(shop.url).person.post("sell", "/tickets", {}, key="k", times=3)
    assert answer is not None
    assert answer.status == 201
    assert shop.keys == ["k"] * 3


def test_another_answer_to_the_same_key_is_a_broken_promise(open_shop: Open) -> None:
    shop = open_shop(says(201, '{"id": "a"}'), says(201, '{"id": "b"}'))
    visit = Visit(shop.url)
    visit.person.post("order", "/orders", {}, key="k", times=2)
    [violation] = visit.promises.broken
    assert "k" in violation.ids
    assert list(visit.promises.check(nothing())) == [violation]


def test_the_same_answer_to_the_same_key_is_a_promise_kept(open_shop: Open) -> None:
    shop = open_shop(says(201, '{"id": "a"}'))
    visit = Visit(shop.url)
    visit.person.post("order", "/orders", {}, key="k", times=2)
    assert visit.promises.broken == []


def test_a_server_that_is_not_there_is_no_answer() -> None:
    visit = Visit(f"http://127.0.0.1:{free_port()}")
    assert visit.person.get("look", "/tickets") is None
    assert visit.outcomes == {Outcome.CUT: 1}


def test_who_heard_no_answer_to_the_sign_up_signs_in(open_shop: Open) -> None:
    shop = open_shop(says(502), says(200))
    Visit(shop.url).person.join()
    assert [each.path for each in shop.asked] == ["/api/users/signup", "/api/users/signin"]


def test_who_is_not_let_in_says_so(open_shop: Open) -> None:
    shop = open_shop(says(500))
    with pytest.raises(JoinError):
        Visit(shop.url).person.join()


def test_the_bank_reports_to_the_stand_in(open_shop: Open) -> None:
    shop = open_shop(says(200))
    assert authenticate(shop.url, "pi_1_secret_2", "succeed")
    [asked] = shop.asked
    assert asked.path == "/test/payment_intents/pi_1/authenticate"
    assert b"client_secret=pi_1_secret_2" in asked.body
    assert not authenticate(f"http://127.0.0.1:{free_port()}", "pi_1_secret_2", "succeed")


def test_what_was_answered_for_and_is_not_there_is_lost() -> None:
    promises = Promises(tickets={"t"}, orders={"o"}, paid={"p": "o"})
    payment = {"_id": "p", "status": "open"}
    books = nothing(payments=[payment])
    assert [each.ids for each in promises.check(books)] == [("t",), ("o",), ("p",)]
    assert len({each.what for each in promises.check(books)}) == 3


def test_what_was_answered_for_and_is_there_is_kept() -> None:
    promises = Promises(tickets={"t"}, orders={"o"}, paid={"p": "o"}, titles={"Seat"})
    books = nothing(
        tickets=[{"_id": "t", "title": "Seat, reduced"}],
        orders=[{"_id": "o"}],
        payments=[{"_id": "p", "status": "refunded"}],
    )
    assert list(promises.check(books)) == []


def test_a_ticket_made_twice_under_one_key_is_found() -> None:
    tickets = [{"_id": "t", "title": "Seat"}, {"_id": "u", "title": "Seat, reduced"}]
    books = nothing(tickets=tickets)
    [violation] = Promises(titles={"Seat"}).check(books)
    assert violation.ids == ("Seat",)
    assert list(Promises(titles={"Another seat"}).check(books)) == []


def nothing(
    tickets: list[Document] | None = None,
    orders: list[Document] | None = None,
    payments: list[Document] | None = None,
) -> Books:
    return Books(
        now=datetime(2026, 1, 31, tzinfo=UTC),
        sources={"tickets": tickets or [], "orders": orders or [], "payments": payments or []},
        copies=[],
        charges=[],
        told=[],
        waiting={},
    )


@pytest.mark.parametrize(("renew_after", "between"), [(0.0, ["/users/renew"]), (3600.0, [])])
def test_who_stays_for_long_renews_the_session_first(
    open_shop: Open, renew_after: float, between: list[str]
) -> None:
    shop = open_shop(says(200))
    person = Person(shop.url, Tally(), Promises(), renew_after=renew_after)
    person.join()
    person.get("look", "/orders")
    paths = [asked.path.removeprefix("/api") for asked in shop.asked]
    assert paths == ["/users/signup", *between, "/orders"]

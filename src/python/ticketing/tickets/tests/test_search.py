"""What a search among the tickets on sale finds, and in which order."""

from itertools import chain
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.common.core.errors import Invalid
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import (
    ENV,
    UNKNOWN_ID,
    TurnedClock,
    client_of,
    deliver,
    memory_database,
)
from ticketing.tickets.main import build
from ticketing.tickets.search import beginnings, words
from ticketing.tickets.service import Tickets
from ticketing.tickets.tests.orders import created
from ticketing.tickets.tests.walking import walk

SORTS = ["newest", "cheapest", "dearest"]


def _sell(service: Service[Tickets], title: str = "Concert", price: int = 100) -> str:
    return service.use_cases.create(title=title, price=price, user_id="seller").id


def _titles(client: FlaskClient, **asked: Any) -> list[str]:
    reply = client.get("/api/tickets", query_string=asked)
    assert reply.status_code == 200, reply.text
    return [ticket["title"] for ticket in reply.get_json()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Summer  NIGHT, night!", ["night", "summer"]),
        ("Café Zürich", ["cafe", "zurich"]),
        ("Cafe\u0301", ["cafe"]),
        ("STRASSE Straße", ["strasse"]),
        ("\uff21\uff22 \N{KELVIN SIGN}", ["ab", "k"]),
        ("\u0130stanbul", ["istanbul"]),
        ("rock'n'roll 2x2 a.b", ["2x2", "a", "b", "n", "rock", "roll"]),
        ("\u041c\u043e\u0441\u043a\u0432\u0430", ["\u043c\u043e\u0441\u043a\u0432\u0430"]),
        ("?!. \N{GRINNING FACE} \x00", []),
        ("", []),
    ],
)
def test_words_have_no_case_and_no_accents(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@settings(deadline=None)
@given(st.text(max_size=40))
def test_the_words_of_words_are_the_same(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
    assert words(text.upper()) == words(text.upper().lower())


def test_a_long_word_counts_by_its_first_30_letters(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    title = "x" * 30 + "y" * 60
    _sell(service, title)
    assert _titles(anyone, q=title) == _titles(anyone, q="x" * 30) == [title]
    assert _titles(anyone, q="x" * 29 + "y") == []


def test_what_is_stored_for_a_search_is_bounded() -> None:
    widest = "\N{SQUARE CORPORATION}"  # one character that stands for four letters
    assert len(beginnings(widest * 200)) == 30
    assert len(beginnings("".join(chr(0x4E00 + number) for number in range(200)))) == 30


@pytest.mark.parametrize(
    "asked",
    ["opera", "OPÉRA", "op", "o", "night op", "op op opera", "op, ni!", " night ", "", "?!"],
)
def test_every_word_asked_begins_a_word_of_the_title(
    anyone: FlaskClient, service: Service[Tickets], asked: str
) -> None:
    _sell(service, "Opéra Night")
    assert _titles(anyone, q=asked) == ["Opéra Night"]


@pytest.mark.parametrize(
    "asked", ["operas", "pera", "opera day", "night.", "o.*a", "o.era", "^op$x"]
)
def test_a_word_that_begins_none_of_the_title_finds_nothing(
    anyone: FlaskClient, service: Service[Tickets], asked: str
) -> None:
    _sell(service, "Opéra")
    assert _titles(anyone, q=asked) == []


def test_a_new_title_is_found_and_the_old_one_is_not(
    seller: FlaskClient, service: Service[Tickets]
) -> None:
    path = f"/api/tickets/{_sell(service, 'Opera')}"
    seller.put(path, json={"title": "Ballet", "price": 7})
    assert _titles(seller, q="ballet", minPrice="7", maxPrice="7") == ["Ballet"]
    assert _titles(seller, q="opera") == []
    assert _titles(seller, maxPrice="6.99") == []


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    ("lowest", "highest", "found"),
    [
        (None, None, {1, 100, 250, 99_999_999}),
        ("0", None, {1, 100, 250, 99_999_999}),
        ("1", "2.5", {100, 250}),
        ("1.01", "2.49", set()),
        ("0.01", "0.01", {1}),
        (None, "0", set()),
        ("999999.99", None, {99_999_999}),
        ("3", "2", set()),
    ],
)
def test_both_ends_of_a_price_range_are_in_it(
    anyone: FlaskClient,
    service: Service[Tickets],
    sort: str,
    lowest: str | None,
    highest: str | None,
    found: set[int],
) -> None:
    for price in (250, 1, 99_999_999, 100):
        _sell(service, str(price), price)
    asked = {"minPrice": lowest, "maxPrice": highest, "sort": sort}
    titles = _titles(anyone, **{name: value for name, value in asked.items() if value})
    assert {int(title) for title in titles} == found


def test_prices_sort_as_numbers_and_equal_ones_by_age(
    anyone: FlaskClient, service: Service[Tickets]
) -> None:
    ids = [_sell(service, price=price) for price in (1000, 200, 1000, 99_999_999, 200)]
    cheapest = [ids[number] for number in (1, 4, 0, 2, 3)]
    assert walk(anyone, "/api/tickets", sort="cheapest") == [cheapest]
    assert walk(anyone, "/api/tickets", sort="dearest") == [cheapest[::-1]]
    assert walk(anyone, "/api/tickets", sort="newest") == walk(anyone, "/api/tickets")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_the_pages_of_a_search_hold_what_it_found_once(
    anyone: FlaskClient, service: Service[Tickets], sort: str, limit: int
) -> None:
    for price in (300, 99, 200, 100, 301, 200, 300):
        _sell(service, price=price)
    asked = {"sort": sort, "minPrice": "1", "maxPrice": "3", "q": "con"}
    [ids] = walk(anyone, "/api/tickets", **asked)
    assert len(ids) == 5
    pages = walk(anyone, "/api/tickets", **asked, limit=limit)
    assert pages == [ids[start : start + limit] for start in range(0, 5, limit)]


@pytest.mark.parametrize("sort", SORTS)
def test_only_what_is_on_sale_is_found(
    anyone: FlaskClient, service: Service[Tickets], sort: str
) -> None:
    held, withdrawn, free = (_sell(service) for _ in range(3))
    deliver(service, created("o", held))
    service.use_cases.withdraw(withdrawn, user_id="seller")
    found = walk(anyone, "/api/tickets", sort=sort, q="concert", minPrice="0")
    assert found == [[free]]


@pytest.mark.parametrize("sort", SORTS)
def test_what_changes_meanwhile_shifts_no_page(
    anyone: FlaskClient, service: Service[Tickets], sort: str
) -> None:
    for price in (100, 200, 300, 400):
        _sell(service, price=price)
    [ids] = walk(anyone, "/api/tickets", sort=sort)
    link = anyone.get(f"/api/tickets?limit=2&sort={sort}").headers["Link"]
    deliver(service, created("o", ids[1]))
    if sort == "newest":
        _sell(service)
    assert walk(anyone, link.partition(">")[0].removeprefix("<")) == [ids[2:]]


TITLES = ["Opera", "Opéra Night", "open AIR night", "Concert", "2 nights", "!"]
tickets = st.tuples(st.sampled_from(TITLES), st.sampled_from([1, 99, 100, 101, 5000, 99_999_999]))


@settings(max_examples=60, deadline=None)
@given(st.lists(tickets, max_size=12), st.data())
def test_a_search_finds_what_fits_once_in_order(
    told: list[tuple[str, int]], data: st.DataObject
) -> None:
    service = build(ENV, memory_database(), TurnedClock())
    client = client_of(service)
    there = [(price, _sell(service, title, price), title) for title, price in told]
    asked = data.draw(st.sampled_from(["", "o", "op ni", "night", "x"]))
    low, high = (data.draw(st.sampled_from([0, 1, 100, 101, 99_999_999])) for _ in "ab")
    sort = data.draw(st.sampled_from(SORTS))
    fits = [
        (price, id)
        for price, id, title in there
        if low <= price <= high
        and all(any(w.startswith(a) for w in words(title)) for a in words(asked))
    ]
    fits.sort(key=None if sort != "newest" else lambda ticket: ticket[1])
    expected = [id for _, id in (fits if sort == "cheapest" else reversed(fits))]
    query = {"q": asked, "minPrice": f"{low / 100:.2f}", "maxPrice": f"{high / 100:.2f}"}
    pages = walk(client, "/api/tickets", **query, sort=sort, limit=data.draw(st.integers(1, 5)))
    assert list(chain(*pages)) == expected


@pytest.mark.parametrize("name", ["minPrice", "maxPrice"])
@pytest.mark.parametrize(
    "price", ["", "-1", "x", "0.001", "1e3", "1,50", "1000000", "NaN", "9" * 5000, "\u0661", "\x00"]
)
def test_a_price_asked_for_is_0_or_a_price(anyone: FlaskClient, name: str, price: str) -> None:
    errors = errors_of(anyone.get("/api/tickets", query_string={name: price}), 400)
    message = f"{name[0].upper()}{name[1:]} must be between 0 and 999999.99"
    assert errors == entries_of(Invalid({name: message}))


@pytest.mark.parametrize("sort", ["", "oldest", "Newest", "CHEAPEST", "price", "\x00"])
def test_a_sort_is_one_of_three(anyone: FlaskClient, sort: str) -> None:
    errors = errors_of(anyone.get("/api/tickets", query_string={"sort": sort}), 400)
    assert errors == [entries_of(Invalid({"sort": "Sort must be newest, cheapest or dearest"}))[0]]


def test_words_asked_for_are_100_characters_at_the_most(anyone: FlaskClient) -> None:
    assert anyone.get("/api/tickets", query_string={"q": "x " * 50}).status_code == 200
    errors = errors_of(anyone.get("/api/tickets", query_string={"q": "x" * 101}), 400)
    assert errors == [entries_of(Invalid({"q": "Q must be at most 100 characters"}))[0]]


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("newest", f"00000100-{UNKNOWN_ID}"),
        ("cheapest", UNKNOWN_ID),
        ("dearest", UNKNOWN_ID),
        ("cheapest", ""),
        ("cheapest", f"100-{UNKNOWN_ID}"),
        ("cheapest", f"0000010x-{UNKNOWN_ID}"),
        ("dearest", f"00000100-{UNKNOWN_ID.upper()}"),
        ("dearest", f"00000100-{UNKNOWN_ID}\n"),
        ("dearest", "\u0661" * 8 + f"-{UNKNOWN_ID}"),
    ],
)
def test_a_cursor_fits_its_sort(anyone: FlaskClient, sort: str, cursor: str) -> None:
    asked = {"sort": sort, "cursor": cursor}
    errors = errors_of(anyone.get("/api/tickets", query_string=asked), 400)
    assert errors == entries_of(Invalid({"cursor": "Cursor is not valid"}))


def test_everything_wrong_with_a_search_is_told_at_once(anyone: FlaskClient) -> None:
    asked = {"sort": "x", "minPrice": "x", "maxPrice": "x", "limit": "x", "q": "x" * 101}
    errors = errors_of(anyone.get("/api/tickets", query_string=asked), 400)
    assert {error["field"] for error in errors} == set(asked)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["q", "minPrice", "sort", "cursor"]), st.text(max_size=20)))
def test_any_search_at_all_is_answered(asked: dict[str, str]) -> None:
    client = client_of(build(ENV, memory_database(), TurnedClock()))
    asked = {name: text.encode("utf-8", "replace").decode() for name, text in asked.items()}
    reply = client.get("/api/tickets", query_string=asked)
    if reply.status_code != 200:
        errors_of(reply, 400)

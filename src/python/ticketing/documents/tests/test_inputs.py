"""What the documents say of input is what the services do with it, neither more nor less."""

import string
from typing import Any

import hypothesis.strategies as st
import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from marshmallow import EXCLUDE, Schema

from ticketing.auth.passwords import WRONG_LENGTH, broken_rule, normalized
from ticketing.auth.schemas import NewPassword
from ticketing.documents.gateway import openapi
from ticketing.orders.schemas import NewOrder, OwnOrders
from ticketing.payments.schemas import NewPayment
from ticketing.tickets.schemas import NewTicket, OwnTickets, SalesPeriod, TicketSearch

ID = "5c0a7922c9d89830f4911426"
OPENAPI = openapi()
SHAPES = OPENAPI["components"]["schemas"]


def example(kind: type[Schema]) -> dict[str, Any]:
    """As the documents show it."""
    fields = SHAPES[kind.__name__]["properties"].items()
    return {name: field["examples"][0] for name, field in fields}


GOOD: dict[type[Schema], dict[str, Any]] = {
    **{kind: example(kind) for kind in (NewTicket, NewOrder, NewPayment)},
    NewPassword: {"password": "three blue bicycles", "currentPassword": "a"},
}
QUERIES: dict[type[Schema], str] = {
    TicketSearch: "/api/tickets",
    OwnTickets: "/api/tickets/mine",
    OwnOrders: "/api/orders",
    SalesPeriod: "/api/tickets/mine/sales",
}

# Where JSON Schema's \s is not Python's: one of these at an end of a text is another's letter.
ODD_SPACES = "\x1c\x1d\x1e\x1f\x85\ufeff"
letters = st.characters(exclude_characters=ODD_SPACES, exclude_categories=["Cs"])
edges = st.sampled_from([1, 2, 7, 8, 64, 65, 100, 101, 128, 129, 199, 200, 201, 250, 251])
cents = st.one_of(
    st.integers(-5, 5), st.integers(99_999_990, 100_000_005), st.integers(0, 10**8)
).map(lambda n: n / 100)
spaced = st.tuples(st.sampled_from(["", " ", "\n\t"]), st.text("0123456789.", max_size=14))
texts = st.one_of(
    st.text(letters, max_size=12),
    edges.map(lambda size: "x" * size),
    edges.map(lambda size: "pm_" + "x" * size),
    st.text(" x", min_size=199, max_size=203),
    spaced.map(lambda parts: parts[0] + parts[1] + parts[0]),
    st.text("0123456789abcdef", min_size=23, max_size=25).map(lambda id: f" {id}"),
    st.text(string.ascii_letters + "_ ", max_size=6).map(lambda rest: f"pm_{rest}"),
)
values = st.one_of(
    texts,
    cents,
    st.none(),
    st.booleans(),
    st.integers(-3, 10**7),
    st.lists(texts, max_size=1),
    st.dictionaries(texts, texts, max_size=1),
)
asked = st.one_of(
    texts,
    cents.map(str),
    st.integers(-1, 400).map(str),
    st.sampled_from(["newest", "oldest", "cheapest", ID, ID[1:], "1e2", "+5", " 5", "5 ", "1_0"]),
)


BODIES = {kind: jsonschema_rs.validator_for(SHAPES[kind.__name__]) for kind in GOOD}
PARAMETERS = {
    kind: {
        one["name"]: one["schema"]
        for one in OPENAPI["paths"][path]["get"]["parameters"]
        if one["in"] == "query"
    }
    for kind, path in QUERIES.items()
}


def is_taken(kind: type[Schema], value: dict[str, Any]) -> bool:
    return not kind(unknown=EXCLUDE).validate(value)


def _can_be_said_of(password: str) -> bool:
    """No schema can say what is common, a control character, or one character by NFC."""
    sayable = broken_rule(password) in (None, WRONG_LENGTH)
    return sayable and len(normalized(password)) == len(password)


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_body_is_taken_where_its_schema_takes_it(kind: type[Schema], data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([*GOOD[kind], "another"]))
    value = {**GOOD[kind], field: data.draw(values)}
    assume(_can_be_said_of(str(value.get("password", ""))))
    assert BODIES[kind].is_valid(value) == is_taken(kind, value)


@pytest.mark.parametrize("kind", GOOD)
def test_a_field_is_required_where_its_schema_says_so(kind: type[Schema]) -> None:
    for field in GOOD[kind]:
        value = {name: one for name, one in GOOD[kind].items() if name != field}
        is_optional = field not in SHAPES[kind.__name__]["required"]
        assert BODIES[kind].is_valid(value) is is_taken(kind, value) is is_optional


@pytest.mark.parametrize("kind", QUERIES)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_parameter_is_taken_where_its_schema_takes_it(
    kind: type[Schema], data: st.DataObject
) -> None:
    name, shape = data.draw(st.sampled_from([*PARAMETERS[kind].items()]))
    text = data.draw(asked)
    is_number = shape["type"] == "integer" and text.isascii() and text.isdigit()
    value = int(text) if is_number else text
    assert jsonschema_rs.is_valid(shape, value) == is_taken(kind, {name: text})

"""Lists in pages, walked as a client would."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Response
from werkzeug.test import TestResponse

from ticketing.common.core.errors import Invalid
from ticketing.common.tests.apps import app_of, errors, reply
from ticketing.common.web.queries import Page
from ticketing.common.web.routes import Routes, page, query
from ticketing.common.web.views import View

IDS = [f"{number:024x}" for number in range(1, 121)]

routes = Routes[None]("pages", __name__)


class Shown(View, frozen=True):
    id: str


@routes.get("/api/ids")
def ids() -> Response:
    asked = query(Page())
    after = [id for id in IDS if asked["cursor"] is None or id > asked["cursor"]]
    return page(after[: asked["limit"] + 1], asked["limit"], lambda id: Shown(id=id), lambda id: id)


client = app_of(routes).test_client()


def next_of(response: TestResponse) -> str | None:
    link = response.headers.get("Link")
    if link is None:
        return None
    found = re.fullmatch(r'<(/[^>]*)>; rel="next"', link)
    assert found
    return found[1]


def walk(path: str | None) -> list[list[str]]:
    """The ids on each page from this path on."""
    found = []
    while path is not None:
        response = client.get(path)
        assert response.status_code == 200
        found.append([item["id"] for item in response.get_json()])
        path = next_of(response)
    return found


@pytest.mark.parametrize(
    ("path", "sizes"),
    [
        ("/api/ids", [50, 50, 20]),
        ("/api/ids?limit=40", [40, 40, 40]),
        ("/api/ids?limit=120", [120]),
        ("/api/ids?limit=119", [119, 1]),
        ("/api/ids?limit=200", [120]),
        (f"/api/ids?cursor={IDS[-1]}", [0]),
    ],
)
def test_the_pages_hold_every_item_once_in_order(path: str, sizes: list[int]) -> None:
    pages = walk(path)
    assert [len(page) for page in pages] == sizes
    assert [id for page in pages for id in page] == IDS[len(IDS) - sum(sizes) :]


def test_the_next_page_keeps_what_else_was_asked() -> None:
    following = next_of(client.get("/api/ids?limit=7&q=a%26b%3E%22&q=c"))
    assert following is not None
    parts = urlsplit(following)
    assert parts.path == "/api/ids"
    assert parse_qs(parts.query) == {"limit": ["7"], "q": ['a&b>"', "c"], "cursor": [IDS[6]]}


def test_a_silly_query_is_named() -> None:
    expected = errors(400, Invalid({"limit": "Limit must be between 1 and 200"}))
    assert reply(client.get("/api/ids?limit=0")) == expected
    assert reply(client.get("/api/ids?cursor=%FF")) == errors(
        400, Invalid({"cursor": "Cursor is not valid"})
    )


@pytest.mark.parametrize("name", ["limit", "cursor"])
def test_what_is_asked_twice_is_not_guessed(name: str) -> None:
    asked = f"/api/ids?{name}={IDS[0]}&{name}={IDS[1]}"
    assert reply(client.get(asked)) == errors(
        400, Invalid({name: f"{name.capitalize()} must be given once"})
    )

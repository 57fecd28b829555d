"""Who may do what: every route of every service, asked by everybody, with every bad token."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from ticketing.common.runtime.app import create_app
from ticketing.documents.gateway import openapi
from ticketing.local.tests.authorization import Place, place_of
from ticketing.local.tests.bad_tokens import Keys, bad_tokens, pair, shared_key
from ticketing.local.tests.permissions import ROWS, Asked
from ticketing.registry.programs import built_by, sample


def any_id(path: str) -> str:
    """The same, whatever its variables are called and however they are marked."""
    return re.sub(r"[<{].*?[>}]", "*", path)


READS = [row for row in ROWS if row[1] == "GET"]
DOCUMENTED = {
    (method.upper(), any_id(path)) for path, one in openapi()["paths"].items() for method in one
}


@pytest.fixture(scope="module", params=[shared_key, pair], ids=["HS256", "EdDSA"])
def keys(request: pytest.FixtureRequest) -> Keys:
    made: Keys = request.param()
    return made


@pytest.fixture(scope="module")
def place(keys: Keys) -> Iterator[Place]:
    with place_of(keys.signing) as place:
        yield place


def routes_of(app: Flask) -> set[tuple[str, str]]:
    """Method and path of all that it serves, but for its health."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith("health.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.mark.parametrize("name", built_by())
def test_every_route_is_documented_and_has_its_row(name: str) -> None:
    service = sample(name)
    routes = routes_of(create_app(service)) if service.routes else set()
    rows = {(method, rule) for owner, method, rule in ROWS if owner == name}
    assert routes == rows
    own = {(method, rule) for method, rule in routes if not rule.endswith("/openapi.json")}
    assert {(method, any_id(rule)) for method, rule in own} <= DOCUMENTED


@pytest.mark.parametrize("route", ROWS, ids=" ".join)
def test_everybody_gets_what_the_row_says(
    place: Place, keys: Keys, route: tuple[str, str, str]
) -> None:
    _, method, rule = route
    row, owner, stranger = ROWS[route], place.sign_up(), place.sign_up()
    asked = Asked(place, owner)

    unused = row.body(asked)

    def status(expected: int, **headers: str) -> int:
        body = unused if expected == 401 else row.body(asked)  # what is refused uses nothing up
        return place.ask(method, asked.path(rule), body, **headers).status_code

    tokens = bad_tokens(place, owner, keys)
    seen = {
        name: status(row.nobody, Authorization=f"Bearer {token}") for name, token in tokens.items()
    }
    seen |= {
        f"cookie, {name}": status(row.nobody, Cookie=f"session={one}")
        for name, one in tokens.items()
    }
    assert seen == dict.fromkeys(seen, row.nobody)
    # Another site can make a browser send the cookie, not the header.
    by_cookie = {"Cookie": f"session={owner.token}"}
    meant = by_cookie | {"X_XSRF_TOKEN": owner.claims["csrf"]}
    if method != "GET" and rule != "/api/users/signout":
        assert status(row.nobody, **by_cookie) == row.nobody
        assert status(row.nobody, **by_cookie, X_XSRF_TOKEN=stranger.claims["csrf"]) == row.nobody
    assert status(row.nobody) == row.nobody
    assert status(row.stranger, Authorization=f"Bearer {stranger.token}") == row.stranger
    assert status(row.owner, **meant) == row.owner


@pytest.mark.parametrize("route", READS, ids=" ".join)
def test_owners_may_use_a_bearer_token_too(place: Place, route: tuple[str, str, str]) -> None:
    _, method, rule = route
    owner = place.sign_up()
    asked = Asked(place, owner)
    answer = place.ask(method, asked.path(rule), Authorization=f"Bearer {owner.token}")
    assert answer.status_code == ROWS[route].owner

"""Whose word counts on a visitor's address and scheme."""

import pytest
from flask import request
from flask.typing import ResponseReturnValue

from ticketing.common.tests.apps import app_of
from ticketing.common.web.proxies import Proxies
from ticketing.common.web.routes import Routes

OURS = "10.1.0.0/16, 192.0.2.7, fd00::/8"
STRANGER = "203.0.113.5"

routes = Routes[None]("edge", __name__)


@routes.get("/seen")
def seen() -> ResponseReturnValue:
    told = [name for name, _ in request.headers if "Forward" in name or "Real" in name]
    return {
        "address": request.remote_addr,
        "route": list(request.access_route),
        "url": request.url_root,
        "told": told,
    }


def asked(peer: str, listed: str = OURS, **headers: str) -> tuple[str, str]:
    """The address and the scheme that a view sees."""
    client = app_of(routes, env={"TRUSTED_PROXIES": listed}).test_client()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    shown = client.get("/seen", headers=named, environ_base={"REMOTE_ADDR": peer}).get_json()
    assert shown["told"] == []
    assert shown["route"] == [shown["address"]]
    scheme, _, host = shown["url"].partition("://")
    assert host == "localhost/"
    return shown["address"], scheme


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.0.2.7", "fd00::7", "::ffff:10.1.2.3"])
def test_a_trusted_gateway_tells_of_the_visitor(peer: str) -> None:
    told = {"X_Forwarded_For": STRANGER, "X_Forwarded_Proto": "https"}
    assert asked(peer, **told) == (STRANGER, "https")


@pytest.mark.parametrize("peer", ["10.2.0.1", "127.0.0.1", "203.0.113.9", "::1"])
def test_nobody_else_does(peer: str) -> None:
    told = {"X_Forwarded_For": STRANGER, "X_Forwarded_Proto": "https"}
    assert asked(peer, **told) == (peer, "http")


def test_unless_others_are_named_only_this_machine_is_trusted() -> None:
    told = {"X_Forwarded_For": STRANGER, "X_Forwarded_Proto": "https"}
    client = app_of(routes).test_client()
    for peer, seen in {"127.0.0.1": STRANGER, "10.1.2.3": "10.1.2.3"}.items():
        named = {name.replace("_", "-"): value for name, value in told.items()}
        answer = client.get("/seen", headers=named, environ_base={"REMOTE_ADDR": peer})
        assert answer.get_json()["address"] == seen


@pytest.mark.parametrize(
    ("told", "visitor"),
    [
        (STRANGER, STRANGER),
        (f"198.51.100.1, {STRANGER}", STRANGER),  # the first is what the visitor says
        (f"198.51.100.1, {STRANGER}, 10.1.0.9", STRANGER),
        (f" {STRANGER} ,10.1.0.9 , 192.0.2.7", STRANGER),
        ("2001:db8::1", "2001:db8::1"),
        ("10.1.0.8, 10.1.0.9", "10.1.0.8"),
        ("", "10.1.2.3"),
        (",", "10.1.2.3"),
        ("junk", "10.1.2.3"),
        (f"{STRANGER}, junk", "10.1.2.3"),
        ("<script>", "10.1.2.3"),
        (f"{STRANGER}\x00", "10.1.2.3"),
    ],
)
def test_the_nearest_address_that_is_none_of_ours_is_the_visitor(told: str, visitor: str) -> None:
    assert Proxies(OURS).visitor("10.1.2.3", told) == visitor


@pytest.mark.parametrize(
    ("told", "scheme"),
    [("https", "https"), ("http", "http"), ("http, https", "https"), ("javascript", "http")],
)
def test_the_scheme_is_one_of_two(told: str, scheme: str) -> None:
    assert asked("10.1.2.3", X_Forwarded_Proto=told)[1] == scheme


def test_what_else_a_gateway_could_tell_is_not_heard() -> None:
    told = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil", "X_Real_IP": "::9"}
    told |= {"X_Forwarded_Port": "666", "Forwarded": f"for={STRANGER};host=evil.example"}
    for peer in ("10.1.2.3", "203.0.113.9"):
        assert asked(peer, **told) == (peer, "http")


def test_no_one_can_be_trusted_whose_address_is_not_known() -> None:
    assert asked("", listed="0.0.0.0/0, ::/0", X_Forwarded_For=STRANGER)[1] == "http"

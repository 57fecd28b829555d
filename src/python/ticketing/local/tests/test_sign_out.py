"""What auth says of a session counts in every service, with either kind of key."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ticketing.common.testing.services import UNKNOWN_ID
from ticketing.local.tests.authorization import Place, place_of
from ticketing.local.tests.bad_tokens import pair, shared_key
from ticketing.local.tests.permissions import ROWS
from ticketing.registry.declarations import services

ANN = {"email": "ann@example.com", "password": "correct horse"}
CHECKING = [name for name, service in services().items() if service.tokens == "checks"]


class Platform:
    """Auth and the services that check its tokens."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.flow = place.flow

    def browser(self) -> FlaskClient:
        return self.place.apps["auth"].test_client()

    def sign(self, where: str = "in") -> FlaskClient:
        """A browser that has signed in (or up)."""
        browser = self.browser()
        assert browser.post(f"/api/users/sign{where}", json=ANN).status_code in (200, 201)
        return browser

    def let_in_by(self, token: str) -> dict[str, bool]:
        """Which services take the token."""
        bearer = f"Bearer {token}"
        replies = {
            name: self.place.ask(*protected(name), Authorization=bearer) for name in CHECKING
        }
        return {name: reply.status_code != 401 for name, reply in replies.items()}


def protected(name: str) -> tuple[str, str]:
    """Method and path of something of this service that is for those alone who are signed in."""
    rows = [one for one, row in ROWS.items() if one[0] == name and row.nobody == 401]
    _, method, rule = max(rows, key=lambda one: ROWS[one].stranger != 401)
    return method, re.sub("<.*?>", UNKNOWN_ID, rule)


@pytest.fixture(params=[shared_key, pair], ids=["HS256", "EdDSA"])
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    with place_of(request.param().signing) as place:
        yield Platform(place)


def token(browser: FlaskClient) -> str:
    cookie = browser.get_cookie("session")
    assert cookie is not None
    return cookie.value


ALL, NONE = dict.fromkeys(CHECKING, True), dict.fromkeys(CHECKING, False)


def test_who_signs_out_is_let_in_nowhere_but_stays_on_other_devices(platform: Platform) -> None:
    phone, laptop = platform.sign("up"), platform.sign()
    stolen = token(phone)
    assert platform.let_in_by(stolen) == ALL
    phone.post("/api/users/signout")
    platform.flow()
    assert platform.let_in_by(stolen) == NONE
    assert platform.let_in_by(token(laptop)) == ALL


def test_who_signs_out_everywhere_is_let_in_again_after_signing_in(platform: Platform) -> None:
    phone, laptop = platform.sign("up"), platform.sign()
    before = [token(phone), token(laptop)]
    bearer = {"Authorization": f"Bearer {before[0]}"}
    assert phone.post("/api/users/signout/everywhere", headers=bearer).status_code == 200
    platform.flow()
    assert [platform.let_in_by(each) for each in before] == [NONE, NONE]
    assert platform.let_in_by(token(platform.sign())) == ALL


def test_a_renewed_token_is_as_good_as_the_first(platform: Platform) -> None:
    browser = platform.sign("up")
    assert browser.post("/api/users/renew").status_code == 200
    assert platform.let_in_by(token(browser)) == ALL


def test_a_stolen_refresh_token_lets_nobody_in_for_long(platform: Platform) -> None:
    owner = platform.sign("up")
    thief = platform.browser()
    refresh = owner.get_cookie("refresh")
    assert refresh is not None
    thief.set_cookie("refresh", refresh.value)
    thief.post("/api/users/renew")
    stolen = token(thief)
    assert platform.let_in_by(stolen) == ALL
    owner.post("/api/users/renew")  # the answer to the thief may have been meant for the owner
    owner.post("/api/users/renew")
    assert thief.post("/api/users/renew").status_code == 401
    platform.flow()
    assert platform.let_in_by(stolen) == NONE

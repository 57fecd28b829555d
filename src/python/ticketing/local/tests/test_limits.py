"""Limits on a real platform: through the gateway, by the pages and the API, counted in Redis."""

from collections.abc import Iterator

import pytest
import requests

from ticketing.common.testing.input import entries_of
from ticketing.common.web.errors import TooManyRequests
from ticketing.local.tests.running import Platform
from ticketing.local.tests.visitor import PASSWORD, Visitor

OPTIONS = ("--limits",)


@pytest.fixture()
def ann(platform: Platform) -> Iterator[Visitor]:
    visitor = Visitor(platform.url).sign_up()
    yield visitor
    visitor.close()


def test_a_password_can_be_guessed_ten_times_by_the_api_and_the_pages_together(
    platform: Platform, ann: Visitor
) -> None:
    guess = {"email": ann.email, "password": "not the one"}
    guesses = [ann.request("POST", "/users/signin", json=guess).status_code for _ in range(9)]
    assert guesses == [400] * 9
    assert "Invalid Credentials" in _sign_in_by_the_page(platform, guess)
    refused = ann.request("POST", "/users/signin", json={**guess, "password": PASSWORD})
    assert refused.status_code == 429
    seconds = int(refused.headers["Retry-After"])
    assert refused.json()["errors"] == entries_of(TooManyRequests(seconds=seconds))
    assert "That was a bit often. Please wait" in _sign_in_by_the_page(platform, guess)
    assert ann.request("GET", "/users/currentuser").json()["currentUser"]["email"] == ann.email


def test_an_address_is_the_visitors_and_not_what_it_says_of_itself(ann: Visitor) -> None:
    codes = {
        ann.request(
            "POST",
            "/users/signup",
            json={"email": "nobody"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        ).status_code
        for number in range(32)
    }
    assert codes == {400, 429}


def _sign_in_by_the_page(platform: Platform, guess: dict[str, str]) -> str:
    with requests.Session() as session:
        session.trust_env = False
        address = f"{platform.url}/auth/signin"
        session.get(address, timeout=30)
        form = {**guess, "csrf": session.cookies["XSRF-TOKEN"]}
        return session.post(address, data=form, timeout=30).text

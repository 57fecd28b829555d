"""An e-mail address has one form, however it is typed: none has two accounts, and whoever signs up
signs in with the same.
"""

from contextlib import suppress
from unicodedata import normalize

import hypothesis.strategies as st
import pytest
from flask.testing import FlaskClient
from hypothesis import example, given, settings

from ticketing.auth.email_addresses import normalized
from ticketing.auth.tests.test_account_changes import change

PASSWORD = "correct horse"

ONE = [
    (" \tAnn@EXAMPLE.com\n", "ann@example.com"),
    ("ann@\uff25xample\u3002com", "ann@example.com"),
    ("\uff21nn@example.com", "ann@example.com"),
    ("ann@exam\ufe0fple.com", "ann@example.com"),
    ("ANN+tag.o'neil@mail.example.co.uk", "ann+tag.o'neil@mail.example.co.uk"),
    ("re\u0301ne@example.com", "r\u00e9ne@example.com"),
    ("REN\u00c9@example.com", "ren\u00e9@example.com"),
    ("ann@m\u00fcnchen.example", "ann@xn--mnchen-3ya.example"),
    ("ann@mu\u0308nchen.example", "ann@xn--mnchen-3ya.example"),
    ("ann@M\u00dcNCHEN.example", "ann@xn--mnchen-3ya.example"),
    ("ann@XN--MNCHEN-3YA.example", "ann@xn--mnchen-3ya.example"),
    ("ann@stra\u00dfe.example", "ann@xn--strae-oqa.example"),
    ("ann@strasse.example", "ann@strasse.example"),
    ("ann@home.example", "ann@home.example"),
    ("ann@shop.test", "ann@shop.test"),
    ("ann@printer.local", "ann@printer.local"),
    ("ann@nas.home.arpa", "ann@nas.home.arpa"),
    ("ann@localhost", "ann@localhost"),
    ("ann@api.LOCALHOST", "ann@api.localhost"),
    ("a" * 242 + "@example.com", "a" * 242 + "@example.com"),
]

letters = st.sampled_from("aZ1\u0130\u0301\u212b\uff21") | st.characters(categories=["L", "N"])
addresses = st.builds(
    "{}@{}.{}".format,
    st.text(letters | st.sampled_from(".+_\u00ad"), min_size=1, max_size=6),
    st.text(letters, min_size=1, max_size=6),
    st.sampled_from(["example", "HOME.test", "xn--p1ai", "\u0440\u0444", "local"]),
)


@pytest.mark.parametrize(("typed", "form"), ONE)
def test_an_address_has_one_form(typed: str, form: str) -> None:
    assert normalized(typed) == form


@settings(max_examples=500, deadline=None)
@given(addresses)
@example("\u212bnn@\u212bngstr\u00f6m.example")
@example("a@\u1f80\u0301.example")
def test_the_form_of_a_form_is_itself(typed: str) -> None:
    with suppress(ValueError):
        form = normalized(typed)
        same = {form, f" {form}\n", *(normalize(how, typed) for how in ("NFC", "NFD"))}
        assert {normalized(address) for address in same} == {form}


def test_whoever_signs_up_signs_in_with_what_was_typed(client: FlaskClient) -> None:
    @settings(max_examples=25, deadline=None)
    @given(addresses)
    def enter(typed: str) -> None:
        account = {"email": typed, "password": PASSWORD}
        reply = client.post("/api/users/signup", json=account)
        if reply.status_code == 201:
            for email in (typed, normalize("NFD", typed), reply.get_json()["email"]):
                again = client.post("/api/users/signin", json={**account, "email": email})
                assert again.get_json() == reply.get_json()

    enter()


@pytest.mark.parametrize(("typed", "form"), ONE[7:11])
def test_an_address_has_one_account(client: FlaskClient, typed: str, form: str) -> None:
    def post(way: str, email: str) -> tuple[int, str | None]:
        account = {"email": email, "password": PASSWORD}
        reply = client.post(f"/api/users/{way}", json=account)
        return reply.status_code, reply.get_json().get("email")

    assert post("signup", typed) == (201, form)
    for other in (email for email, same in ONE if same == form):
        assert post("signup", other) == (400, None)
        assert post("signin", other) == (200, form)
    assert change(client, "email", email=typed)[1]["email"] == form

"""A password is what its owner sees, whatever keyboard it is typed on."""

import unicodedata
from contextlib import suppress

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from ticketing.auth.model import InvalidCredentials
from ticketing.auth.passwords import HAS_CONTROLS, TOO_COMMON, WRONG_LENGTH, broken_rule, normalized
from ticketing.auth.tests.test_account_changes import OF_ANOTHER, change, wrong
from ticketing.common.core.errors import Invalid
from ticketing.common.testing.input import entries_of, errors_of

EMAIL = "ann@example.com"
FACE, HANGUL = "\N{GRINNING FACE}", unicodedata.normalize("NFD", "\uac01")
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cr\u00e8me br\u00fbl\u00e9e", "cre\u0300me bru\u0302le\u0301e"),
        ("two\u00a0words\u3000here", "two words here"),
        ("battery \u2764\ufe0f", "battery \u2764"),
        (FAMILY * 3, FAMILY.replace("\u200d", "") * 3),
        ("battery \u0645\u06cc\u200c\u062e\u0648", "battery \u0645\u06cc\u062e\u0648"),
    ],
)
def test_one_password_is_typed_in_two_ways(client: FlaskClient, one: str, other: str) -> None:
    for typed, changed in ((one, other), (other, one)):
        email = f"{typed is one}@example.com"
        signed_up = client.post("/api/users/signup", json={"email": email, "password": typed})
        signed_in = client.post("/api/users/signin", json={"email": email, "password": changed})
        assert (signed_up.status_code, signed_in.status_code) == (201, 200)
        assert change(client, "password", password=typed, currentPassword=changed)[0] == 200


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("correct horse", " correct horse"),
        ("correct horse", "Correct horse"),
        ("\uff41" * 8, "a" * 8),
    ],
)
def test_what_looks_different_is_another_password(one: str, other: str) -> None:
    assert normalized(one) != normalized(other)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", WRONG_LENGTH),
        ("\u200d" * 8, WRONG_LENGTH),
        (FACE * 7, WRONG_LENGTH),
        (FACE * 8, None),
        (FACE * 128, None),
        (FACE * 129, WRONG_LENGTH),
        ("e\u0301" * 7, WRONG_LENGTH),
        ("e\u0301" * 8, None),
        (HANGUL * 128, None),
        (HANGUL * 129, WRONG_LENGTH),
        ("\u1f82" * 128, None),
        (unicodedata.normalize("NFD", "\u1f82") * 128, None),
        ("x" * 60_000, WRONG_LENGTH),
        ("pass\u200dword1", TOO_COMMON),
        ("trustno1", TOO_COMMON),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_a_new_password_is_measured_as_it_is_compared(password: str, said: str | None) -> None:
    assert broken_rule(password) == said


@pytest.mark.parametrize(
    "typed",
    [
        FAMILY,
        "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\U0001fae8",  # of Unicode 15
        "\U0001fae9",  # of Unicode 16
        "l\u00b7l",
        "\u30fb",
        "\u05f3",
        "\u0660\u06f0",
    ],
    ids=ascii,
)
def test_what_a_keyboard_has_may_be_in_a_password(typed: str) -> None:
    assert broken_rule(f"battery {typed}") is None


@pytest.mark.parametrize(
    "control",
    ["\x00", "\t", "\n", "\x7f", "\x85", "\u00ad", "\u200b", "\u202e", "\ufeff", "\ue000"],
)
def test_controls_are_refused_when_a_password_is_chosen_and_are_wrong_after_that(
    client: FlaskClient, control: str
) -> None:
    account = {"email": EMAIL, "password": f"correct{control} horse"}
    error = entries_of(Invalid({"password": HAS_CONTROLS}))
    assert errors_of(client.post("/api/users/signup", json=account), 400) == error
    refused = client.post("/api/users/signin", json=account)
    assert errors_of(refused, 400) == entries_of(InvalidCredentials())

    client.post("/api/users/signup", json={"email": EMAIL, "password": "correct horse"})
    told = change(client, "password", password="battery staple", currentPassword=control)
    assert told == OF_ANOTHER
    told = change(client, "password", password=account["password"])
    assert told == wrong("password", HAS_CONTROLS)


@given(st.text(max_size=20))
def test_the_form_of_a_form_is_itself(typed: str) -> None:
    with suppress(ValueError):
        form = normalized(typed)
        same = {form, *(unicodedata.normalize(how, typed) for how in ("NFC", "NFD"))}
        assert {normalized(password) for password in same} == {form}

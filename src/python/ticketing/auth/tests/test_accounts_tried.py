"""An account counts as one however its address is written, and its count does not tell it."""

from typing import Any

import pytest
from flask import Flask

from ticketing.auth.accounts_tried import by_email

ANN = {"email": "ann@example.com"}


def key_of(**content: Any) -> str | None:
    with Flask("tried").test_request_context(method="POST", **content):
        return by_email()


@pytest.mark.parametrize(
    "email", [" ANN@example.com", "Ann@Example.com ", "ann@example.com", "\uff41nn@example.com"]
)
def test_an_account_counts_however_it_is_written(email: str) -> None:
    assert key_of(json={"email": email}) == key_of(json=ANN)
    assert key_of(json={"email": email}) != key_of(json={"email": "ben@example.com"})


def test_what_is_counted_tells_no_address() -> None:
    key = key_of(json=ANN)
    assert key is not None
    assert "ann" not in key
    assert "example" not in key


@pytest.mark.parametrize(
    "content",
    [
        {"json": {"email": 7}},
        {"json": {}},
        {"data": b"email=ann"},
        {"json": {"email": "ann"}},
        {"json": {"email": "ann\u200b@example.com"}},
    ],
)
def test_a_body_that_names_no_account_is_for_the_view_to_judge(content: dict[str, Any]) -> None:
    assert key_of(**content) is None

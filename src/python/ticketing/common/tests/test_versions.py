"""The versions that a change is asked for, from what clients put into If-Match."""

import pytest
from flask import Flask

from ticketing.common.web.routes import versions

ANY = None
NONE: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (None, ANY),
        ("*", ANY),
        ('"0"', {0}),
        ('"3", "12"', {3, 12}),
        ('W/"3"', NONE),  # two that are weakly alike may differ
        ("", NONE),
        ('""', NONE),
        ('W/")8LFI6FiU", ""', NONE),
        ('"-1", "+1", "01", "1.0", "1e3", " 1", "\u0661"', NONE),
        (f'"{"9" * 5000}"', NONE),
        ('"3', NONE),
        (",,,", NONE),
    ],
)
def test_what_is_no_version_of_ours_matches_none(given: str | None, asked: set[int] | None) -> None:
    environ = {} if given is None else {"HTTP_IF_MATCH": given}
    with Flask("versions").test_request_context(environ_overrides=environ):
        assert versions() == asked

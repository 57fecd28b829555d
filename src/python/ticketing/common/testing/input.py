"""Bad input for the tests of every service, and the one shape of the answer to it."""

import json
from typing import Any

import hypothesis.strategies as st
import msgspec
from werkzeug.test import TestResponse

from ticketing.common.core.errors import Failure
from ticketing.common.testing.services import UNKNOWN_ID
from ticketing.common.web.errors import envelope

MALFORMED_IDS = [
    "5c0a",
    UNKNOWN_ID.upper(),
    f"{UNKNOWN_ID}0",
    "z" * 24,
    "%00",
    "\N{SNOWMAN}",
    "a b",
]
"""Path segments that are no ids."""

NOT_TEXT: list[Any] = [None, True, 0, 1.5, [], ["text"], {}, {"$gt": ""}]
"""JSON values where text is wanted."""
NOT_JSON_OBJECTS: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b"[{}]",
    b"12",
    b'"text"',
    b"true",
    b"{",
    b'{"a":}',
    b'{"a": 1,}',
    b"{'a': 1}",
    b'{"a": 1} {"a": 2}',
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b'{"a": 1e999}',
    b'{"a": 1' + b"0" * 5000 + b"}",
    b'{"a": "\\ud800"}',
    b'{"a": "\\udc00\\ud800"}',
    b'{"a": "\\x"}',
    b'{"a": "\x00"}',
    b'{"a": "\xff\xfe"}',
    b"\xef\xbb\xbf{}",
    '{"a": "text"}'.encode("utf-16"),
    b"[" * 60_000,
    b'{"a":' * 12_000,
    b'{"a": ' + b"[" * 25_000 + b"]" * 25_000 + b"}",
]
"""Bodies that are not JSON (RFC 8259), too deep, or no object."""
NOT_JSON_TYPES = [
    None,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
]
"""Content types under which no JSON comes."""


def errors_of(response: TestResponse, status: int) -> list[dict[str, str]]:
    """The errors in a reply of this status; fails unless it has the contract's one shape."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    body: Any = response.json
    assert list(body) == ["errors"]
    assert body["errors"]
    for error in body["errors"]:
        assert list(error) in (["code", "message"], ["code", "message", "field"])
        assert all(isinstance(text, str) and text for text in error.values())
    errors: list[dict[str, str]] = body["errors"]
    return errors


def entries_of(failure: Failure) -> list[dict[str, str]]:
    """The errors in the reply to this failure."""
    errors: list[dict[str, str]] = msgspec.to_builtins(envelope(failure).errors)
    return errors


def any_json(*names: str) -> st.SearchStrategy[str]:
    """JSON texts, and near misses with NaN or lone surrogates; objects often have these names."""
    text = st.text(st.characters(), max_size=30)
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | text
    keys = st.sampled_from(names) | text
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    )
    objects = st.dictionaries(keys, scalars, max_size=5)
    return st.builds(json.dumps, objects | values)

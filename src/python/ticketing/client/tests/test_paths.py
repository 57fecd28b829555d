"""Where a visitor is led: only to pages of ours."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.client.paths import own_path, sign_in_then, with_query


@pytest.mark.parametrize("path", ["/", "/tickets/1", "/tickets/new?title=A%20b&price=2", "/a//b"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "given",
    [
        "",
        "tickets",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " /tickets",
        "javascript:alert(1)",
        "/tickets\r\nSet-Cookie: a=b",
        "/bücher",
    ],
)
def test_what_leads_elsewhere_leads_home(given: str) -> None:
    assert own_path(given) == "/"


@settings(deadline=None)
@given(st.text(alphabet="/\\:.@?#[]\t\nae ", max_size=12))
def test_no_text_leads_off_the_site(text: str) -> None:
    cleaned = own_path(text).replace("\\", "/").replace("\t", "").replace("\n", "")
    assert urlsplit(urljoin("https://ours.example/", cleaned)).netloc == "ours.example"


def test_the_way_back_survives_signing_in() -> None:
    assert sign_in_then("/a?b=c&d=e") == "/auth/signin?next=%2Fa%3Fb%3Dc%26d%3De"


def test_a_query_leaves_out_what_is_empty() -> None:
    assert with_query("/", {"q": "jazz & blues", "sort": ""}) == "/?q=jazz+%26+blues"
    assert with_query("/", {"q": ""}) == "/"

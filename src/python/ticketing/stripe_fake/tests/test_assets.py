"""What a browser loads from the stand-in may be loaded by any page, and is shut in itself."""

import re

import pytest
from flask.testing import FlaskClient

SCRIPTS = ["/v3/", "/v3/stripe.js"]
FRAMES = ["/frames/card", "/frames/authentication"]


@pytest.mark.parametrize("path", SCRIPTS)
def test_the_script_may_be_used_by_any_page(http: FlaskClient, path: str) -> None:
    answer = http.get(path, headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "window.Stripe" in answer.text


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_runs_its_own_scripts_only_and_any_page_may_hold_it(
    http: FlaskClient, path: str
) -> None:
    answer = http.get(path, headers={"Authorization": ""})
    policy = answer.headers["Content-Security-Policy"]
    assert answer.mimetype == "text/html"
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors *" in policy
    assert "X-Frame-Options" not in answer.headers
    assert not re.search(r"<script(?! [^>]*src=)|style=|<style|\son[a-z]+=", answer.text)


@pytest.mark.parametrize("path", FRAMES)
def test_all_that_a_frame_names_is_there(http: FlaskClient, path: str) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', http.get(path).text)
    scripts = [name for name in named if name.endswith(".js")]
    imported = [
        part
        for script in scripts
        for part in re.findall(r'from "\./([^"]+)"', http.get(f"/frames/{script}").text)
    ]
    parts = {*named, *imported}
    assert {"frame.css", "theme.js", "channel.js"} <= parts
    assert {http.get(f"/frames/{part}").status_code for part in parts} == {200}


@pytest.mark.parametrize("path", [*SCRIPTS, *FRAMES, "/frames/card.js"])
def test_assets_set_no_cookie_and_are_asked_for_again(http: FlaskClient, path: str) -> None:
    first = http.get(path)
    again = http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["", "stripe.js", "card.html", "nothing", "..%2fapp.py"])
def test_no_other_file_is_served(http: FlaskClient, name: str) -> None:
    assert http.get(f"/frames/{name}").status_code == 404


def test_the_fields_of_the_card_have_no_names(http: FlaskClient) -> None:
    """So that a browser without the script can send, and thus have logged, nothing of them."""
    inputs = re.findall(r"<input[^>]*>", http.get("/frames/card").text)
    assert len(inputs) == 3
    assert not [one for one in inputs if " name=" in one]

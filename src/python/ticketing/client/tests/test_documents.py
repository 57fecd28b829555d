"""The documents of the API, for programs and for people."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from ticketing.client.app import create_app
from ticketing.client.tests.scripted import SETTINGS
from ticketing.common.testing.browser import chromium

client = create_app(SETTINGS).test_client()


def test_the_api_is_told_as_openapi_and_told_once() -> None:
    reply = client.get("/api/openapi.json")
    told: Any = reply.get_json()
    assert told["openapi"] == "3.1.0"
    assert "/api/tickets/{ticketId}" in told["paths"]
    known = {"If-None-Match": reply.headers["ETag"]}
    assert client.get("/api/openapi.json", headers=known).status_code == 304


def test_the_page_and_all_that_it_loads_are_ours_and_allow_no_script_inside() -> None:
    page = client.get("/api/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    loaded = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert len(loaded) >= 4
    for address in loaded:
        assert address.startswith("/")
        assert client.get(address).status_code == 200
    assert not re.search(r"<script>|<style|style=|onload", page.text)


@pytest.mark.parametrize("name", ["index.css", "..", "swagger-ui.js", "LICENSE"])
def test_of_swagger_ui_only_what_the_page_needs_is_served(name: str) -> None:
    assert client.get(f"/api/docs/{name}").status_code == 404


@pytest.fixture()
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(SETTINGS), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


def test_the_page_shows_every_operation_and_breaks_no_policy(address: str) -> None:
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda line: said.append(line.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/api/docs")
        told: Any = client.get("/api/openapi.json").get_json()
        shown = page.locator(".opblock")
        expect(shown).to_have_count(sum(map(len, told["paths"].values())), timeout=60_000)
        shown.first.locator(".opblock-summary").click()
        expect(page.get_by_role("button", name="Try it out").first).to_be_visible(timeout=60_000)
        browser.close()
    assert said == []

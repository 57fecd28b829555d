"""No log and no event holds what people or programs entrust to the platform."""

import io
import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests

from ticketing.common.testing.servers import eventually
from ticketing.local import operator
from ticketing.local.data_directory import DataDirectory
from ticketing.local.tests.infrastructure import users
from ticketing.local.tests.running import Platform

OPTIONS = ("--no-limits", "--hold-seconds", "30")
CARD = "4242424242424242"
SLOW = 60


class Marked:
    """Somebody all of whose secrets can be found again."""

    def __init__(self, url: str) -> None:
        self.url, self.http = url, requests.Session()
        self.http.trust_env = False
        self.http.hooks["response"].append(self._note)
        self._cookies: dict[str, str] = {}
        self.mark = uuid.uuid4().hex
        self.email, self.password = f"{self.mark}@marked.example", f"Passw0rd-{self.mark}"
        self.token = f"tok_{self.mark}"
        reply = self.send("POST", "/api/users/signup", json=self.credentials)
        assert reply.status_code == 201, reply.text

    @property
    def credentials(self) -> dict[str, str]:
        return {"email": self.email, "password": self.password}

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-XSRF-TOKEN": self.http.cookies.get("XSRF-TOKEN", "")}
        headers |= options.pop("headers", {})
        url, patience = f"{self.url}{path}", options.pop("timeout", SLOW)
        return self.http.request(method, url, headers=headers, timeout=patience, **options)

    def secrets(self) -> dict[str, str]:
        """What must be nowhere, by what it is."""
        return {"mark": self.mark, "card": CARD} | self._cookies

    def sign_in(self) -> None:
        reply = self.send("POST", "/api/users/signin", json=self.credentials)
        assert reply.status_code == 200, reply.text

    def _note(self, response: requests.Response, **_: Any) -> None:
        """Keep every cookie of every answer: one that was replaced may still be good."""
        for one in response.cookies:
            if one.value and len(one.value) > 8:
                self._cookies[f"cookie {one.name} {len(self._cookies)}"] = one.value


def routes(who: Marked) -> Iterator[tuple[str, str]]:
    """Every method and path of the platform's own document."""
    for path, operations in who.send("GET", "/api/openapi.json").json()["paths"].items():
        for method in operations:
            yield method.upper(), path


def misuse(who: Marked, method: str, path: str) -> Iterator[dict[str, Any]]:
    """What is sent to a route, well meant and not, full of secrets."""
    text = json.dumps({**who.credentials, "currentPassword": who.password, "token": who.token})
    body = {"email": who.email, "password": who.password, "currentPassword": who.password}
    yield {"json": {**body, "token": who.token, "orderId": who.mark, "ticketId": who.mark}}
    yield {"json": {**body, "token": CARD, "orderId": "5c0a7922c9d89830f4911426"}}
    yield {"json": {**body, "title": who.mark * 10, "price": who.mark}}
    yield {"json": {name: {name: value} for name, value in body.items()}}
    yield {"data": text[:-2], "headers": {"Content-Type": "application/json"}}
    yield {"data": text, "headers": {"Content-Type": f"text/{who.mark}"}}
    yield {"data": text.encode("utf-16"), "headers": {"Content-Type": "application/json"}}
    yield {"data": text + " " * 70_000, "headers": {"Content-Type": "application/json"}}
    yield {"params": body | {"limit": who.mark, "cursor": who.mark, "q": who.mark}}
    for name in ("Authorization", "Idempotency-Key", "If-Match", "If-None-Match", "X-XSRF-TOKEN"):
        yield {"headers": {name: f"Bearer {who.mark}"}, "json": body}
    yield {"auth": (who.email, who.password), "json": body}
    yield {"headers": {"Cookie": f"session={who.mark}; refresh={who.mark}"}, "json": body}
    yield {"headers": {"Stripe-Signature": f"t=1,v1={who.mark}"}, "json": body}


def misuse_all(who: Marked) -> None:
    """The session is needed to the end; of the routes that end it, anew each time."""
    all_routes = sorted(routes(who), key=lambda route: is_sign_out(route[1]))
    assert [is_sign_out(path) for _, path in all_routes][-2:] == [True, True]
    for method, path in all_routes:
        for options in misuse(who, method, path):
            if is_sign_out(path):
                who.sign_in()
            for filled in {re.sub(r"\{\w+\}", id, path) for id in (who.mark, quote(who.email))}:
                assert who.send(method, filled, **options).status_code < 500
    who.sign_in()


def is_sign_out(path: str) -> bool:
    return path.startswith("/api/users/signout")


def use_pages(who: Marked) -> None:
    """The forms, with and without what proves that they are ours."""
    for path in ("/auth/signup", "/auth/signin", "/account", "/account/email", "/account/password"):
        page = who.http.get(f"{who.url}{path}", timeout=SLOW).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        fields = {**who.credentials, "currentPassword": who.password}
        for proof in ({"csrf": found[1]} if found else {}, {"csrf": who.mark}, {}):
            who.http.post(f"{who.url}{path}", data={**fields, **proof}, timeout=SLOW)
        who.http.get(f"{who.url}{path}", params={**fields, "next": who.mark}, timeout=SLOW)
    for path in ("tickets", "orders"):
        cookies = {"Cookie": f"session={who.mark}"}
        who.http.get(f"{who.url}/live/{path}/{who.mark}", headers=cookies, timeout=SLOW)


def fail(who: Marked, platform: Platform) -> None:
    """Ask while the database is away: errors are logged with all that led to them."""
    asked = [
        ("POST", "/api/users/signup"),
        ("POST", "/api/users/signin"),
        ("PUT", "/api/users/email"),
    ]

    def ask(one: tuple[str, str]) -> int:
        body = {**who.credentials, "email": f"new-{who.email}", "currentPassword": who.password}
        return who.send(*one, json=body).status_code

    with platform.without("mongo"), ThreadPoolExecutor() as pool:
        assert set(pool.map(ask, asked)) == {500}
    eventually(platform.is_ready)


def own_secrets(platform: Platform) -> dict[str, str]:
    """Those of the platform: keys, and the password of every user of its servers."""
    data = DataDirectory(platform.data_dir, io.StringIO())  # the platform has it open
    passwords = {
        f"{server} {user}": data.password(server, user)
        for server, names in users().items()
        for user in names
    }
    addresses = json.loads((platform.data_dir / operator.FILE).read_text()).values()
    assert {urlsplit(one).password for one in addresses} - {None} <= set(passwords.values())
    keys = {file.name: file.read_text().strip() for file in platform.data_dir.glob("*.key")}
    return keys | passwords


def written(platform: Platform) -> Iterator[Path]:
    """Every log, and the files of those who pass news and timers on."""
    yield platform.data_dir.parent / "terminal.txt"
    for name in ("logs", "nats", "redis"):
        yield from (file for file in (platform.data_dir / name).rglob("*") if file.is_file())


@pytest.fixture(scope="module")
def marked(platform: Platform) -> Iterator[Marked]:
    """Somebody who has done everything there is to do, rightly and wrongly."""
    who = Marked(platform.url)
    misuse_all(who)
    use_pages(who)
    fail(who, platform)
    yield who
    who.http.close()


def test_what_people_entrust_is_in_no_log_and_no_event(platform: Platform, marked: Marked) -> None:
    assert len([name for name in marked.secrets() if name.startswith("cookie refresh")]) > 20
    found = [
        (name, file.name)
        for file in written(platform)
        for content in [file.read_bytes()]
        for name, secret in marked.secrets().items()
        if secret.encode() in content
    ]
    assert found == []


def test_keys_and_passwords_of_the_platform_are_in_no_log(
    platform: Platform, marked: Marked
) -> None:
    secrets = own_secrets(platform)
    assert len(secrets) > sum(map(len, users().values()))
    found = [
        (name, file.name)
        for file in [*platform.data_dir.glob("logs/*"), platform.data_dir.parent / "terminal.txt"]
        for name, secret in secrets.items()
        if secret in file.read_text(errors="replace")
    ]
    assert found == []


def test_the_faults_among_them_were_logged(platform: Platform, marked: Marked) -> None:
    logged = (platform.data_dir / "logs" / "auth-web.log").read_text()
    assert '"event": "request failed"' in logged
    assert "Traceback" in logged

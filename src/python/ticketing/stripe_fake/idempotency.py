"""Stripe's idempotency keys: what a POST does, it does once per key.

The first answer, good or bad, is stored in the transaction of its effects and given again to
every later request with the key, for 24 hours. Answers to requests that were refused before they
began are not stored. See docs.stripe.com/api/idempotent_requests.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ticketing.common.core.logs import logger
from ticketing.stripe_fake.errors import (
    INVALID,
    Json,
    NotStartedError,
    StripeError,
    key_in_use,
    key_reused,
    server_error,
)
from ticketing.stripe_fake.store import Book, Reply, Store

KEPT_SECONDS = 24 * 60 * 60
MAX_KEY = 255

log = logger(__name__)

Action = Callable[[Book], Json]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One POST: who, what, and under which key (None: no key, so done every time)."""

    account: str
    key: str | None
    path: str
    fields: list[tuple[str, str]]
    request_id: str
    now: int

    @property
    def request(self) -> Json:
        """As events name what caused them."""
        return {"id": self.request_id, "idempotency_key": self.key}

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(sorted(self.fields)).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: str
    saved: bool = True
    replay_of: str | None = None
    """The id of the request that was answered first."""


class Desk:
    """Where every POST is carried out, each in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: set[tuple[str, str]] = set()
        self._guard = threading.Lock()

    def carry_out(self, call: Call, action: Action) -> Answer:
        if call.key is None:
            with self._store.transaction() as book:
                book.request = call.request
                return _first(book, action)
        if not 0 < len(call.key) <= MAX_KEY:
            message = f"Idempotency keys have 1 to {MAX_KEY} characters."
            raise NotStartedError(400, INVALID, message)
        with self._only_one(call.account, call.key), self._store.transaction() as book:
            book.request = call.request
            return _once(book, call, call.key, action)

    @contextmanager
    def _only_one(self, account: str, key: str) -> Iterator[None]:
        with self._guard:
            if (account, key) in self._running:
                raise key_in_use(key)
            self._running.add((account, key))
        try:
            yield
        finally:
            with self._guard:
                self._running.remove((account, key))


def _once(book: Book, call: Call, key: str, action: Action) -> Answer:
    book.forget_replies(call.now - KEPT_SECONDS)
    first = book.reply(call.account, key)
    if first is not None:
        if (first.path, first.fingerprint) != (call.path, call.fingerprint):
            raise key_reused(key, first.path, call.path)
        return Answer(status=first.status, body=first.body, replay_of=first.request_id)
    answer = _first(book, action)
    if answer.saved:
        book.keep_reply(_reply(call, key, answer))
    return answer


def _first(book: Book, action: Action) -> Answer:
    book.mark()
    try:
        return Answer(status=200, body=json.dumps(action(book)))
    except StripeError as error:
        return Answer(status=error.status, body=json.dumps(error.body()), saved=error.saved)
    except Exception:
        log.exception("request failed")
        book.undo_to_mark()
        return Answer(status=500, body=json.dumps(server_error().body()))


def _reply(call: Call, key: str, answer: Answer) -> Reply:
    return Reply(
        account=call.account,
        key=key,
        path=call.path,
        fingerprint=call.fingerprint,
        request_id=call.request_id,
        status=answer.status,
        body=answer.body,
        saved_at=call.now,
    )

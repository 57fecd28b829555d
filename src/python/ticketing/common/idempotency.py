"""Idempotency-Key: a POST that creates is carried out once, and its answer is given again.

What a key stands for is saved before anything else, with the id of the thing to make. A try that
dies is made again by the next request, under the same id, so the database takes the thing once.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

import pymongo
from flask import Response
from flask import current_app
from flask import request
from flask.typing import ResponseReturnValue
from pymongo.errors import DuplicateKeyError

from ticketing.common.clock import Clock
from ticketing.common.clock import utc_now
from ticketing.common.errors import Failure
from ticketing.common.errors import Invalid
from ticketing.common.identity import User
from ticketing.common.mongo import Document
from ticketing.common.mongo import Documents
from ticketing.common.mongo import new_id

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
COLLECTION = "idempotency"
INDEX = pymongo.IndexModel("expiresAt", expireAfterSeconds=0)
KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""For how long a try counts as running; longer than any request takes."""
ANYONE = ""
"""The owner of keys of those who need not be signed in."""
_MAX_KEY = 255


class StillRunning(Failure):
    """The first request with this key has not been answered yet."""

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still running")


class OtherRequest(Failure):
    """The key stands for another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was replied, to the byte."""

    status: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The right to carry out what a key stands for; `resource_id` is for the thing to make."""

    id: str
    holder: str
    resource_id: str


class Keys:
    """The keys of one service: `{_id, fingerprint, resourceId, holder, leaseUntil or answer}`."""

    def __init__(self, documents: Documents, secret: str, clock: Clock = utc_now) -> None:
        self._documents, self._secret, self._clock = documents, secret.encode(), clock

    def claim(self, id: str, asked: bytes) -> Turn | Answer:
        """The turn to carry out what was `asked`, or the answer, if there is one.

        Raises StillRunning and OtherRequest.
        """
        mark, holder = hmac.new(self._secret, asked, hashlib.sha256).hexdigest(), new_id()
        while True:
            claimed = self._first(id, mark, holder) or self._later(id, mark, holder)
            if claimed is not None:
                return claimed

    def keep(self, turn: Turn, answer: Answer) -> Answer:
        """Keep this answer, unless another try has taken over: then its answer counts.

        Raises StillRunning while that has none.
        """
        kept = {"$set": {"answer": _document(answer)}, "$unset": {"leaseUntil": ""}}
        if self._documents.update_one(_held(turn), kept).matched_count == 1:
            return answer
        known = self._documents.find_one({"_id": turn.id}) or {}
        if "answer" not in known:
            raise StillRunning
        return Answer(**known["answer"])

    def release(self, turn: Turn) -> None:
        """Let the next request try again at once, under the same id."""
        self._documents.update_one(_held(turn), {"$set": {"leaseUntil": self._clock()}})

    def _first(self, id: str, fingerprint: str, holder: str) -> Turn | None:
        fresh = self._fresh(fingerprint, holder)
        try:
            self._documents.insert_one({"_id": id, **fresh})
        except DuplicateKeyError:
            return None
        return _turn({"_id": id, **fresh})

    def _later(self, id: str, fingerprint: str, holder: str) -> Turn | Answer | None:
        """None where the key's record has changed meanwhile."""
        known, now = self._documents.find_one({"_id": id}), self._clock()
        if known is None:
            return None
        if known["holder"] == holder:  # ours: the database had said so, but nobody heard it
            return _turn(known)
        if known["expiresAt"] <= now:
            return self._change(known, self._fresh(fingerprint, holder))
        if known["fingerprint"] != fingerprint:
            raise OtherRequest
        if "answer" in known:
            return Answer(**known["answer"])
        if known["leaseUntil"] > now:
            raise StillRunning
        return self._change(known, {"holder": holder, "leaseUntil": now + LEASE})

    def _change(self, known: Document, changed: Document) -> Turn | None:
        """Begin a new try, if the record is still as it is known."""
        same = {"_id": known["_id"], "holder": known["holder"]}
        if "leaseUntil" in known:
            same["leaseUntil"] = known["leaseUntil"]
        change = {"$set": changed, "$unset": {"answer": ""}}
        written = self._documents.update_one(same, change)
        return _turn({**known, **changed}) if written.modified_count == 1 else None

    def _fresh(self, fingerprint: str, holder: str) -> Document:
        now = self._clock()
        return {
            "fingerprint": fingerprint,
            "resourceId": new_id(),
            "holder": holder,
            "leaseUntil": now + LEASE,
            "expiresAt": now + KEPT,
        }


def answer_once(owner: str, view: Callable[[str | None], ResponseReturnValue]) -> Response:
    """The answer of `view` to this request, or where its key had an answer, that one again.

    The view gets the id under which to make the thing, None without a key. What exists under it
    already is what an earlier try has made. An answer that says to try again is not kept.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return current_app.make_response(view(None))
    if not (0 < len(key) <= _MAX_KEY and key.isascii() and key.isprintable()):
        raise Invalid({"": f"{HEADER} must be 1 to {_MAX_KEY} printable ASCII characters"})
    keys: Keys = current_app.extensions[COLLECTION]
    asked = f"{request.method} {request.path}\n".encode() + request.get_data()
    claimed = keys.claim(f"{owner}:{key}", asked)
    return _again(claimed) if isinstance(claimed, Answer) else _carry_out(keys, claimed, view)


def once(view: Callable[[User, str | None], ResponseReturnValue]) -> Callable[[User], Response]:
    """Decorator below `signed_in`: the view is answered once for a user's key, as `answer_once`."""

    @wraps(view)
    def answered(user: User) -> Response:
        return answer_once(user.id, lambda id: view(user, id))

    return answered


def _carry_out(keys: Keys, turn: Turn, view: Callable[[str], ResponseReturnValue]) -> Response:
    try:
        response = current_app.make_response(view(turn.resource_id))
    except Exception as error:  # its answer is an answer, too
        response = current_app.make_response(current_app.handle_user_exception(error))
    if response.status_code >= 500 or response.status_code == 409:
        keys.release(turn)
        return response
    given = Answer(status=response.status_code, body=response.get_data(as_text=True))
    counts = keys.keep(turn, given)
    return response if counts is given else _again(counts)


def _again(answer: Answer) -> Response:
    headers = {REPLAYED: "true"}
    return Response(answer.body, answer.status, headers, mimetype="application/json")


def _turn(known: Document) -> Turn:
    return Turn(id=known["_id"], holder=known["holder"], resource_id=known["resourceId"])


def _held(turn: Turn) -> dict[str, Any]:
    return {"_id": turn.id, "holder": turn.holder}


def _document(answer: Answer) -> Document:
    return {"status": answer.status, "body": answer.body}

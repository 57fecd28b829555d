"""Idempotency-Key: a POST that creates is carried out once, and its answer is given again.

What a key stands for is saved before anything else, with the id of the thing to make. A try that
dies is made again by the next request, under the same id, so the database takes the thing once.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import wraps

import pymongo
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user
from pymongo.errors import DuplicateKeyError

from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.errors import Failure, Refused
from ticketing.common.storage.mapping import from_document
from ticketing.common.storage.mongo import Document, Documents, Indexes, new_id
from ticketing.common.web.routes import json_object

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
ANYONE = ""
"""The owner of keys of those who need not be signed in."""
COLLECTION = EXTENSION = "idempotency"
"""Where the database has the keys, and the application has its Keys."""
INDEXES: Indexes = {COLLECTION: [pymongo.IndexModel("expiresAt", expireAfterSeconds=0)]}
KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""For how long a try counts as running; longer than any request takes."""
_TRY_AGAIN = (404, 409)  # another answer soon: what is not found may not have been heard of yet


class BadKey(Refused):
    """It is empty, too long, or of other characters."""

    sentence = f"{HEADER} must be 1 to 255 printable ASCII characters"


class StillRunning(Failure):
    """The first request with this key has not been answered yet."""

    sentence = f"The first request with this {HEADER} is still running"


class KeyReused(Failure):
    """The key stands for another request."""

    sentence = f"This {HEADER} was used for another request"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was replied, to the byte; `etag` where it had one."""

    status: int
    body: str
    etag: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to carry out what a key stands for; `resource_id` is for the thing to make."""

    id: str
    holder: str
    resource_id: str


class Keys:
    """The keys of one service: `{_id, fingerprint, resourceId, holder, leaseUntil or answer}`."""

    def __init__(self, documents: Documents, secrets: list[str], clock: Clock = utc_now) -> None:
        """The first secret makes the fingerprints; the others have made some, or will soon."""
        self._documents, self._clock = documents, clock
        self._secrets = [secret.encode() for secret in secrets]

    def claim(self, id: str, asked: bytes) -> Claim | Answer:
        """The claim to carry out what was `asked`, or the answer, if there is one.

        Raises StillRunning and KeyReused.
        """
        marks = [hmac.new(each, asked, hashlib.sha256).hexdigest() for each in self._secrets]
        holder = new_id()
        while True:
            claimed = self._first(id, marks[0], holder) or self._later(id, marks, holder)
            if claimed is not None:
                return claimed

    def keep(self, claim: Claim, answer: Answer) -> Answer:
        """Keep this answer, unless another try has taken over: then its answer counts.

        Raises StillRunning while that has none.
        """
        kept = {"$set": {"answer": asdict(answer)}, "$unset": {"leaseUntil": ""}}
        if self._documents.update_one(_held(claim), kept).matched_count == 1:
            return answer
        known = self._documents.find_one({"_id": claim.id}) or {}
        if "answer" not in known:
            raise StillRunning
        return Answer(**known["answer"])

    def release(self, claim: Claim) -> None:
        """Let the next request try again at once, under the same id."""
        self._documents.update_one(_held(claim), {"$set": {"leaseUntil": self._clock()}})

    def _first(self, id: str, fingerprint: str, holder: str) -> Claim | None:
        fresh = self._fresh(fingerprint, holder)
        try:
            self._documents.insert_one({"_id": id, **fresh})
        except DuplicateKeyError:
            return None
        return from_document(Claim, {"_id": id, **fresh})

    def _later(self, id: str, fingerprints: list[str], holder: str) -> Claim | Answer | None:
        """None where the key's record has changed meanwhile."""
        known, now = self._documents.find_one({"_id": id}), self._clock()
        if known is None:
            return None
        if known["holder"] == holder:  # ours: the database had said so, but nobody heard it
            return from_document(Claim, known)
        if known["expiresAt"] <= now:
            return self._change(known, self._fresh(fingerprints[0], holder))
        if known["fingerprint"] not in fingerprints:
            raise KeyReused
        if "answer" in known:
            return Answer(**known["answer"])
        if known["leaseUntil"] > now:
            raise StillRunning
        return self._change(known, {"holder": holder, "leaseUntil": now + LEASE})

    def _change(self, known: Document, changed: Document) -> Claim | None:
        """Begin a new try, if the record is still as it is known."""
        same: Document = {
            name: known[name] for name in ("_id", "holder", "leaseUntil") if name in known
        }
        change = {"$set": changed, "$unset": {"answer": ""}}
        written = self._documents.update_one(same, change)
        return from_document(Claim, {**known, **changed}) if written.modified_count == 1 else None

    def _fresh(self, fingerprint: str, holder: str) -> Document:
        now = self._clock()
        made = {"fingerprint": fingerprint, "resourceId": new_id(), "holder": holder}
        return {**made, "leaseUntil": now + LEASE, "expiresAt": now + KEPT}


def _held(claim: Claim) -> Document:
    return {"_id": claim.id, "holder": claim.holder}


Create = Callable[[str | None], ResponseReturnValue]
"""A view that makes something under this id."""


def answer_once(owner: Callable[[], str], view: Create) -> Response:
    """The answer of `view` to this request, or where its key had an answer, that one again.

    The view gets the id under which to make the thing, None without a key. What exists under it
    already is what an earlier try has made. An answer that says to try again is not kept.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return current_app.make_response(view(None))
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise BadKey
    if request.is_json:
        json_object()  # what is malformed stands for nothing, and is refused without its key
    keys: Keys = current_app.extensions[EXTENSION]
    asked = f"{request.method} {request.path}\n".encode() + request.get_data()
    claimed = keys.claim(f"{owner()}:{key}", asked)
    return _again(claimed) if isinstance(claimed, Answer) else _carry_out(keys, claimed, view)


def idempotent(view: Create) -> Callable[[], Response]:
    """Decorator below `signed_in`: the view is answered once for a user's key, as `answer_once`."""
    return wraps(view)(lambda: answer_once(lambda: str(current_user.id), view))


def _carry_out(keys: Keys, claim: Claim, view: Create) -> Response:
    try:
        response = current_app.make_response(view(claim.resource_id))
    except Exception as error:  # its answer is an answer, too
        response = current_app.make_response(current_app.handle_user_exception(error))
    if response.status_code >= 500 or response.status_code in _TRY_AGAIN:
        keys.release(claim)
        return response
    body, etag = response.get_data(as_text=True), response.headers.get("ETag", "")
    given = Answer(status=response.status_code, body=body, etag=etag)
    counts = keys.keep(claim, given)
    return response if counts is given else _again(counts)


def _again(answer: Answer) -> Response:
    headers = {REPLAYED: "true"} | ({"ETag": answer.etag} if answer.etag else {})
    return Response(answer.body, answer.status, headers, mimetype="application/json")

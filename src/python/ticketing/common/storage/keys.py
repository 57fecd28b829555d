"""Idempotency keys in MongoDB: what each stands for, and what was answered.

What a key stands for is saved before anything else, with the id of the thing to make. A try that
dies is made again by the next request, under the same id, so the database takes the thing once.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import pymongo
from pymongo.errors import DuplicateKeyError

from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.errors import Failure
from ticketing.common.storage.mapping import from_document
from ticketing.common.storage.mongo import Document, Documents, new_id

COLLECTION = "idempotency"
INDEX = pymongo.IndexModel("expiresAt", expireAfterSeconds=0)
KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""For how long a try counts as running; longer than any request takes."""


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

    def __init__(
        self, documents: Documents, secrets: Sequence[str], clock: Clock = utc_now
    ) -> None:
        """The first secret makes the fingerprints; the others have made some, or will soon."""
        self._documents, self._clock = documents, clock
        self._secrets = [secret.encode() for secret in secrets]

    def claim(self, id: str, asked: bytes) -> Claim | Answer:
        """The claim to carry out what was `asked`, or the answer, if there is one.

        Raises StillRunning and OtherRequest.
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

    def _later(self, id: str, fingerprints: Sequence[str], holder: str) -> Claim | Answer | None:
        """None where the key's record has changed meanwhile."""
        known, now = self._documents.find_one({"_id": id}), self._clock()
        if known is None:
            return None
        if known["holder"] == holder:  # ours: the database had said so, but nobody heard it
            return from_document(Claim, known)
        if known["expiresAt"] <= now:
            return self._change(known, self._fresh(fingerprints[0], holder))
        if known["fingerprint"] not in fingerprints:
            raise OtherRequest
        if "answer" in known:
            return Answer(**known["answer"])
        if known["leaseUntil"] > now:
            raise StillRunning
        return self._change(known, {"holder": holder, "leaseUntil": now + LEASE})

    def _change(self, known: Document, changed: Document) -> Claim | None:
        """Begin a new try, if the record is still as it is known."""
        same = {"_id": known["_id"], "holder": known["holder"]}
        if "leaseUntil" in known:
            same["leaseUntil"] = known["leaseUntil"]
        change = {"$set": changed, "$unset": {"answer": ""}}
        written = self._documents.update_one(same, change)
        return from_document(Claim, {**known, **changed}) if written.modified_count == 1 else None

    def _fresh(self, fingerprint: str, holder: str) -> Document:
        now = self._clock()
        return {
            "fingerprint": fingerprint,
            "resourceId": new_id(),
            "holder": holder,
            "leaseUntil": now + LEASE,
            "expiresAt": now + KEPT,
        }


def _held(claim: Claim) -> dict[str, Any]:
    return {"_id": claim.id, "holder": claim.holder}

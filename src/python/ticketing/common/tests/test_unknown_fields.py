"""What an older service does with the fields of a newer version's events: it keeps them for later.

On mongomock and on a real server alike.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pytest
from pymongo.database import Database

from ticketing.common.core.event import read
from ticketing.common.core.events import ExpirationCompleted, TicketState, TicketUpdated
from ticketing.common.messaging.bus import Done, EventRouter, Message
from ticketing.common.storage.mongo import Document
from ticketing.common.storage.replica import Replica
from ticketing.common.tests.things import NOON

STATE = {"id": "t", "title": "Opera", "price": 20, "userId": "u"}


@dataclass(frozen=True, kw_only=True)
class OldTicket:
    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class NewTicket(OldTicket):
    mascot: str | None = None
    doors_open: datetime | None = None


class NewState(TicketState, frozen=True):
    mascot: str | None = None
    doors_open: datetime | None = None


class OldTickets(Replica[OldTicket, TicketState]):
    model = OldTicket

    @staticmethod
    def copy(ticket: TicketState, _: datetime, /) -> OldTicket:
        return OldTicket(id=ticket.id, title=ticket.title)


class NewTickets(Replica[NewTicket, NewState]):
    model = NewTicket

    @staticmethod
    def copy(ticket: NewState, _: datetime, /) -> NewTicket:
        return NewTicket(
            id=ticket.id, title=ticket.title, mascot=ticket.mascot, doors_open=ticket.doors_open
        )


class Versions:
    """A replica, and the processes of two versions that share it."""

    def __init__(self, database: Database[Document]) -> None:
        self.documents = database["tickets"]
        self._old, self._new = OldTickets(self.documents), NewTickets(self.documents)
        self._router = EventRouter[OldTickets]()
        self._router.on(TicketUpdated)(lambda event, old: old.apply(event.ticket))

    def tell_old(self, version: int, **news: Any) -> None:
        """What the older one's worker makes of an event with these fields."""
        message = Message(
            id="e", subject="ticket.updated", body=body(version, news), correlation_id=""
        )
        assert self._router.attempt(message, self._old) == Done()

    def tell_new(self, version: int, **news: Any) -> None:
        self._new.apply(msgspec.convert({**STATE, "version": version, **news}, NewState))

    def read_old(self) -> OldTicket:
        return self._old.get("t")

    def read_new(self) -> NewTicket:
        return self._new.get("t")


@pytest.fixture()
def versions(database: Database[Document]) -> Versions:
    return Versions(database)


def body(version: int, news: dict[str, Any]) -> bytes:
    ticket = {**STATE, "version": version, **news}
    event = {"subject": "ticket.updated", "id": "e", "occurredAt": NOON, "ticket": ticket}
    return msgspec.json.encode({**event, "added": 1})


def test_a_newer_version_finds_what_an_older_one_did_not_know(versions: Versions) -> None:
    versions.tell_old(0, mascot="A lion", doorsOpen=NOON)
    stored = versions.documents.find_one({"_id": "t"})
    assert stored is not None
    assert (stored["title"], stored["mascot"]) == ("Opera", "A lion")
    found = NewTicket(id="t", title="Opera", mascot="A lion", doors_open=NOON)
    assert versions.read_new() == found
    assert versions.read_old() == OldTicket(id="t", title="Opera")


def test_news_replace_them(versions: Versions) -> None:
    versions.tell_old(0, mascot="A lion", doorsOpen=NOON)
    versions.tell_old(1, mascot="A phoenix")
    assert versions.read_new() == NewTicket(id="t", title="Opera", mascot="A phoenix")
    versions.tell_old(2)
    assert versions.read_new() == NewTicket(id="t", title="Opera")
    versions.tell_new(3, mascot="A bear")
    versions.tell_old(4, mascot="A lion")
    versions.tell_new(5, doorsOpen=NOON)
    assert versions.read_new() == NewTicket(id="t", title="Opera", doors_open=NOON)
    stored = versions.documents.find_one({"_id": "t"})
    assert stored == {"_id": "t", "version": 5, "title": "Opera", "doorsOpen": NOON}


def test_old_news_change_nothing(versions: Versions) -> None:
    versions.tell_old(5, mascot="A lion")
    stored = versions.documents.find_one({"_id": "t"})
    for late in (5, 4):
        versions.tell_old(late, mascot="A phoenix", doorsOpen=NOON)
        versions.tell_new(late, mascot="A phoenix")
        versions.tell_old(late)
    assert versions.documents.find_one({"_id": "t"}) == stored


def test_a_field_is_not_kept_in_place_of_what_a_copy_has_itself(versions: Versions) -> None:
    versions.tell_old(0, _id="other", **{"$set": 1, "a.b": 2, "version2": 3})
    stored = versions.documents.find_one({"_id": "t"})
    assert stored is not None
    assert stored["version"] == 0
    assert {"version2": 3}.items() <= stored.items()
    assert not {"$set", "a.b", "a"} & stored.keys()


def test_a_state_says_what_of_it_is_not_known() -> None:
    event = read(TicketUpdated, body(3, {"mascot": {"animal": "lion"}, "withdrawn": True}))
    assert event.ticket.unknown == {"mascot": {"animal": "lion"}}
    assert event.ticket.withdrawn
    assert event.ticket == msgspec.convert({**STATE, "version": 3, "withdrawn": True}, TicketState)
    assert event.ticket.unknown != msgspec.structs.replace(event.ticket).unknown == {}


def test_an_event_without_a_state_is_read_too() -> None:
    event = ExpirationCompleted(id="e", occurred_at=NOON, order_id="o")
    assert read(ExpirationCompleted, msgspec.json.encode(event)) == event

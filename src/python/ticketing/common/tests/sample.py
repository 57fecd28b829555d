"""A service as small as one can be, to run as real processes: it hears the notes that it writes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user
from marshmallow import Schema, validate

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import PaymentRejected
from ticketing.common.core.logs import logger
from ticketing.common.core.settings import read
from ticketing.common.identity.access import signed_in
from ticketing.common.messaging.bus import EventRouter
from ticketing.common.runtime.run import commands
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import connect
from ticketing.common.storage.replica import Replica
from ticketing.common.storage.store import OUTBOX_INDEX, Store
from ticketing.common.web.routes import Routes, body
from ticketing.common.web.schemas import text
from ticketing.common.web.settings import ServiceSettings

log = logger(__name__)


class Written(Store[Aggregate]):
    model = Aggregate


@dataclass(frozen=True, kw_only=True)
class Progress:
    id: str
    begun: bool = True
    ended: bool = False


class Heard(Replica[Progress, Any]):
    model = Progress


class Notes:
    def __init__(self, written: Written, heard: Heard) -> None:
        self.written, self.heard = written, heard

    def write(self, id: str, seconds: str = "0") -> None:
        """Save a note; hearing of it takes so many seconds."""
        note = Aggregate(id=id)
        event_id = note.change()
        note.events.append(
            PaymentRejected(
                id=event_id, occurred_at=utc_now(), payment_id=id, order_id=id, reason=seconds
            )
        )
        self.written.save(note)

    def hear(self, id: str, seconds: str) -> None:
        self.heard.keep(Progress(id=id), 0)
        time.sleep(float(seconds))
        self.heard.keep(Progress(id=id, ended=True), 1)

    def get(self, id: str) -> Progress:
        return self.heard.get(id)


routes = Routes[Notes]("notes", __name__)


class NewNote(Schema):
    id = text("Id is required", validate.Length(1, 50))


@routes.post("/notes")
def write() -> ResponseReturnValue:
    routes.use_cases.write(**body(NewNote()))
    return {}, 201


@routes.get("/slow")
def slow() -> ResponseReturnValue:
    log.info("slow request begun")
    time.sleep(float(request.args["seconds"]))
    return {"finished": True}


@routes.get("/who")
@signed_in
def who() -> ResponseReturnValue:
    return {"id": current_user.id}


@routes.get("/broken")
def broken() -> ResponseReturnValue:
    raise ZeroDivisionError


events = EventRouter[Notes]()


@events.on(PaymentRejected)
def hear(event: PaymentRejected, notes: Notes) -> None:
    notes.hear(event.payment_id, event.reason)


def build(env: Mapping[str, str]) -> Service[Notes]:
    settings = read(ServiceSettings, env)
    database = connect(settings.mongo_uri)
    written = Written(database["written"])
    return Service(
        name="sample",
        settings=settings,
        env=env,
        database=database,
        use_cases=Notes(written, Heard(database["heard"])),
        stores=[written],
        indexes={"written": [OUTBOX_INDEX]},
        routes=routes,
        events=events,
    )


if __name__ == "__main__":
    commands(build, "web", "worker")()

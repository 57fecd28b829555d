"""A service that makes things over HTTP, once per key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from flask_jwt_extended import current_user
from marshmallow import Schema, validate

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.errors import Conflict, Duplicate, NotFound, Refused, Unavailable
from ticketing.common.identity.access import signed_in
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import new_id
from ticketing.common.storage.store import OUTBOX_INDEX, Store
from ticketing.common.tests.apps import service_of
from ticketing.common.web.idempotency import idempotent
from ticketing.common.web.routes import Routes, body
from ticketing.common.web.schemas import text

INDEXES = {"things": [OUTBOX_INDEX]}


@dataclass(kw_only=True)
class Thing(Aggregate):
    name: str
    user_id: str


class Shelf(Store[Thing]):
    model = Thing


class Things:
    """`meanwhile` happens once the thing is stored, before that is answered."""

    def __init__(self, store: Shelf) -> None:
        self.store = store
        self.meanwhile: Callable[[], object] = lambda: None

    def make(self, name: str, user_id: str, id: str | None) -> str:
        thing = Thing(id=id or new_id(), name=name, user_id=user_id)
        thing.change()
        try:
            self.store.save(thing)
        except Duplicate:
            self.store.get(thing.id)
        self.meanwhile()
        return thing.id


routes = Routes[Things]("things", __name__)


class NewThing(Schema):
    name = text("Name is required", validate.Length(min=1))


@routes.post("/things")
@signed_in
@idempotent
def make(id: str | None) -> ResponseReturnValue:
    made = routes.use_cases.make(**body(NewThing()), user_id=current_user.id, id=id)
    return {"id": made}, 201


routes.post("/others", endpoint="make_other")(make)


def build(database: Any) -> Service[Things]:
    store = Shelf(database["things"])
    return service_of(
        routes, use_cases=Things(store), database=database, stores=[store], indexes=INDEXES
    )


def refuse() -> None:
    raise Refused("No")


def not_heard_of_yet() -> None:
    raise NotFound


def lose_a_race() -> None:
    raise Conflict


def hear_nothing() -> None:
    raise Unavailable("Nobody answers")


def fail() -> None:
    raise ZeroDivisionError

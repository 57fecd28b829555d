"""Routes of a service that say all that a document can tell, and their document."""

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from marshmallow import Schema, validate

from ticketing.common.core.errors import Conflict, Refused, Unavailable
from ticketing.common.web.limits import Often, by_address, limited
from ticketing.common.web.openapi import document
from ticketing.common.web.operation import Operation, Tag, Who
from ticketing.common.web.queries import Page, choice
from ticketing.common.web.routes import Routes, told
from ticketing.common.web.schemas import text
from ticketing.common.web.settings import ServiceSettings
from ticketing.common.web.views import Versioned

routes = Routes[None]("things", __name__, url_prefix="/api/things")


class Thing(Versioned, frozen=True):
    """A thing."""

    name: str


class NewThing(Schema):
    """What it is to be called."""

    name = text("Name is required", validate.Length(1, 20), example="Lamp")


class Things(Page):
    sort = choice("Sort", "newest", "oldest")


class No(Refused):
    def __init__(self, *, port: int) -> None:
        super().__init__(f"No more than {port}")


class NotThat(Refused):
    sentence = "Not that"
    field = "name"


@routes.get("")
@Operation(
    "All things",
    answers={200: list[Thing]},
    who=Who.ANYONE,
    query=Things(),
    tag=Tag.CONTENT,
    paged=True,
)
def all_of_them() -> ResponseReturnValue:
    return "[]"


@routes.post("")
@Operation(
    "Make one",
    answers={201: Thing},
    body=NewThing(),
    refusals=[No, NotThat],
    tag=Tag.VERSION,
    keyed=True,
    cookies="A taste.",
)
@limited("things_per_address", by_address)
def make_one() -> ResponseReturnValue:
    return told(Thing(id="a", version=0, name="A"), 201)


@routes.get("/<thing_id>")
@Operation("A thing", answers={200: Thing}, tag=Tag.VERSION)
def get() -> ResponseReturnValue:
    return ""


@routes.delete("/<thing_id>")
@Operation(
    "Be rid of it",
    answers={204: None},
    details="For good.",
    says={409: [Conflict], 503: [Unavailable("Later"), Unavailable("Not today")]},
    conditional=True,
)
def remove() -> ResponseReturnValue:
    return ""


@routes.get("/silent")
def silent() -> ResponseReturnValue:
    return ""


class ThingsSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    things_per_address: Often = "3/minute"


SETTINGS = ThingsSettings(mongo_uri="mongodb://nowhere/test")


def made() -> dict[str, Any]:
    app = Flask("things", static_folder=None)
    app.register_blueprint(routes)
    return document(app, "Things", {"port": 3000})


MADE = made()
ALL, ONE = MADE["paths"]["/api/things"], MADE["paths"]["/api/things/{thingId}"]

"""Between HTTP and the rest: what a request holds, and how an answer is sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, request

from ticketing.stripe_fake import keys
from ticketing.stripe_fake.errors import INVALID, Json, NotStartedError, StripeError
from ticketing.stripe_fake.idempotency import Call, Desk
from ticketing.stripe_fake.ids import new_id
from ticketing.stripe_fake.params import Params, parse
from ticketing.stripe_fake.store import Book, Store
from ticketing.stripe_fake.switches import Switchboard

Clock = Callable[[], float]
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Works:
    """What every request is answered with."""

    store: Store
    desk: Desk
    clock: Clock
    switchboard: Switchboard


def works() -> Works:
    return works_of(current_app)


def works_of(app: Flask) -> Works:
    return cast(Works, app.extensions["stripe_fake"])


def request_id() -> str:
    """This request's id, the same for as long as it runs."""
    environ = request.environ
    return cast(str, environ.setdefault("stripe_fake.request_id", new_id("req", 14)))


def read(action: Callable[[Book, Params], Json]) -> Response:
    params = parse(request.args.items(multi=True))
    with works().store.transaction() as book:
        found = action(book, params)
    return reply(200, json.dumps(found))


def write(action: Callable[[Book, Params, int], Json]) -> Response:
    """Carry out a POST of somebody who has an API key, once per idempotency key."""
    fields = form_fields()
    call = Call(
        account=keys.holder(request.authorization).account,
        key=request.headers.get("Idempotency-Key"),
        path=request.path,
        fields=fields,
        request_id=request_id(),
        now=int(works().clock()),
    )
    answer = works().desk.carry_out(call, lambda book: action(book, parse(fields), call.now))
    response = reply(answer.status, answer.body)
    if call.key is not None:
        response.headers["Idempotency-Key"] = call.key
    if answer.replay_of is not None:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = answer.replay_of
    return response


def reply(status: int, body: str) -> Response:
    return Response(body, status, mimetype="application/json")


def refuse(error: StripeError) -> Response:
    return reply(error.status, json.dumps(error.body()))


def form_fields() -> list[tuple[str, str]]:
    if request.mimetype not in ("", FORM):
        message = f"Invalid request (check that your POST content type is {FORM})."
        raise NotStartedError(400, INVALID, message)
    return list(request.form.items(multi=True))

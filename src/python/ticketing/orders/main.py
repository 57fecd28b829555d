"""The orders service: who holds which ticket, until when, and who bought it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import msgspec
from pymongo.database import Database

from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.settings import read
from ticketing.common.runtime.run import commands
from ticketing.common.runtime.service import Chore, Service
from ticketing.common.storage.mongo import Document, connect, new_id
from ticketing.common.web.limits import Often
from ticketing.common.web.settings import ServiceSettings
from ticketing.orders import handlers, routes
from ticketing.orders.repository import INDEXES, OrderRepository, TicketReplica
from ticketing.orders.service import Orders


class OrdersSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    """`order_expiration_seconds` is how long an order holds its ticket, `max_open_holds` how many a
    user may hold at once before paying.
    """

    order_expiration_seconds: float = 60
    max_open_holds: Annotated[int, msgspec.Meta(ge=1)] = 10
    orders_per_user: Often = "30/minute"


def build(
    env: Mapping[str, str], database: Database[Document] | None = None, clock: Clock = utc_now
) -> Service[Orders]:
    settings = read(OrdersSettings, env)
    database = connect(settings.mongo_uri) if database is None else database
    orders, tickets = OrderRepository(database["orders"]), TicketReplica(database["tickets"])
    use_cases = Orders(
        orders,
        tickets,
        hold=timedelta(seconds=settings.order_expiration_seconds),
        max_holds=settings.max_open_holds,
        new_id=new_id,
        clock=clock,
    )
    return Service(
        name="orders",
        settings=settings,
        env=env,
        database=database,
        use_cases=use_cases,
        stores=[orders],
        replicas=[tickets],
        indexes=INDEXES,
        routes=routes.orders,
        events=handlers.events,
        chores=[Chore(run=use_cases.expire_overdue, every=1.0)],
    )


if __name__ == "__main__":
    commands(build, "web", "worker")()

"""The tickets service: what is on sale, and which order holds it."""

from collections.abc import Mapping

from pymongo.database import Database

from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.settings import read
from ticketing.common.runtime.run import commands
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import Document, connect, new_id
from ticketing.common.web.settings import ServiceSettings
from ticketing.tickets import handlers, routes
from ticketing.tickets.repository import INDEXES, OrderReplica, TicketRepository
from ticketing.tickets.service import Tickets


def build(
    env: Mapping[str, str], database: Database[Document] | None = None, clock: Clock = utc_now
) -> Service[Tickets]:
    settings = read(ServiceSettings, env)
    database = connect(settings.mongo_uri) if database is None else database
    tickets, orders = TicketRepository(database["tickets"]), OrderReplica(database["orders"])
    return Service(
        name="tickets",
        settings=settings,
        env=env,
        database=database,
        use_cases=Tickets(tickets, orders, new_id=new_id, clock=clock),
        stores=[tickets],
        replicas=[orders],
        indexes=INDEXES,
        routes=routes.tickets,
        events=handlers.events,
    )


if __name__ == "__main__":
    commands(build, "web", "worker")()

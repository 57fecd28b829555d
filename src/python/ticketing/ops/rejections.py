"""Rule 3: late money completes the order if the ticket is still free, and is refunded if not."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ticketing.ops.books import Books
from ticketing.ops.events import Json
from ticketing.ops.violation import Violation

SLACK = timedelta(seconds=30)
"""How far apart things may be told that happened at once: a use case takes the time, may be held up
and writes then."""
FOREVER = datetime.max.replace(tzinfo=UTC)

Spell = tuple[datetime, datetime]


def check(books: Books) -> Iterator[Violation]:
    """Every payment that was rejected though its ticket was neither another's nor withdrawn."""
    told = books.told or []
    tickets = {str(order["_id"]): str(order["ticket"]["id"]) for order in books.orders}
    held, withdrawn = _held(books), _withdrawn(told)
    for rejection in told:
        if rejection["subject"] != "payment.rejected":
            continue
        order_id = rejection["orderId"]
        ticket_id, at = tickets.get(order_id, ""), _time(rejection)
        rivals = [spell for id, spell in held.get(ticket_id, ()) if id != order_id]
        if not any(_covers(spell, at) for spell in rivals + withdrawn.get(ticket_id, [])):
            what = "a payment was rejected though its ticket was free"
            yield Violation(rule=3, what=what, ids=(order_id, rejection["paymentId"], ticket_id))


def _held(books: Books) -> dict[str, list[tuple[str, Spell]]]:
    """By ticket, each order on it and from when to when that was active."""
    ended: dict[str, datetime] = {}
    for event in books.told or ():
        if event["subject"] == "order.cancelled":
            id = event["order"]["id"]
            ended[id] = max(_time(event), ended.get(id, _time(event)))
    held: dict[str, list[tuple[str, Spell]]] = defaultdict(list)
    for order in books.orders:
        end = FOREVER
        if order["status"] == "cancelled":
            end = ended.get(str(order["_id"])) or order["expiresAt"]
        held[str(order["ticket"]["id"])].append((str(order["_id"]), (order["createdAt"], end)))
    return held


def _withdrawn(told: list[Json]) -> dict[str, list[Spell]]:
    """By ticket, the spells for which it was off sale."""
    changes: dict[str, list[Json]] = defaultdict(list)
    for event in told:
        if event["subject"].startswith("ticket."):
            changes[event["ticket"]["id"]].append(event)
    return {id: list(_spells(events)) for id, events in changes.items()}


def _spells(events: list[Json]) -> Iterator[Spell]:
    """One for each event of a ticket that says withdrawn, until the next one."""
    events = sorted(events, key=lambda event: int(event["ticket"]["version"]))
    ends = [*(_time(event) for event in events[1:]), FOREVER]
    for event, end in zip(events, ends, strict=True):
        if event["ticket"].get("withdrawn"):
            yield _time(event), end


def _covers(spell: Spell, at: datetime) -> bool:
    start, end = spell
    return start - SLACK <= at and (end == FOREVER or at <= end + SLACK)


def _time(event: Json) -> datetime:
    return datetime.fromisoformat(event["occurredAt"])

"""Rule 3: late money completes the order if the ticket is still free, and is refunded if not."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ticketing.common.core.event import Event
from ticketing.common.core.events import OrderCancelled, PaymentRejected, TicketState
from ticketing.ops.books import Books
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
        if not isinstance(rejection, PaymentRejected):
            continue
        order_id, at = rejection.order_id, rejection.occurred_at
        ticket_id = tickets.get(order_id, "")
        rivals = [spell for id, spell in held.get(ticket_id, ()) if id != order_id]
        if not any(_covers(spell, at) for spell in rivals + withdrawn.get(ticket_id, [])):
            what = "a payment was rejected though its ticket was free"
            yield Violation(rule=3, what=what, ids=(order_id, rejection.payment_id, ticket_id))


def _held(books: Books) -> dict[str, list[tuple[str, Spell]]]:
    """By ticket, each order on it and from when to when that was active."""
    ended: dict[str, datetime] = {}
    for event in books.told or ():
        if isinstance(event, OrderCancelled):
            at = event.occurred_at
            ended[event.order.id] = max(at, ended.get(event.order.id, at))
    held: dict[str, list[tuple[str, Spell]]] = defaultdict(list)
    for order in books.orders:
        end = FOREVER
        if order["status"] == "cancelled":
            end = ended.get(str(order["_id"])) or order["expiresAt"]
        held[str(order["ticket"]["id"])].append((str(order["_id"]), (order["createdAt"], end)))
    return held


def _withdrawn(told: list[Event]) -> dict[str, list[Spell]]:
    """By ticket, the spells for which it was off sale."""
    changes: dict[str, list[tuple[datetime, TicketState]]] = defaultdict(list)
    for event in told:
        if isinstance(event.state, TicketState):
            changes[event.state.id].append((event.occurred_at, event.state))
    return {id: list(_spells(states)) for id, states in changes.items()}


def _spells(states: list[tuple[datetime, TicketState]]) -> Iterator[Spell]:
    """One for each time that a ticket was told to be withdrawn, until it was told of again."""
    states = sorted(states, key=lambda told: told[1].version)
    ends = [*(at for at, _ in states[1:]), FOREVER]
    for (at, ticket), end in zip(states, ends, strict=True):
        if ticket.withdrawn:
            yield at, end


def _covers(spell: Spell, at: datetime) -> bool:
    start, end = spell
    return start - SLACK <= at and (end == FOREVER or at <= end + SLACK)

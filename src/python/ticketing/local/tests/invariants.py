"""The five rules of the contract, as far as they can be read off a `World`."""

from collections import Counter
from datetime import datetime

from ticketing.common.storage.mongo import Document
from ticketing.local.tests.world import MAX_OPEN_HOLDS, World


def check_always(world: World) -> None:
    """What holds at every moment."""
    orders = world.all(world.orders, "orders")
    active = Counter(o["ticket"]["id"] for o in orders if o["status"] != "cancelled")
    assert all(count == 1 for count in active.values()), f"two active orders: {active}"
    charges = Counter[str]()
    for account in world.bank.accounts.values():
        charges[account.order_id] += account.charges
        assert account.refunds <= account.charges, f"refunded more than charged: {account}"
    assert all(count <= 1 for count in charges.values()), f"charged twice: {charges}"
    _check_open_holds(orders)
    _check_tickets(world)
    _check_reservations(world)


def check_at_rest(world: World) -> None:
    """What holds once no message and no timer is on its way."""
    check_always(world)
    _check_money(world)
    _check_holds(world)
    _check_sales(world)
    _check_replicas(world)


def _check_money(world: World) -> None:
    kept = {a.order_id for a in world.bank.accounts.values() if a.charges - a.refunds == 1}
    orders = {order["_id"]: order for order in world.all(world.orders, "orders")}
    complete = {id for id, order in orders.items() if order["status"] == "complete"}
    assert kept == complete, f"paid and kept: {kept}, complete: {complete}"
    refunded = {a.order_id for a in world.bank.accounts.values() if a.refunds}
    assert refunded == {id for id, order in orders.items() if order["refunded"]}


def _check_holds(world: World) -> None:
    orders = world.all(world.orders, "orders")
    assert {order["status"] for order in orders} <= {"cancelled", "complete"}
    sold = {order["ticket"]["id"]: order["_id"] for order in orders if order.get("reserves")}
    for ticket in world.all(world.tickets, "tickets"):
        assert ticket.get("orderId") == sold.get(ticket["_id"]), ticket


def _check_open_holds(orders: list[Document]) -> None:
    """Exactly the unpaid active orders are open holds, and nobody has too many of them."""
    unpaid = [order for order in orders if order["status"] not in ("cancelled", "complete")]
    assert unpaid == [order for order in orders if "hold" in order], "not the unpaid have a slot"
    assert all(order["hold"].startswith(f"{order['userId']}:") for order in unpaid)
    holds = Counter(order["userId"] for order in unpaid)
    assert all(count <= MAX_OPEN_HOLDS for count in holds.values()), f"too many holds: {holds}"


def _check_tickets(world: World) -> None:
    for ticket in world.all(world.tickets, "tickets"):
        is_free = "orderId" not in ticket
        assert ticket["onSale"] == (is_free and not ticket["withdrawn"]), ticket
        states = [is_free, "heldUntil" in ticket, "soldAt" in ticket]
        assert states.count(True) == 1, ticket
        assert ("soldAt" in ticket) == ("soldFor" in ticket), ticket


def _check_reservations(world: World) -> None:
    """A ticket stays with the order that it was told of, until it is told of that one's end."""
    orders = {order["_id"]: order for order in world.all(world.orders, "orders")}
    tickets = {ticket["_id"]: ticket for ticket in world.all(world.tickets, "tickets")}
    news = world.orders_in_news_for(world.tickets)
    for known in world.all(world.tickets, "orders"):
        if known["status"] != "cancelled" and known["_id"] not in news:
            ticket = tickets[orders[known["_id"]]["ticket"]["id"]]
            assert ticket.get("orderId") == known["_id"], f"{ticket} was taken from {known}"


def _check_sales(world: World) -> None:
    paid = {o["_id"]: o["ticket"]["price"] for o in world.all(world.orders, "orders")}
    completed = {
        (event["order"]["id"], datetime.fromisoformat(event["occurredAt"]))
        for event in world.told
        if event["subject"] == "order.completed"
    }
    for ticket in world.all(world.tickets, "tickets"):
        assert "heldUntil" not in ticket, ticket
        if "soldAt" in ticket:
            assert ticket["soldFor"] == paid[ticket["orderId"]], ticket
            assert (ticket["orderId"], ticket["soldAt"]) in completed, ticket


def _check_replicas(world: World) -> None:
    tickets = {t["_id"]: t for t in world.all(world.tickets, "tickets")}
    for copy in world.all(world.orders, "tickets"):
        source = tickets.pop(copy["_id"])
        same = ("version", "title", "price", "userId", "withdrawn")
        assert [copy[k] for k in same] == [source[k] for k in same]
    assert not tickets, "tickets that orders never heard of"
    orders = {o["_id"]: o for o in world.all(world.orders, "orders")}
    for service in (world.payments, world.tickets):
        copies = {o["_id"]: o["status"] for o in world.all(service, "orders")}
        assert copies == {id: order["status"] for id, order in orders.items()}
    for copy in world.all(world.payments, "orders"):
        assert copy["amount"] == orders[copy["_id"]]["ticket"]["price"]
    for service in world.services:
        for store in service.stores:
            assert not store.pending(limit=1), "an event was not published"

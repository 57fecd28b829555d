"""Every verb against the real local platform."""

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import nats
import pytest
from click.testing import CliRunner, Result

from ticketing.common.core.event import subject
from ticketing.common.core.events import TicketCreated, TicketState
from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Message
from ticketing.common.testing.servers import eventually
from ticketing.common.testing.services import UNKNOWN_ID
from ticketing.local.tests.running import Platform
from ticketing.ops.main import main
from ticketing.ops.platform import VARIABLES
from ticketing.ops.tests.operating import Operator, rows


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    platform = Platform(tmp_path_factory.mktemp("platform"))
    try:
        platform.start("--hold-seconds", "600")
        operator = Operator(platform)
        yield operator
        operator.close()
        assert platform.stop() == 0
    finally:
        platform.kill_if_running()


def test_an_order_is_shown_with_all_that_happened_to_it(operator: Operator) -> None:
    sale = operator.sale()
    printed = operator.do(f"order show {sale.order_id}")
    states = {(row[0], row[1]): row[2:] for row in rows(printed, f"Order {sale.order_id}")}
    assert states["orders", "order"][1].startswith("complete, version")
    assert states["tickets", "ticket"][1] == f"sold to order {sale.order_id}, version 2"
    assert states["payments", "payment"][0] == sale.payment_id
    assert states["Stripe", "charge"][1] == "succeeded, $20.00, kept $20.00"
    story = rows(printed, "Story")
    events = [what for _, where, what, *_ in story if where != "Stripe"]
    assert events[0] == "order.created"
    assert {*events} == {
        *("order.created", "ticket.updated", "payment.started", "payment.created"),
        "order.completed",
    }
    assert ["Stripe", "charge succeeded"] in [row[1:3] for row in story]
    assert [row[0] for row in story] == sorted(row[0] for row in story)


def test_a_hold_ends_early_only_if_the_operator_says_yes(operator: Operator) -> None:
    held = operator.hold()
    refused = operator.run(f"order expire {held.order_id}", answer="n\n")
    assert refused.exit_code == 1
    assert re.search(rf"The hold of order {held.order_id} has \d+ min left\.", refused.output)
    assert held.buyer.order_status(held.order_id) == "created"

    operator.do(f"order expire {held.order_id}", answer="y\n")
    assert held.buyer.order_status(held.order_id) == "cancelled"
    eventually(lambda: "orderId" not in held.buyer.ticket(held.ticket_id))
    assert "has already ended." in operator.do(f"order expire {held.order_id}")


def test_what_is_sold_does_not_expire(operator: Operator) -> None:
    sale = operator.sale()
    refused = operator.run(f"order expire {sale.order_id} --yes")
    assert refused.exit_code == 1
    assert refused.output == f"Error: Order {sale.order_id} is complete: its ticket is sold\n"


def test_a_refund_of_a_complete_order_is_explained_done_once_and_seen_by_the_buyer(
    operator: Operator,
) -> None:
    sale = operator.sale()
    refused = operator.run(f"payment refund {sale.payment_id}", answer="n\n")
    assert refused.exit_code == 1
    assert "the buyer keeps the ticket and gets the money back" in refused.output
    assert "kept $20.00" in operator.do(f"order show {sale.order_id}")

    operator.do(f"payment refund {sale.payment_id} --yes")
    path = f"/orders/{sale.order_id}"
    eventually(lambda: sale.buyer.request("GET", path).json().get("refunded"))
    assert sale.buyer.order_status(sale.order_id) == "complete"
    assert "The ticket stays yours, and your $20.00 went back" in sale.buyer.page(
        f"/orders/{sale.order_id}"
    )
    assert "has already gone back." in operator.do(f"payment refund {sale.payment_id}")
    shown = operator.do(f"order show {sale.order_id}")
    refunds = [row for row in rows(shown, f"Order {sale.order_id}") if row[1] == "refund"]
    assert [row[3] for row in refunds] == ["succeeded, $20.00"]
    assert "kept $0.00" in shown


def test_nothing_that_was_not_paid_is_refunded(operator: Operator) -> None:
    held = operator.hold()
    assert held.buyer.try_pay(held.order_id, "tok_chargeDeclined").status_code == 400
    payments = operator.access.database("payments")["payments"]
    payment = payments.find_one({"orderId": held.order_id})
    assert payment is not None
    result = operator.run(f"payment refund {payment['_id']} --yes")
    assert (result.exit_code, result.output) == (
        1,
        f"Error: Payment {payment['_id']} is open: no money has arrived\n",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"order show {UNKNOWN_ID}", f"There is no order {UNKNOWN_ID}"),
        ("order show nonsense", "There is no order nonsense"),
        (f"order expire {UNKNOWN_ID}", f"There is no order {UNKNOWN_ID}"),
        (f"payment refund {UNKNOWN_ID}", f"There is no payment {UNKNOWN_ID}"),
        ("dead show 999", "There is no dead letter 999"),
        ("dead drop 999 --yes", "There is no dead letter 999"),
    ],
)
def test_what_is_not_there_is_named(operator: Operator, line: str, said: str) -> None:
    result = operator.run(line)
    assert (result.exit_code, result.output) == (1, f"Error: {said}\n")


def test_the_key_of_stripe_is_asked_for_only_where_money_moves(operator: Operator) -> None:
    sale = operator.sale()
    assert _without(["STRIPE_KEY"], operator, "outbox lag").exit_code == 0
    refund = _without(["STRIPE_KEY"], operator, f"payment refund {sale.payment_id} --yes")
    assert (refund.exit_code, refund.output) == (1, "Error: STRIPE_KEY is not set\n")
    unknown = _without(["STRIPE_KEY", "PAYMENTS_MONGO_URI"], operator, f"order expire {UNKNOWN_ID}")
    assert (unknown.exit_code, unknown.output) == (1, f"Error: There is no order {UNKNOWN_ID}\n")


def test_ids_of_the_wrong_kind_lead_on(operator: Operator) -> None:
    sale = operator.sale()
    shown = operator.run(f"order show {sale.payment_id}").output
    assert f"this is a payment, of order {sale.order_id}" in shown
    refunded = operator.run(f"payment refund {sale.order_id}").output
    assert f"the payment of this order is {sale.payment_id}" in refunded


def test_what_a_worker_leaves_undone_shows_as_lag(operator: Operator) -> None:
    pids = operator.platform.processes()
    workers = [pids[name]["pid"] for name in ("orders-worker", "tickets-worker")]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        seller_side = operator.access.service("tickets").use_cases
        ticket = seller_side.create(title="Unheard of", price=100, user_id="nobody")
        before = operator.do("outbox lag")
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    waiting = {row[0]: row[1:] for row in rows(before, "Outboxes")}
    assert waiting["tickets"][0] == "1"
    assert waiting["tickets"][2].endswith(" s")
    assert waiting["payments"] == ["0"]
    operator.until("outbox lag", _nothing_waits)
    orders = operator.access.database("orders")["tickets"]
    assert eventually(lambda: orders.find_one({"_id": ticket.id}))


@pytest.mark.parametrize(
    ("service", "collection"),
    [("orders", "tickets"), ("tickets", "orders"), ("payments", "orders")],
)
def test_a_wrong_replica_is_made_again(operator: Operator, service: str, collection: str) -> None:
    operator.sale()
    operator.until("outbox lag", _nothing_waits)
    replica = operator.access.database(service)[collection]
    right = {each["_id"]: each for each in replica.find()}
    replica.update_many({}, {"$set": {"version": 99, "stray": True}})
    replica.insert_one({"_id": "of nobody", "version": 0})
    lost = next(iter(right))
    replica.delete_one({"_id": lost})

    refused = operator.run(f"projections rebuild {service}", answer="n\n")
    assert refused.exit_code == 1
    assert replica.find_one({"_id": "of nobody"})
    operator.do(f"projections rebuild {service} --yes")
    assert {each["_id"]: each for each in replica.find()} == right


def test_a_dead_letter_is_seen_and_handed_to_its_consumer_again(operator: Operator) -> None:
    sale = operator.sale()
    operator.until("outbox lag", _nothing_waits)
    replica = operator.access.database("orders")["tickets"]
    replica.delete_one({"_id": sale.ticket_id})
    park(operator, sale.ticket_id, "KeyError: 'title'")
    ((number, _, consumer, event, tries, reason),) = rows(operator.do("dead list"), "Dead letters")
    assert (consumer, event, tries) == ("orders", "ticket.created", "12")
    assert reason == "KeyError: 'title'"
    shown = operator.do(f"dead show {number}")
    assert f'"id": "{sale.ticket_id}"' in shown
    assert "Correlation-Id" in shown
    story = operator.do(f"order show {sale.order_id}")
    assert f"ticket.created given up  dead letter {number} after 12 tries: KeyError" in story

    assert operator.run(f"dead replay {number}", answer="n\n").exit_code == 1
    operator.do(f"dead replay {number} --yes")
    assert eventually(lambda: replica.find_one({"_id": sale.ticket_id}))
    assert operator.do("dead list") == "No dead letters.\n"
    operator.do("projections rebuild orders --yes")  # it was old news


def test_a_dead_letter_can_be_dropped(operator: Operator) -> None:
    park(operator, UNKNOWN_ID, "of no use")
    assert operator.run("dead drop --all", answer="n\n").exit_code == 1
    assert "Dead letters" in operator.do("dead list --consumer orders")
    assert operator.do("dead list --consumer payments") == "No dead letters of payments.\n"
    operator.do("dead drop --consumer orders --yes")
    assert operator.do("dead list") == "No dead letters.\n"


def test_after_all_this_no_rule_is_broken(operator: Operator) -> None:
    operator.until("outbox lag", _nothing_waits)
    assert operator.run("audit").output == "No violations.\n"


def test_a_violation_is_printed_and_is_an_exit_code(operator: Operator) -> None:
    held = operator.hold()
    operator.until("outbox lag", _nothing_waits)
    orders = operator.access.database("orders")["orders"]
    orders.update_one({"_id": held.order_id}, {"$unset": {"reserves": ""}})
    result = operator.run("audit")
    assert result.exit_code == 1
    assert ["1"] == [row[0] for row in rows(result.output, "Violations: 1")]
    assert held.order_id in result.output


def _without(names: list[str], operator: Operator, line: str) -> Result:
    """By variables alone, and without these."""
    given = {name: operator.access.env.get(name, "") for name in VARIABLES}
    return CliRunner(env=given | dict.fromkeys(names, "")).invoke(main, line.split())


def park(operator: Operator, ticket_id: str, reason: str) -> None:
    """As the worker of orders does when it gives up the news of a ticket."""
    ticket = TicketState(id=ticket_id, title="Again", price=20, user_id="seller", version=0)
    event = TicketCreated(id=f"{ticket_id}-0", occurred_at=datetime.now(UTC), ticket=ticket)
    message = Message(
        id=event.id,
        subject=subject(TicketCreated),
        body=msgspec.json.encode(event),
        correlation_id="request",
        tries=12,
    )
    stream = operator.access.streams.events
    letter = wire.dead_letter(f"{ticket_id}-dead", stream, "orders", message, reason)

    async def publish_it() -> None:
        client = await nats.connect(operator.access.nats_url)
        await wire.publish(client.jetstream(), letter)
        await client.close()

    asyncio.run(publish_it())


def _nothing_waits(printed: str) -> bool:
    waiting = [row[1] for row in rows(printed, "Outboxes")]
    coming = [cell for row in rows(printed, "Consumers") for cell in row[1:4]]
    return {*waiting, *coming} == {"0"}

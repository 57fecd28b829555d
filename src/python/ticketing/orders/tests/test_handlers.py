"""What becomes of an order as tickets, payments and the clock go on."""

from flask.testing import FlaskClient

from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Park
from ticketing.common.runtime.service import Service
from ticketing.common.testing.input import entries_of, errors_of
from ticketing.common.testing.services import (
    UNKNOWN_ID,
    TurnedClock,
    deliver,
    deliver_all,
    take_events,
)
from ticketing.orders.model import TicketReserved
from ticketing.orders.service import Orders
from ticketing.orders.tests.news import (
    TICKET,
    expired,
    paid,
    place,
    refunded,
    show,
    started,
    ticket_updated,
)


def _subjects(service: Service[Orders]) -> list[str]:
    return [event["subject"] for event in take_events(service)]


def test_old_news_of_a_ticket_does_not_replace_newer(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    news = [ticket_updated(version, price=float(version)) for version in (3, 1, 2, 3)]
    deliver_all(service, news)
    assert show(buyer, place(buyer))["ticket"]["price"] == 3


def test_an_update_before_the_creation_puts_a_ticket_on_sale(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    deliver(service, ticket_updated(2, UNKNOWN_ID, title="Opera"))
    deliver(service, ticket_updated(1, UNKNOWN_ID, title="Ballet"))
    assert show(buyer, place(buyer, UNKNOWN_ID))["ticket"]["title"] == "Opera"


def test_an_expiration_ends_the_hold_and_is_told(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    order_id = place(buyer)
    take_events(service)
    clock.advance(60)
    assert deliver(service, expired(order_id)) == Done()
    assert show(buyer, order_id)["status"] == "cancelled"
    assert _subjects(service) == ["order.cancelled"]


def test_an_expiration_before_the_time_is_delivered_again(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    order_id = place(buyer)
    clock.advance(59.999)
    assert isinstance(deliver(service, expired(order_id)), Again)
    assert show(buyer, order_id)["status"] == "created"
    clock.advance(0.001)
    assert deliver(service, expired(order_id)) == Done()
    assert show(buyer, order_id)["status"] == "cancelled"


def test_an_expiration_changes_no_order_that_has_ended(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    cancelled = place(buyer)
    buyer.delete(f"/api/orders/{cancelled}")
    complete = place(buyer)
    deliver(service, paid(complete))
    clock.advance(60)
    take_events(service)
    for order_id, status in ((cancelled, "cancelled"), (complete, "complete")):
        for _ in range(2):
            assert deliver(service, expired(order_id)) == Done()
        shown = show(buyer, order_id)
        assert (shown["status"], shown["version"]) == (status, 1)
    assert _subjects(service) == []


def test_the_sweep_ends_overdue_holds_after_its_grace(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    [sweep] = service.chores
    order_id = place(buyer)
    clock.advance(61.999)
    sweep.run()
    assert show(buyer, order_id)["status"] == "created"
    clock.advance(0.001)
    sweep.run()
    assert show(buyer, order_id)["status"] == "cancelled"
    sweep.run()
    assert show(buyer, order_id)["version"] == 1


def test_the_sweep_leaves_ended_orders_alone(
    buyer: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    cancelled = place(buyer)
    buyer.delete(f"/api/orders/{cancelled}")
    complete = place(buyer)
    deliver(service, paid(complete))
    clock.advance(3600)
    service.chores[0].run()
    assert show(buyer, cancelled)["version"] == 1
    assert show(buyer, complete)["status"] == "complete"


def test_a_payment_completes_the_order_once_however_often_it_is_told(
    buyer: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    take_events(service)
    for _ in range(3):
        assert deliver(service, paid(order_id)) == Done()
    shown = show(buyer, order_id)
    assert (shown["status"], shown["version"]) == ("complete", 1)
    [event] = take_events(service)
    assert event["subject"] == "order.completed"
    assert event["order"]["status"] == "complete"


def test_a_late_payment_completes_the_order_if_its_ticket_is_free(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    order_id = place(buyer)
    clock.advance(60)
    deliver(service, expired(order_id))
    assert deliver(service, paid(order_id)) == Done()
    assert show(buyer, order_id)["status"] == "complete"
    assert _subjects(service)[-1] == "order.completed"
    [error] = errors_of(rival.post("/api/orders", json={"ticketId": TICKET}), 400)
    assert error == entries_of(TicketReserved())[0]


def test_a_late_payment_beats_an_overdue_hold(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders], clock: TurnedClock
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    other = place(rival)
    clock.advance(60)
    deliver(service, paid(order_id))
    assert show(buyer, order_id)["status"] == "complete"
    assert show(rival, other)["status"] == "cancelled"


def test_a_late_payment_is_rejected_once_if_its_ticket_is_taken(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    other = place(rival)
    take_events(service)
    for _ in range(3):
        assert deliver(service, paid(order_id)) == Done()
    [event] = take_events(service)
    assert event.pop("reason") == show(buyer, order_id)["refundReason"]
    assert event == {
        "subject": "payment.rejected",
        "id": f"{order_id}-2",
        "occurredAt": "2026-01-31T12:00:00Z",
        "paymentId": f"pay-{order_id}",
        "orderId": order_id,
    }
    assert show(buyer, order_id)["status"] == "cancelled"
    assert show(rival, other)["status"] == "created"
    assert "refundReason" not in show(rival, other)


def test_a_rejected_payment_stays_so_when_the_ticket_is_free_again(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    other = place(rival)
    deliver(service, paid(order_id))
    rival.delete(f"/api/orders/{other}")
    take_events(service)
    assert deliver(service, paid(order_id)) == Done()
    assert show(buyer, order_id)["status"] == "cancelled"
    assert _subjects(service) == []


def test_a_refund_is_shown_to_the_buyer(
    buyer: FlaskClient, rival: FlaskClient, service: Service[Orders]
) -> None:
    order_id = place(buyer)
    buyer.delete(f"/api/orders/{order_id}")
    place(rival)
    assert isinstance(deliver(service, refunded(order_id)), Again)
    deliver(service, paid(order_id))
    assert "refunded" not in show(buyer, order_id)
    take_events(service)
    for _ in range(2):
        assert deliver(service, refunded(order_id)) == Done()
    shown = show(buyer, order_id)
    assert shown["refunded"] is True
    assert (shown["status"], shown["version"]) == ("cancelled", 3)
    assert _subjects(service) == []


def test_news_of_an_unknown_order_is_kept_for_an_operator_in_the_end(
    service: Service[Orders],
) -> None:
    for news in (expired, started, paid, refunded):
        assert isinstance(deliver(service, news(UNKNOWN_ID), MAX_TRIES), Park)

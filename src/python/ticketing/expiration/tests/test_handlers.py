"""What becomes of an order's timer as its news comes, in a real Redis."""

import pytest
from redis import Redis

from ticketing.common.core.events import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.common.core.health import missing
from ticketing.common.messaging.bus import Again, Done
from ticketing.common.runtime.service import Service
from ticketing.common.testing.servers import free_port
from ticketing.common.testing.services import ENV, deliver
from ticketing.expiration.main import build
from ticketing.expiration.tests.news import of_order
from ticketing.expiration.timers import QUEUE, Timers


def _timers(redis: Redis) -> object:
    return redis.zcard(f"rq:scheduled:{QUEUE}")


def test_the_service_follows_orders(service: Service[Timers]) -> None:
    assert sorted(service.events.subjects) == [
        "order.cancelled",
        "order.completed",
        "order.created",
    ]


@pytest.mark.parametrize("end", [of_order(OrderCancelled), of_order(OrderCompleted)])
def test_a_timer_runs_while_its_order_holds_a_ticket(
    service: Service[Timers], redis: Redis, end: OrderCancelled | OrderCompleted
) -> None:
    for _ in range(2):
        assert deliver(service, of_order(OrderCreated)) == Done()
        assert _timers(redis) == 1
    for _ in range(2):
        assert deliver(service, end) == Done()
        assert _timers(redis) == 0


def test_an_end_before_its_creation_is_done(service: Service[Timers], redis: Redis) -> None:
    assert deliver(service, of_order(OrderCancelled)) == Done()
    assert deliver(service, of_order(OrderCreated)) == Done()
    assert _timers(redis) == 1  # harmless: orders ignores the expiration of an ended order


def test_without_redis_events_are_delivered_again() -> None:
    with Redis.from_url(f"redis://127.0.0.1:{free_port()}/0") as nowhere:
        service = build(ENV, nowhere)
        assert isinstance(deliver(service, of_order(OrderCreated)), Again)
        assert isinstance(deliver(service, of_order(OrderCancelled)), Again)
        assert missing(service.ready_checks()) == ["redis"]


def test_the_service_is_ready_when_redis_is(service: Service[Timers]) -> None:
    assert missing(service.ready_checks()) == []

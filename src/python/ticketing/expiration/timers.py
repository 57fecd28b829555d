"""Timers of holds: one RQ job per order, due when its hold is over.

Redis may forget them all: the orders service ends overdue holds by itself. Timers make it prompt.
"""

import asyncio
import math
import os
from datetime import UTC, datetime

import msgspec
from redis import Redis
from redis.exceptions import ConnectionError, TimeoutError
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, InvalidJobOperation, NoSuchJobError
from rq.job import Job
from structlog.contextvars import get_contextvars

from ticketing.common.core.clock import utc_now
from ticketing.common.core.errors import Unavailable
from ticketing.common.core.event import subject
from ticketing.common.core.events import ExpirationCompleted
from ticketing.common.core.settings import read
from ticketing.common.messaging.bus import Message
from ticketing.common.messaging.jetstream import JetStreamBus
from ticketing.common.messaging.settings import BrokerSettings

QUEUE = "expiration"
A_DAY = 24 * 60 * 60


class Timers:
    """Starts and stops the timers; raises Unavailable where Redis gives no answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queue = Queue(QUEUE, connection=redis)

    def start(self, order_id: str, due: datetime) -> None:
        """Have `expiration.completed` published at `due`; nothing to do if that is arranged."""
        try:
            self._queue.enqueue_at(
                _whole_second_after(due),
                publish_expiration,
                order_id,
                get_contextvars().get("correlation_id", order_id),
                job_id=_job_id(order_id),
                unique=True,
                retry=Retry(max=60, interval=1),
                result_ttl=0,
                failure_ttl=A_DAY,
            )
        except DuplicateJobError:
            return
        except (ConnectionError, TimeoutError) as error:
            raise Unavailable(f"no timer for order {order_id}: {error}") from error

    def stop(self, order_id: str) -> None:
        """Take the timer away, if there is one."""
        try:
            Job.fetch(_job_id(order_id), connection=self._redis).delete()
        except (NoSuchJobError, InvalidJobOperation):  # never was, or went off just now
            return
        except ValueError:  # RQ missed a record of its run: it goes off just now
            return
        except (ConnectionError, TimeoutError) as error:
            raise Unavailable(f"timer of order {order_id} not stopped: {error}") from error


def publish_expiration(order_id: str, correlation_id: str) -> None:
    """The RQ job: tell that the hold's time is over; raises if the broker did not take it."""
    event = ExpirationCompleted(id=f"{order_id}-expired", occurred_at=utc_now(), order_id=order_id)
    message = Message(
        id=event.id,
        subject=subject(ExpirationCompleted),
        body=msgspec.json.encode(event),
        correlation_id=correlation_id,
    )
    asyncio.run(_publish(message, read(BrokerSettings, os.environ)))


async def _publish(message: Message, broker: BrokerSettings) -> None:
    bus = JetStreamBus(
        broker.nats_url,
        broker.nats_cluster_id,
        broker.nats_client_id,
        replicas=broker.nats_replicas,
    )
    await asyncio.wait_for(bus.connect(), timeout=5)
    try:
        await bus.publish(message)
    finally:
        await bus.close()


def _job_id(order_id: str) -> str:
    return f"expire-{order_id}"


def _whole_second_after(moment: datetime) -> datetime:
    """RQ cuts times to the second, which would make a timer fire early."""
    return datetime.fromtimestamp(math.ceil(moment.timestamp()), UTC)

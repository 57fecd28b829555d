"""The worker of a service: the one asyncio program, which relays, consumes and does chores."""

import asyncio
import signal
import socket
from typing import Any
from urllib.parse import urlsplit

from ticketing.common.core import health
from ticketing.common.core.logs import logger
from ticketing.common.messaging.jetstream import ACK_WAIT, JetStreamBus
from ticketing.common.messaging.relay import relay
from ticketing.common.messaging.settings import BrokerSettings
from ticketing.common.runtime.service import Chore, Service

log = logger(__name__)


def work(service: Service[Any], broker: BrokerSettings, *, ack_wait: float = ACK_WAIT) -> None:
    """Work until SIGTERM, finish the event in hand, return; waits for its dependencies first.

    An event that it holds when it is killed goes to another worker after `ack_wait` seconds.
    """
    settings = service.settings
    bus = JetStreamBus(
        broker.nats_url,
        broker.nats_cluster_id,
        broker.nats_client_id,
        replicas=broker.nats_replicas,
        ack_wait=ack_wait,
    )
    alive: dict[str, health.Check] = {}
    ready = {**service.ready_checks(), "nats": lambda: reach_broker(broker.nats_url)}
    stop_health = health.serve(settings.host, settings.port, alive=alive, ready=ready)
    health.wait_for(ready)
    ready["nats"] = bus.check
    service.prepare()
    asyncio.run(_work(service, bus, alive))
    stop_health()
    service.close()


async def _work(service: Service[Any], bus: JetStreamBus, alive: dict[str, health.Check]) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    alive["loop"] = lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)
    await bus.connect()
    # Not before: until here nothing is in hand, and SIGTERM ends the process at once.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log.info("working")
    async with asyncio.TaskGroup() as tasks:
        if service.stores:
            tasks.create_task(relay(service.stores, bus, stop))
        if subjects := (router := service.router).subjects:
            handle = router.bind(service.use_cases)
            tasks.create_task(bus.consume(service.name, subjects, handle, stop))
        for chore in service.chores:
            tasks.create_task(_repeat(chore, stop))
    await bus.close()
    log.info("stopped")


async def _repeat(chore: Chore, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await asyncio.to_thread(chore.run)
        except Exception as error:
            log.exception("chore failed", chore=chore.run.__name__, exc_info=error)
        try:
            await asyncio.wait_for(stop.wait(), timeout=chore.every)
        except TimeoutError:
            continue


def reach_broker(url: str) -> None:
    """Raise unless something listens at the broker's address, within a second."""
    address = urlsplit(url)
    socket.create_connection((address.hostname or "", address.port or 4222), timeout=1).close()

"""The relay: publishes what the stores' outboxes hold, then takes it out of them."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from ticketing.common.core.logs import logger
from ticketing.common.messaging.bus import Bus, Message
from ticketing.common.storage.mongo import Document
from ticketing.common.storage.store import Store

log = logger(__name__)

SWEEP = 1.0
"""Seconds between looks at the outboxes when nothing wakes the relay."""
POLL = 0.1
"""Seconds between looks where the database cannot tell of writes."""
PAGE = 2000
"""Documents that are asked for at once; bounds the relay's memory. To find the oldest costs the
database the more the more wait, so that small pages would take ages where very many do.
"""
BATCH = 100
"""Documents whose events are published side by side, and then taken out in one write."""
_SAVES = [
    {
        "$match": {
            "$or": [
                {"operationType": "insert"},
                {"updateDescription.updatedFields.version": {"$exists": True}},
            ]
        }
    }
]


async def relay(stores: Sequence[Store[Any]], bus: Bus, stop: asyncio.Event) -> None:
    """Publish every pending event until `stop` is set; woken by writes where the database tells."""
    wake = asyncio.Event()
    loop = asyncio.get_running_loop()
    for store in stores:
        arguments = (store, partial(_wake, loop, wake), stop)
        threading.Thread(target=_watch, args=arguments, daemon=True).start()
    while not stop.is_set():
        wake.clear()
        try:
            more = [await publish_pending(store, bus, stop=stop) for store in stores]
        except Exception as error:
            log.warning("cannot publish, trying again", reason=repr(error))
            await asyncio.sleep(SWEEP)
            continue
        if not any(more):
            await _first_of(wake, stop)


async def publish_pending(
    store: Store[Any], bus: Bus, *, page: int = PAGE, stop: asyncio.Event | None = None
) -> bool:
    """Publish one page of pending events, or less if `stop` is set meanwhile; whether there may be
    more. Raises if one failed.
    """
    pending = await asyncio.to_thread(store.pending, page)
    for start in range(0, len(pending), BATCH):
        if stop is None or not stop.is_set():
            await _publish_all(pending[start : start + BATCH], store, bus)
    return len(pending) == page


async def _publish_all(documents: Sequence[Document], store: Store[Any], bus: Bus) -> None:
    results = await asyncio.gather(
        *(_publish(document, bus) for document in documents), return_exceptions=True
    )
    published = [one for one, error in zip(documents, results, strict=True) if error is None]
    await asyncio.to_thread(store.clear, published)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def as_message(entry: Document) -> Message:
    """What waits in an outbox, as the message that it becomes."""
    return Message(
        id=entry["id"],
        subject=entry["subject"],
        body=entry["body"].encode(),
        correlation_id=entry["correlationId"],
    )


async def _publish(document: Document, bus: Bus) -> None:
    for entry in document["outbox"]:
        await bus.publish(as_message(entry))


async def _first_of(wake: asyncio.Event, stop: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (wake, stop)]
    await asyncio.wait(waits, timeout=SWEEP, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def _wake(loop: asyncio.AbstractEventLoop, wake: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop is closed: the relay ended while this save arrived
        loop.call_soon_threadsafe(wake.set)


def _watch(store: Store[Any], woken: Callable[[], object], stop: asyncio.Event) -> None:
    """Call `woken` at every save until `stop`; where the database cannot tell, all the time."""
    while not stop.is_set():
        try:
            with store.documents.watch(_SAVES, max_await_time_ms=500) as saves:
                while not stop.is_set():
                    if saves.try_next() is not None:
                        woken()
        except (OperationFailure, TypeError) as error:  # TypeError: mongomock has no `watch`
            log.info("no change streams here, publishing by the clock", reason=str(error))
            while not stop.is_set():
                woken()
                time.sleep(POLL)
        except PyMongoError:
            time.sleep(SWEEP)

"""The event bus as services see it: messages, their handlers, and what becomes of a message."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from pymongo.errors import PyMongoError
from structlog.contextvars import bound_contextvars

from ticketing.common.core.errors import Conflict, NotYet, Refused, Unavailable
from ticketing.common.core.event import Event, read, subject
from ticketing.common.core.logs import logger

MAX_TRIES = 12
"""Tries before a message is parked that keeps failing, about seven minutes; and deliveries without
an answer before one is that keeps killing its workers.
"""
UNANSWERED = f"given up after {MAX_TRIES} deliveries: workers died or froze with it in hand"

log = logger(__name__)

U = TypeVar("U")
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, kw_only=True)
class Message:
    """An event in transit.

    `tries` counts from 1 how often a consumer's handler got it, those times left out at which its
    worker died.
    """

    id: str
    subject: str
    body: bytes
    correlation_id: str
    tries: int = 1


@dataclass(frozen=True)
class Done:
    """Handled, or refused for good: never deliver it again."""


@dataclass(frozen=True)
class Again:
    """Not done: deliver it again after `delay` seconds."""

    delay: float


@dataclass(frozen=True)
class Park:
    """Given up: keep it aside with the reason, for a human."""

    reason: str


Verdict = Done | Again | Park
Handle = Callable[[Message], Awaitable[Verdict]]


class Bus(Protocol):
    """At least once, in any order; publishing an id twice delivers it once, most of the time."""

    async def publish(self, message: Message) -> None:
        """Return once the message is safe; raise if that is not known."""

    async def consume(
        self, consumer: str, subjects: Sequence[str], handle: Handle, stop: asyncio.Event
    ) -> None:
        """Hand each message of these subjects to `handle`, one at a time, until `stop` is set.

        Consumers of one name share the messages; each name gets all of them. What is in hand when
        a worker dies goes to another, alone; after `MAX_TRIES` such deliveries it is parked instead
        of being handled.
        """


@dataclass(frozen=True, kw_only=True)
class _Handler(Generic[U]):
    event: type[Event]
    call: Callable[[Any, U], None]
    replica: bool


class EventRouter(Generic[U]):
    """Declares which functions handle which event of the service whose use cases are `U`."""

    def __init__(self, handlers: Iterable[_Handler[U]] = ()) -> None:
        self._handlers: dict[str, list[_Handler[U]]] = {}
        for handler in handlers:
            self._add(handler)

    @property
    def subjects(self) -> list[str]:
        """The subjects of all the events that have a handler."""
        return list(self._handlers)

    @property
    def replicas(self) -> "EventRouter[U]":
        """A router with those handlers alone that only bring a replica up to date."""
        return EventRouter(handler for handler in self._all() if handler.replica)

    def on(
        self, event: type[E], *, replica: bool = False
    ) -> Callable[[Callable[[E, U], None]], Callable[[E, U], None]]:
        """Decorator: the function handles this event; returning means done, raising means not.

        With `replica` it only brings a replica up to date, before what else the event leads to.
        """

        def register(handler: Callable[[E, U], None]) -> Callable[[E, U], None]:
            self._add(_Handler(event=event, call=handler, replica=replica))
            return handler

        return register

    def joined(self, other: "EventRouter[U]") -> "EventRouter[U]":
        """A router with the handlers of both."""
        return EventRouter([*self._all(), *other._all()])

    def handle(self, message: Message, use_cases: U) -> None:
        """Decode the message and call its handlers; raises what one of them raises.

        NotYet without a handler: a newer version of this service, being rolled out, has one.
        """
        handlers = self._handlers.get(message.subject)
        if handlers is None:
            raise NotYet(f"no handler for {message.subject} here")
        event = read(handlers[0].event, message.body)
        for handler in handlers:
            handler.call(event, use_cases)

    def bind(self, use_cases: U) -> Handle:
        """The same as a coroutine function that judges each message, for `Bus.consume`."""

        async def handle(message: Message) -> Verdict:
            return await asyncio.to_thread(self.attempt, message, use_cases)

        return handle

    def attempt(self, message: Message, use_cases: U) -> Verdict:
        """Handle the message once and judge the outcome; raises nothing."""
        about = {"subject": message.subject, "event_id": message.id, "tries": message.tries}
        with bound_contextvars(correlation_id=message.correlation_id, **about):
            try:
                self.handle(message, use_cases)
            except Exception as error:
                return judge(error, message.tries)
            log.info("event handled")
            return Done()

    def _add(self, handler: _Handler[U]) -> None:
        handlers = self._handlers.setdefault(subject(handler.event), [])
        handlers.append(handler)
        handlers.sort(key=lambda one: not one.replica)

    def _all(self) -> Iterator[_Handler[U]]:
        return chain.from_iterable(self._handlers.values())


def judge(error: Exception, tries: int) -> Verdict:
    """What becomes of a message whose handling raised `error` at its `tries`-th try."""
    match error:
        case NotYet() | Conflict():
            log.info("event not handled yet", reason=str(error))
            return Again(_patience(tries))
        case Refused():
            log.info("event refused", reason=str(error))
            return Done()
        case Unavailable() | PyMongoError():
            log.warning("event waits for what is out of reach", reason=str(error))
        case _ if tries < MAX_TRIES:
            log.exception("event failed", exc_info=error)
        case _:
            log.error("event parked", exc_info=error)
            return Park(f"{type(error).__name__}: {error}")
    return Again(min(2.0 ** min(tries - 1, 10), 60.0))


def _patience(tries: int) -> float:
    """Seconds until what is not to be done yet is tried again: soon, as others are quick to make it
    possible; every minute once they were not, because the stream keeps a copy for every try.
    """
    if tries <= MAX_TRIES:
        return min(0.1 * 2.0 ** (tries - 1), 5.0)
    return min(5.0 * 2.0 ** min(tries - MAX_TRIES, 10), 60.0)

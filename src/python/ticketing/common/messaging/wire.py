"""How messages look on NATS: an event, a copy of it for one consumer alone, a dead letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nats.js import JetStreamContext

from ticketing.common.messaging.bus import Message

Headers = dict[str, str]

CONFIRM = 2.0
"""Seconds until a publish is taken for lost; publishing the same id again is harmless."""
REASON = 1000
"""Characters of a reason that a dead letter keeps."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be published: NATS takes each `id` once within two minutes."""

    id: str
    subject: str
    body: bytes
    headers: Headers


async def publish(js: JetStreamContext, draft: Draft) -> None:
    """Publish and wait until the server has it on disk."""
    headers = {"Nats-Msg-Id": draft.id, **draft.headers}
    await js.publish(draft.subject, draft.body, timeout=CONFIRM, headers=headers)


def event(message: Message) -> Draft:
    """An event, for every consumer of its subject."""
    headers = {"Correlation-Id": message.correlation_id}
    return Draft(id=message.id, subject=message.subject, body=message.body, headers=headers)


def copy(
    id: str, consumer: str, message: Message, *, tries: int, due: datetime | None = None
) -> Draft:
    """The message once more, for one consumer alone, which had so many tries of it before.

    With `due`, its first delivery is no try: the consumer puts it off until then, once.
    """
    headers = {
        "Event-Id": message.id,
        "Correlation-Id": message.correlation_id,
        "Tries": str(tries),
    }
    if due is not None:
        headers["Due"] = due.isoformat()
    subject = f"{copies_for(consumer)[:-1]}{message.subject}"
    return Draft(id=id, subject=subject, body=message.body, headers=headers)


def copies_for(consumer: str) -> str:
    """The subjects of the copies that are for this consumer."""
    return f"again.{consumer}.>"


def dead_letter(id: str, stream: str, consumer: str, message: Message, reason: str) -> Draft:
    """What is kept of a message that a consumer of this stream gave up."""
    headers = {
        "Event-Id": message.id,
        "Correlation-Id": message.correlation_id,
        "Consumer": consumer,
        "Reason": _printable(reason)[:REASON],
        "Tries": str(message.tries),
    }
    subject = f"dead.{stream}.{consumer}.{message.subject}"
    return Draft(id=id, subject=subject, body=message.body, headers=headers)


def received(
    subject: str, body: bytes | None, headers: Mapping[str, str] | None, *, tries: int = 1, id: str
) -> Message:
    """The message at so many tries more than it had; `id` is what it is called if it has no id."""
    headers = headers or {}
    if subject.startswith("again."):
        subject = subject.split(".", 2)[-1]
    return Message(
        id=headers.get("Event-Id") or headers.get("Nats-Msg-Id") or id,
        subject=subject,
        body=body or b"",
        correlation_id=headers.get("Correlation-Id", ""),
        tries=_number(headers.get("Tries", "")) + tries,
    )


def due(headers: Mapping[str, str] | None) -> datetime | None:
    """When the message may be handled, if it says so; raises nothing, so that no header kills."""
    if not headers or "Due" not in headers:
        return None
    try:
        moment = datetime.fromisoformat(headers["Due"])
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _printable(reason: str) -> str:
    """On one line, without what no header can hold."""
    return " ".join(reason.split()).encode(errors="replace").decode()

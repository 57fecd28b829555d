"""Events as the stream has them; one that is not as it should be is left to the dead letters."""

from ticketing.common.core.event import Event, read
from ticketing.common.core.events import EVENTS
from ticketing.common.messaging.bus import Message


def content(message: Message) -> Event | None:
    """The event in a message; None where no consumer of this version could read it."""
    kind = EVENTS.get(message.subject)
    if kind is None:
        return None
    try:
        return read(kind, message.body)
    except ValueError:  # of msgspec, or of what is no UTF-8
        return None


def is_known(message: Message) -> bool:
    """Whether this version knows events of that subject."""
    return message.subject in EVENTS

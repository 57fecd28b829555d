"""Events as the stream has them; one that is not as it should be is left to the dead letters."""

import functools
import operator
from typing import Any

import msgspec

from ticketing.common.core.events import Event
from ticketing.common.messaging.bus import Message

Json = dict[str, Any]

_EVERY: Any = functools.reduce(operator.or_, Event.__subclasses__())


def content(message: Message) -> Json | None:
    """The event in a message; None where no consumer could read it."""
    try:
        msgspec.json.decode(message.body, type=_EVERY)
    except ValueError:  # of msgspec, or of what is no UTF-8
        return None
    event: Json = msgspec.json.decode(message.body)
    return event

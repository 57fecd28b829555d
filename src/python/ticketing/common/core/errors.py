"""The kinds of failure that a rule or a use case can raise; the edges translate them.

What a service refuses is a class of its own beside its model, with the sentence that says so:
`class TicketReserved(Refused)` has the code `ticket_reserved`.
"""

import re
from collections.abc import Mapping
from typing import ClassVar

from tenacity import retry, retry_if_exception_type, stop_after_attempt


class Failure(Exception):  # noqa: N818  # the kinds read as sentences: raise Refused
    """A failure with a code for programs and a sentence that the caller may read.

    A kind whose sentence has values takes them by name, and passes the sentence on. `field` is the
    one it is about, if any.
    """

    sentence: ClassVar[str] = ""
    field: ClassVar[str] = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.sentence)

    @classmethod
    def code(cls) -> str:
        """The kind's name as programs know it: `TicketReserved` is `ticket_reserved`."""
        return re.sub("(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Refused(Failure):
    """The rules say no, for good, to what was asked."""


class NotAuthorized(Failure):
    """The caller is not signed in, or does not own what was asked for."""

    sentence = "Not Authorized"


class NotFound(Failure):
    """There is no such thing."""

    sentence = "Not Found!"


class Invalid(Failure):
    """Input that breaks the syntax; `messages` has a sentence per field."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = dict(messages)


class Conflict(Failure):
    """Another writer was first; load again and decide again."""

    sentence = "Somebody else was first, try again"


class Changed(Failure):
    """What was to be changed is not at the version that the caller has seen."""

    sentence = "It has changed meanwhile"


class Duplicate(Conflict):
    """Another document holds a value that must be unique."""


class NotYet(Failure):
    """What this depends on has not arrived or is not over; it will be, so try again soon."""


class Unavailable(Failure):
    """Another party gave no answer; what was asked of it may have happened or not."""


retry_on_conflict = retry(
    retry=retry_if_exception_type(Conflict), stop=stop_after_attempt(3), reraise=True
)
"""Decorator: runs the use case up to three times, then lets the `Conflict` out."""

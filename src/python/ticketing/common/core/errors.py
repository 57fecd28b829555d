"""The kinds of failure that a rule or a use case can raise; the edges translate them."""


class Failure(Exception):  # noqa: N818  # the kinds read as sentences: raise Refused
    """A failure with a sentence that the caller may read."""


class Refused(Failure):
    """The rules say no, for good, to what was asked."""


class NotAuthorized(Failure):
    """The caller is not signed in, or does not own what was asked for."""

    def __init__(self) -> None:
        super().__init__("Not Authorized")


class NotFound(Failure):
    """There is no such thing."""

    def __init__(self) -> None:
        super().__init__("Not Found!")


class Invalid(Failure):
    """Input that breaks the syntax; `messages` has a sentence per field ("" is the whole)."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = messages


class Conflict(Failure):
    """Another writer was first; load again and decide again."""


class Changed(Failure):
    """What was to be changed is not at the version that the caller has seen."""

    def __init__(self) -> None:
        super().__init__("It has changed meanwhile")


class Duplicate(Conflict):
    """Another document holds a value that must be unique."""


class NotYet(Failure):
    """What this depends on has not arrived or is not over; it will be, so try again soon."""


class Unavailable(Failure):
    """Another party gave no answer; what was asked of it may have happened or not."""

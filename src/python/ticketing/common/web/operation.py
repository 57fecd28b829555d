"""What a route says of itself to those who write clients: one decorator, which costs no request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from typing import Any, TypeVar

from marshmallow import Schema

from ticketing.common.core.errors import Failure

V = TypeVar("V", bound=Callable[..., Any])
Said = Failure | type[Failure]
"""A failure as an answer tells it; of a kind, with the numbers that are in the settings."""


class Who(Enum):
    """Whom a route answers."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"


class Tag(Enum):
    """What the ETag of an answer stands for, by the name of that header in the documents."""

    VERSION = "Version"
    CONTENT = "Content"


@dataclass(frozen=True)
class Operation:
    """Decorator for a view, below that of its route: what the documents of the API say of it.

    `answers` has the type of the body of each success, None where there is none; `refusals` are
    what a 400 may be besides what the schemas say; `fails` are further statuses with the failures
    that they always are, `says` those with failures of this route alone.
    `keyed` takes an Idempotency-Key, `conditional` an If-Match, `paged` names the next page,
    `cookies` says which are set.
    """

    summary: str
    _: KW_ONLY
    answers: Mapping[int, Any]
    details: str = ""
    who: Who = Who.SIGNED_IN
    body: Schema | None = None
    query: Schema | None = None
    refusals: Sequence[Said] = ()
    fails: Sequence[int] = ()
    says: Mapping[int, Sequence[Said]] = field(default_factory=dict)
    tag: Tag | None = None
    keyed: bool = False
    conditional: bool = False
    paged: bool = False
    cookies: str = ""

    def __call__(self, view: V) -> V:
        """Note this beside the view; what a request passes through stays the same."""
        view.operation = self  # type: ignore[attr-defined]
        return view

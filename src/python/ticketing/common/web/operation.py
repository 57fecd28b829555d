"""What a route says of itself to those who write clients: one decorator, which costs no request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from typing import Any, TypeVar

from marshmallow import Schema

V = TypeVar("V", bound=Callable[..., Any])
Sentence = str | tuple[str, str]
"""What a failure says; with the field that it is about, if there is one."""


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

    `answers` has the type of the body of each success, None where there is none; `refusals` are the
    sentences of a 400 besides those of the schemas, some with a field; `fails` are further statuses
    with the sentences that they always have, `says` those with sentences of this route alone.
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
    refusals: Sequence[Sentence] = ()
    fails: Sequence[int] = ()
    says: Mapping[int, Sequence[str]] = field(default_factory=dict)
    tag: Tag | None = None
    keyed: bool = False
    conditional: bool = False
    paged: bool = False
    cookies: str = ""

    def __call__(self, view: V) -> V:
        """Note this beside the view; what a request passes through stays the same."""
        view.operation = self  # type: ignore[attr-defined]
        return view

"""What the services reply: what it holds, or the kind of failure that it is."""

from typing import NoReturn, TypeVar

import httpx
import msgspec

from ticketing.client.views import Listing
from ticketing.common.core.errors import (
    Conflict,
    Invalid,
    NotAuthorized,
    NotFound,
    Refused,
    Unavailable,
)
from ticketing.common.core.logs import logger

log = logger(__name__)

T = TypeVar("T")


SENT_BEFORE = "This form was sent before, with something else in it. Send it again if you mean it."


class TooOften(Refused):
    """A visitor has asked for the same so often that they have to wait."""

    def __init__(self, seconds: str) -> None:
        super().__init__(f"That was a bit often. Please wait {_in_words(seconds)}")


def _in_words(seconds: str) -> str:
    if not seconds.isascii() or not seconds.isdigit():
        return "a while"
    left = max(2, int(seconds))
    return f"{left} seconds" if left < 100 else f"{-(-left // 60)} minutes"


class _Error(msgspec.Struct, frozen=True):
    message: str
    field: str | None = None


class _Errors(msgspec.Struct, frozen=True):
    errors: list[_Error]


def refuse(reply: httpx.Response) -> NoReturn:
    messages = _messages(reply)
    match reply.status_code:
        case 400 if any(messages):
            raise Invalid(messages)
        case 400:
            raise Refused(messages.get("", "That is not possible"))
        case 401:
            raise NotAuthorized
        case 404:
            raise NotFound
        case 409:
            raise Conflict(messages.get("", "Somebody else was first, try again"))
        case 422:
            raise Refused(SENT_BEFORE)
        case 429:
            raise TooOften(reply.headers.get("Retry-After", ""))
    log.warning("a service failed", url=str(reply.url.path), status=reply.status_code)
    raise Unavailable("A part of the platform is in trouble")


def _messages(reply: httpx.Response) -> dict[str, str]:
    """The first message for each field, "" being the whole."""
    messages: dict[str, str] = {}
    try:
        for error in msgspec.json.decode(reply.content, type=_Errors).errors:
            messages.setdefault(error.field or "", error.message)
    except msgspec.DecodeError:
        log.warning("a service's errors cannot be read", status=reply.status_code)
    return messages


def read(reply: httpx.Response, kind: type[T]) -> T:
    return msgspec.json.decode(reply.content, type=kind)


def listing(reply: httpx.Response, kind: type[T]) -> Listing[T]:
    items = msgspec.json.decode(reply.content, type=list[kind])  # type: ignore[valid-type]
    following = reply.links.get("next", {}).get("url", "")
    return Listing(items, httpx.URL(following).params.get("cursor"))


def cookies(reply: httpx.Response) -> list[str]:
    return reply.headers.get_list("set-cookie")

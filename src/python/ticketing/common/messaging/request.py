"""One request to the broker: connect, ask, leave."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import nats
from nats.js import JetStreamContext
from nats.js.errors import APIError, NotFoundError

from ticketing.common.core.errors import Unavailable

T = TypeVar("T")


def request(url: str, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
    """What the broker at this address answers to a coroutine function.

    Raises NotFoundError where it has no such thing, and Unavailable, which names the address, where
    it gives no answer or says no.
    """
    try:
        return asyncio.run(_request(url, question))
    except NotFoundError:
        raise
    except APIError as error:
        raise Unavailable(f"The broker at {place(url)} says: {error.description}") from error
    except (OSError, nats.errors.Error) as error:
        raise Unavailable(f"No answer from the broker at {place(url)}") from error


def place(url: str) -> str:
    """Where a URL leads, without the password that may be in it."""
    return urlsplit(url).netloc.rpartition("@")[2]


async def _request(url: str, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
    client = await nats.connect(
        url, name="operator", connect_timeout=2, max_reconnect_attempts=1, error_cb=_quiet
    )
    try:
        return await question(client.jetstream())
    finally:
        await client.close()


async def _quiet(_: Exception) -> None:
    """What goes wrong is raised; the client need not print it."""

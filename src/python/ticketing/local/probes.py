"""How to ask each kind of part whether it is ready."""

import asyncio
from collections.abc import Awaitable, Callable

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

# A coroutine function: True when the part answers as it should, False in every other case.
Probe = Callable[[], Awaitable[bool]]

PATIENCE_SECONDS = 2.0


def http(port: int, path: str) -> Probe:
    request = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode()
    return lambda: _answers(port, request, b" 200 ")


def redis(port: int) -> Probe:
    return lambda: _answers(port, b"PING\r\n", b"+PONG")


def mongo(port: int) -> Probe:
    async def ping() -> bool:
        if not await _listens(port):
            return False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), _mongo_client(port) as client:
                await client.admin.command("ping")
        except (PyMongoError, TimeoutError):
            return False
        return True

    return ping


async def _answers(port: int, question: bytes, expected: bytes) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(question)
                return expected in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _mongo_client(port: int) -> AsyncMongoClient[dict[str, object]]:
    return AsyncMongoClient("127.0.0.1", port, directConnection=True)

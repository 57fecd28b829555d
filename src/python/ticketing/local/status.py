"""The runner's own small HTTP server behind the gateway's /healthz."""

import asyncio
import json
from collections.abc import Awaitable, Callable

# The names of the parts that are not ready; empty when all is well.
Missing = Callable[[], Awaitable[list[str]]]


async def serve(port: int, missing: Missing) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_response(await missing()))
            await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port)


def _response(missing: list[str]) -> bytes:
    status = "503 Service Unavailable" if missing else "200 OK"
    body = json.dumps({"ready": not missing, "missing": missing}).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body

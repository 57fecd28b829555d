"""The broker and the stores of a platform alone, as its runner starts them."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ticketing.common.testing.servers import eventually
from ticketing.local import infra
from ticketing.local.data_directory import DataDirectory
from ticketing.local.ports import Ports
from ticketing.local.process import Part
from ticketing.local.reach import Reach
from ticketing.registry import access
from ticketing.registry.declarations import stores


def users() -> dict[str, list[str]]:
    """Everybody who has a password, by the server that knows it."""
    return {
        "nats": [*access.published(), access.OPERATOR],
        "redis": [*access.REDIS],
        "mongo": [*stores(), access.OPERATOR],
    }


@contextmanager
def infrastructure(directory: Path) -> Iterator[Reach]:
    """Running until the context is left."""
    data, ports = DataDirectory.open(directory / "data"), Ports()
    parts = [make(data, ports) for make in (infra.nats, infra.redis, infra.mongo)]
    running = [_start(part, data.path) for part in parts]
    try:
        for part in parts:
            eventually(partial(_is_ready, part))
        yield Reach(data, *parts)
    finally:
        for process in running:
            process.kill()
            process.wait()
        data.close()


def _start(part: Part, directory: Path) -> subprocess.Popen[bytes]:
    with (directory / f"{part.name}.log").open("wb") as log:
        environment = dict(part.environment)
        return subprocess.Popen(part.command, env=environment, stdout=log, stderr=log)


def _is_ready(part: Part) -> bool:
    async def ask() -> bool:
        return await part.is_ready()

    return asyncio.run(ask())

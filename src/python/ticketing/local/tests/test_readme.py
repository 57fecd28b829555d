"""What README.md of `common` shows works: the consumer in a dozen lines hears an event."""

import asyncio
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import TicketCreated, TicketState
from ticketing.common.messaging.bus import Message
from ticketing.common.messaging.jetstream import JetStreamBus
from ticketing.common.testing.processes import Process
from ticketing.common.testing.servers import eventually
from ticketing.local.reach import Reach
from ticketing.local.tests.infrastructure import infrastructure
from ticketing.registry import declarations

README = files("ticketing.common").joinpath("README.md").read_text()
PATIENCE = 60


@pytest.fixture()
def reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reach]:
    """With the table that the README tells to add."""
    table = tmp_path / declarations.CONSUMERS
    table.write_text(example("toml"))
    monkeypatch.setattr(declarations, "CONSUMERS", str(table))
    declarations.consumers.cache_clear()
    with infrastructure(tmp_path) as reach:
        yield reach
    declarations.consumers.cache_clear()


def example(language: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(code)


async def put_on_sale(url: str) -> None:
    ticket = TicketState(id="a" * 24, title="Concert", price=25.5, user_id="b" * 24, version=0)
    event = TicketCreated(id="1", occurred_at=utc_now(), ticket=ticket)
    bus = JetStreamBus(url, "ticketing", "test")
    await bus.connect()
    body = msgspec.json.encode(event)
    await bus.publish(Message(id="1", subject="ticket.created", body=body, correlation_id="1"))
    await bus.close()


def test_the_dozen_lines_of_the_readme_hear_of_a_ticket(reach: Reach, tmp_path: Path) -> None:
    program = tmp_path / "announcer.py"
    program.write_text(example("python"))
    assert len(list(filter(None, example("python").splitlines()))) == 12
    url = reach.outside()["ANNOUNCER_NATS_URL"]
    assert url.startswith("nats://announcer:")
    assert "nats://announcer:" in README
    consumer = Process(tmp_path, "worker", program=[str(program)], NATS_URL=url)
    try:
        eventually(lambda: consumer.missing() == [], within=PATIENCE)
        asyncio.run(put_on_sale(reach.bus("tickets")["NATS_URL"]))
        said = "New on sale: Concert for 25.5"
        eventually(lambda: said in consumer.said, within=PATIENCE)
        assert consumer.stop()[0] == 0
    finally:
        consumer.clean_up()

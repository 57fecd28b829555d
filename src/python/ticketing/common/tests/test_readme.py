"""What README.md shows works: the consumer in ten lines hears an event."""

import asyncio
import re
from importlib.resources import files
from pathlib import Path

import msgspec

from ticketing.common.bus import Message
from ticketing.common.clock import utc_now
from ticketing.common.events import TicketCreated
from ticketing.common.events import TicketState
from ticketing.common.jetstream import JetStreamBus
from ticketing.common.testing_servers import eventually
from ticketing.common.tests.processes import Start


def example() -> str:
    text = files("ticketing.common").joinpath("README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return str(code)


async def put_on_sale(url: str) -> None:
    ticket = TicketState(id="a" * 24, title="Concert", price=25.5, user_id="b" * 24, version=0)
    event = TicketCreated(id="1", occurred_at=utc_now(), ticket=ticket)
    bus = JetStreamBus(url, "ticketing", "test")
    await bus.connect()
    body = msgspec.json.encode(event)
    await bus.publish(Message(id="1", subject="ticket.created", body=body, correlation_id="1"))
    await bus.close()


def test_the_ten_lines_of_the_readme_hear_of_a_ticket(
    start: Start, nats_url: str, tmp_path: Path
) -> None:
    program = tmp_path / "announcer.py"
    program.write_text(example())
    assert len(list(filter(None, example().splitlines()))) == 10
    consumer = start("worker", program=[str(program)], NATS_URL=nats_url).ready()
    asyncio.run(put_on_sale(nats_url))
    eventually(lambda: "New on sale: Concert for 25.5" in consumer.said)
    assert consumer.stop()[0] == 0

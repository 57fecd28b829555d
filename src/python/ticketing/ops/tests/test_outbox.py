"""What `ops outbox lag` says of a consumer, from a real stream that no worker reads."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import nats
import pytest
from click.testing import CliRunner

from ticketing.common.messaging import wire
from ticketing.common.messaging.bus import Message
from ticketing.common.messaging.streams import Streams
from ticketing.common.testing.servers import NatsServer
from ticketing.local.operator import FILE
from ticketing.ops.main import main
from ticketing.ops.tests.operating import rows

STREAMS = Streams("ticketing")
LONG_AGO = b'{"occurredAt": "2020-01-31T12:00:00Z"}'


def test_a_renewed_copy_has_waited_since_its_event_happened(
    nats_server: NatsServer, tmp_path: Path
) -> None:
    copy = wire.copy("again", "orders", _message(LONG_AGO), tries=9)
    row = _lag(nats_server, tmp_path, [copy, wire.event(_message(LONG_AGO))])
    assert row[:2] == ["orders", "2"]
    assert row[4] == "2020-01-31 12:00:00.000"
    assert row[5].endswith(" d")


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b'{"occurredAt": "\xff"}', b'{"occurredAt": "2020-01-31T12:00:00"}']
)
def test_a_copy_that_does_not_tell_has_waited_since_it_was_made(
    body: bytes, nats_server: NatsServer, tmp_path: Path
) -> None:
    copy = wire.copy("again", "orders", _message(body), tries=9)
    row = _lag(nats_server, tmp_path, [copy])
    assert row[:2] == ["orders", "1"]
    assert row[4][:4] == str(datetime.now(UTC).year)


def _lag(server: NatsServer, data_dir: Path, drafts: Sequence[wire.Draft]) -> list[str]:
    """The row of the consumer that has these messages before it; there are no databases."""
    asyncio.run(_publish(server.url, drafts))
    (data_dir / FILE).write_text(json.dumps({"NATS_URL": server.url}))
    result = CliRunner(env={"NATS_URL": ""}).invoke(
        main, ["--data-dir", str(data_dir), "outbox", "lag"]
    )
    (row,) = rows(result.output, "Consumers")
    return row


async def _publish(url: str, drafts: Sequence[wire.Draft]) -> None:
    client = await nats.connect(url)
    js = client.jetstream()
    await STREAMS.ensure(js, 1)
    subjects = ["order.created", wire.copies_for("orders")]
    config = nats.js.api.ConsumerConfig(durable_name="orders", filter_subjects=subjects)
    await js.add_consumer(STREAMS.events, config)
    for draft in drafts:
        await wire.publish(js, draft)
    await client.close()


def _message(body: bytes) -> Message:
    return Message(id="e-1", subject="order.created", body=body, correlation_id="c-1")

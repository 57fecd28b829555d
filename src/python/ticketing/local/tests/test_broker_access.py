"""Users of the broker: each can do its work, and nothing of another's."""

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

import nats
import pytest
from nats.aio.client import Client
from nats.js.api import StreamConfig

from ticketing.common.messaging.bus import Done, Message
from ticketing.common.messaging.jetstream import JetStreamBus, inbox
from ticketing.local.reach import Reach
from ticketing.local.tests.infrastructure import infrastructure
from ticketing.registry import access

Try = Callable[[Client, str], Awaitable[None]]

SERVICES = sorted(access.published())
SUBJECTS = {
    name: [one.replace("*", "made") for one in access.published()[name]] for name in SERVICES
}


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reach]:
    with infrastructure(tmp_path_factory.mktemp("access")) as reach:
        yield reach


def _url(reach: Reach, user: str) -> str:
    return reach.bus(user)["NATS_URL"]


async def _try_all(reach: Reach, user: str, act: Try, subjects: Sequence[str]) -> list[str]:
    """Those of the subjects with which the broker lets this user do so."""
    refusals: list[str] = []

    async def note(error: Exception) -> None:
        refusals.append(str(error).lower())

    url = _url(reach, user)
    client = await nats.connect(url, inbox_prefix=inbox(url), error_cb=note)
    last = "nobody.may.unless.operator"
    for subject in (*subjects, last):
        await act(client, subject)
    await client.flush(timeout=30)
    deadline = time.monotonic() + 30
    while not any(last in said for said in refusals) and user != access.OPERATOR:
        assert time.monotonic() < deadline, refusals
        await asyncio.sleep(0.01)
    await client.close()
    return [one for one in subjects if not any(f'"{one.lower()}"' in said for said in refusals)]


async def _publish(client: Client, subject: str) -> None:
    await client.publish(subject, b"{}")


async def _listen(client: Client, subject: str) -> None:
    await client.subscribe(subject)


def _published(reach: Reach, user: str, subjects: Sequence[str]) -> list[str]:
    return asyncio.run(_try_all(reach, user, _publish, subjects))


@pytest.mark.parametrize("user", [name for name in SERVICES if SUBJECTS[name]])
def test_a_service_publishes_and_hears_its_events(reach: Reach, user: str) -> None:
    heard: list[str] = []

    async def work() -> None:
        bus = JetStreamBus(_url(reach, user), "ticketing", user)
        await bus.connect()
        stop = asyncio.Event()

        async def handle(message: Message) -> Done:
            heard.append(message.id)
            if len(heard) == len(SUBJECTS[user]):
                stop.set()
            return Done()

        consuming = asyncio.create_task(bus.consume(user, SUBJECTS[user], handle, stop))
        for subject in SUBJECTS[user]:
            await bus.publish(
                Message(id=f"{user} {subject}", subject=subject, body=b"{}", correlation_id="c")
            )
        await asyncio.wait_for(consuming, timeout=60)
        await bus.close()

    asyncio.run(work())
    assert sorted(heard) == sorted(f"{user} {subject}" for subject in SUBJECTS[user])


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_publishes_nothing_of_another(reach: Reach, user: str) -> None:
    others = [name for name in SERVICES if name != user]
    foreign = [subject for name in others for subject in SUBJECTS[name]]
    foreign += [f"again.{name}.ticket.created" for name in others]
    foreign += [f"dead.TICKETING.{name}.ticket.created" for name in others]
    foreign += [f"$JS.ACK.TICKETING.{name}.1.1.1.1.0" for name in others]
    assert _published(reach, user, foreign) == []
    assert _published(reach, user, SUBJECTS[user]) == SUBJECTS[user]


def test_a_service_reads_by_its_own_consumer_and_takes_nothing_away(reach: Reach) -> None:
    questions = [
        "CONSUMER.MSG.NEXT.TICKETING.orders",
        "CONSUMER.DURABLE.CREATE.TICKETING.orders",
        "CONSUMER.CREATE.TICKETING",
        "CONSUMER.DELETE.TICKETING.orders",
        "CONSUMER.DELETE.TICKETING.tickets",
        "STREAM.DELETE.TICKETING",
        "STREAM.PURGE.TICKETING",
        "STREAM.MSG.DELETE.TICKETING",
        "STREAM.MSG.GET.TICKETING",
        "STREAM.MSG.GET.TICKETING_DEAD",
        "STREAM.CREATE.MINE",
    ]
    subjects = [f"$JS.API.{question}" for question in questions]
    assert _published(reach, "tickets", subjects) == []
    assert _published(reach, access.OPERATOR, subjects) == subjects


def test_a_service_hears_nothing_but_what_it_asked_for(reach: Reach) -> None:
    subjects = ["payment.created", ">", "_INBOX.orders.>", "_INBOX.>"]
    assert asyncio.run(_try_all(reach, "tickets", _listen, subjects)) == []


@pytest.mark.parametrize(
    "login", [{}, {"user": "tickets", "pass": "wrong"}, {"user": "nobody", "pass": ""}]
)
def test_the_broker_takes_nobody_whom_it_does_not_know(reach: Reach, login: dict[str, str]) -> None:
    with socket.create_connection(("127.0.0.1", reach.nats.port), timeout=30) as connection:
        connection.sendall(f"CONNECT {json.dumps(login)}\r\nPING\r\n".encode())
        said = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"-ERR 'Authorization Violation'" in said
    assert b"PONG" not in said


def test_the_operator_may_do_everything_at_the_broker(reach: Reach) -> None:
    async def act() -> None:
        client = await nats.connect(_url(reach, access.OPERATOR))
        js = client.jetstream(timeout=30)
        await js.add_stream(StreamConfig(name="MINE", subjects=["mine"]))
        await js.publish("mine", b"", timeout=30)
        await js.delete_stream("MINE")
        await client.close()

    asyncio.run(act())

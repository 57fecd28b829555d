"""Web processes and workers that hear, while they run, what ended and which keys count."""

import asyncio
from collections.abc import Iterator

import nats
import pytest
import requests

from ticketing.common.core.clock import utc_now
from ticketing.common.core.event import Event
from ticketing.common.core.events import SessionEnded, SessionState, UserSignedOut, UserState
from ticketing.common.identity.revocations import Revocations
from ticketing.common.storage.mongo import connect
from ticketing.common.testing.processes import Process, Start
from ticketing.common.testing.servers import eventually
from ticketing.common.testing.services import message_of
from ticketing.common.testing.tokens import token_of
from ticketing.common.tests.databases import OwnMongo
from ticketing.common.tests.key_server import Auth, new_pair

KEY = "k" * 32


def status(web: Process, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return requests.get(f"http://127.0.0.1:{web.port}/who", headers=bearer, timeout=10).status_code


def tell(url: str, event: Event) -> None:
    """As the worker of auth does."""

    async def publish() -> None:
        client = await nats.connect(url)
        message = message_of(event)
        await client.jetstream().publish(message.subject, message.body)
        await client.close()

    asyncio.run(publish())


def test_what_ended_is_refused_within_seconds_by_a_process_that_took_it(
    start: Start, mongo_uri: str, nats_url: str
) -> None:
    worker = start("worker", MONGO_URI=mongo_uri, NATS_URL=nats_url).ready()
    web = start("web", MONGO_URI=mongo_uri).ready()
    eventually(lambda: worker.records("working"))
    here, there = token_of("ann", KEY, sid="here"), token_of("ann", KEY, sid="there")
    assert [status(web, token) for token in (here, there)] == [200, 200]
    session = SessionState(id="here", user_id="ann", version=1)
    tell(nats_url, SessionEnded(id="here-1", occurred_at=utc_now(), session=session))
    eventually(lambda: status(web, here) == 401)
    assert status(web, there) == 200
    user = UserState(id="ann", epoch=1, version=1)
    tell(nats_url, UserSignedOut(id="ann-1", occurred_at=utc_now(), user=user))
    eventually(lambda: status(web, there) == 401)
    assert status(web, token_of("ann", KEY, epoch=1)) == 200
    late = start("web", MONGO_URI=mongo_uri).ready()
    assert [status(late, token) for token in (here, there)] == [401, 401]


def test_a_process_that_outlives_its_database_hears_on(start: Start, own_mongo: OwnMongo) -> None:
    own_mongo.start()
    web = start("web", MONGO_URI=own_mongo.uri).ready()
    token = token_of("ann", KEY, sid="here")
    own_mongo.stop()
    eventually(lambda: web.records("cannot hear of tokens, trying again"))
    assert status(web, token) == 200
    own_mongo.start()
    database = connect(own_mongo.uri)
    session = SessionState(id="here", user_id="ann", version=1)
    ended = SessionEnded(id="here-1", occurred_at=utc_now(), session=session)
    Revocations(database).end_session(ended)
    database.client.close()
    eventually(lambda: status(web, token) == 401)


@pytest.fixture()
def auth() -> Iterator[Auth]:
    auth = Auth()
    yield auth
    auth.stop()


def test_a_process_that_fetches_keys_waits_for_the_first_and_hears_of_the_next(
    start: Start, mongo_uri: str, auth: Auth
) -> None:
    old, new = new_pair(), new_pair()
    web = start("web", MONGO_URI=mongo_uri, JWT_KEY="", JWT_KEYS_URL=auth.url)
    eventually(lambda: "keys" in web.missing())
    auth.publish(old)
    web.ready()
    assert status(web, token_of("ann", old)) == 200
    assert status(web, token_of("ann", new)) == 401
    assert status(web, token_of("ann", KEY)) == 401
    auth.publish(new)
    eventually(lambda: status(web, token_of("ann", new)) == 200)
    assert status(web, token_of("ann", old)) == 401

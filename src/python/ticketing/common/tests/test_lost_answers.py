"""Writes whose answer gets lost on the way: the driver sends them again, and nobody notices."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database
from werkzeug.test import TestResponse

from ticketing.common.storage.mongo import Document, connect
from ticketing.common.testing.idempotency import is_replayed
from ticketing.common.testing.services import client_of
from ticketing.common.tests.lossy import LossyProxy, lossy
from ticketing.common.tests.things_api import build
from ticketing.common.web.idempotency import COLLECTION


@dataclass
class Shop:
    proxy: LossyProxy
    database: Database[Document]
    client: FlaskClient


@pytest.fixture()
def shop(mongo_server: str) -> Iterator[Shop]:
    with lossy(mongo_server, uuid4().hex) as (proxy, uri):
        database = connect(uri)
        yield Shop(proxy, database, client_of(build(database), "ann"))
        database.client.close()


def make(shop: Shop, **headers: str) -> TestResponse:
    return shop.client.post("/things", json={"name": "lamp"}, headers=headers)


def test_an_insert_whose_answer_is_lost_makes_one_thing_and_is_no_conflict(shop: Shop) -> None:
    shop.proxy.lose_answer_to("insert", "things")
    assert make(shop).status_code == 201
    assert shop.proxy.lost == 1
    assert shop.database["things"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("command", "collection"),
    [("insert", COLLECTION), ("insert", "things"), ("update", COLLECTION)],
)
def test_a_key_bears_the_loss_of_any_answer(shop: Shop, command: str, collection: str) -> None:
    shop.proxy.lose_answer_to(command, collection)
    first = make(shop, **{"Idempotency-Key": "once"})
    assert shop.proxy.lost == 1
    assert first.status_code == 201
    assert is_replayed(make(shop, **{"Idempotency-Key": "once"}), first)
    assert shop.database["things"].count_documents({}) == 1


@pytest.mark.parametrize("told", ["", "?w=1&journal=false&retryWrites=false"])
def test_writes_wait_for_a_majoritys_journal_and_are_repeated_whatever_the_uri_says(
    told: str,
) -> None:
    database = connect(f"mongodb://nowhere/things{told}")
    assert database.write_concern.document == {"w": "majority", "j": True}
    assert database["any"].write_concern.document == {"w": "majority", "j": True}
    assert database.client.options.retry_writes is True
    database.client.close()

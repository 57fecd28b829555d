"""How the operator's command finds a platform."""

import gc
import json
from pathlib import Path

import click
import pytest
from pymongo.errors import PyMongoError

from ticketing.local.operator import FILE
from ticketing.ops.platform import Platform

LOCAL = {
    "NATS_URL": "nats://127.0.0.1:1",
    "ORDERS_MONGO_URI": "mongodb://127.0.0.1:2/orders",
    "NATS_CLUSTER_ID": "ticketing",
}


@pytest.fixture()
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(json.dumps(LOCAL))
    return tmp_path


def test_the_local_platform_is_found_with_an_empty_environment(data_dir: Path) -> None:
    platform = Platform.find(data_dir, {"PATH": "/bin"})
    assert platform.env == LOCAL
    assert platform.streams.dead == "TICKETING_DEAD"


def test_a_shells_own_variables_lead_nowhere(data_dir: Path) -> None:
    assert Platform.find(data_dir, {"URL": "http://elsewhere"}).env == LOCAL


def test_an_address_in_the_environment_is_of_another_platform(data_dir: Path) -> None:
    platform = Platform.find(data_dir, {"NATS_URL": "nats://elsewhere:4222"})
    assert platform.env == {"NATS_URL": "nats://elsewhere:4222"}


def test_the_key_of_the_real_stripe_comes_from_the_environment(data_dir: Path) -> None:
    platform = Platform.find(data_dir, {"STRIPE_KEY": "sk_test_mine"})
    assert platform.env == {**LOCAL, "STRIPE_KEY": "sk_test_mine"}


def test_a_platform_with_a_stand_in_is_never_asked_for_with_a_real_key(data_dir: Path) -> None:
    stand_in = {"STRIPE_KEY": "sk_test_local", "STRIPE_API_BASE": "http://127.0.0.1:3"}
    (data_dir / FILE).write_text(json.dumps(LOCAL | stand_in))
    platform = Platform.find(data_dir, {"STRIPE_KEY": "sk_test_mine"})
    assert platform["STRIPE_KEY"] == "sk_test_local"


def test_where_no_platform_runs_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="No platform runs with the data directory"):
        Platform.find(tmp_path, {})


def test_a_missing_variable_is_named(data_dir: Path) -> None:
    platform = Platform.find(data_dir, {})
    with pytest.raises(click.ClickException, match="^TICKETS_MONGO_URI is not set$"):
        platform.service("tickets")
    with pytest.raises(click.ClickException, match="^STRIPE_KEY is not set$"):
        assert platform.stripe


@pytest.mark.filterwarnings("ignore:Unclosed MongoClient:ResourceWarning")
def test_an_address_without_a_database_is_named_as_it_was_given() -> None:
    platform = Platform({"ORDERS_MONGO_URI": "mongodb://127.0.0.1:2"})
    with pytest.raises(click.ClickException, match=": ORDERS_MONGO_URI, with a database name$"):
        platform.service("orders")
    gc.collect()


def test_payments_can_be_looked_at_without_a_key_of_stripe() -> None:
    platform = Platform({"PAYMENTS_MONGO_URI": "mongodb://127.0.0.1:2/payments"})
    assert platform.service("payments").name == "payments"
    platform.close()


def test_a_service_is_put_together_as_its_own_processes_do(data_dir: Path) -> None:
    platform = Platform.find(data_dir, {})
    orders = platform.service("orders")
    assert orders is platform.service("orders")
    assert orders.database is not None
    assert (orders.name, orders.database.name) == ("orders", "orders")
    platform.close()


def test_a_database_out_of_reach_is_not_waited_for(data_dir: Path) -> None:
    platform = Platform.find(data_dir, {})
    with pytest.raises(PyMongoError, match="Timeout: [0-2][.]"):  # seconds; by default it is 5
        platform.database("orders")
    platform.close()

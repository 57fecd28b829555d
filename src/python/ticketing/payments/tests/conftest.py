"""The payments service in memory, with one order to pay."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ticketing.common.testing.queries import scans
from ticketing.common.testing.services import client_of
from ticketing.payments.repository import INDEXES
from ticketing.payments.tests.till import Till


@pytest.fixture()
def till() -> Iterator[Till]:
    """No query of its service may scan."""
    till = Till()
    till.order()
    yield till
    assert scans(till.watched.queries, INDEXES) == []


@pytest.fixture()
def buyer(till: Till) -> FlaskClient:
    return client_of(till.service, "buyer")

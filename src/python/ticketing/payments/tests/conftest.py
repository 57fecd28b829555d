"""The payments service in memory, with one order to pay."""

import pytest
from flask.testing import FlaskClient

from ticketing.common.testing import client_of
from ticketing.payments.tests.till import Till


@pytest.fixture()
def till() -> Till:
    till = Till()
    till.order()
    return till


@pytest.fixture()
def buyer(till: Till) -> FlaskClient:
    return client_of(till.service, "buyer")

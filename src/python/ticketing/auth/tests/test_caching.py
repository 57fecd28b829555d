"""What auth answers is stored nowhere."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/users/currentuser"),
        ("POST", "/api/users/signin"),
        ("POST", "/api/users/renew"),
        ("PUT", "/api/users/email"),
    ],
)
def test_no_answer_about_accounts_is_stored(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method).headers.getlist("Cache-Control") == ["no-store"]

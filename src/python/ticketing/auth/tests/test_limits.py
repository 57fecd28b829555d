"""What is just long enough, or just short enough, is taken."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("email", "password"),
    [("a+b.c@mail.example.co.uk", "\N{EYE}" * 8), ("o'neil@example.com", "a" * 128)],
)
def test_unusual_emails_and_passwords_of_8_to_128_characters_are_taken(
    client: FlaskClient, email: str, password: str
) -> None:
    account = {"email": email, "password": password}
    assert client.post("/api/users/signup", json=account).status_code == 201


def test_a_body_of_64_kib_is_not_too_large(client: FlaskClient) -> None:
    body = b'{"email": "ann", "more": ""}'
    body = body.replace(b'""', b'"' + b"x" * (65_536 - len(body)) + b'"')
    reply = client.post("/api/users/signup", data=body, content_type="application/json")
    assert len(body) == 65_536
    assert reply.status_code == 400

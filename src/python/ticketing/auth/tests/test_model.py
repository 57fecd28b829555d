"""A user as such."""

from ticketing.auth.model import User


def test_signing_up_is_the_first_change_and_tells_nobody() -> None:
    user = User.sign_up(id="u", email="ann@example.com", password_hash="$argon2id$...")
    assert user.version == 0
    assert user.changed
    assert user.events == []

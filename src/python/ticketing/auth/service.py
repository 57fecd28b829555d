"""The use cases of accounts."""

from collections.abc import Callable

from ticketing.auth.model import User
from ticketing.auth.passwords import hash_password
from ticketing.auth.passwords import verify
from ticketing.auth.repository import UserRepository
from ticketing.auth.sessions import Sessions
from ticketing.common.errors import Duplicate
from ticketing.common.errors import Refused


class Accounts:
    """Signing up and signing in; `sessions` are what a user who did so has."""

    def __init__(
        self, users: UserRepository, sessions: Sessions, *, new_id: Callable[[], str]
    ) -> None:
        self._users, self.sessions, self._new_id = users, sessions, new_id

    def sign_up(self, *, email: str, password: str, id: str | None = None) -> User:
        """Under this `id`, if one is given: what an earlier try has made under it is returned."""
        id = id or self._new_id()
        user = User.sign_up(id=id, email=email, password_hash=hash_password(password))
        try:
            self._users.save(user)
        except Duplicate:
            made = self._users.with_email(email)
            if made is None or made.id != id:
                raise Refused("Email in use") from None
            return made
        return user

    def sign_in(self, *, email: str, password: str) -> User:
        """Takes the same time and says the same for an unknown e-mail and a wrong password."""
        user = self._users.with_email(email)
        if not verify(user.password_hash if user else None, password) or user is None:
            raise Refused("Invalid Credentials")
        return user

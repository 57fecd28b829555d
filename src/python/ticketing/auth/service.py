"""The use cases of accounts."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from ticketing.auth.model import EmailInUse, InvalidCredentials, User, WrongPassword
from ticketing.auth.passwords import hash_password, is_outdated, verify
from ticketing.auth.repository import UserRepository
from ticketing.auth.sessions import Sessions
from ticketing.common.core.errors import Conflict, Duplicate, retry_on_conflict


class Accounts:
    """Signing up, signing in and changing what one signs in with; `sessions` are what a user who
    did so has.
    """

    def __init__(
        self,
        users: UserRepository,
        sessions: Sessions,
        *,
        new_id: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._users, self.sessions = users, sessions
        self._new_id, self._clock = new_id, clock

    def sign_up(self, *, email: str, password: str, id: str | None = None) -> User:
        """Under this `id`, if one is given: what an earlier try has made under it is returned."""
        id = id or self._new_id()
        user = User.sign_up(id=id, email=email, password_hash=hash_password(password))
        try:
            self._users.save(user)
        except Duplicate:
            made = self._users.with_email(email)
            if made is None or made.id != id:
                raise EmailInUse from None
            return made
        return user

    def sign_in(self, *, email: str, password: str) -> User:
        """Says the same for an unknown e-mail and a wrong password, and takes the same time; but
        for an account whose hash is outdated, which takes longer until its owner signs in.
        """
        user = self._users.with_email(email)
        if not verify(user.password_hash if user else None, password) or user is None:
            raise InvalidCredentials
        if is_outdated(user.password_hash):
            user.rehash(hash_password(password))
            with suppress(Conflict):  # the next sign-in comes
                self._users.save(user)
        return user

    @retry_on_conflict
    def change_email(self, user_id: str, *, email: str, current_password: str) -> User:
        """The account under another address, with no session; raises WrongPassword, EmailInUse."""
        user = self._proved(user_id, current_password)
        user.change_email(email, self._clock())
        try:
            self._users.save(user)
        except Duplicate:
            raise EmailInUse from None
        return user

    @retry_on_conflict
    def change_password(self, user_id: str, *, password: str, current_password: str) -> User:
        """The account with another password and no session; raises WrongPassword."""
        user = self._proved(user_id, current_password)
        user.change_password(hash_password(password), self._clock())
        self._users.save(user)
        return user

    def _proved(self, user_id: str, password: str) -> User:
        """The user, whose password this is: a session may be somebody else's at an open screen."""
        user = self._users.get(user_id)
        if not verify(user.password_hash, password):
            raise WrongPassword
        return user

"""A user: an e-mail address and the hash of a password; and the sessions in which users sign in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.errors import Refused
from ticketing.common.core.events import SessionEnded, SessionState, UserSignedOut, UserState


class EmailInUse(Refused):
    """Another account has it."""

    sentence = "Email in use"


class InvalidCredentials(Refused):
    """There is no such account, or it has another password: nobody is told which."""

    sentence = "Invalid Credentials"


class WrongPassword(Refused):
    """A change must be proved by the user's own."""

    sentence = "Password is wrong"
    field = "currentPassword"


AT_ONCE = 64
"""Renewals by one refresh token whose answers may all be on their way: tabs that open at once."""
MOURNED = timedelta(days=1)
"""How long a session that has ended is kept at least, for its event to be published."""


@dataclass(kw_only=True)
class User(Aggregate):
    """`email` is unique, in its one form.

    `epoch` counts how often the user has signed out everywhere; sessions of lower ones are over.
    """

    email: str
    password_hash: str
    epoch: int = 0

    @classmethod
    def sign_up(cls, *, id: str, email: str, password_hash: str) -> "User":
        user = cls(id=id, email=email, password_hash=password_hash)
        user.change()
        return user

    def rehash(self, password_hash: str) -> None:
        """Keep the same password in another way."""
        self.password_hash = password_hash
        self.change()

    def change_email(self, email: str, now: datetime) -> None:
        """End every session, too: whoever has one may not be who knows the password."""
        self.email = email
        self.sign_out_everywhere(now)

    def change_password(self, password_hash: str, now: datetime) -> None:
        """End every session, too: the old password may be why it is changed."""
        self.password_hash = password_hash
        self.sign_out_everywhere(now)

    def sign_out_everywhere(self, now: datetime) -> None:
        """End every session there is; all that starts from now on is of the next epoch."""
        self.epoch += 1
        event_id = self.change()
        state = UserState(id=self.id, epoch=self.epoch, version=self.version)
        self.events.append(UserSignedOut(id=event_id, occurred_at=now, user=state))


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """For how long a session lasts unused, and at the most."""

    idle: timedelta
    most: timedelta


@dataclass(kw_only=True)
class Session(Aggregate):
    """What a user who signed in may do until `expires_at`, or `ended`.

    `current` are fingerprints of the refresh tokens that came of `previous`, one for each time that
    this was used. None of them was used yet: the first use makes it `previous`, the others void.
    `csrf` stays the same, so that forms stay good that are open while the session is renewed.
    """

    user_id: str
    epoch: int
    family: str
    csrf: str
    started_at: datetime
    expires_at: datetime
    current: list[str] = field(default_factory=list)
    previous: str | None = None
    ended: bool = False

    @classmethod
    def start(
        cls,
        *,
        id: str,
        user: User,
        family: str,
        refresh: str,
        csrf: str,
        now: datetime,
        lifetimes: Lifetimes,
    ) -> "Session":
        session = cls(
            id=id,
            user_id=user.id,
            epoch=user.epoch,
            family=family,
            csrf=csrf,
            started_at=now,
            expires_at=now + min(lifetimes.idle, lifetimes.most),
            current=[refresh],
        )
        session.change()
        return session

    def is_live(self, user: User, now: datetime) -> bool:
        """Whether it lasts, for this user of it."""
        return not self.ended and now < self.expires_at and self.epoch == user.epoch

    def renew(self, used: str, following: str, now: datetime, lifetimes: Lifetimes) -> bool:
        """Go on with the `following` refresh token after `used`; False ends the session.

        An answer may be lost, and two tabs may ask at once: so a token can be used again until one
        that came of it was used. After that, two parties have it, and one is a thief.
        """
        if used in self.current:
            self.previous, self.current = used, [following]
        elif used == self.previous:
            self.current = [*self.current, following][-AT_ONCE:]
        else:
            self.end(now)
            return False
        self.expires_at = min(now + lifetimes.idle, self.started_at + lifetimes.most)
        self.change()
        return True

    def end(self, now: datetime) -> None:
        """Sign out of it; nothing happens where it has ended."""
        if self.ended:
            return
        self.ended, self.expires_at = True, max(self.expires_at, now + MOURNED)
        event_id = self.change()
        state = SessionState(id=self.id, user_id=self.user_id, version=self.version)
        self.events.append(SessionEnded(id=event_id, occurred_at=now, session=state))

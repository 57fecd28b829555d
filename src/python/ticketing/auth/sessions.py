"""The use cases of sessions: a short access token for every service, and what renews it."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from ticketing.auth.model import Lifetimes, Session, User
from ticketing.auth.repository import SessionRepository, UserRepository
from ticketing.common.core.clock import Clock
from ticketing.common.core.errors import Conflict, Duplicate, NotAuthorized, retry_on_conflict
from ticketing.common.core.logs import logger
from ticketing.common.identity.tokens import Claims

log = logger(__name__)

_in_turn = retry(
    retry=retry_if_exception_type(Conflict),
    wait=wait_random(0, 0.1),
    stop=stop_after_attempt(20),
    reraise=True,
)
"""As `retry_on_conflict`, for as many at once as a browser may have tabs."""


@dataclass(frozen=True, kw_only=True)
class RefreshToken:
    """`<session>.<family>.<secret>`: the family is the session's own secret, by which an old token
    is told from one that never was.
    """

    session_id: str
    family: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        parts = text.split(".")
        if len(parts) != 3 or not all(parts) or not text.isascii():
            return None
        return cls(session_id=parts[0], family=parts[1], secret=parts[2])

    def next(self) -> "RefreshToken":
        """The one that follows it."""
        secret = secrets.token_urlsafe(32)
        return RefreshToken(session_id=self.session_id, family=self.family, secret=secret)

    def __str__(self) -> str:
        return f"{self.session_id}.{self.family}.{self.secret}"


@dataclass(frozen=True, kw_only=True)
class SessionGrant:
    """What a browser gets when a session starts or is renewed: a refresh token, and an access token
    for so long, which says these claims besides.
    """

    user_id: str
    claims: Claims
    lifetime: timedelta
    refresh: str


class Sessions:
    """Starting, renewing and ending them."""

    def __init__(
        self,
        sessions: SessionRepository,
        users: UserRepository,
        *,
        access: timedelta,
        lifetimes: Lifetimes,
        new_id: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._sessions, self._users = sessions, users
        self._access, self._lifetimes = access, lifetimes
        self._new_id, self._clock = new_id, clock

    def start(self, user: User) -> SessionGrant:
        """A new session of this user, who has just proved to be it."""
        family, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        refresh = RefreshToken(session_id=self._new_id(), family=family, secret=secret)
        session = Session.start(
            id=refresh.session_id,
            user=user,
            family=_fingerprint(family),
            refresh=_fingerprint(secret),
            csrf=secrets.token_urlsafe(24),
            now=self._clock(),
            lifetimes=self._lifetimes,
        )
        with suppress(Duplicate):  # the database had taken it, but nobody heard: the id is new
            self._sessions.save(session)
        return self._grant(session, user, refresh)

    def start_first(self, user_id: str) -> SessionGrant | None:
        """A session for who has just signed up; None once the user has changed what a repeated
        request, with all that it knows, may not know.
        """
        user = self._users.get(user_id)
        return self.start(user) if user.epoch == 0 else None

    @_in_turn
    def renew(self, given: str) -> SessionGrant:
        """New tokens for a refresh token; raises NotAuthorized where its session is over, or ends
        because the token was used before.
        """
        refresh, session = self._find(given)
        if refresh is None or session is None:
            raise NotAuthorized
        user, now = self._users.get(session.user_id), self._clock()
        if not session.is_live(user, now):
            raise NotAuthorized
        following = refresh.next()
        used, comes = _fingerprint(refresh.secret), _fingerprint(following.secret)
        renewed = session.renew(used, comes, now, self._lifetimes)
        self._sessions.save(session)
        if not renewed:
            log.warning("a refresh token was used again, its session ends", session=session.id)
            raise NotAuthorized
        return self._grant(session, user, following)

    @_in_turn
    def end(self, session_id: str) -> None:
        """End the session of this id, if there is one."""
        session = self._sessions.find(session_id)
        if session is not None:
            session.end(self._clock())
            self._sessions.save(session)

    def end_by(self, given: str) -> None:
        """End the session that this refresh token, new or old, belongs to."""
        _, session = self._find(given)
        if session is not None:
            self.end(session.id)

    @retry_on_conflict
    def end_all(self, user_id: str) -> None:
        """End every session of this user, here and wherever else."""
        user = self._users.get(user_id)
        user.sign_out_everywhere(self._clock())
        self._users.save(user)

    def _find(self, given: str) -> tuple[RefreshToken | None, Session | None]:
        """None where we never made this token."""
        refresh = RefreshToken.parse(given)
        session = self._sessions.find(refresh.session_id) if refresh else None
        if refresh is None or session is None:
            return None, None
        if not hmac.compare_digest(_fingerprint(refresh.family), session.family):
            return None, None
        return refresh, session

    def _grant(self, session: Session, user: User, refresh: RefreshToken) -> SessionGrant:
        claims = {"sid": session.id, "epoch": session.epoch, "csrf": session.csrf}
        return SessionGrant(
            user_id=user.id,
            claims={"email": user.email, **claims},
            lifetime=self._access,
            refresh=str(refresh),
        )


def _fingerprint(secret: str) -> str:
    """Of a long random secret: a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()

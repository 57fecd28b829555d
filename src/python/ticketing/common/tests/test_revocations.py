"""What was signed out elsewhere: written by the worker, known to the web process a moment later."""

from datetime import timedelta
from typing import Any

import pytest

from ticketing.common.core.clock import utc_now
from ticketing.common.core.events import SessionEnded, SessionState, UserSignedOut, UserState
from ticketing.common.core.settings import Settings, read
from ticketing.common.identity.revocations import COLLECTION, INDEXES, KEPT, OVERLAP, Revocations
from ticketing.common.runtime.service import Service
from ticketing.common.testing.queries import Watched, scans
from ticketing.common.testing.services import TurnedClock, memory_database
from ticketing.common.testing.tokens import claims_of
from ticketing.common.tests.apps import service_of
from ticketing.common.web.routes import Routes


@pytest.fixture()
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture()
def worker(database: Any, clock: TurnedClock) -> Revocations:
    return Revocations(database, clock)


@pytest.fixture()
def web(database: Any, clock: TurnedClock) -> Revocations:
    return Revocations(database, clock)


def ended(session_id: str, clock: TurnedClock) -> SessionEnded:
    session = SessionState(id=session_id, user_id="u", version=1)
    return SessionEnded(id=f"{session_id}-1", occurred_at=clock(), session=session)


def signed_out(user_id: str, epoch: int, clock: TurnedClock) -> UserSignedOut:
    user = UserState(id=user_id, epoch=epoch, version=epoch)
    return UserSignedOut(id=f"{user_id}-{epoch}", occurred_at=clock(), user=user)


def test_a_session_that_ended_is_revoked_alone(
    worker: Revocations, web: Revocations, clock: TurnedClock
) -> None:
    worker.end_session(ended("s1", clock))
    assert not web.is_revoked(claims_of("ann", sid="s1"))
    web.read()
    assert web.is_revoked(claims_of("ann", sid="s1"))
    assert web.is_revoked(claims_of("ann", sid="s1", epoch=5))
    assert not web.is_revoked(claims_of("ann", sid="s2"))


def test_who_signed_out_everywhere_is_revoked_but_for_what_began_later(
    worker: Revocations, web: Revocations, clock: TurnedClock
) -> None:
    worker.sign_out(signed_out("ann", 2, clock))
    web.read()
    assert web.is_revoked(claims_of("ann", epoch=0))
    assert web.is_revoked(claims_of("ann", epoch=1))
    assert not web.is_revoked(claims_of("ann", epoch=2))
    assert not web.is_revoked(claims_of("ben", epoch=0))


@pytest.mark.parametrize("epochs", [(1, 2), (2, 1), (2, 1, 2, 1)])
def test_events_may_come_in_any_order_and_again(
    worker: Revocations, web: Revocations, clock: TurnedClock, epochs: tuple[int, ...]
) -> None:
    for epoch in epochs:
        worker.sign_out(signed_out("ann", epoch, clock))
        web.read()
    assert web.is_revoked(claims_of("ann", epoch=1))
    assert not web.is_revoked(claims_of("ann", epoch=2))


def test_what_comes_later_is_heard_of_later(
    worker: Revocations, web: Revocations, clock: TurnedClock
) -> None:
    for number in range(5):
        clock.advance(OVERLAP.total_seconds() * 2)
        worker.end_session(ended(f"s{number}", clock))
        web.read()
        known = [web.is_revoked(claims_of("ann", sid=f"s{each}")) for each in range(6)]
        assert known == [each <= number for each in range(6)]


def test_a_worker_whose_clock_is_behind_is_heard_all_the_same(
    database: Any, web: Revocations, clock: TurnedClock
) -> None:
    Revocations(database, clock).end_session(ended("s1", clock))
    web.read()
    behind = TurnedClock(clock() - OVERLAP)
    Revocations(database, behind).end_session(ended("s2", behind))
    web.read()
    assert web.is_revoked(claims_of("ann", sid="s2"))


def test_a_worker_whose_clock_is_far_ahead_silences_no_other(
    database: Any, web: Revocations, clock: TurnedClock
) -> None:
    ahead = TurnedClock(clock() + timedelta(minutes=30))
    Revocations(database, ahead).end_session(ended("s1", ahead))
    web.read()
    Revocations(database, clock).end_session(ended("s2", clock))
    web.read()
    assert web.is_revoked(claims_of("ann", sid="s2"))


def test_a_process_that_starts_knows_all_that_still_counts(
    worker: Revocations, database: Any, clock: TurnedClock
) -> None:
    worker.end_session(ended("s1", clock))
    clock.advance(KEPT.total_seconds() - 1)
    web = Revocations(database, clock)
    web.read()
    assert web.is_revoked(claims_of("ann", sid="s1"))


def test_what_no_token_can_be_good_for_is_forgotten(
    worker: Revocations, web: Revocations, clock: TurnedClock
) -> None:
    worker.end_session(ended("s1", clock))
    web.read()
    clock.advance(KEPT.total_seconds() + 1)
    web.read()
    assert not web.is_revoked(claims_of("ann", sid="s1"))
    assert web._heard == {}


def test_a_new_service_does_not_write_down_what_ended_long_ago(
    worker: Revocations, database: Any, clock: TurnedClock
) -> None:
    old = ended("s1", clock)
    clock.advance(KEPT.total_seconds() + 1)
    worker.end_session(old)
    assert database[COLLECTION].count_documents({}) == 0


def test_neither_reading_nor_writing_scans() -> None:
    watched: Any = Watched(memory_database())
    revocations = Revocations(watched)
    revocations.end_session(ended("s1", TurnedClock(utc_now())))
    revocations.read()
    assert [query.operation for query in watched.queries] == ["update_one", "find"]
    assert scans(watched.queries, INDEXES) == []
    assert scans(watched.queries, {}) != []


def test_the_database_drops_what_is_over() -> None:
    [index] = INDEXES[COLLECTION]
    assert index.document["expireAfterSeconds"] == KEPT.total_seconds()


def test_every_service_that_knows_users_keeps_and_hears_of_revocations(database: Any) -> None:
    service = service_of(Routes[None]("none", __name__), database=database)
    service.prepare()
    assert "heardAt_1" in database[COLLECTION].index_information()
    assert set(service.router.subjects) == {"session.ended", "user.signed-out"}


def test_a_service_without_users_hears_what_it_did() -> None:
    given = read(Settings, {})
    service = Service[None](name="announcer", settings=given, use_cases=None)
    assert service.router.subjects == []

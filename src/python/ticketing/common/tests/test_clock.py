"""Times as the platform keeps and shows them."""

from datetime import UTC, datetime, timedelta

from ticketing.common.core.clock import iso, utc_now
from ticketing.common.tests.things import NOON


def test_now_is_utc_in_whole_milliseconds() -> None:
    before, now, after = datetime.now(UTC), utc_now(), datetime.now(UTC)
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) < now <= after


def test_a_time_is_shown_with_milliseconds_and_z() -> None:
    assert iso(NOON) == "2026-01-31T12:00:00.000Z"
    assert iso(NOON.replace(microsecond=45_678)) == "2026-01-31T12:00:00.045Z"

"""What becomes of a message, by what its handler raised and how often it was tried."""

from itertools import pairwise

import pytest
from pymongo.errors import (
    AutoReconnect,
    OperationFailure,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

from ticketing.common.core.errors import Conflict, Duplicate, NotFound, NotYet, Refused, Unavailable
from ticketing.common.messaging.bus import MAX_TRIES, Again, Done, Park, judge


def delays(error: Exception, tries: int) -> list[float]:
    verdicts = [judge(error, number) for number in range(1, tries + 1)]
    return [verdict.delay for verdict in verdicts if isinstance(verdict, Again)]


@pytest.mark.parametrize("error", [NotYet("later"), Conflict("again"), Duplicate("again")])
def test_what_cannot_be_done_yet_is_tried_every_few_seconds_at_first(error: Exception) -> None:
    found = delays(error, MAX_TRIES)
    assert len(found) == MAX_TRIES
    assert found[0] == 0.1
    assert max(found) == found[-1] == 5.0


def test_what_cannot_be_done_yet_for_long_is_tried_every_minute_for_ever() -> None:
    found = delays(NotYet("later"), 2000)
    assert len(found) == 2000
    assert all(later <= earlier * 2 for earlier, later in pairwise(found))
    assert found == sorted(found)
    assert set(found[MAX_TRIES + 4 :]) == {60.0}


@pytest.mark.parametrize("tries", [1, MAX_TRIES])
def test_a_no_of_the_rules_is_an_answer(tries: int) -> None:
    assert judge(Refused("no"), tries) == Done()


def test_what_is_not_found_is_looked_for_again_and_parked_in_the_end() -> None:
    assert len(delays(NotFound(), MAX_TRIES)) == MAX_TRIES - 1
    assert judge(NotFound(), MAX_TRIES) == Park("NotFound: Not Found!")


def test_an_unknown_error_is_tried_with_growing_delays_and_parked_in_the_end() -> None:
    error = KeyError("ticket")
    found = delays(error, MAX_TRIES)
    assert len(found) == MAX_TRIES - 1
    assert all(earlier <= later <= 60 for earlier, later in pairwise(found))
    assert found[0] == 1.0
    assert 300 < sum(found) < 600
    assert judge(error, MAX_TRIES) == Park("KeyError: 'ticket'")


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("Stripe"),
        AutoReconnect("mongo"),
        ServerSelectionTimeoutError("mongo"),
        OperationFailure("the database is shutting down", code=91),
        WTimeoutError("a majority did not answer in time"),
    ],
)
def test_what_is_out_of_reach_is_waited_for_and_never_parked(error: Exception) -> None:
    found = delays(error, 100)
    assert len(found) == 100
    assert max(found) == 60.0

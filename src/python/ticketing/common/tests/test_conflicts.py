"""What happens to a use case that lost a race."""

import pytest

from ticketing.common.core.errors import Conflict, Duplicate, Refused, retry_on_conflict


class Race:
    """A use case that fails with the failures given, one a run, and then succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs = 0

    @retry_on_conflict
    def run(self, answer: str) -> str:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        return answer


def test_a_lost_race_is_run_again() -> None:
    race = Race(Conflict("lost"), Duplicate("lost"))
    assert race.run("won") == "won"
    assert race.runs == 3


def test_the_third_lost_race_is_the_last() -> None:
    race = Race(*[Conflict(f"lost {number}") for number in range(9)])
    with pytest.raises(Conflict, match="lost 2"):
        race.run("won")
    assert race.runs == 3


def test_any_other_failure_comes_out_at_once() -> None:
    race = Race(Refused("no"))
    with pytest.raises(Refused):
        race.run("won")
    assert race.runs == 1

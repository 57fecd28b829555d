"""A session as such: how its refresh tokens follow each other, and when it is over."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.auth.model import AT_ONCE, MOURNED, Lifetimes, Session, User
from ticketing.common.core.events import SessionEnded

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LIFETIMES = Lifetimes(idle=timedelta(days=7), most=timedelta(days=30))
ANN = User(id="ann", email="ann@example.com", password_hash="", epoch=3)


def started() -> Session:
    return Session.start(
        id="s", user=ANN, family="f", refresh="r0", csrf="c", now=NOON, lifetimes=LIFETIMES
    )


def renew(session: Session, used: str, following: str, now: datetime = NOON) -> bool:
    return session.renew(used, following, now, LIFETIMES)


def test_a_session_is_of_its_user_and_epoch() -> None:
    session = started()
    assert (session.user_id, session.epoch, session.version, session.events) == ("ann", 3, 0, [])
    assert session.is_live(ANN, NOON)


def test_every_renewal_gives_another_token() -> None:
    session = started()
    assert renew(session, "r0", "r1")
    assert renew(session, "r1", "r2")
    assert session.csrf == "c"
    assert session.events == []


def test_a_token_can_be_used_again_until_what_came_of_it_was_used() -> None:
    """As by two tabs at once, or where an answer was lost."""
    session = started()
    assert renew(session, "r0", "r1")
    assert renew(session, "r0", "r1b")
    assert renew(session, "r1b", "r2")
    assert not session.ended


def test_a_token_that_is_used_after_what_came_of_it_ends_the_session() -> None:
    session = started()
    renew(session, "r0", "r1")
    renew(session, "r1", "r2")
    assert not renew(session, "r0", "r3")
    assert session.ended
    assert not session.is_live(ANN, NOON)


def test_of_two_tokens_that_came_of_one_only_one_can_be_used() -> None:
    session = started()
    renew(session, "r0", "r1")
    renew(session, "r0", "r1b")
    renew(session, "r1", "r2")
    assert not renew(session, "r1b", "r3")
    assert session.ended


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=30))
def test_a_browser_with_tabs_and_a_bad_line_stays_signed_in(acts: list[tuple[bool, int]]) -> None:
    """It asks with the token that it has, some times at once; it keeps what comes last, or none."""
    session, held, number = started(), "r0", 0
    for is_heard, tabs in acts:
        asked = held
        for _ in range(tabs):
            number += 1
            assert renew(session, asked, f"r{number}")
            held = f"r{number}" if is_heard else held
    assert not session.ended


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 5), st.lists(st.booleans(), min_size=3, max_size=30))
def test_a_thief_and_the_owner_cannot_both_go_on(stolen_at: int, turns: list[bool]) -> None:
    """Both have the same token and use what they get of it, in any order."""
    session, number = started(), 0
    held = {True: "r0", False: "r0"}

    def go_on(who: bool) -> None:
        nonlocal number
        number += 1
        if renew(session, held[who], f"r{number}"):
            held[who] = f"r{number}"

    for _ in range(stolen_at):
        go_on(True)
    held[False] = held[True]
    for turn in [*turns, True, False, True, False]:
        go_on(turn)
    assert session.ended


def test_the_tokens_that_are_kept_do_not_grow_without_end() -> None:
    session = started()
    for number in range(AT_ONCE * 2):
        assert renew(session, "r0", f"r{number + 1}")
    assert len(session.current) == AT_ONCE


def test_a_session_lasts_a_week_after_its_last_use() -> None:
    session = started()
    assert session.is_live(ANN, NOON + timedelta(days=7, seconds=-1))
    assert not session.is_live(ANN, NOON + timedelta(days=7))
    renew(session, "r0", "r1", NOON + timedelta(days=6))
    assert session.is_live(ANN, NOON + timedelta(days=12))


def test_a_session_ends_after_a_month_however_much_it_is_used() -> None:
    session = started()
    for day in range(30):
        assert session.is_live(ANN, NOON + timedelta(days=day))
        renew(session, f"r{day}", f"r{day + 1}", NOON + timedelta(days=day))
    assert session.expires_at == NOON + timedelta(days=30)
    assert not session.is_live(ANN, NOON + timedelta(days=30))


def test_a_session_of_a_lower_epoch_is_over() -> None:
    session = started()
    later = User(id="ann", email="ann@example.com", password_hash="", epoch=4)
    assert not session.is_live(later, NOON)


def test_ending_a_session_is_told_once() -> None:
    session = started()
    session.end(NOON)
    session.end(NOON)
    [event] = session.events
    assert isinstance(event, SessionEnded)
    assert (event.session.id, event.session.user_id) == ("s", "ann")
    assert (session.version, event.id, event.occurred_at) == (1, "s-1", NOON)


def test_a_session_that_ends_in_its_last_second_is_kept_until_all_have_heard() -> None:
    session = started()
    now = session.expires_at - timedelta(seconds=1)
    session.end(now)
    assert session.expires_at == now + MOURNED

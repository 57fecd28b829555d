"""The same seed means the same faults and the same choices; another seed means others."""

from itertools import islice

from ticketing.faults import plans
from ticketing.faults.schedule import OF_A_PROCESS, Fault, Kind, Round, rounds

PROCESSES = [
    "auth-web",
    "gateway",
    "mongo",
    "nats",
    "orders-worker",
    "orders-worker-2",
    "redis",
    "auth-worker",
]


def first(count: int, seed: int = 1, processes: list[str] = PROCESSES) -> list[Round]:
    return list(islice(rounds(seed, processes), count))


def faults_of(drawn: list[Round]) -> list[Fault]:
    return [fault for each in drawn for fault in each.faults]


def test_a_seed_gives_the_same_faults_again() -> None:
    assert first(200) == first(200)


def test_the_order_in_which_processes_are_listed_does_not_matter() -> None:
    assert first(200) == first(200, processes=PROCESSES[::-1])


def test_another_seed_gives_other_faults() -> None:
    assert first(20) != first(20, seed=2)


def test_every_kind_comes_once_before_any_comes_again() -> None:
    for seed in range(20):
        kinds = [fault.kind for fault in faults_of(first(20, seed))][: len(Kind)]
        assert sorted(kinds) == sorted(Kind)


def test_every_process_is_killed_frozen_and_restarted_in_turn() -> None:
    drawn = faults_of(first(120))
    for kind in OF_A_PROCESS:
        assert {fault.target for fault in drawn if fault.kind is kind} == set(PROCESSES)
    stalled = {fault.target for fault in drawn if fault.kind is Kind.STALL}
    assert stalled == {"auth", "orders"}


def test_faults_come_alone_and_together() -> None:
    assert {len(each.faults) for each in first(100)} == {1, 2, 3}


def test_faults_have_what_their_kind_needs() -> None:
    for fault in faults_of(first(300)):
        lasting = fault.kind in (Kind.FREEZE, Kind.STALL) or fault.kind.name[:6] in (
            "STRIPE",
            "WEBHOO",
        )
        assert (fault.seconds > 0) == lasting, fault
        aimed = fault.kind in (*OF_A_PROCESS, Kind.STALL)
        assert (fault.target != "") == aimed, fault
        assert 0 <= fault.place <= 1


def test_some_freezes_outlast_the_time_after_which_a_message_is_anothers() -> None:
    freezes = [fault.seconds for fault in faults_of(first(600)) if fault.kind is Kind.FREEZE]
    assert any(seconds > 10 for seconds in freezes)
    assert sum(seconds < 6 for seconds in freezes) > len(freezes) / 2


def test_a_visit_is_the_same_again_whatever_came_before() -> None:
    assert plans.purchase(7, 3, 12) == plans.purchase(7, 3, 12)
    assert plans.sale(7, 3, 12) == plans.sale(7, 3, 12)


def test_visits_buyers_and_seeds_differ() -> None:
    visits = [(7, 3, 12), (8, 3, 12), (7, 4, 12), (7, 3, 13)]
    assert len({plans.purchase(*visit) for visit in visits}) == len(visits)
    assert len({plans.sale(*visit) for visit in visits}) == len(visits)


def test_buyers_do_all_that_buyers_do() -> None:
    visits = [plans.purchase(1, buyer, visit) for buyer in range(10) for visit in range(40)]
    assert {visit.answer for visit in visits} == {"succeed", "fail", None}
    assert {visit.repeats for visit in visits} == {0, 1, 2}
    assert {visit.keyed for visit in visits} == {True, False}
    assert {visit.cancels for visit in visits} == {True, False}
    assert {len(visit.cards) for visit in visits} == {1, 2}
    first_cards = {visit.cards[0] for visit in visits}
    assert first_cards == {*plans.GOOD, *plans.DECLINED, *plans.ASKS_BUYER}
    assert any(visit.hesitation > 6 for visit in visits), "somebody pays late"


def test_sellers_do_all_that_sellers_do() -> None:
    visits = [plans.sale(1, seller, visit) for seller in range(5) for visit in range(60)]
    assert {visit.withdraws for visit in visits} == {True, False}
    assert {visit.relists for visit in visits} == {True, False}
    assert any(visit.new_price for visit in visits)
    assert all(0.5 <= visit.price < 1000 for visit in visits)
    assert not any(visit.relists and not visit.withdraws for visit in visits)

"""What reads cost: work that is shared, and means that are learnt."""

import pytest

from app.web.limits.read_costs import KEPT_MAX, MeasuredCosts, WorkClock


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_read_alone_costs_the_time_it_takes() -> None:
    clock = Clock()
    work = WorkClock(clock)
    clock.now = 7
    mark = work.begin()
    clock.now = 9
    assert work.end(mark) == pytest.approx(2)
    clock.now = 100
    mark = work.begin()
    clock.now = 101
    assert work.end(mark) == pytest.approx(1)


def test_reads_at_the_same_time_share_it_and_none_pays_for_the_crowd() -> None:
    clock = Clock()
    work = WorkClock(clock)
    long = work.begin()
    clock.now = 1
    shorts = [work.begin() for _ in range(3)]
    clock.now = 3
    costs = [work.end(mark) for mark in shorts]
    clock.now = 4
    costs.append(work.end(long))
    assert costs == pytest.approx([0.5, 0.5, 0.5, 2.5])
    assert sum(costs) == pytest.approx(4)


def test_what_an_address_cost_is_remembered_and_of_a_new_one_nothing_is_known() -> None:
    costs = MeasuredCosts()
    costs.note("/trends?", 0.1)
    costs.note("/trends?by=model", 2)
    assert costs.mean_s("/trends?") == pytest.approx(0.1)
    assert costs.mean_s("/trends?by=model") == pytest.approx(2)
    assert costs.mean_s("/trends?by=model&top=50") is None


def test_a_mean_follows_what_is_measured_now() -> None:
    costs = MeasuredCosts()
    costs.note("/?", 3)
    for _ in range(20):
        costs.note("/?", 0.1)
    assert costs.mean_s("/?") == pytest.approx(0.1, rel=0.1)


def test_many_dear_reads_leave_what_is_typical() -> None:
    costs = MeasuredCosts()
    assert costs.typical_s == 0
    for number in range(30):
        costs.note("/?", 9 if number % 3 else 0.1)
        costs.note("/sources?", 0.1)
    assert costs.typical_s == pytest.approx(0.1)


def test_no_more_is_kept_however_many_addresses_are_made_up() -> None:
    costs = MeasuredCosts()
    for number in range(KEPT_MAX + 50):
        costs.note(f"/trends?from={number}", 0.2)
        costs.note("/?", 0.1)
    assert len(costs.means) == KEPT_MAX
    assert costs.mean_s("/?") == pytest.approx(0.1)
    assert costs.mean_s("/trends?from=0") is None

"""The next figures of a source: which month's, until when, and since when they are late."""

from datetime import date

import pytest

from app.domain.sources.cadence import NextFigures, is_off_cycle, next_figures
from app.domain.sources.source_terms import Cadence

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("settled", "cadence", "days", "expected"),
    [
        (True, Cadence.MONTHLY, 3, NextFigures(OCTOBER, date(2026, 11, 3))),
        (False, Cadence.MONTHLY, 3, NextFigures(SEPTEMBER, date(2026, 10, 3), 1, final_only=True)),
        (True, Cadence.MONTHLY, None, NextFigures(OCTOBER, date(2026, 10, 31))),
        (True, Cadence.QUARTERLY, 20, NextFigures(date(2026, 12, 1), date(2027, 1, 20), 3)),
        (True, Cadence.YEARLY, 0, NextFigures(date(2027, 9, 1), date(2027, 9, 30), 12)),
        (True, Cadence.ONCE, None, None),
        (True, Cadence.IRREGULAR, 3, None),
        (True, None, 3, None),
    ],
)
def test_the_next_figures_follow_from_cadence_and_delay(
    settled: bool, cadence: Cadence | None, days: int | None, expected: NextFigures | None
) -> None:
    assert next_figures(SEPTEMBER, settled, cadence, days) == expected


def test_figures_are_late_from_the_day_after_they_were_due() -> None:
    coming = NextFigures(OCTOBER, date(2026, 11, 3))
    assert coming.late_since(date(2026, 11, 3)) is None
    assert coming.late_since(date(2026, 11, 4)) == date(2026, 11, 4)
    assert coming.late_since(date(2027, 1, 1)) == date(2026, 11, 4)


def test_a_later_month_is_due_as_long_after_its_end() -> None:
    coming = NextFigures(date(2026, 1, 1), date(2026, 2, 3))
    assert coming.for_month(date(2026, 2, 1)).due == date(2026, 3, 3)


def test_a_quarterly_source_leaves_out_two_months_of_three() -> None:
    covered = [date(2025, 3, 1), date(2025, 9, 1)]
    off = [n for n in range(1, 13) if is_off_cycle(date(2025, n, 1), covered, Cadence.QUARTERLY)]
    assert off == [1, 2, 4, 5, 7, 8, 10, 11]
    assert not is_off_cycle(date(2025, 4, 1), covered, Cadence.MONTHLY)
    assert not is_off_cycle(date(2025, 4, 1), covered, None)
    assert not is_off_cycle(date(2025, 4, 1), [], Cadence.QUARTERLY)


def test_every_month_that_is_due_is_outstanding() -> None:
    coming = NextFigures(date(2026, 8, 1), date(2026, 9, 3))
    assert [coming.late_months(date(2026, month, 10)) for month in (8, 9, 10, 11)] == [0, 1, 2, 3]
    quarter = NextFigures(date(2026, 3, 1), date(2026, 4, 20), 3)
    assert quarter.late_months(date(2026, 11, 1)) == 3

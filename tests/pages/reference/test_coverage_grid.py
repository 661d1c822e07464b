"""The grid of months: what a cell without figures means, and what one with figures lacks."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.snapshot import DaysCovered
from app.domain.sources.cadence import NextFigures
from app.domain.sources.source_terms import Cadence
from app.domain.vocabulary import Status
from app.pages.reference.coverage_grid import Gap, count_cells, coverage_grid
from app.queries.coverage import CoveredMonth
from tests.answers import source

TODAY = date(2026, 11, 30)
COMING = NextFigures(date(2026, 9, 1), date(2026, 10, 3))


def covered(month: date, days: DaysCovered | None = None) -> CoveredMonth:
    return CoveredMonth("gateway", month, Status.FINAL, True, 1, Decimal(100), 1, days)


MONTHS = [covered(date(2026, 5, 1)), covered(date(2026, 6, 1)), covered(date(2026, 8, 1))]


def gaps(coming: NextFigures | None, today: date | None) -> dict[int, Gap | None]:
    (year,) = coverage_grid(source(cadence=Cadence.MONTHLY), MONTHS, coming, today)
    return {cell.month.month: cell.gap for cell in year.months}


def test_late_running_future_and_missing_months_are_told_apart() -> None:
    assert gaps(COMING, TODAY) == {
        **dict.fromkeys((1, 2, 3, 4), Gap.NOT_COVERED),
        **dict.fromkeys((5, 6, 8)),
        7: Gap.MISSING,
        9: Gap.LATE,
        10: Gap.LATE,
        11: Gap.RUNNING,
        12: Gap.FUTURE,
    }


@pytest.mark.parametrize(("coming", "today"), [(None, TODAY), (None, None), (COMING, None)])
def test_where_nothing_is_known_to_come_nothing_is_late(
    coming: NextFigures | None, today: date | None
) -> None:
    known = gaps(coming, today)
    assert {known[month] for month in (9, 10, 11, 12)} == {Gap.NOT_COVERED}
    assert known[7] is Gap.MISSING


def test_a_grid_reaches_to_the_running_year_where_figures_are_to_come() -> None:
    past = [covered(date(2024, 12, 1))]
    coming = NextFigures(date(2025, 1, 1), date(2025, 2, 3))
    grid = coverage_grid(source(cadence=Cadence.MONTHLY), past, coming, TODAY)
    assert [row.year for row in grid] == [2024, 2025, 2026]
    assert count_cells(grid)[Gap.LATE] == 22
    assert [row.year for row in coverage_grid(source(), past, None, TODAY)] == [2024]


def test_a_month_of_which_days_are_lacking_is_partial() -> None:
    june = date(2026, 6, 1)
    some = covered(june, DaysCovered(june, date(2026, 6, 30), 29))
    whole = covered(date(2026, 5, 1), DaysCovered(date(2026, 5, 1), date(2026, 5, 31), 31))
    (year,) = coverage_grid(source(), [whole, some], None, None)
    assert [cell.month.month for cell in year.months if cell.partial] == [6]
    assert count_cells([year])["partial"] == 1


def test_a_quarterly_source_misses_nothing_between_its_quarters() -> None:
    quarters = [covered(date(2026, 3, 1)), covered(date(2026, 9, 1))]
    (year,) = coverage_grid(source(cadence=Cadence.QUARTERLY), quarters, None, None)
    missing = [cell.month.month for cell in year.months if cell.gap is Gap.MISSING]
    assert missing == [6]


def test_a_source_without_figures_has_no_grid() -> None:
    assert coverage_grid(source(), [], COMING, TODAY) == []

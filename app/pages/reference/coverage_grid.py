"""The grid of a source's months: which have figures, and why the others have none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.answer import SourceDefinition
from app.domain.sources.cadence import NextFigures, is_off_cycle
from app.domain.sources.source_terms import Cadence
from app.queries.coverage import CoveredMonth

MONTHS: Final = range(1, 13)


class Gap(StrEnum):
    """Why a month has no figures."""

    NOT_COVERED = "not covered"
    MISSING = "missing"
    LATE = "late"
    RUNNING = "running"
    FUTURE = "future"


GAP_MEANINGS: Final = {
    Gap.MISSING: "between months that have figures. Missing is not zero",
    Gap.LATE: "expected by now",
    Gap.RUNNING: "not over, or not expected yet",
    Gap.FUTURE: "still to come",
    Gap.NOT_COVERED: "the source does not speak of it",
}


@dataclass(frozen=True, slots=True)
class GridMonth:
    """A month of the grid: what is known of it, or why nothing is; one of the two is None."""

    month: date
    covered: CoveredMonth | None
    gap: Gap | None

    @property
    def partial(self) -> bool:
        """Whether the figures are of some days of the month only."""
        days = self.covered.days if self.covered else None
        return days is not None and not days.whole


@dataclass(frozen=True, slots=True)
class CoverageYear:
    """A row of the grid: the twelve months of a year."""

    year: int
    months: tuple[GridMonth, ...]


def coverage_grid(
    source: SourceDefinition,
    covered: Sequence[CoveredMonth],
    coming: NextFigures | None,
    today: date | None,
) -> list[CoverageYear]:
    """Return a row for each year from the first with figures to the last, or to the running one.

    `covered` are the months of the source, in order; `coming` are its next figures. Without
    `today`, as at a past vintage, nothing is late, running or future.
    """
    if not covered:
        return []
    grid = _Grid(source.cadence, {item.month: item for item in covered}, coming, today)
    last = covered[-1].month.year
    years = range(covered[0].month.year, max(last, today.year if coming and today else last) + 1)
    return [
        CoverageYear(year, tuple(grid.month(date(year, number, 1)) for number in MONTHS))
        for year in years
    ]


@dataclass(frozen=True, slots=True)
class _Grid:
    """What decides on the months of a grid; `covered` are those with figures, not none."""

    cadence: Cadence | None
    covered: Mapping[date, CoveredMonth]
    coming: NextFigures | None
    today: date | None

    def month(self, month: date) -> GridMonth:
        known = self.covered.get(month)
        return GridMonth(month, known, None if known else self._gap(month))

    def _gap(self, month: date) -> Gap:
        if month < min(self.covered) or is_off_cycle(month, self.covered, self.cadence):
            return Gap.NOT_COVERED
        if month < max(self.covered):
            return Gap.MISSING
        if self.coming is None or self.today is None:
            return Gap.NOT_COVERED
        if month > self.today:
            return Gap.FUTURE
        late = self.coming.for_month(month).late_since(self.today)
        return Gap.LATE if late else Gap.RUNNING


def count_cells(grid: Sequence[CoverageYear]) -> Counter[str]:
    """Return how many months have each status or gap, and under `partial` how many are partial."""
    months = [item for row in grid for item in row.months]
    counts = Counter(item.covered.status if item.covered else item.gap for item in months)
    return Counter({str(key): count for key, count in counts.items()}) + Counter(
        {"partial": sum(item.partial for item in months)}
    )

"""When the next figures of a source are due: its cadence, and how long after a month they come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.domain.calendar import add_months, last_day_of
from app.domain.sources.source_terms import Cadence

MONTHS_BETWEEN: Final = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}
"""Months from one figure to the next, of those cadences that have a next."""


@dataclass(frozen=True, slots=True)
class NextFigures:
    """The next figures of a source: those of `month`, expected until the day `due`.

    After them come others every `between` months. `final_only`: the month has figures already that
    are not settled.
    """

    month: date
    due: date
    between: int = 1
    final_only: bool = False

    def for_month(self, month: date) -> "NextFigures":
        """Return the figures of another month, which are due as long after its end as these."""
        due = last_day_of(month) + (self.due - last_day_of(self.month))
        return NextFigures(month, due, self.between)

    def late_months(self, today: date) -> int:
        """Return how many months are late by that day, this one among them."""
        count, later = 0, self
        while later.late_since(today):
            count += 1
            later = self.for_month(add_months(later.month, self.between))
        return count

    def late_since(self, today: date) -> date | None:
        """Return the day from which they are late; None where they are not."""
        return self.due + timedelta(days=1) if today > self.due else None


def next_figures(
    last: date, settled: bool, cadence: Cadence | None, publishes_after_days: int | None
) -> NextFigures | None:
    """Return the figures that come next after those of the month `last`.

    Where that is not settled, its own final figures come next. None where no more are to come, or
    nobody knows when. Without `publishes_after_days` they are due when their month ends.
    """
    between = months_between_figures(cadence)
    if between is None:
        return None
    month = add_months(last, between) if settled else last
    due = last_day_of(month) + timedelta(days=publishes_after_days or 0)
    return NextFigures(month, due, between, final_only=not settled)


def months_between_figures(cadence: Cadence | None) -> int | None:
    """Return the months from one figure to the next; None where that is not known or never."""
    return MONTHS_BETWEEN.get(cadence) if cadence else None


def is_off_cycle(month: date, covered: Collection[date], cadence: Cadence | None) -> bool:
    """Return whether a source has no figures of a month because none are published of it.

    `covered` are the months it has figures of: a quarterly one skips the two between each pair.
    """
    between = months_between_figures(cadence) or 1
    if between == 1 or not covered or month in covered:
        return False
    return all((_number(month) - _number(known)) % between for known in covered)


def _number(month: date) -> int:
    return month.year * 12 + month.month

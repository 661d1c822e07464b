"""When the next figures of a source are due: its cadence, and how long after a month they come."""

from datetime import date, timedelta
from typing import Final

from app.domain.calendar import add_months
from app.domain.source_terms import Cadence

MONTHS_BETWEEN: Final = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}
"""Months from one figure to the next, of those cadences that have a next."""


def next_month_due(last: date, cadence: Cadence | None) -> date | None:
    """Return the month whose figures come next after those of `last`.

    None where none are to come, or nobody knows when.
    """
    between = MONTHS_BETWEEN.get(cadence) if cadence else None
    return None if between is None else add_months(last, between)


def day_due(month: date, publishes_after_days: int | None) -> date:
    """Return the day by which the figures of a month are expected; None of days counts as 0."""
    return add_months(month, 1) - timedelta(days=1) + timedelta(days=publishes_after_days or 0)


def late_since(due: date, today: date) -> date | None:
    """Return the day from which figures due on `due` are late; None while they are not."""
    return due + timedelta(days=1) if today > due else None

"""Figures of the thirty days before they are read: the month that they stand under, and how sure.

Such a publisher has no past: what was not read on the first days of a month cannot be had later.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.calendar import add_months
from app.domain.vocabulary import Status
from app.ingest.fetchers.fetcher import Fetcher, Reading
from app.ingest.fetchers.months import FetchedMonth
from app.ingest.fetchers.rows import RowCells

LAST_DAY_OF_MONTH_BEFORE: Final = 3
"""Up to which day of a month thirty days count for the month before, which most of them are of."""


def trailing_month(day: date) -> tuple[date, Status]:
    """Return the month that what is read on a day stands under, and whether that is settled."""
    month = day.replace(day=1)
    if day.day <= LAST_DAY_OF_MONTH_BEFORE:
        return add_months(month, -1), Status.FINAL
    return month, Status.PROVISIONAL


def sum_trailing(fetcher: Fetcher, reading: Reading, today: date) -> list[FetchedMonth]:
    """Return the month that figures read today stand under, by source; none without a row."""
    month, status = trailing_month(today)
    totals: dict[str, dict[RowCells, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for answer in reading.answers:
        for row in answer.rows:
            totals[row.cells.source][row.cells] += row.value
    newest = reading.as_of or today
    return [
        FetchedMonth(source, month, None, newest, status, totals[source])
        for source in fetcher.sources
        if source in totals
    ]

"""Days to months: what a publisher's rows add up to, of which days, and whether that is settled."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.calendar import days_in, format_month, last_day_of, months_between
from app.domain.errors import PublisherError
from app.domain.snapshot import DaysCovered
from app.domain.sources.source_terms import Statistic
from app.domain.vocabulary import Status
from app.ingest.fetchers.fetcher import Fetcher, Period, Reading
from app.ingest.fetchers.rows import PublisherRow, RowCells

SETTLED_AFTER: Final = timedelta(days=3)
"""How long after its end a month is final: measured of OpenRouter, which restates no later day."""
LATE_AFTER: Final = timedelta(days=3)
"""How far the newest day may be behind yesterday."""
SHARE_DIGITS: Final = Decimal("0.0001")
"""To which part of a percent the mean of shares is rounded: that of the shares themselves."""


@dataclass(frozen=True, slots=True)
class FetchedMonth:
    """What a publisher says about one source in one month, by the cells of the upload file.

    `covered` is None where a figure is not of the month's days; `newest_day` is the last day that
    the figures are of.
    """

    source: str
    month: date
    covered: DaysCovered | None
    newest_day: date
    status: Status
    totals: Mapping[RowCells, Decimal]


def sum_months(
    fetcher: Fetcher, reading: Reading, period: Period, *, stale_ok: bool = False
) -> list[FetchedMonth]:
    """Return each month of the period that the answers have, by source and month.

    Raises PublisherError where a month's newest day is further behind than LATE_AFTER, and it is
    not whole; with `stale_ok` such a month is provisional, or left out where it has no day at all.
    """
    rows = rows_by_month(reading)
    first = period.first or min((month for _, month in rows), default=period.last)
    months: list[FetchedMonth] = []
    for source in fetcher.sources:
        for month in months_between(first, period.last):
            by_day = rows.get((source, month), {})
            whole = not _missing_days(month, by_day, fetcher)
            if not whole and not stale_ok:
                _refuse_stale(fetcher, month, by_day, period.today)
            if by_day:
                settled = whole and period.today >= last_day_of(month) + SETTLED_AFTER
                status = Status.FINAL if settled else Status.PROVISIONAL
                covered = DaysCovered(min(by_day), max(by_day), len(by_day))
                totals = _totals(by_day, fetcher.statistic)
                months.append(
                    FetchedMonth(source, month, covered, covered.last_day, status, totals)
                )
    return months


RowsByDay = dict[date, list[PublisherRow]]


def rows_by_month(reading: Reading) -> dict[tuple[str, date], RowsByDay]:
    """Return the rows by source and month, and day; of each day those of the newest answer."""
    months: dict[tuple[str, date], RowsByDay] = defaultdict(dict)
    for answer in reading.answers:
        days: dict[tuple[str, date], list[PublisherRow]] = defaultdict(list)
        for row in answer.rows:
            days[row.cells.source, row.day].append(row)
        for (source, day), rows in days.items():
            months[source, day.replace(day=1)][day] = rows
    return months


def _missing_days(month: date, by_day: RowsByDay, fetcher: Fetcher) -> set[date]:
    days = {month + timedelta(days=count) for count in range(days_in(month))}
    return days - by_day.keys() - set(fetcher.never_published)


def _refuse_stale(fetcher: Fetcher, month: date, by_day: RowsByDay, today: date) -> None:
    expected = min(last_day_of(month), today - timedelta(days=1))
    newest = max(by_day, default=None)
    if expected < month or (newest and newest >= expected - LATE_AFTER):
        return
    # A month whose first days have only just begun may have none yet.
    if newest is None and expected - LATE_AFTER < month:
        return
    has = f"the newest day is {newest}" if newest else "there is no day at all"
    title = f"{fetcher.title}’s figures of {format_month(month)} are too old: {has}"
    hint = (
        f"Expected up to {expected}, or at most {LATE_AFTER.days} days less. Ask again later; ask"
        f" for earlier months with --to; or take them as provisional with --stale-ok."
    )
    raise PublisherError(title, hint)


def _totals(by_day: RowsByDay, statistic: Statistic) -> dict[RowCells, Decimal]:
    totals: dict[RowCells, Decimal] = defaultdict(Decimal)
    for rows in by_day.values():
        for row in rows:
            totals[row.cells] += row.value
    if statistic is not Statistic.MEAN:
        return totals
    # A name that is not among a day's has no share of that day.
    count = len(by_day)
    means = {cells: (total / count).quantize(SHARE_DIGITS) for cells, total in totals.items()}
    return {cells: mean for cells, mean in means.items() if mean}

"""The notice of months that are written as their first day, which may be that day alone."""

from collections.abc import Collection, Mapping
from datetime import date

from app.domain.calendar import format_month
from app.domain.snapshot import SnapshotKey
from app.ingest.rules.checked import Notice
from app.ingest.rules.days import DaysOfMonths
from app.ingest.rules.totals import MonthTotals


def day_notice(
    first_days: Collection[date], totals: Mapping[SnapshotKey, MonthTotals], days: DaysOfMonths
) -> Notice | None:
    """Return one notice of these months; None without any whose days the file does not say."""
    lines: dict[date, int] = {}
    for key, month in totals.items():
        if key[1] in first_days and days.of(key) is None:
            lines[key[1]] = min(month.first_line, lines.get(key[1], month.first_line))
    if not lines:
        return None
    first, last = min(lines), max(lines)
    text = f"{first} is read as all of {first:%B %Y}"
    if first != last:
        text += f", and so are {len(lines) - 1:,} more, up to {format_month(last)}"
    text += "; if it is that day alone, add up the days of the month first, or say which days"
    return Notice("day_as_month", lines[first], f"{text} it covers in first_day, last_day and days")

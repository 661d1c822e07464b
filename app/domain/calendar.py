"""Months, held as the date of their first day, and instants in UTC."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


def parse_month(text: str) -> date | None:
    """`YYYY-MM` as its first day; None for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    return date(year, month, 1) if year and 1 <= month <= 12 else None


def format_month(month: date) -> str:
    """`YYYY-MM`."""
    return f"{month:%Y-%m}" if month.year >= 1000 else f"{month.year:04}-{month.month:02}"


def this_month() -> date:
    """The running month in UTC."""
    return datetime.now(UTC).date().replace(day=1)


def add_months(month: date, count: int) -> date:
    """`count` months later, or earlier where it is negative."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def days_in(month: date) -> int:
    return (add_months(month, 1) - month).days


def months_between(first: date, last: date) -> Iterator[date]:
    """Every month from `first` to `last`, both included."""
    while first <= last:
        yield first
        first = add_months(first, 1)


_NAMED = re.compile(
    r"(?:([a-z]{3,9})\.?[ /-]?([0-9]{4}|[0-9]{2})|([0-9]{4})[ /-]?([a-z]{3,9})\.?)", re.ASCII
)
_NAMES = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBERED = (
    re.compile(
        r"(?P<year>[0-9]{4})[-/. ]?(?P<month>[0-9]{2})(?:[-/. ]?[0-9]{2}(?:[T ].*)?)?", re.ASCII
    ),
    re.compile(r"(?P<year>[0-9]{4})[-/. ](?P<month>[0-9])(?:[-/. ][0-9]{1,2})?", re.ASCII),
    re.compile(r"(?P<month>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})", re.ASCII),
)
_SERIAL = re.compile(r"[34][0-9]{4}", re.ASCII)


def guess_month(text: str) -> date | None:
    """The month that `2025/08`, `Aug 2025` or `45870` means: for suggestions only."""
    if len(text) > 40:
        return None
    if _SERIAL.fullmatch(text):  # a spreadsheet's day number, counted from 1899-12-30
        return (date(1899, 12, 30) + timedelta(days=int(text))).replace(day=1)
    if (match := _NAMED.fullmatch(text.casefold())) is not None:
        name, year = match[1] or match[4], match[2] or match[3]
        index = next((i for i, full in enumerate(_NAMES, 1) if name in (full, full[:3])), 0)
        return parse_month(f"{year if len(year) == 4 else '20' + year}-{index:02}")
    matches = (pattern.fullmatch(text) for pattern in _NUMBERED)
    match = next((match for match in matches if match), None)
    return parse_month(f"{match['year']}-{int(match['month']):02}") if match else None


# What citations tell to the minute is to be found by the minute.
END_OF_MINUTE: Final = timedelta(minutes=1, microseconds=-1)


def format_instant(instant: datetime) -> str:
    """ISO 8601 in UTC with a Z; microseconds only where there are any."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_instant(text: str) -> datetime | None:
    """A date means the end of that day, a minute its end. Without an offset it is read as UTC."""
    # Week dates and dates without hyphens are ISO 8601 too, but say the day less plainly.
    if not text.isascii() or len(text) > 35 or "W" in text or text[4:5] != "-":
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        # A "+" in a query string arrives as a space.
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if re.match(r"[0-9-]{10}.[0-9]{2}:[0-9]{2}(?!:)", text):
            instant += END_OF_MINUTE
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_future(instant: datetime) -> bool:
    """Later than now; today as a date and this minute are not, although their ends are."""
    now = datetime.now(UTC)
    end_of_today = datetime.combine(now.date(), time.max, UTC)
    end_of_minute = now.replace(second=0, microsecond=0) + END_OF_MINUTE
    return instant > now and instant not in {end_of_today, end_of_minute}


def is_settled(instant: datetime | None) -> bool:
    """True where what stood at `instant` can no longer change: publishing takes under a minute."""
    return instant is not None and instant < datetime.now(UTC) - timedelta(minutes=1)

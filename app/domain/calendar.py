"""Months, held as the date of their first day, and instants in UTC."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

MONTH_PATTERN: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
"""A month as JSON schemas have it, which know no format for months."""
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


def parse_month(text: str) -> date | None:
    """Return the first day of a month written `YYYY-MM`, or None for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    # Python's dates have no year 0.
    year, month = int(match[1]), int(match[2])
    return date(year, month, 1) if year and 1 <= month <= 12 else None


def format_month(month: date) -> str:
    """Return the month as `YYYY-MM`."""
    # Not by strftime, which takes five times as long, and does not pad years below 1000 everywhere.
    return f"{month.year:04}-{month.month:02}"


def this_month() -> date:
    """Return the first day of the running month in UTC, wherever the server stands."""
    return today_utc().replace(day=1)


def add_months(month: date, count: int) -> date:
    """Return the month `count` months later, or earlier where `count` is negative."""
    # Months are counted from 0 here, because divmod rounds down: -1 is December of the year before.
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def today_utc() -> date:
    """Return the running day in UTC."""
    return datetime.now(UTC).date()


def last_day_of(month: date) -> date:
    """Return the last day of a month."""
    return add_months(month, 1) - timedelta(days=1)


def days_in(month: date) -> int:
    """Return how many days the month has."""
    return (add_months(month, 1) - month).days


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield every month from `first` to `last`, both included; none where `last` is earlier."""
    while first <= last:
        yield first
        first = add_months(first, 1)


# Citations tell an instant to the minute, and a figure published within that minute must be found
# by it. A microsecond is the resolution of PostgreSQL's timestamps and of Python's.
END_OF_MINUTE: Final = timedelta(minutes=1, microseconds=-1)
"""From the beginning of a minute to the last instant in it."""


# ISO 8601 has times without colons too. An offset may follow.
_HOUR = re.compile(r"[0-9-]{10}.[0-9]{2}(?!:?[0-9])", re.ASCII)
_MINUTE = re.compile(r"[0-9-]{10}.[0-9]{2}:?[0-9]{2}(?!:?[0-9])", re.ASCII)


def format_instant(instant: datetime) -> str:
    """Return ISO 8601 in UTC with a `Z`; microseconds only where there are any."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_instant(text: str) -> datetime | None:
    """Return the instant in UTC that an ISO 8601 date or instant means, or None for anything else.

    A date means the end of that day, a minute its end; an hour alone is neither. Without an
    offset it is read as UTC.
    """
    # Week dates and dates without hyphens are ISO 8601 too, but say the day less plainly.
    if not text.isascii() or len(text) > 35 or "W" in text or text[4:5] != "-":
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        # A `+` in a query string arrives as a space. A space between date and time becomes a `+`
        # by this too, but `fromisoformat` takes any character there.
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if _HOUR.match(text):
            return None
        if _MINUTE.match(text):
            instant += END_OF_MINUTE
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    # The end of a minute, or an offset, may lead out of the years 1 to 9999.
    except (ValueError, OverflowError):
        return None


def is_future(instant: datetime) -> bool:
    """Return whether `instant`, as `parse_instant` gives it, is later than now.

    Today as a date and this minute are not, although their ends are still to come.
    """
    now = datetime.now(UTC)
    end_of_today = datetime.combine(now.date(), time.max, UTC)
    end_of_minute = now.replace(second=0, microsecond=0) + END_OF_MINUTE
    return instant > now and instant not in {end_of_today, end_of_minute}


def is_settled(instant: datetime | None) -> bool:
    """Return whether what stood at `instant` can no longer change; never for None, which is now."""
    # An upload is stamped before its transaction commits. Publishing takes under a minute, so what
    # is older than that cannot gain an upload any more.
    return instant is not None and instant < datetime.now(UTC) - timedelta(minutes=1)

"""The months that a text can mean: every way to read it, and who is likely to have written it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from app.csv_io.months.parts import DateParts, fold_date, take_apart
from app.csv_io.months.periods import Period, find_period

_LONGEST: Final = 120  # characters; JavaScript writes the name of the time zone too


class Writer(StrEnum):
    """Who writes dates in a shape."""

    SPREADSHEET = "spreadsheet"
    PROGRAM = "program"
    ANYBODY = "anybody"


class DateReading(NamedTuple):
    """A month, or a day of one, that a text can mean; `way` tells it from the other readings.

    `month` is its first day. `day` is None where the text names no day.
    """

    month: date
    day: date | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a text can mean. `kind` is the same of texts of one shape, "" where it has no reading.

    `period` is a longer stretch of time that it names instead of a month. `yearless` is true of a
    day and a month, or a year and a month: which of them the text does not say.
    """

    kind: str = ""
    readings: tuple[DateReading, ...] = ()
    writer: Writer = Writer.ANYBODY
    period: Period | None = None
    yearless: bool = False


DAY_FIRST: Final = "the day first"
MONTH_FIRST: Final = "the month first"
YEAR_FIRST: Final = "the year first"
# Two digits are a year only from here on: open models are not older, and 01/09/25 would else be
# a day of 2001 too.
_SHORT_YEARS_FROM: Final = 2015
# Excel counts a 29 February 1900 that never was; from 1899-12-30 on its later days are right.
_SERIAL_DAY_0: Final = date(1899, 12, 30)
# From February 1982 to November 2036 as a spreadsheet counts days.
_SERIAL: Final = re.compile(r"([34][0-9]{4})(?:[.,][0-9]+)?")
# Seconds or milliseconds from 1970 on, of the years 2001 to 2033.
_UNIX: Final = re.compile(r"(1[0-9]{9})(?:[0-9]{3})?")
_TIME: Final = re.compile(
    r"(?<=[0-9])(?:[t ]|, )(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?:z|utc|(?:gmt)?[+-][0-9]{2}:?[0-9]{2}))?(?: \(.*\))?$"
)


def read_spelling(text: str) -> Spelling:
    """Return every month that `text` can mean, of the years 2000 on; perhaps none.

    It serves suggestions only: what a file says is never guessed.
    """
    if len(text) > _LONGEST:
        return Spelling()
    plain = fold_date(text)
    if (match := _SERIAL.fullmatch(plain)) is not None:
        day = _SERIAL_DAY_0 + timedelta(days=int(match[1]))
        return _spelling("serial number", [_of_day(day)], Writer.SPREADSHEET)
    if (match := _UNIX.fullmatch(plain)) is not None:
        day = datetime.fromtimestamp(int(match[1]), UTC).date()
        return _spelling("Unix time", [_of_day(day)], Writer.PROGRAM)
    if (period := find_period(plain)) is not None:
        return Spelling(f"period {period.name}", period=period)
    time = _TIME.search(plain)
    parts = take_apart(plain[: time.start()] if time else plain)
    if parts is None:
        return Spelling()
    found = _named(parts) if parts.month else _numbered(parts)
    return _over_midnight(found, time) if time else found


def _named(parts: DateParts) -> Spelling:
    """Return the readings of a text whose month is named."""
    month, numbers = parts.month or 0, parts.numbers
    years = [number for number in numbers if len(number) == 4]
    short = [number for number in numbers if len(number) <= 2]
    if len(years) + len(short) != len(numbers) or len(years) > 1:
        return Spelling()
    shape = "".join("y" if len(number) == 4 else "n" for number in numbers)
    kind = f"{parts.order} {shape}"
    writer = Writer.ANYBODY if "c" in parts.order else Writer.SPREADSHEET
    year = parts.year or (int(years[0]) if years else None)
    if year is None:
        # “Aug-25” is how spreadsheets show a month; “25-Aug” is how they show a day without a year.
        if len(short) == 1 and parts.order.startswith("n"):
            return Spelling(kind, writer=writer, yearless=True)
        return _spelling(kind, [_of_short_year(short, month, parts.day)], writer)
    days = [parts.day] if parts.day else [int(number) for number in short]
    day = days[0] if days else None
    return _spelling(kind, [_reading(year, month, day)] if len(days) < 2 else [], writer)


def _of_short_year(short: list[str], month: int, day: int | None) -> DateReading | None:
    """Return the reading of numbers of two digits beside a month's name, and perhaps a day."""
    if len(short) == 1:
        return _short(short[0], month, day)
    if len(short) == 2 and day is None:
        # The year stands last; first only where the last can be none.
        first, last = short
        return _short(last, month, int(first)) or _short(first, month, int(last))
    return None


def _numbered(parts: DateParts) -> Spelling:
    """Return the readings of a text of numbers alone."""
    numbers, lengths = parts.numbers, [len(number) for number in parts.numbers]
    if parts.year or parts.day:
        return Spelling()
    mark = "".join(sorted(parts.marks))
    found = Spelling()
    match lengths:
        case [6]:
            found = _six_digits(numbers[0])
        case [8]:
            found = _eight_digits(numbers[0])
        case [4, 1 | 2]:
            found = _year_and_month(numbers, mark)
        case [1 | 2, 4]:
            found = _spelling(f"m{mark}y", [_reading(int(numbers[1]), int(numbers[0]))])
        case [4, 1 | 2, 1 | 2]:
            year, month, day = map(int, numbers)
            writer = Writer.PROGRAM if mark == "-" else Writer.SPREADSHEET
            found = _spelling(f"y{mark}m{mark}d", [_reading(year, month, day)], writer)
        case [1 | 2, 1 | 2, 2 | 4]:
            found = _day_month_year(numbers, mark)
        case [1 | 2, 1 | 2]:
            first, last = numbers
            yearless = bool(_short(first, int(last)) or _short(last, int(first)))
            found = Spelling(f"n{mark}n", writer=Writer.SPREADSHEET, yearless=yearless)
    return found


def _six_digits(text: str) -> Spelling:
    both = ((text[:4], text[4:]), (text[2:], text[:2]))
    return _spelling("six digits", [_reading(int(year), int(month)) for year, month in both])


def _eight_digits(text: str) -> Spelling:
    year_first = _reading(int(text[:4]), int(text[4:6]), int(text[6:]))
    if year_first:
        return _spelling("eight digits", [year_first])
    first, second, year = int(text[:2]), int(text[2:4]), int(text[4:])
    both = [_reading(year, second, first, DAY_FIRST), _reading(year, first, second, MONTH_FIRST)]
    return _spelling("eight digits, year last", both)


def _year_and_month(numbers: list[str], mark: str) -> Spelling:
    year, month = map(int, numbers)
    readings = [_reading(year, month, way="January" if month == 1 else "")]
    # A spreadsheet that takes 2025.10 for a number writes it as 2025.1.
    if mark in ".," and numbers[1] == "1":
        readings.append(_reading(year, 10, way="October"))
        return _spelling(f"y{mark}1", readings, Writer.SPREADSHEET)
    return _spelling(f"y{mark}m", [_reading(year, month)])


def _day_month_year(numbers: list[str], mark: str) -> Spelling:
    first, second, last = numbers
    kind = f"n{mark}n{mark}{'y' if len(last) == 4 else 'n'}"

    def in_order(year: str, month: str, day: str, way: str) -> DateReading | None:
        if len(year) == 4:
            return _reading(int(year), int(month), int(day), way)
        return _short(year, int(month), int(day), way)

    # Of 08/08/2025 nothing can be learned for other rows.
    alike = int(first) == int(second)
    readings = [in_order(last, second, first, "" if alike else DAY_FIRST)]
    # Where points stand between the parts, no country writes the month first.
    if mark != ".":
        readings.append(in_order(last, first, second, MONTH_FIRST))
    if len(last) == 2 and mark != ".":
        readings.append(in_order(first, second, last, YEAR_FIRST))
    return _spelling(kind, readings, Writer.SPREADSHEET)


def _over_midnight(found: Spelling, time: re.Match[str]) -> Spelling:
    """Return the readings of a text with a time, which may be a midnight of another time zone."""
    hour, minute, second = (int(time[name] or 0) for name in ("hour", "minute", "second"))
    if time["half"]:
        hour = hour % 12 + (12 if time["half"] == "p" else 0)
    kind = f"{found.kind} at a time" if found.kind else ""
    readings = list(found.readings)
    # No time zone is more than 14 hours ahead, and all are ahead by quarters of an hour.
    if hour >= 10 and not second and minute % 15 == 0 and len(readings) == 1:
        day = readings[0].day
        following = day + timedelta(days=1) if day else None
        if day and following and following.day == 1:
            readings = [
                readings[0]._replace(way="as written"),
                DateReading(following, following, "midnight of the next day elsewhere"),
            ]
    writer = Writer.PROGRAM if "y-m-d" in found.kind else found.writer
    return Spelling(kind, tuple(readings), writer, found.period, found.yearless)


# --- readings ------------------------------------------------------------------------------------


def _reading(year: int, month: int, day: int | None = None, way: str = "") -> DateReading | None:
    """Return the reading of these numbers, or None where there is no such day since 2000."""
    if not (2000 <= year <= 9999 and 1 <= month <= 12):
        return None
    try:
        whole = date(year, month, 1 if day is None else day)
    except ValueError:
        return None
    return DateReading(whole.replace(day=1), None if day is None else whole, way)


def _short(digits: str, month: int, day: int | None = None, way: str = "") -> DateReading | None:
    """Return the reading of a year in two digits, or None where it is none."""
    if len(digits) != 2 or 2000 + int(digits) < _SHORT_YEARS_FROM:
        return None
    return _reading(2000 + int(digits), month, day, way)


def _of_day(day: date) -> DateReading:
    return DateReading(day.replace(day=1), day)


def _spelling(
    kind: str, readings: list[DateReading | None], writer: Writer = Writer.ANYBODY
) -> Spelling:
    """Return a spelling with the readings there are, each month and day once."""
    return Spelling(kind, tuple(_distinct(readings)), writer)


def _distinct(readings: list[DateReading | None]) -> Iterator[DateReading]:
    seen: set[tuple[date, date | None]] = set()
    for reading in readings:
        if reading is not None and reading[:2] not in seen:
            seen.add(reading[:2])
            yield reading

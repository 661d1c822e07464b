"""What to do about a cell that is no month or no day as the upload format writes them."""

from functools import partial
from typing import Final

from app.csv_io.months.spellings import DateReading, Spelling, Writer, read_spelling
from app.csv_io.schema import CellContext
from app.domain.calendar import format_month, last_day_of, this_month, today_utc
from app.domain.errors import Advice, Reading, excerpt
from app.domain.text import UnreadableCellError

FIRST_YEAR: Final = 2000
"""The year of the earliest month that a file may speak of; an earlier one is a slip of typing."""
# It takes a tenth of a millisecond, and a file may have another text in each of its cells.
SPELLINGS_MAX: Final = 3_000
"""Texts of one file whose spelling is read: a century has fewer months, eight years fewer days."""
MONTH_EXPECTED: Final = "a month as YYYY-MM, such as 2025-08"
DAY_EXPECTED: Final = "a day as YYYY-MM-DD, such as 2025-01-20"
_BY_SPREADSHEET: Final = (
    "a spreadsheet turned it into a date: format the column there as text, or as {}, then save"
)
_BY_PROGRAM: Final = "a program wrote the day with it: write it by strftime('{}')"


def not_a_month(cell: str, context: CellContext) -> UnreadableCellError:
    """Return the error of a cell in a column of months, with the months that it can mean."""
    spelling = _read(cell, context)
    # Readings that would be refused too are no help.
    readings = tuple(item for item in spelling.readings if _is_allowed(item))
    within = any(_is_within(item) for item in readings)
    shape = spelling.kind + (" within a month" if within else "")
    advise = partial(_month_advice, cell, spelling, readings, context)
    return UnreadableCellError("not_a_month", MONTH_EXPECTED, advise=advise, shape=shape)


def not_a_day(cell: str, context: CellContext) -> UnreadableCellError:
    """Return the error of a cell in a column of days, with the days that it can mean."""
    spelling = _read(cell, context)
    readings = tuple(item for item in spelling.readings if item.day and item.day <= today_utc())
    advise = partial(_day_advice, cell, spelling, readings, context)
    return UnreadableCellError("not_a_day", DAY_EXPECTED, advise=advise, shape=spelling.kind)


def _read(cell: str, context: CellContext) -> Spelling:
    """Return the spelling of a cell; an order of day and month that it proves is kept."""
    context.dates_refused += 1
    if context.dates_refused > SPELLINGS_MAX:
        return Spelling()
    spelling = read_spelling(cell)
    # Points have one order only: they say nothing of dates with slashes.
    if len(spelling.readings) == 1 and "." not in spelling.kind and spelling.readings[0].way:
        context.date_orders.add(spelling.readings[0].way)
    return spelling


def _is_allowed(reading: DateReading) -> bool:
    return reading.month.year >= FIRST_YEAR and reading.month <= this_month()


def _is_within(reading: DateReading) -> bool:
    """Return whether a reading is a day that neither begins nor ends its month."""
    return reading.day not in {None, reading.month, last_day_of(reading.month)}


def _decided(readings: tuple[DateReading, ...], context: CellContext) -> tuple[DateReading, ...]:
    """Return the readings in the one order that other cells of the file have; else all."""
    if len(readings) > 1 and len(context.date_orders) == 1:
        return tuple(item for item in readings if item.way in context.date_orders) or readings
    return readings


def _month_advice(
    cell: str, spelling: Spelling, readings: tuple[DateReading, ...], context: CellContext
) -> Advice:
    left = _decided(readings, context)
    told = tuple(Reading(format_month(item.month), item.way) for item in left)
    parts = [MONTH_EXPECTED]
    if spelling.period:
        name, months = spelling.period.name, spelling.period.months_text()
        parts.append(f"“{excerpt(cell, 40)}” is a {name}, {months}: one line for each month")
    elif spelling.yearless:
        parts.append(
            f"“{excerpt(cell, 40)}” can be a month with its year, or a day without one:"
            " write the year in four digits"
        )
    parts += _orders(cell, told, readings)
    if len(left) == 1 and _is_within(left[0]):
        parts.append("this is one day: write its month only if the figure is of all of it")
    parts += _cause(spelling, "yyyy-mm", "%Y-%m")
    return Advice("; ".join(parts), told)


def _day_advice(
    cell: str, spelling: Spelling, readings: tuple[DateReading, ...], context: CellContext
) -> Advice:
    told = tuple(
        Reading(item.day.isoformat(), item.way) for item in _decided(readings, context) if item.day
    )
    parts = [DAY_EXPECTED, *_orders(cell, told, readings)]
    parts += _cause(spelling, "yyyy-mm-dd", "%Y-%m-%d")
    return Advice("; ".join(parts), told)


def _orders(cell: str, told: tuple[Reading, ...], readings: tuple[DateReading, ...]) -> list[str]:
    """Return a sentence on the several readings, or on what other rows decided."""
    if len({item.text for item in told}) > 1:
        ways = ", ".join(f"{item.text} ({item.way})" for item in told)
        return [f"“{excerpt(cell, 40)}” can be {ways}, and no other row of the file decides"]
    if len(readings) > len(told):
        return [f"other rows of the file show that it has {told[0].way}"]
    return []


def _cause(spelling: Spelling, cell_format: str, program_format: str) -> list[str]:
    """Return who changed the month and how to stop it, where its shape tells."""
    if spelling.writer is Writer.SPREADSHEET and (spelling.readings or spelling.yearless):
        return [_BY_SPREADSHEET.format(cell_format)]
    if spelling.writer is Writer.PROGRAM and spelling.readings:
        return [_BY_PROGRAM.format(program_format)]
    return []

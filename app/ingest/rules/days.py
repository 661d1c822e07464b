"""The days that a file says its months cover: the same on all lines of a source's month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from app.domain.calendar import format_month, last_day_of, this_month
from app.domain.snapshot import DaysCovered, SnapshotKey
from app.domain.sources.source_terms import WINDOW_LABELS, Window
from app.domain.vocabulary import Status
from app.ingest.rules.checked import format_snapshot_key
from app.ingest.rules.mistakes import LineMistakeError
from app.wording.formats import lowercase_first


class DayCells(NamedTuple):
    """The cells of a line that speak of days; None where one is blank."""

    first_day: date | None
    last_day: date | None
    days: int | None


NOTHING_SAID: Final = DayCells(None, None, None)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the first line of a source's month says of its days."""

    cells: DayCells
    line: int
    covered: DaysCovered | None


class DaysOfMonths:
    """The days of each source's month, gathered from the lines of a file."""

    def __init__(self, windows: Mapping[str, Window]) -> None:
        self._windows = windows
        self._said: dict[SnapshotKey, _Said] = {}
        self._last_sound: dict[SnapshotKey, tuple[DayCells, Status]] = {}
        self._first_open_month = this_month()

    def of(self, key: SnapshotKey) -> DaysCovered | None:
        """Return the days that the file says; None where it says nothing: the whole month."""
        return self._said[key].covered

    def add(self, key: SnapshotKey, line: int, cells: DayCells, status: Status) -> None:
        """Note what a line says. Raises LineMistakeError where it cannot be."""
        # Nearly all lines of a month say what the one before them says.
        if self._last_sound.get(key) == (cells, status):
            return
        said = self._said.get(key)
        window = self._windows.get(key[0], Window.MONTH)
        if cells != NOTHING_SAID and window is not Window.MONTH:
            raise _days_of_other_window(key[0], window, cells)
        if said is None:
            said = self._said[key] = _Said(cells, line, days_covered(key[1], cells))
        elif cells != said.cells:
            raise _contradiction(key, cells, said)
        if status is not Status.PROVISIONAL and key[1] >= self._first_open_month:
            month = format_month(key[1])
            expected = f"provisional: the last day of {month} is not over yet (UTC)"
            raise LineMistakeError("not_over", "status", status, expected, Status.PROVISIONAL)
        self._last_sound[key] = (cells, status)


def days_covered(month: date, cells: DayCells) -> DaysCovered | None:
    """Return the days that cells say, what they leave out filled in; None where all are blank.

    Raises LineMistakeError for days outside of the month or in the wrong order, or more of them
    than there are.
    """
    if cells == NOTHING_SAID:
        return None
    first, last = cells.first_day or month, cells.last_day or last_day_of(month)
    for column, day in (("first_day", first), ("last_day", last)):
        if day.replace(day=1) != month:
            expected = f"a day of {format_month(month)}, the month of the line"
            raise LineMistakeError("outside_month", column, str(day), expected)
    if first > last:
        expected = f"a day not before first_day, {first}"
        raise LineMistakeError("days_reversed", "last_day", str(last), expected)
    between = (last - first).days + 1
    count = between if cells.days is None else cells.days
    if not 1 <= count <= between:
        expected = f"from 1 to {between}, the days from {first} to {last}"
        raise LineMistakeError("too_many_days", "days", str(count), expected)
    return DaysCovered(first, last, count)


def _days_of_other_window(source: str, window: Window, cells: DayCells) -> LineMistakeError:
    column, value = next(
        (name, value) for name, value in cells._asdict().items() if value is not None
    )
    stretch = lowercase_first(WINDOW_LABELS[window])
    expected = f"nothing: a figure of {source} is of {stretch}, not of the days of a month"
    return LineMistakeError("other_window", column, str(value), expected)


def _contradiction(key: SnapshotKey, cells: DayCells, said: _Said) -> LineMistakeError:
    column = next(
        name for name in DayCells._fields if getattr(cells, name) != getattr(said.cells, name)
    )
    found, first = getattr(cells, column), getattr(said.cells, column)
    shown = "nothing" if first is None else first
    expected = f"{shown}, as line {said.line} says of {format_snapshot_key(key)}"
    return LineMistakeError("other_days", column, "" if found is None else str(found), expected)

"""Where things stand on a chart: scales, ticks, the axis of time, labels and lines of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import wrap
from typing import Final

from app.domain.calendar import add_months, days_in

SHARE_STEPS: Final = (1, 2, 5, 10, 20, 25)


@dataclass(frozen=True, slots=True)
class Tick:
    month: date
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The axis of time: from the start of `first` to the end of `last` over `width` pixels."""

    first: date
    last: date
    width: float

    def pixel(self, moment: datetime) -> float:
        days = (moment - _start_of_day(self.first)) / timedelta(days=1)
        return self.width * days / (add_months(self.last, 1) - self.first).days

    def holds(self, day: date) -> bool:
        return self.first <= day < add_months(self.last, 1)


def middle_of_month(month: date) -> datetime:
    """Where a month's figure stands on the axis of time: dated events then stand right."""
    return _start_of_day(month) + timedelta(days=days_in(month)) / 2


def noon_of_day(day: date) -> datetime:
    """Where an event stands on the axis of time."""
    return _start_of_day(day) + timedelta(hours=12)


def _start_of_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Plotly's axis has no time zone


def share_scale(peak: float, most: int = 7) -> tuple[float, float]:
    """Top and step of an axis from 0 that holds `peak` with at most `most` steps."""
    fine = next((s for s in (0.1, 0.2, 0.5) if peak / s <= most), None)
    step = fine or next(s for s in SHARE_STEPS if peak / s <= most)
    count = int(peak / step) + 1
    return min(step * count, 100.0), step


def month_ticks(first: date, last: date, most: int) -> tuple[Tick, ...]:
    """A tick every 1, 3, 6, 12 ... months counted from January, the year below where it changes."""
    begin, end = (month.year * 12 + month.month - 1 for month in (first, last))
    steps = (1, 3, 6, 12, 24, 60, 120, 600, 1200)
    step = next((s for s in steps if (end - begin + 1) / s <= most), 12_000)
    offsets = range(-begin % step, end - begin + 1, step) or [0]
    chosen = [add_months(first, offset) for offset in offsets]
    ticks, year = [], None
    for month in chosen:
        text = (f"{month:%b}",) if month.year == year else (f"{month:%b}", str(month.year))
        ticks.append(Tick(month, text))
        year = month.year
    return tuple(ticks)


def spread_apart(places: Sequence[float], gap: float, high: float) -> list[float]:
    """Positions from 0, best under `high`, at least `gap` apart and nearest to those wanted.

    `wanted` ascends; those that would touch make a block around their common middle.
    """
    blocks: list[list[float]] = []
    for index, position in enumerate(places):
        blocks.append([position - index * gap])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    most = max(high - gap * (len(places) - 1), 0)
    starts = [min(max(_mean(block), 0), most) for block in blocks for _ in block]
    return [start + index * gap for index, start in enumerate(starts)]


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def shorten_name(name: str, limit: int) -> str:
    """`name` without its middle: model names differ at their ends."""
    if len(name) <= limit:
        return name
    tail = max(limit // 3, 1)
    return f"{name[: limit - tail - 1].rstrip()}…{name[-tail:].lstrip()}"


def shorten_names_apart(names: Sequence[str], limit: int) -> list[str]:
    """Each name shortened; those that would then read alike keep their ends instead."""
    short = [shorten_name(name, limit) for name in names]
    return [
        text if short.count(text) == 1 or len(name) <= limit else f"…{name[1 - limit :].lstrip()}"
        for text, name in zip(short, names, strict=True)
    ]


def balance_lines(text: str, width: int) -> tuple[str, ...]:
    """Lines of at most `width`, as many as needed and as even as that allows."""
    lines = wrap(text, width, break_long_words=False)
    narrower = (wrap(text, w, break_long_words=False) for w in range(width // 2, width))
    return tuple(next((even for even in narrower if len(even) == len(lines)), lines))

"""Scales, ticks, the axis of time, and the fitting of labels and lines of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from textwrap import wrap
from typing import Final

from app.domain.calendar import add_months, days_in

SHARE_STEPS: Final = (1, 2, 5, 10, 20, 25)


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick of the axis of time: the month in whose middle it stands, and its lines of text."""

    month: date
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The axis of time: from the start of month `first` to the end of `last`, `width` pixels long.

    Days are equally long, months are not: so Plotly's axis of dates has it.
    """

    first: date
    last: date
    width: float

    def pixel(self, moment: datetime) -> float:
        """Return how many pixels from the axis's left end a moment lies."""
        days = (moment - _start_of_day(self.first)) / timedelta(days=1)
        return self.width * days / (add_months(self.last, 1) - self.first).days

    def holds(self, day: date) -> bool:
        return self.first <= day < add_months(self.last, 1)


@lru_cache(maxsize=512)
def middle_of_month(month: date) -> datetime:
    """Return where a month's figure stands on the axis of time.

    At the month's first day an event of that month would lie to the right of its figure.
    """
    return _start_of_day(month) + timedelta(days=days_in(month)) / 2


def noon_of_day(day: date) -> datetime:
    """Return where an event of this day stands on the axis of time."""
    return _start_of_day(day) + timedelta(hours=12)


def _start_of_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Plotly's axis has no time zone


def share_scale(peak: float, most: int = 7) -> tuple[float, float]:
    """Return top and step of an axis from 0, in percent, that holds `peak`.

    The peak needs at most `most` steps, and the top lies above it, though never above 100.
    """
    # One more step also where the peak is a multiple of it, so that no line runs along the upper
    # edge. Nothing can be more than 100, so there the axis ends.
    fine = next((s for s in (0.1, 0.2, 0.5) if peak / s <= most), None)
    step = fine or next(s for s in SHARE_STEPS if peak / s <= most)
    count = int(peak / step) + 1
    return min(step * count, 100.0), step


def month_ticks(first: date, last: date, most: int) -> tuple[Tick, ...]:
    """Return at most `most` ticks, every 1, 3, 6, 12 ... months counted from January.

    The year stands below the month on the first tick and where it changes.
    """
    # Chosen here rather than by Plotly, which turns month names sideways where they are many.
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
    """Return positions from 0 to `high` that are at least `gap` apart and close to `places`.

    `places` ascends. Those that would touch form a block around their common middle. Where `high`
    cannot hold them all they keep their distance and go beyond it.
    """
    # With `index * gap` taken off, "at least a gap apart" becomes "not descending", and the closest
    # such sequence comes from joining neighbours in the wrong order and giving them their mean.
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
    """Return the name within `limit` characters, at least 1.

    Its middle goes, as models differ at the end.
    """
    if len(name) <= limit:
        return name
    if limit == 1:
        return "…"
    tail = max(limit // 3, 1)
    return f"{name[: limit - tail - 1].rstrip()}…{name[-tail:].lstrip()}"


def shorten_names_apart(names: Sequence[str], limit: int) -> list[str]:
    """Return each name shortened; those that would then read alike keep their ends instead."""
    short = [shorten_name(name, limit) for name in names]
    return [
        text
        if short.count(text) == 1 or len(name) <= limit
        else f"…{name[len(name) + 1 - limit :].lstrip()}"
        for text, name in zip(short, names, strict=True)
    ]


# Of the titles of panels, which are those of the sources. Each is wrapped at dozens of widths.
@lru_cache(maxsize=512)
def balance_lines(text: str, width: int) -> tuple[str, ...]:
    """Return lines of at most `width` characters, as few as possible and as even as that allows.

    A word longer than that stays whole on a line of its own.
    """
    # The narrowest width that needs no more lines fills them most evenly.
    lines = wrap(text, width, break_long_words=False)
    narrower = (wrap(text, w, break_long_words=False) for w in range(width // 2, width))
    return tuple(next((even for even in narrower if len(even) == len(lines)), lines))

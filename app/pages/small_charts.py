"""Before and after, drawn small: one series as two lines of an SVG, in its own coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app import svg, wording
from app.review import Series

WIDTH: Final = 340
HEIGHT: Final = 110
# Room for the words: the scale at the left, the months below.
LEFT: Final = 40
RIGHT: Final = 8
TOP: Final = 8
BOTTOM: Final = 20
TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Trace:
    """A line with its gaps, and the points that stand out of it."""

    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One series before and after publishing; `top` is the share at the upper edge, percent."""

    series: Series
    top: int
    before: Trace
    after: Trace
    words: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    ceiling: int = TOP
    floor: int = HEIGHT - BOTTOM

    @property
    def ends(self) -> list[tuple[int, str, date]]:
        """The first and the last month: where each stands, and its text-anchor."""
        first, last = self.series.months[0], self.series.months[-1]
        if first == last:
            return [((self.left + self.right) // 2, "middle", first)]
        return [(self.left, "start", first), (self.right, "end", last)]


def small_charts(series: Sequence[Series]) -> list[SmallChart]:
    """A chart for each series that would change."""
    return [_chart(item) for item in series if item.before != item.after]


def _chart(series: Series) -> SmallChart:
    known = [share for share in (*series.before, *series.after) if share is not None]
    top = next((step for step in (1, 2, 5, 10, 20, 30, 40, 50, 60, 80) if max(known) <= step), 100)
    changed = [i for i, pair in enumerate(_pairs(series)) if pair[0] != pair[1]]
    return SmallChart(
        series,
        top,
        _trace(series.before, top, changed),
        _trace(series.after, top, changed),
        _words(series, changed),
    )


def _pairs(series: Series) -> list[tuple[Decimal | None, Decimal | None]]:
    return list(zip(series.before, series.after, strict=True))


def _trace(shares: Sequence[Decimal | None], top: int, changed: Sequence[int]) -> Trace:
    places = [_place(i, len(shares), share, top) for i, share in enumerate(shares)]
    dots = tuple(place for i in changed if (place := places[i]) is not None)
    return Trace(" ".join(svg.strokes(places)), dots)


def _place(index: int, count: int, share: Decimal | None, top: int) -> tuple[float, float] | None:
    if share is None:
        return None
    room = WIDTH - LEFT - RIGHT
    x = LEFT + (room * index / (count - 1) if count > 1 else room / 2)
    y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - float(share) / top)
    return round(x, 1), round(y, 1)


def _words(series: Series, changed: Sequence[int]) -> str:
    pairs = _pairs(series)
    told = [_told(series.months[i], *pairs[i]) for i in changed[-TOLD:]]
    more = f"{len(changed) - TOLD} earlier months, " if len(changed) > TOLD else ""
    return more + "; ".join(told)


def _told(month: date, before: Decimal | None, after: Decimal | None) -> str:
    when = wording.month_short(month)
    if before is None:
        return f"{when} {wording.percent(after)}, new"
    return f"{when} {wording.percent(before)} → {_or_none(after)}"


def _or_none(share: Decimal | None) -> str:
    return "no figure" if share is None else wording.percent(share)

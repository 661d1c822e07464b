"""Small charts of one series, in cards and beside what a file changes: the paths of their SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.charts.svg.elements import path_strokes
from app.ingest.review_series import ReviewSeries
from app.wording.formats import format_month_short, format_percent

CHANGES_LISTED_MAX: Final = 3  # months that the words beside a chart name


@dataclass(frozen=True, slots=True)
class ChartBox:
    """A drawing's size and what is left free around its lines, in its own units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


# Room for the words: the scale at the left, the months below.
BOX: Final = ChartBox(width=340, height=110, left=40, right=8, top=8, bottom=20)


@dataclass(frozen=True, slots=True)
class SmallTrace:
    """A line as an SVG path with gaps, and the points that are marked on it, in its own units."""

    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One series before and after publishing.

    `crosses` are points on the ground line: months in which the group has vanished.
    `top` is the share at the upper edge, in percent; `words` name the latest months that change.
    The numbers below are the size of the drawing and the edges of its plot.
    """

    series: ReviewSeries
    top: int
    before: SmallTrace
    after: SmallTrace
    words: str
    crosses: tuple[tuple[float, float], ...] = ()
    width: int = BOX.width
    height: int = BOX.height
    left: int = BOX.left
    right: int = BOX.width - BOX.right
    ceiling: int = BOX.top
    floor: int = BOX.height - BOX.bottom

    @property
    def ends(self) -> list[tuple[int, str, date]]:
        """The first and the last month, each with its x and its `text-anchor`."""
        first, last = self.series.months[0], self.series.months[-1]
        if first == last:
            return [((self.left + self.right) // 2, "middle", first)]
        return [(self.left, "start", first), (self.right, "end", last)]


def small_charts(series: Sequence[ReviewSeries]) -> list[SmallChart]:
    """Return a chart for each series that would change, or of which the file says nothing more."""
    return [_chart(item) for item in series if item.before != item.after or item.vanished]


def _chart(series: ReviewSeries) -> SmallChart:
    shares = [share for share in (*series.before, *series.after) if share is not None]
    # Both lines have one scale. Its top is the lowest of these that holds every share.
    top = next((step for step in (1, 2, 5, 10, 20, 30, 40, 50, 60, 80) if max(shares) <= step), 100)
    changed = [i for i, pair in enumerate(_pairs(series)) if pair[0] != pair[1]]
    gone = [series.months.index(month) for month in series.vanished]
    ground = [Decimal(0)] * len(series.months)
    return SmallChart(
        series,
        top,
        small_trace(series.before, top, changed),
        small_trace(series.after, top, changed),
        _words(series, changed),
        small_trace(ground, top, gone).dots,
    )


def _pairs(series: ReviewSeries) -> list[tuple[Decimal | None, Decimal | None]]:
    return list(zip(series.before, series.after, strict=True))


def small_trace(
    shares: Sequence[Decimal | None], top: float, marked: Sequence[int], box: ChartBox = BOX
) -> SmallTrace:
    """Return the line of a share for each month, with dots at the months of index `marked`.

    `top` is the share at the upper edge of `box`, in percent; months are evenly spaced.
    """
    places = [_place(i, len(shares), share, top, box) for i, share in enumerate(shares)]
    dots = tuple(place for i in marked if (place := places[i]) is not None)
    return SmallTrace(" ".join(path_strokes(places)), dots)


def _place(
    index: int, count: int, share: Decimal | None, top: float, box: ChartBox
) -> tuple[float, float] | None:
    if share is None:
        return None
    room = box.width - box.left - box.right
    x = box.left + (room * index / (count - 1) if count > 1 else room / 2)
    y = box.top + (box.height - box.top - box.bottom) * (1 - float(share) / top)
    return round(x, 1), round(y, 1)


def _words(series: ReviewSeries, changed: Sequence[int]) -> str:
    # The latest months, since those are what a file is usually about.
    pairs = _pairs(series)
    gone = [i for i, month in enumerate(series.months) if month in series.vanished]
    moved = sorted({*changed, *gone})
    changes = [
        _told(series.months[i], _figure_before(series, i), pairs[i][1])
        for i in moved[-CHANGES_LISTED_MAX:]
    ]
    more = (
        f"{len(moved) - CHANGES_LISTED_MAX} earlier months, "
        if len(moved) > CHANGES_LISTED_MAX
        else ""
    )
    return more + "; ".join(changes)


def _figure_before(series: ReviewSeries, index: int) -> str | None:
    """Return a month's current figure; of one that vanishes from a new month, that before it."""
    before = series.before[index]
    if before is None and series.months[index] in series.vanished:
        earlier = format_month_short(series.months[index - 1])
        return f"{format_percent(series.after[index - 1])} in {earlier}"
    return None if before is None else format_percent(before)


def _told(month: date, before: str | None, after: Decimal | None) -> str:
    when = format_month_short(month)
    if before is None:
        return f"{when} {format_percent(after)}, new"
    return f"{when} {before} → {_or_none(after)}"


def _or_none(share: Decimal | None) -> str:
    return "no figure" if share is None else format_percent(share)

"""A chart on its sheet: where everything stands and how large it is, the same for every drawing.

Pixels count from the top left corner; what is lifted stands that many pixels higher.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.charts.chart import Chart, EndLabel, EventBadge, Panel
from app.charts.scales import TimeAxis, middle_of_month
from app.domain.calendar import days_in

TITLE_LINE: Final = 18
TICK_ROOM: Final = 46  # below a panel
BADGE_ROOM: Final = 22  # a row of event numbers

LINE_WIDTH: Final = 2.5
MARKER_SIZE: Final = 7
MARKER_RIM_WIDTH: Final = 1.75  # the outline of a mark
REPORTED_SIZE: Final = 13  # a reported point's mark
REPORTED_RIM_WIDTH: Final = 2
REPORTED_SYMBOL: Final = "diamond"
COLUMN_WIDTH_SHARE: Final = 0.82  # of its month
BAR_WIDTH_SHARE: Final = 0.62  # of its row
SEAM_WIDTH: Final = 0.5  # between layers
HATCH_SIZE: Final = 6  # the tile of a texture
HATCH_SOLIDITY: Final = 0.28  # of that tile is ink
SMALL_FONT_SIZE: Final = 11  # the font of event numbers
BADGE_SIZE: Final = 19  # the box around one
LEADER_GAP: Final = 6  # between a leader and the point it leads to
CALLOUT_GAP: Final = 8


@dataclass(frozen=True, slots=True)
class PanelBox:
    """A panel's place; `badges` is the room that event numbers take above it."""

    panel: Panel
    top: int
    badges: int

    @property
    def bottom(self) -> int:
        return self.top + self.panel.height

    @property
    def title_lift(self) -> int:
        return self.badges + self.panel.traits.title_lift

    def y(self, share: float) -> float:
        return self.bottom - self.panel.height * share / self.panel.top

    def row(self, index: int) -> float:
        """The middle of a bar."""
        return self.top + self.panel.height * (index + 0.5) / len(self.panel.series)


@dataclass(frozen=True, slots=True)
class ChartGeometry:
    """The plotting area is what lies between `top` and `bottom`, `left` and `right`."""

    chart: Chart
    top: int
    right: int
    axis: TimeAxis
    places: tuple[PanelBox, ...]

    @property
    def left(self) -> int:
        return self.chart.frame.left

    @property
    def bottom(self) -> int:
        return self.places[-1].bottom

    @property
    def height(self) -> int:
        return self.bottom + TICK_ROOM

    @property
    def titled(self) -> bool:
        return len(self.places) > 1

    def x(self, moment: datetime) -> float:
        return self.left + self.axis.pixel(moment)

    def along(self, panel: Panel, share: float) -> float:
        """Where a bar of this share ends."""
        return self.left + (self.right - self.left) * share / panel.top

    def fraction(self, y: float) -> float:
        """How high a pixel lies in the plotting area: 0 is its bottom, 1 its top."""
        return (self.bottom - y) / (self.bottom - self.top)


def chart_geometry(chart: Chart) -> ChartGeometry:
    badges = BADGE_ROOM * (1 + max((mark.row for mark in chart.marks), default=-1))
    title = 18 + TITLE_LINE * max((len(panel.title) for panel in chart.panels), default=1)
    top = here = 14 + badges + (title if len(chart.panels) > 1 else 0)
    places: list[PanelBox] = []
    for panel in chart.panels:
        places.append(PanelBox(panel, here, 0 if places else badges))
        here += panel.height + TICK_ROOM + title + 8
    right = chart.frame.width - chart.right
    axis = TimeAxis(chart.first, chart.last, right - chart.frame.left)
    return ChartGeometry(chart, top, right, axis, tuple(places))


def share_ticks(panel: Panel) -> Iterator[tuple[float, str]]:
    """The ticks of the axis of shares; the unit stands on the topmost only."""
    count = round(panel.top / panel.step)
    for index in range(count + 1):
        value = round(panel.step * index, 6)
        yield value, f"{value:g} %" if index == count else f"{value:g}"


def provisional_months(panel: Panel) -> list[date]:
    """The months with a ring above: of a column it says what a hollow mark does of a point."""
    if not panel.traits.ringed:
        return []
    points = (point for item in panel.series for point in item.points)
    return sorted({point.month for point in points if point.hollow and point.share})


def line_end(panel: Panel, label: EndLabel) -> datetime:
    """Where the line ends, or the column, beside which a label stands."""
    half = days_in(label.month) * panel.traits.column / 2
    return middle_of_month(label.month) + timedelta(days=half)


def has_leader(label: EndLabel) -> bool:
    """Whether a label had to move so far that a fine line leads back to its end."""
    return abs(label.lift) >= 5 and not label.ended


def badge_lift(mark: EventBadge) -> int:
    """From the top of the plotting area to the middle of an event's number."""
    return 12 + BADGE_ROOM * mark.row

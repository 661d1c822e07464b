"""The geometry of a chart: where everything stands and how large it is, for every drawing alike.

Pixels count from the top left corner, downwards; a lift counts upwards. Plotly and the SVG take
the same numbers from here, so that the page does not move when Plotly replaces the picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.charts.chart import Chart, EndLabel, EventBadge, Panel
from app.charts.scales import TimeAxis, middle_of_month
from app.domain.calendar import days_in

# Lengths are pixels unless a line says what they are a part of.
TITLE_LINE: Final = 18
TICK_ROOM: Final = 46  # below a panel: two lines of text
BADGE_ROOM: Final = 22  # the height of a row of event numbers

LINE_WIDTH: Final = 2.5
MARKER_SIZE: Final = 7
MARKER_RIM_WIDTH: Final = 1.75  # the outline of a mark
# A reported figure is no point of the line beside it: its mark is larger than theirs, and hollow.
REPORTED_SIZE: Final = 13
REPORTED_RIM_WIDTH: Final = 2
REPORTED_SYMBOL: Final = "diamond"
BAND_OPACITY: Final = 0.18  # of the shade over the ground: lines and grid show through
LONE_MONTH_DAYS: Final = 5  # to either side of a month that no other follows or precedes
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
    """A panel and its place: `top` in pixels, `badges` the height of the event numbers above."""

    panel: Panel
    top: int
    badges: int

    @property
    def bottom(self) -> int:
        return self.top + self.panel.height

    @property
    def title_lift(self) -> int:
        """Pixels from the top of the panel up to the foot of its title, above any badges."""
        return self.badges + self.panel.traits.title_lift

    def y(self, share: float) -> float:
        """Return the pixel of a share on an upright axis."""
        return self.bottom - self.panel.height * share / self.panel.top

    def row(self, index: int) -> float:
        """Return the pixel of the middle of the bar with this index, counted from the top."""
        return self.top + self.panel.height * (index + 0.5) / len(self.panel.series)


@dataclass(frozen=True, slots=True)
class ChartGeometry:
    """A chart with the pixels of its plotting area and the place of each panel.

    The plotting area lies between `top` and `bottom`, `left` and `right`; panels below each other
    lie in it with the titles and ticks between them.
    """

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
        """Pixels of the whole picture."""
        return self.bottom + TICK_ROOM

    @property
    def titled(self) -> bool:
        """Whether panels have titles: the page around a lone panel says what it shows."""
        return len(self.places) > 1

    def x(self, moment: datetime) -> float:
        """Return the pixel of a moment on the axis of time."""
        return self.left + self.axis.pixel(moment)

    def along(self, panel: Panel, share: float) -> float:
        """Return the pixel where a bar of this share ends."""
        return self.left + (self.right - self.left) * share / panel.top

    def fraction(self, y: float) -> float:
        """Return how high a pixel lies in the plotting area: 0 at its bottom, 1 at its top.

        Plotly counts so, in what it calls `paper` and in the domains of axes.
        """
        return (self.bottom - y) / (self.bottom - self.top)


def chart_geometry(chart: Chart) -> ChartGeometry:
    """Return where everything of the chart stands."""
    # Badges stand above the first panel only; their lines go on through the others.
    badges = BADGE_ROOM * (1 + max((mark.row for mark in chart.marks), default=-1))
    # Every panel keeps room for the longest title, so that the panels are evenly spaced.
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
    """Yield each tick of the axis of shares and its text; the unit stands on the last only."""
    # Steps of 0.1 and 0.2 do not add up exactly in binary: 0.1 * 3 is 0.30000000000000004.
    count = round(panel.top / panel.step)
    for index in range(count + 1):
        value = round(panel.step * index, 6)
        yield value, f"{value:g} %" if index == count else f"{value:g}"


def provisional_months(panel: Panel) -> list[date]:
    """Return the months that get a ring above their column, in order.

    The ring says of a column what a hollow mark says of a point: it is not final.
    """
    if not panel.traits.ringed:
        return []
    points = (point for item in panel.series for point in item.points)
    return sorted({point.month for point in points if point.unsettled})


def band_outline(run: Sequence[tuple[date, float, float]]) -> list[tuple[datetime, float]]:
    """Return the corners of a band over months in order: moments of the axis, each with a share."""
    months = [(middle_of_month(month), low, high) for month, low, high in run]
    # A month alone would have no width to be seen by.
    if len(months) == 1:
        ((middle, low, high),) = months
        aside = timedelta(days=LONE_MONTH_DAYS)
        months = [(middle - aside, low, high), (middle + aside, low, high)]
    above = [(moment, high) for moment, _, high in months]
    return above + [(moment, low) for moment, low, _ in reversed(months)]


def line_end(panel: Panel, label: EndLabel) -> datetime:
    """Return the moment on the axis where the line or the column ends that the label is of."""
    half = days_in(label.month) * panel.traits.column / 2
    return middle_of_month(label.month) + timedelta(days=half)


def has_leader(label: EndLabel) -> bool:
    """Return whether a fine line leads from the label to the end of its series.

    It does where the label is 5 pixels off or more. A series that ended before has no end there.
    """
    return abs(label.lift) >= 5 and not label.ended


def badge_lift(mark: EventBadge) -> int:
    """Return the pixels from the top of the plotting area up to the middle of an event's number."""
    return 12 + BADGE_ROOM * mark.row

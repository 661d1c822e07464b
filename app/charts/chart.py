"""The parts of a chart that is laid out: plain values that Plotly and the SVG draw from.

Lengths are pixels of the chart's own size, shares are percent.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from app.charts.scales import Tick
from app.domain.answer import ChartEvent, SourceDefinition

SAMPLE_LENGTH: Final = 18
"""Pixels of the piece of a line that is drawn before its label."""
SAMPLE_GAP: Final = 5
"""Pixels between that piece and the label."""


@dataclass(frozen=True, slots=True)
class ChartSize:
    """The size a chart is laid out for, in pixels.

    `width` is that of the whole picture, `least` the narrowest it may be shown in, `left` the room
    for the ticks of the axis of shares, `label_max` the most an end label may take, `font` the size
    of text, `ticks` the most ticks on the axis of time. A panel is `tall` where it is the only one
    and `low` where sources share the chart, unless its kind needs another height.
    """

    width: int
    least: int
    left: int
    label_max: int
    font: int
    ticks: int
    tall: int = 360
    low: int = 220

    @property
    def roomy(self) -> bool:
        """Whether words beside marks may be sentences; else they are the number and its status."""
        return self.width >= 640

    def text_width(self, text: str) -> float:
        """Return an estimate of the pixels that the text takes."""
        # No font is measured: a page uses the reader's own. 0.6 em a character is on the safe side
        # of the usual sans-serif fonts.
        return 0.6 * self.font * len(text)


# A page shows the narrow chart below 640 pixels. That number stands in static/scripts/
# share-chart.js and static/styles/chart-pictures.css as well; the wide chart has it as `least`.
WIDE_CHART: Final = ChartSize(width=1040, least=640, left=46, label_max=240, font=13, ticks=9)
NARROW_CHART: Final = ChartSize(width=350, least=288, left=38, label_max=116, font=12, ticks=5)


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """The look of a series: its colour, and what tells it apart without one.

    `role` is a key of PALETTE. The others are written as Plotly writes them: `dash` as `solid` or
    `8px,3px`, `symbol` as `circle` or a key of SYMBOL_CORNERS, `hatch` as the shape of a pattern,
    empty where an area is plain.
    """

    role: str
    dash: str = "solid"
    symbol: str = "circle"
    hatch: str = ""

    @property
    def hue(self) -> str:
        """The role without the number of its shade: `us` of `us-2`."""
        return self.role.split("-")[0]

    @property
    def text_role(self) -> str:
        """The role of the text of this hue: some hues are too light for text and have a darker."""
        return f"{self.hue}-text"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One month of a series; `share` is None where the source has no figure.

    `hollow`: the figure is not final, or missing. `short` is the figure as a label says it, `words`
    the name, figure, status and bounds. `low` and `high` are those bounds, None where `share` is or
    where they are not known.
    """

    month: date
    share: float | None
    hollow: bool
    short: str
    words: str
    low: float | None = None
    high: float | None = None

    @property
    def unsettled(self) -> bool:
        """Whether there is a figure and it is not final."""
        return self.hollow and self.share is not None


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One line, layer or bar: a group, with a point for each month of the answer.

    Bars have the point of their only month. `key` is the key of the group; `left_out`: it is one of
    those that the question leaves out of the whole.
    """

    key: str
    label: str
    look: SeriesStyle
    points: tuple[ChartPoint, ...]
    left_out: bool = False

    @property
    def last(self) -> ChartPoint | None:
        """The latest point with a figure, None where there is none."""
        return next((point for point in reversed(self.points) if point.share is not None), None)


@dataclass(frozen=True, slots=True)
class ChartBand:
    """What a group might be: the area between the least and the most of its share.

    `runs` are the stretches of months that follow each other; each month is that, least and most.
    """

    key: str
    look: SeriesStyle
    runs: tuple[tuple[tuple[date, float, float], ...], ...]

    @property
    def peak(self) -> float:
        """The highest of its shares in percent."""
        return max(high for run in self.runs for _, _, high in run)


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Text beside the end of a line, layer or bar, `lift` pixels above it.

    `month` and `share` say where the end is; `month` is the latest of all series, also for a series
    that `ended` before and whose label says until when it had figures. `sample` is the look of the
    line, which is drawn before the text where another series has the same hue.
    """

    month: date
    share: float
    lift: float
    text: str
    role: str
    ended: bool = False
    sample: SeriesStyle | None = None

    @property
    def indent(self) -> int:
        """Pixels that the sample takes before the text."""
        return SAMPLE_LENGTH + SAMPLE_GAP if self.sample else 0


@dataclass(frozen=True, slots=True)
class Callout:
    """A reported point with its words, a tuple of lines whose foot is `lift` pixels above it.

    `side` is the text's anchor: `left`, `center` or `right`.
    """

    point: ChartPoint
    text: tuple[str, ...]
    look: SeriesStyle
    lift: float
    side: str


class ChartKind(StrEnum):
    """How the figures of a source are drawn; `app/charts/kinds` has a design for each."""

    LINES = "lines"
    STACK = "stack"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class PanelTraits:
    """What the panels of a kind have in common, whatever their figures.

    `timed`: the axis across is time, with ticks for months and lines for dated events; else it is
    the axis of shares. `annotated`: reported figures are drawn, and the page lists the events.
    `banded`: what the leading group might be is shaded. `filled`: series are areas, told apart by
    a hatch. `ringed`: a ring stands above each provisional month. `column` is the part of a month
    that its column takes, 0 where a point marks the month's middle. `label_offset` is the distance
    in pixels from the end of a series to its label, `title_lift` that from the top of the panel,
    or from the badges there, to its title.
    """

    kind: ChartKind
    timed: bool = True
    annotated: bool = False
    banded: bool = False
    filled: bool = True
    ringed: bool = False
    column: float = 0
    label_offset: int = 16
    title_lift: int = 8


@dataclass(frozen=True, slots=True)
class Panel:
    """The figures of one source, drawn as its traits say.

    `title` is a tuple of lines. The axis of shares reaches from 0 to `top` percent with a tick
    every `step`, and is `height` pixels long where it stands upright.
    """

    traits: PanelTraits
    source: SourceDefinition
    title: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    labels: tuple[EndLabel, ...]
    top: float
    step: float
    height: int
    callouts: tuple[Callout, ...] = ()
    band: ChartBand | None = None


@dataclass(frozen=True, slots=True)
class EventBadge:
    """A dated event, its number in the list below the chart, and its badge's row, 0 the lowest."""

    number: int
    event: ChartEvent
    row: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart laid out for one size: its panels below each other, over one axis of time.

    `first` and `last` are the first days of the first and the last month of that axis.
    """

    frame: ChartSize
    first: date
    last: date
    ticks: tuple[Tick, ...]
    panels: tuple[Panel, ...]
    marks: tuple[EventBadge, ...] = field(default=())

    @property
    def right(self) -> int:
        """Pixels to the right of the plot: room for the longest label, instead of a legend."""
        # All panels keep the room of the longest, so that their months stand below each other.
        widths = [
            self.frame.text_width(item.text) + item.indent
            for panel in self.panels
            for item in panel.labels
        ]
        return int(max(widths, default=20)) + 24

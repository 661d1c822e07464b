"""The parts of a chart that is laid out: plain values that Plotly and the SVG draw from."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from app.charts.scales import Tick
from app.domain.answer import ChartEvent, SourceDefinition

SAMPLE_LENGTH: Final = 18  # of a line, before its label
SAMPLE_GAP: Final = 5  # between the two


@dataclass(frozen=True, slots=True)
class ChartSize:
    """The room a chart is laid out for, in pixels, and the least that may become of it."""

    width: int
    least: int
    left: int
    label_max: int
    font: int
    ticks: int
    tall: int = 360  # a lone panel
    low: int = 220  # one of several

    @property
    def roomy(self) -> bool:
        return self.width >= 640

    def text_width(self, text: str) -> float:
        return 0.6 * self.font * len(text)


WIDE_CHART: Final = ChartSize(width=1040, least=640, left=46, label_max=240, font=13, ticks=9)
NARROW_CHART: Final = ChartSize(width=350, least=288, left=38, label_max=116, font=12, ticks=5)


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """`role` names a colour; dash, symbol and hatch say the same without it."""

    role: str
    dash: str = "solid"
    symbol: str = "circle"
    hatch: str = ""

    @property
    def hue(self) -> str:
        return self.role.split("-")[0]

    @property
    def text_role(self) -> str:
        """The darker sister of a colour in which text is still readable."""
        return f"{self.hue}-text"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    month: date
    share: float | None
    hollow: bool
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class ChartSeries:
    key: str
    label: str
    look: SeriesStyle
    points: tuple[ChartPoint, ...]

    @property
    def last(self) -> ChartPoint | None:
        return next((point for point in reversed(self.points) if point.share is not None), None)


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Text beside the end of a line, layer or bar, `lift` pixels above it.

    `ended`: the series has no figure in the latest month; its label says up to when it had.
    `sample`: how its line looks, where another one has the same hue.
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
        """Pixels that a sample takes before the text."""
        return SAMPLE_LENGTH + SAMPLE_GAP if self.sample else 0


@dataclass(frozen=True, slots=True)
class Callout:
    """A reported point with its own words, `lift` pixels above it; `side` is the text's anchor."""

    point: ChartPoint
    text: tuple[str, ...]
    look: SeriesStyle
    lift: float
    side: str


class ChartKind(StrEnum):
    """How the figures of a source are drawn. `app/charts/kinds` has a design for each."""

    LINES = "lines"
    STACK = "stack"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class PanelTraits:
    """What the panels of a kind have in common, whatever their figures.

    `timed`: the axis across is time, with ticks for months and lines for dated events; else it is
    that of shares. `annotated`: reported figures stand on it, and its page tells of the events.
    `filled`: series are areas, which a hatch tells apart. `ringed`: a ring stands above each
    provisional month. `column` is the part of a month that its column takes, 0 where a point marks
    its middle. `label_offset` counts pixels from the end of a series to its label, `title_lift`
    those from the top of the panel, or the badges there, to its title.
    """

    kind: ChartKind
    timed: bool = True
    annotated: bool = False
    filled: bool = True
    ringed: bool = False
    column: float = 0
    label_offset: int = 16
    title_lift: int = 8


@dataclass(frozen=True, slots=True)
class Panel:
    """The figures of one source, drawn as its traits say."""

    traits: PanelTraits
    source: SourceDefinition
    title: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    labels: tuple[EndLabel, ...]
    top: float
    step: float
    height: int
    callouts: tuple[Callout, ...] = ()


@dataclass(frozen=True, slots=True)
class EventBadge:
    """A dated event: its number in the list below the chart, and the row its badge stands in."""

    number: int
    event: ChartEvent
    row: int


@dataclass(frozen=True, slots=True)
class Chart:
    frame: ChartSize
    first: date
    last: date
    ticks: tuple[Tick, ...]
    panels: tuple[Panel, ...]
    marks: tuple[EventBadge, ...] = field(default=())

    @property
    def right(self) -> int:
        """Pixels right of the plot: room for the longest label."""
        widths = [
            self.frame.text_width(item.text) + item.indent
            for panel in self.panels
            for item in panel.labels
        ]
        return int(max(widths, default=20)) + 24

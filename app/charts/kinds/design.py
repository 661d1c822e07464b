"""The design of a kind of chart: its layout, its drawing as SVG and by Plotly, its words."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from app.charts.chart import Chart, ChartSeries, ChartSize, EndLabel, Panel, PanelTraits
from app.charts.geometry import ChartGeometry, PanelBox, line_end, share_ticks
from app.charts.labels import LABEL_GAP
from app.charts.plotly.values import plotly_instant, plotly_moment, share_axis
from app.charts.scales import middle_of_month, share_scale
from app.charts.svg.elements import SvgPoint
from app.domain.answer import SourceDefinition
from app.domain.calendar import add_months
from app.domain.vocabulary import View
from app.wording.periods import figure_terms, period_of

AxisTexts = list[tuple[float, tuple[str, ...]]]
"""Texts along an axis: each the pixel of the whole picture and the lines that stand there."""


class PanelDesign(ABC):
    """One kind of chart. Unless it says otherwise, time runs across and shares upwards from 0.

    `view` is the view that a question asks for to get it, None where the figures decide. `whole`:
    what the question leaves out is drawn too. `unsettled_mark` names the mark of a figure that is
    not final, for pictures that stand alone; `unsettled_note` says on a page what it means. Both
    are empty where there is none.
    """

    # Both drawings of a kind stand in one class, so that one is not changed without the other:
    # the picture and Plotly's figure replace each other on the page and must look the same.

    traits: ClassVar[PanelTraits]
    view: ClassVar[View | None] = None
    whole: ClassVar[bool] = False
    unsettled_mark: ClassVar[str] = ""
    unsettled_note: ClassVar[str] = ""

    # --- layout

    def scale(self, peak: float) -> tuple[float, float]:
        """Return the top and the step of the axis of shares, in percent.

        `peak` is the highest single share in any panel of this kind.
        """
        return share_scale(peak)

    def height(self, groups: int, panels: int, frame: ChartSize) -> int:
        """Return the pixels of a panel with so many groups: less where sources share the chart.

        There is always room for the labels of all groups.
        """
        return max(frame.tall if panels == 1 else frame.low, round(1.5 * LABEL_GAP * groups))

    def title_end(self, _: Sequence[ChartSeries], source: SourceDefinition) -> str:
        """Return what the title of a panel says after source and metric: what a figure is of."""
        terms = figure_terms(source)
        return f" (each figure: {terms})" if terms else ""

    @abstractmethod
    def labels(
        self, series: Sequence[ChartSeries], per_share: float, height: int, frame: ChartSize
    ) -> Iterator[EndLabel]:
        """Yield the labels of the series; a percent is `per_share` of the panel's `height` pixels.

        Each series with a figure has one.
        """

    # --- SVG

    @abstractmethod
    def draw_series(self, sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
        """Yield the SVG elements of the series; `name` begins the ids of the chart's textures."""

    def label_end(self, sheet: ChartGeometry, place: PanelBox, index: int) -> SvgPoint:
        """Return the pixels where the series ends whose label has this index."""
        label = place.panel.labels[index]
        return sheet.x(line_end(place.panel, label)), place.y(label.share)

    def axis_texts(self, sheet: ChartGeometry, place: PanelBox) -> tuple[AxisTexts, AxisTexts]:
        """Return the texts below the panel, by their x, and those beside it, by their y."""
        below = [(sheet.x(middle_of_month(tick.month)), tick.text) for tick in sheet.chart.ticks]
        return below, [(place.y(value), (text,)) for value, text in share_ticks(place.panel)]

    # --- Plotly

    @abstractmethod
    def plotly_trace(self, series: ChartSeries, panel: Panel) -> dict[str, Any]:
        """Return what a trace of this kind adds to what all traces have: type, values, look."""

    def plotly_label_end(self, panel: Panel, index: int) -> dict[str, Any]:
        """Return `x` and `y` of the end of that series, as values of the panel's axes."""
        label = panel.labels[index]
        return {"x": plotly_moment(line_end(panel, label)), "y": label.share}

    def plotly_xaxis(self, chart: Chart, panel: Panel) -> dict[str, Any]:
        """Return type, range and ticks of the axis across."""
        # Ticks are written out: Plotly's own would turn names of months sideways, and stand at the
        # months' first days, where no figure stands. `unifiedhovertitle` is needed because the
        # hover box would show the moment in the middle of the month, with its day and hour.
        return {
            "type": "date",
            "range": [f"{chart.first}", f"{add_months(chart.last, 1)}"],
            "tickvals": [plotly_instant(tick.month) for tick in chart.ticks],
            "ticktext": ["<br>".join(tick.text) for tick in chart.ticks],
            "tickangle": 0,
            "unifiedhovertitle": {"text": period_of(panel.source, "%{x|%B %Y}")},
        }

    def plotly_yaxis(self, panel: Panel) -> dict[str, Any]:
        """Return range and ticks of the upright axis."""
        return share_axis(panel)

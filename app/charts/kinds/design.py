"""What a kind of chart has to say: its layout, its drawing as SVG and by Plotly, its words."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from app.charts.chart import Chart, ChartSeries, ChartSize, EndLabel, Panel, PanelTraits
from app.charts.geometry import ChartGeometry, PanelBox, line_end, share_ticks
from app.charts.labels import LABEL_GAP
from app.charts.plotly.values import plotly_instant, plotly_moment, share_axis
from app.charts.scales import middle_of_month, share_scale
from app.charts.svg.elements import SvgPoint
from app.domain.calendar import add_months
from app.domain.vocabulary import View

AxisTexts = list[tuple[float, tuple[str, ...]]]
"""Pixels along an axis, and the lines of text that stand there."""


class PanelDesign(ABC):
    """One kind of chart. Unless it says otherwise, time runs across and shares upwards from 0.

    `view` is what a question asks to get it, None where the figures decide. `whole`: what the
    question leaves out is drawn too. `unsettled_mark` names the mark of a figure that is not final,
    `unsettled_note` says on a page what it means; both are empty where there is none.
    """

    traits: ClassVar[PanelTraits]
    view: ClassVar[View | None] = None
    whole: ClassVar[bool] = False
    unsettled_mark: ClassVar[str] = ""
    unsettled_note: ClassVar[str] = ""

    # --- layout

    def scale(self, peak: float) -> tuple[float, float]:
        """Return the top and the step of the axis of shares, in percent."""
        return share_scale(peak)

    def height(self, groups: int, panels: int, frame: ChartSize) -> int:
        """Return pixels for every label at its distance, fewer where sources share the chart."""
        return max(frame.tall if panels == 1 else frame.low, round(1.5 * LABEL_GAP * groups))

    def title_end(self, _: Sequence[ChartSeries]) -> str:
        """Return what the title of a panel says after source and metric."""
        return ""

    @abstractmethod
    def labels(
        self, series: Sequence[ChartSeries], per_share: float, height: int, frame: ChartSize
    ) -> Iterator[EndLabel]:
        """Yield the labels of the series; a percent is `per_share` pixels of `height`."""

    # --- SVG

    @abstractmethod
    def draw_series(self, sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
        """Yield the elements of the series; `name` begins the ids of the chart's textures."""

    def label_end(self, sheet: ChartGeometry, place: PanelBox, index: int) -> SvgPoint:
        """Return the end of the series whose label has this index."""
        label = place.panel.labels[index]
        return sheet.x(line_end(place.panel, label)), place.y(label.share)

    def axis_texts(self, sheet: ChartGeometry, place: PanelBox) -> tuple[AxisTexts, AxisTexts]:
        """Return the texts below the panel and those beside it."""
        below = [(sheet.x(middle_of_month(tick.month)), tick.text) for tick in sheet.chart.ticks]
        return below, [(place.y(value), (text,)) for value, text in share_ticks(place.panel)]

    # --- Plotly

    @abstractmethod
    def plotly_trace(self, series: ChartSeries, panel: Panel) -> dict[str, Any]:
        """Return what a trace of this kind adds to what all traces say."""

    def plotly_label_end(self, panel: Panel, index: int) -> dict[str, Any]:
        """Return the end of the series whose label has this index, on the panel's axes."""
        label = panel.labels[index]
        return {"x": plotly_moment(line_end(panel, label)), "y": label.share}

    def plotly_xaxis(self, chart: Chart, _panel: Panel) -> dict[str, Any]:
        return {
            "type": "date",
            "range": [f"{chart.first}", f"{add_months(chart.last, 1)}"],
            "tickvals": [plotly_instant(tick.month) for tick in chart.ticks],
            "ticktext": ["<br>".join(tick.text) for tick in chart.ticks],
            "tickangle": 0,
            "unifiedhovertitle": {"text": "%{x|%B %Y}"},
        }

    def plotly_yaxis(self, panel: Panel) -> dict[str, Any]:
        return share_axis(panel)

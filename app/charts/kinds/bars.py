"""Bars, one for each group, from left to right: what a source says of its only month."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.charts.chart import Chart, ChartKind, ChartSeries, ChartSize, EndLabel, Panel, PanelTraits
from app.charts.geometry import BAR_WIDTH_SHARE, ChartGeometry, PanelBox, share_ticks
from app.charts.kinds.design import AxisTexts, PanelDesign
from app.charts.labels import label_ends
from app.charts.plotly.values import area_marker, share_axis
from app.charts.svg.elements import SvgPoint, box_path
from app.charts.svg.series import draw_area
from app.domain.answer import SourceDefinition
from app.wording.periods import in_period, period_name

ROW_HEIGHT = 34  # pixels from the middle of a bar to that of the next


class Bars(PanelDesign):
    """The design of a panel with one month: shares run across, groups stand below each other.

    The axis across is no time, so that events and reported figures have no place.
    """

    traits = PanelTraits(ChartKind.BARS, timed=False, label_offset=6)

    def height(self, groups: int, _panels: int, _frame: ChartSize) -> int:
        return ROW_HEIGHT * groups

    def title_end(self, series: Sequence[ChartSeries], source: SourceDefinition) -> str:
        """Return the time, which no axis says, with "(not final)" where it is not."""
        points = [point for item in series for point in item.points]
        unsettled = any(point.unsettled for point in points)
        when = in_period(source, points[0].month)
        return f" {when}" + (" (not final)" if unsettled else "")

    def labels(
        self, series: Sequence[ChartSeries], _per_share: float, _height: int, frame: ChartSize
    ) -> Iterator[EndLabel]:
        # Every bar has a row of its own, so no label needs to be moved.
        return label_ends(series, frame)

    def draw_series(self, sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
        panel = place.panel
        thickness = BAR_WIDTH_SHARE * panel.height / len(panel.series)
        for index, series in enumerate(panel.series):
            end = sheet.along(panel, series.points[0].share or 0.0)
            top = place.row(index) - thickness / 2
            path = box_path(sheet.left, top, end - sheet.left, thickness)
            yield draw_area(path, series.look, name)

    def label_end(self, sheet: ChartGeometry, place: PanelBox, index: int) -> SvgPoint:
        # The label of a bar has the index of its series: every series of a panel has a figure.
        return sheet.along(place.panel, place.panel.labels[index].share), place.row(index)

    def axis_texts(self, sheet: ChartGeometry, place: PanelBox) -> tuple[AxisTexts, AxisTexts]:
        panel = place.panel
        return [(sheet.along(panel, value), (text,)) for value, text in share_ticks(panel)], []

    def plotly_trace(self, series: ChartSeries, panel: Panel) -> dict[str, Any]:
        return {
            "type": "bar",
            "orientation": "h",
            "x": [point.share for point in series.points],
            "y": [panel.series.index(series)] * len(series.points),
            "width": BAR_WIDTH_SHARE,
            "marker": area_marker(series),
            # The hover box of the whole figure gathers what has the same `x`, a share here. The
            # labels say the figures instead.
            "hoverinfo": "skip",
            # `x` is a share here: the reading by keyboard takes the month from this.
            "customdata": [period_name(panel.source, point.month) for point in series.points],
        }

    def plotly_label_end(self, panel: Panel, index: int) -> dict[str, Any]:
        return {"x": panel.labels[index].share, "y": index}

    def plotly_xaxis(self, _chart: Chart, panel: Panel) -> dict[str, Any]:
        return {"type": "linear"} | share_axis(panel)

    def plotly_yaxis(self, panel: Panel) -> dict[str, Any]:
        # From the last to the first, since Plotly counts upwards and the first bar is the topmost.
        return {"range": [len(panel.series) - 0.5, -0.5], "visible": False}

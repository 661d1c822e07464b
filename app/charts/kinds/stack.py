"""Stacked columns, one for each month with a layer for each group: the parts of the whole."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from app.charts.chart import ChartKind, ChartSeries, ChartSize, EndLabel, Panel, PanelTraits
from app.charts.geometry import COLUMN_WIDTH_SHARE, ChartGeometry, PanelBox
from app.charts.kinds.design import PanelDesign
from app.charts.labels import label_layers, spread_labels
from app.charts.plotly.values import area_marker, plotly_instant
from app.charts.scales import middle_of_month
from app.charts.svg.elements import box_path
from app.charts.svg.series import draw_area
from app.domain.calendar import days_in
from app.domain.vocabulary import View


class Stack(PanelDesign):
    """The design of stacked columns, whose layers add up to 100 percent.

    The first group lies on the axis, where its changes read best; what the question leaves out
    lies on top. A month without figures is an empty slot.
    """

    traits = PanelTraits(ChartKind.STACK, ringed=True, column=COLUMN_WIDTH_SHARE, title_lift=16)
    view = View.STACK
    whole = True
    unsettled_mark = "Ring above a column"
    unsettled_note = "○ above a column: the month is provisional."

    def scale(self, _: float) -> tuple[float, float]:
        # Also where the layers reach less: a column is always seen against the whole.
        return 100.0, 25.0

    def labels(
        self, series: Sequence[ChartSeries], per_share: float, height: int, frame: ChartSize
    ) -> Iterator[EndLabel]:
        return spread_labels(label_layers(series, frame), per_share, height)

    def draw_series(self, sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
        """Yield the layers, each on top of the one before."""
        # Plotly stacks the traces itself, in the same order: figure.py has `barmode: stack`, and
        # never a `barnorm`, which would rescale a month that adds up to less than 100.
        piled: dict[date, float] = {}
        for series in place.panel.series:
            boxes = []
            for point in series.points:
                if not point.share:
                    continue
                base = piled.get(point.month, 0.0)
                top = piled[point.month] = base + point.share
                middle = middle_of_month(point.month)
                half = timedelta(days=days_in(point.month) * COLUMN_WIDTH_SHARE / 2)
                left, right = sheet.x(middle - half), sheet.x(middle + half)
                height = place.y(base) - place.y(top)
                boxes.append(box_path(left, place.y(top), right - left, height))
            yield draw_area("".join(boxes), series.look, name)

    def plotly_trace(self, series: ChartSeries, _: Panel) -> dict[str, Any]:
        return {
            "type": "bar",
            "x": [plotly_instant(point.month) for point in series.points],
            "y": [point.share for point in series.points],
            # Bars on an axis of dates are as wide as Plotly's narrowest gap unless told in
            # milliseconds, and months differ in length.
            "width": [
                _month_in_milliseconds(point.month) * COLUMN_WIDTH_SHARE for point in series.points
            ],
            "marker": area_marker(series),
        }


def _month_in_milliseconds(month: date) -> int:
    return days_in(month) * 86_400_000

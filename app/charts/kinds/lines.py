"""Lines over time with a mark for each month: how the shares of groups went."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.charts.chart import ChartKind, ChartSeries, ChartSize, EndLabel, Panel, PanelTraits
from app.charts.geometry import (
    LINE_WIDTH,
    MARKER_RIM_WIDTH,
    MARKER_SIZE,
    ChartGeometry,
    PanelBox,
)
from app.charts.kinds.design import PanelDesign
from app.charts.labels import label_ends, spread_labels
from app.charts.palette import PALETTE
from app.charts.plotly.values import plotly_instant
from app.charts.scales import middle_of_month
from app.charts.svg.bands import draw_band
from app.charts.svg.elements import element, path_strokes
from app.charts.svg.series import dash_array, draw_markers
from app.charts.svg.text import stroke_role
from app.domain.vocabulary import View


class Lines(PanelDesign):
    """The design of lines. A month without a figure is a gap, a figure not final a hollow mark."""

    traits = PanelTraits(ChartKind.LINES, annotated=True, banded=True, filled=False)
    view = View.LINES
    unsettled_mark = "Hollow mark"
    unsettled_note = "Hollow mark: provisional or estimated, not final."

    def labels(
        self, series: Sequence[ChartSeries], per_share: float, height: int, frame: ChartSize
    ) -> Iterator[EndLabel]:
        return spread_labels(label_ends(series, frame, sampled=True), per_share, height)

    def draw_series(self, sheet: ChartGeometry, place: PanelBox, _: str) -> Iterator[str]:
        # The band comes first, so that it lies beneath every line.
        if place.panel.band:
            yield draw_band(sheet, place, place.panel.band)
        yield from (_draw_line(sheet, place, series) for series in place.panel.series)

    def plotly_trace(self, series: ChartSeries, _: Panel) -> dict[str, Any]:
        colour = PALETTE[series.look.role]
        fills = [PALETTE["surface"] if point.hollow else colour for point in series.points]
        return {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [plotly_instant(point.month) for point in series.points],
            "y": [point.share for point in series.points],
            # A missing month stays a gap: a line across it would state a figure nobody published.
            "connectgaps": False,
            # Marks at the edges of the plot, as for a share of 0, would be cut in half.
            "cliponaxis": False,
            "line": {"color": colour, "width": LINE_WIDTH, "dash": series.look.dash},
            "marker": {
                "symbol": series.look.symbol,
                "size": MARKER_SIZE,
                "color": fills,
                # Hollow marks must hide the line behind them.
                "opacity": 1,
                "line": {"color": colour, "width": MARKER_RIM_WIDTH},
            },
        }


def _draw_line(sheet: ChartGeometry, place: PanelBox, series: ChartSeries) -> str:
    # A missing month is None: it parts the path into strokes. It counts as hollow, but
    # `draw_markers` leaves it out.
    spots = [
        None
        if point.share is None
        else (sheet.x(middle_of_month(point.month)), place.y(point.share))
        for point in series.points
    ]
    hollow = [spot for spot, point in zip(spots, series.points, strict=True) if point.hollow]
    full = [spot for spot, point in zip(spots, series.points, strict=True) if not point.hollow]
    line = element(
        "path",
        d="".join(path_strokes(spots)),
        fill="none",
        stroke_width=LINE_WIDTH,
        stroke_linejoin="round",
        stroke_dasharray=dash_array(series.look),
    )
    look = series.look
    return element(
        "g",
        line,
        draw_markers(full, look.symbol, MARKER_SIZE, look.role),
        draw_markers(hollow, look.symbol, MARKER_SIZE, "surface"),
        stroke_width=MARKER_RIM_WIDTH,
        **stroke_role(look.role),
    )

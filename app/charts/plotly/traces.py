"""The series and the reported figures of a chart as Plotly traces.

static/scripts/chart-reading.js reads the traces aloud: it relies on `name`, `hovertext`, `meta`
and on the order, in which the layers of a stack lie upon each other.
"""

from collections.abc import Iterator
from typing import Any

from app.charts.chart import Callout, Chart, ChartSeries, Panel
from app.charts.geometry import REPORTED_RIM_WIDTH, REPORTED_SIZE, REPORTED_SYMBOL
from app.charts.kinds import design_of
from app.charts.palette import PALETTE
from app.charts.plotly.values import axis_name, plain_text, plotly_instant
from app.wording.formats import isolate_direction


def panel_traces(chart: Chart) -> Iterator[dict[str, Any]]:
    """Yield the traces of each panel, its series first and its reported figures after them."""
    for index, panel in enumerate(chart.panels, start=1):
        axes = {"xaxis": axis_name("x", index), "yaxis": axis_name("y", index)}
        design = design_of(panel)
        for series in panel.series:
            yield _common(series, panel) | design.plotly_trace(series, panel) | axes
        yield from (_reported(callout, panel) | axes for callout in panel.callouts)


def _common(series: ChartSeries, panel: Panel) -> dict[str, Any]:
    return {
        # As the words of its points begin, which for a name from right to left are isolated.
        "name": plain_text(isolate_direction(series.label)),
        "meta": {
            "source": panel.source.slug,
            "name": plain_text(panel.source.name),
            "group": series.key,
            "role": series.look.role,
            "low_pct": [point.low for point in series.points],
            "high_pct": [point.high for point in series.points],
        }
        | ({"left_out": True} if series.left_out else {}),
        "hoverinfo": "x+text",
        "hovertext": [plain_text(point.words) for point in series.points],
        "showlegend": False,
    }


def _reported(callout: Callout, panel: Panel) -> dict[str, Any]:
    colour = PALETTE[callout.look.role]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain_text(callout.point.words),
        "meta": {"source": panel.source.slug, "role": callout.look.role, "reported": True},
        "x": [plotly_instant(callout.point.month)],
        "y": [callout.point.share],
        "hoverinfo": "x+text",
        "hovertext": [plain_text(callout.point.words)],
        "showlegend": False,
        "cliponaxis": False,
        "marker": {
            "symbol": REPORTED_SYMBOL,
            "size": REPORTED_SIZE,
            "color": PALETTE["surface"],
            "opacity": 1,
            "line": {"color": colour, "width": REPORTED_RIM_WIDTH},
        },
    }

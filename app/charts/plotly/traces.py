"""The lines, layers and bars of a chart as Plotly's traces."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from app.charts.chart import Callout, Chart, ChartSeries, Panel
from app.charts.geometry import (
    BAR_WIDTH_SHARE,
    COLUMN_WIDTH_SHARE,
    HATCH_SIZE,
    HATCH_SOLIDITY,
    LINE_WIDTH,
    MARKER_RIM_WIDTH,
    MARKER_SIZE,
    REPORTED_RIM_WIDTH,
    REPORTED_SIZE,
    REPORTED_SYMBOL,
    SEAM_WIDTH,
)
from app.charts.palette import PALETTE
from app.charts.scales import middle_of_month
from app.domain.calendar import days_in
from app.wording.formats import format_month_name


def plain_text(text: str) -> str:
    """`text` as Plotly shows it unchanged: it renders some HTML and fills in `%{...}`."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "%&#123;")


# --- traces


def panel_traces(chart: Chart) -> Iterator[dict[str, Any]]:
    for index, panel in enumerate(chart.panels, start=1):
        axes = {"xaxis": axis_name("x", index), "yaxis": axis_name("y", index)}
        draw = {"lines": _line, "stack": _layer, "bars": _bar}[panel.kind]
        for series in panel.series:
            yield _common(series, panel) | draw(series, panel) | axes
        yield from (_reported(callout, panel) | axes for callout in panel.callouts)


def axis_name(letter: str, index: int) -> str:
    return letter if index == 1 else f"{letter}{index}"


def _common(series: ChartSeries, panel: Panel) -> dict[str, Any]:
    return {
        "name": plain_text(series.label),
        "meta": {
            "source": panel.source.slug,
            "name": plain_text(panel.source.name),
            "group": series.key,
            "role": series.look.role,
        },
        "hoverinfo": "x+text",
        "hovertext": [plain_text(point.words) for point in series.points],
        "showlegend": False,
    }


def _line(series: ChartSeries, _: Panel) -> dict[str, Any]:
    colour = PALETTE[series.look.role]
    fills = [PALETTE["surface"] if point.hollow else colour for point in series.points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [plotly_instant(point.month) for point in series.points],
        "y": [point.share for point in series.points],
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": colour, "width": LINE_WIDTH, "dash": series.look.dash},
        "marker": {
            "symbol": series.look.symbol,
            "size": MARKER_SIZE,
            "color": fills,
            "opacity": 1,
            "line": {"color": colour, "width": MARKER_RIM_WIDTH},
        },
    }


def _layer(series: ChartSeries, _: Panel) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [plotly_instant(point.month) for point in series.points],
        "y": [point.share for point in series.points],
        "width": [
            _month_in_milliseconds(point.month) * COLUMN_WIDTH_SHARE for point in series.points
        ],
        "marker": _texture(series),
    }


def _bar(series: ChartSeries, panel: Panel) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [point.share for point in series.points],
        "y": [panel.series.index(series)] * len(series.points),
        "width": BAR_WIDTH_SHARE,
        "marker": _texture(series),
        "hoverinfo": "skip",
        "customdata": [format_month_name(point.month) for point in series.points],
    }


def _texture(series: ChartSeries) -> dict[str, Any]:
    colour = PALETTE[series.look.role]
    seam = {"color": PALETTE["surface"], "width": SEAM_WIDTH}
    marker: dict[str, Any] = {"color": colour, "line": seam}
    if series.look.hatch:
        marker["pattern"] = {
            "shape": series.look.hatch,
            "size": HATCH_SIZE,
            "solidity": HATCH_SOLIDITY,
            "fillmode": "replace",
            "fgcolor": colour,
            "bgcolor": PALETTE["surface"],
        }
    return marker


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


def plotly_instant(month: date) -> str:
    return plotly_moment(middle_of_month(month))


def plotly_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _month_in_milliseconds(month: date) -> int:
    return days_in(month) * 86_400_000

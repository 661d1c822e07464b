"""Charts as Plotly figures. Light colours here; the page's script changes them for the dark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import plotly.graph_objects as go

from app.charts import Callout, Chart, Label, Mark, Panel, Series
from app.months import add_months
from app.placing import middle
from app.wording import month_name

PALETTE: Final = {
    "surface": "#ffffff",
    "grid": "#e3e6eb",
    "rule": "#b9bfca",
    "muted": "#596070",
    "ink": "#171c26",
    "ink-text": "#171c26",
    "chinese": "#bd3719",
    "chinese-2": "#e08468",
    "chinese-3": "#7a2411",
    "chinese-text": "#bd3719",
    "us": "#0b4380",
    "us-2": "#4f8fd0",
    "us-3": "#06264a",
    "us-text": "#0b4380",
    "european": "#cb8604",
    "european-2": "#e6b553",
    "european-3": "#8f5e02",
    "european-text": "#8a5a00",
    "other": "#159872",
    "other-2": "#62c4a6",
    "other-3": "#0c634a",
    "other-text": "#0f6e53",
    "grey": "#797f90",
    "grey-text": "#5b6171",
}
"""Role to light colour; the style sheet has a custom property of the same name for each theme."""

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
AXIS: Final = {"fixedrange": True, "zeroline": False, "tickfont": {"color": PALETTE["muted"]}}
TEMPLATE: Final = {
    "layout": {
        "font": {"family": FONT, "color": PALETTE["ink"]},
        "paper_bgcolor": PALETTE["surface"],
        "plot_bgcolor": PALETTE["surface"],
        "xaxis": AXIS | {"showgrid": False, "ticks": "outside", "tickcolor": PALETTE["rule"]},
        "yaxis": AXIS | {"gridcolor": PALETTE["grid"]},
        "hoverlabel": {
            "bgcolor": PALETTE["surface"],
            "bordercolor": PALETTE["rule"],
            "font": {"color": PALETTE["ink"], "size": 13},
        },
        "annotationdefaults": {"showarrow": False, "arrowhead": 0, "arrowwidth": 1},
    }
}
# Plotly's own default template would add 7 kB to every figure.

TITLE_LINE: Final = 18
TICK_ROOM: Final = 46
BADGE_ROOM: Final = 22


def figure(wide: Chart, narrow: Chart) -> go.Figure:
    """The figure of a chart; `layout.meta.narrow` holds what changes on a narrow screen."""
    layout = _layout(wide)
    layout["template"] = TEMPLATE
    layout["meta"] = {
        "palette": {colour: role for role, colour in PALETTE.items()},
        "narrow": go.Layout(_layout(narrow)).to_plotly_json(),
    }
    return go.Figure(list(_traces(wide)), layout)


def plain(text: str) -> str:
    """`text` as Plotly shows it unchanged: it renders some HTML and fills in `%{...}`."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "%&#123;")


# --- traces


def _traces(chart: Chart) -> Iterator[dict[str, Any]]:
    for index, panel in enumerate(chart.panels, start=1):
        axes = {"xaxis": _axis("x", index), "yaxis": _axis("y", index)}
        draw = {"lines": _line, "stack": _layer, "bars": _bar}[panel.kind]
        for series in panel.series:
            yield _common(series, panel) | draw(series, panel) | axes
        yield from (_reported(callout, panel) | axes for callout in panel.callouts)


def _axis(letter: str, index: int) -> str:
    return letter if index == 1 else f"{letter}{index}"


def _common(series: Series, panel: Panel) -> dict[str, Any]:
    return {
        "name": plain(series.label),
        "meta": {
            "source": panel.source.slug,
            "name": plain(panel.source.name),
            "group": series.key,
            "role": series.look.role,
        },
        "hoverinfo": "x+text",
        "hovertext": [plain(point.words) for point in series.points],
        "showlegend": False,
    }


def _line(series: Series, _: Panel) -> dict[str, Any]:
    colour = PALETTE[series.look.role]
    fills = [PALETTE["surface"] if point.hollow else colour for point in series.points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [_instant(point.month) for point in series.points],
        "y": [point.share for point in series.points],
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": colour, "width": 2.5, "dash": series.look.dash},
        "marker": {
            "symbol": series.look.symbol,
            "size": 7,
            "color": fills,
            "opacity": 1,
            "line": {"color": colour, "width": 1.75},
        },
    }


def _layer(series: Series, _: Panel) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [_instant(point.month) for point in series.points],
        "y": [point.share for point in series.points],
        "width": [_milliseconds(point.month) * 0.82 for point in series.points],
        "marker": _texture(series),
    }


def _bar(series: Series, panel: Panel) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [point.share for point in series.points],
        "y": [panel.series.index(series)] * len(series.points),
        "width": 0.62,
        "marker": _texture(series),
        "hoverinfo": "skip",
        "customdata": [month_name(point.month) for point in series.points],
    }


def _texture(series: Series) -> dict[str, Any]:
    colour = PALETTE[series.look.role]
    marker: dict[str, Any] = {"color": colour, "line": {"color": PALETTE["surface"], "width": 0.5}}
    if series.look.hatch:
        marker["pattern"] = {
            "shape": series.look.hatch,
            "size": 6,
            "solidity": 0.28,
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
        "name": plain(callout.point.words),
        "meta": {"source": panel.source.slug, "role": callout.look.role, "reported": True},
        "x": [_instant(callout.point.month)],
        "y": [callout.point.share],
        "hoverinfo": "x+text",
        "hovertext": [plain(callout.point.words)],
        "showlegend": False,
        "cliponaxis": False,
        "marker": {
            "symbol": "diamond",
            "size": 13,
            "color": PALETTE["surface"],
            "opacity": 1,
            "line": {"color": colour, "width": 2},
        },
    }


def _instant(month: date) -> str:
    return _written(middle(month))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _milliseconds(month: date) -> int:
    return (add_months(month, 1) - month).days * 86_400_000


# --- layout


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a panel lies in the plotting area, as Plotly counts: fractions from below."""

    low: float
    high: float


def _layout(chart: Chart) -> dict[str, Any]:
    top, height, places = _places(chart)
    layout: dict[str, Any] = {
        "height": top + height + TICK_ROOM,
        "margin": {"t": top, "b": TICK_ROOM, "l": chart.frame.left, "r": chart.right, "pad": 0},
        "font": {"size": chart.frame.font},
        "barmode": "stack",
        "hovermode": "x unified",
        "dragmode": False,
        "annotations": list(_annotations(chart, places)),
        "shapes": list(_event_lines(chart)),
    }
    for index, (panel, place) in enumerate(zip(chart.panels, places, strict=True), start=1):
        number = "" if index == 1 else str(index)
        layout[f"xaxis{number}"] = _xaxis(chart, panel, index)
        layout[f"yaxis{number}"] = _yaxis(panel, place, index)
    return layout


def _places(chart: Chart) -> tuple[int, int, list[_Place]]:
    """Top margin, height of the plotting area, and every panel's place in it."""
    titled = len(chart.panels) > 1
    rows = 1 + max((mark.row for mark in chart.marks), default=-1)
    title = 18 + TITLE_LINE * max((len(panel.title) for panel in chart.panels), default=1)
    top = 14 + BADGE_ROOM * rows + (title if titled else 0)
    gap = TICK_ROOM + title + 8
    height = sum(panel.height for panel in chart.panels) + gap * (len(chart.panels) - 1)
    places, used = [], 0
    for panel in chart.panels:
        low = height - used - panel.height
        places.append(_Place(low / height, (height - used) / height))
        used += panel.height + gap
    return top, height, places


def _xaxis(chart: Chart, panel: Panel, index: int) -> dict[str, Any]:
    anchor = {"anchor": _axis("y", index), "showline": True, "linecolor": PALETTE["rule"]}
    if panel.kind == "bars":
        values = _steps(panel)
        return anchor | {
            "type": "linear",
            "range": [0, panel.top],
            "tickvals": values,
            "ticktext": [_percent(value, values) for value in values],
        }
    return anchor | {
        "type": "date",
        "range": [f"{chart.first}", f"{add_months(chart.last, 1)}"],
        "tickvals": [_instant(tick.month) for tick in chart.ticks],
        "ticktext": ["<br>".join(tick.text) for tick in chart.ticks],
        "tickangle": 0,
        "unifiedhovertitle": {"text": "%{x|%B %Y}"},
    }


def _yaxis(panel: Panel, place: _Place, index: int) -> dict[str, Any]:
    axis: dict[str, Any] = {"domain": [place.low, place.high], "anchor": _axis("x", index)}
    if panel.kind == "bars":
        return axis | {"range": [len(panel.series) - 0.5, -0.5], "visible": False}
    values = _steps(panel)
    return axis | {
        "range": [0, panel.top],
        "tickvals": values,
        "ticktext": [_percent(value, values) for value in values],
    }


def _steps(panel: Panel) -> list[float]:
    count = round(panel.top / panel.step)
    return [round(panel.step * index, 6) for index in range(count + 1)]


def _percent(value: float, values: Sequence[float]) -> str:
    """The unit on the topmost tick only."""
    return f"{value:g} %" if value == values[-1] else f"{value:g}"


# --- annotations and shapes


def _annotations(chart: Chart, places: Sequence[_Place]) -> Iterator[dict[str, Any]]:
    for index, (panel, place) in enumerate(zip(chart.panels, places, strict=True), start=1):
        axes = {"xref": _axis("x", index), "yref": _axis("y", index)}
        for number, label in enumerate(panel.labels):
            yield _end_label(panel, label, number) | axes
        for callout in panel.callouts:
            yield _callout(callout) | axes
        if panel.kind == "stack":
            yield from (_provisional(month) | axes for month in _hollow_months(panel))
        if len(chart.panels) > 1:
            rows = 1 + max((mark.row for mark in chart.marks), default=-1) if index == 1 else 0
            yield _title(panel, place, rows)
    # A badge drawn later covers the stem of one above it.
    for mark in sorted(chart.marks, key=lambda mark: -mark.row):
        yield _badge(mark)


def _end_label(panel: Panel, label: Label, number: int) -> dict[str, Any]:
    """Text beside its end; one that had to move has a fine line back to it."""
    end = middle(label.month)
    if panel.kind == "stack":
        end += timedelta(milliseconds=_milliseconds(label.month) * 0.41)
    bars = panel.kind == "bars"
    base = {
        "name": "label",
        "text": plain(label.text),
        "font": {"color": PALETTE[label.role]},
        "x": label.share if bars else _written(end),
        "y": number if bars else label.share,
        "xanchor": "left",
        "yanchor": "middle",
        "borderpad": 0,
    }
    if abs(label.lift) < 5 or label.ended:
        return base | {"xshift": 6 if bars else 16, "yshift": label.lift}
    leader = {"showarrow": True, "arrowcolor": PALETTE["rule"], "standoff": 6}
    return base | leader | {"ax": 16, "ay": -label.lift}


def _callout(callout: Callout) -> dict[str, Any]:
    return {
        "name": "reported",
        "text": "<br>".join(plain(line) for line in callout.text),
        "font": {"color": PALETTE[callout.look.text_role]},
        "align": callout.side,
        "x": _instant(callout.point.month),
        "y": callout.point.share,
        "xanchor": callout.side,
        "yanchor": "bottom",
        "showarrow": True,
        "arrowcolor": PALETTE[callout.look.role],
        "standoff": 8,
        "ax": 0,
        "ay": -callout.lift,
        "bgcolor": PALETTE["surface"],
        "borderpad": 2,
    }


def _hollow_months(panel: Panel) -> list[date]:
    return sorted(
        {
            point.month
            for item in panel.series
            for point in item.points
            if point.hollow and point.share
        }
    )


def _provisional(month: date) -> dict[str, Any]:
    """A ring above a column says of the stack what a hollow mark says of a line."""
    return {
        "name": "provisional",
        "text": "○",
        "font": {"color": PALETTE["muted"], "size": 11},
        "x": _instant(month),
        "y": 100,
        "yanchor": "bottom",
        "yshift": -1,
    }


def _title(panel: Panel, place: _Place, rows: int) -> dict[str, Any]:
    return {
        "name": "title",
        "text": "<br>".join(plain(line) for line in panel.title),
        "align": "left",
        "font": {
            "weight": 700
        },  # not <b>: Plotly gives it a style attribute, which our policy blocks
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": place.high,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": (16 if panel.kind == "stack" else 8) + BADGE_ROOM * rows,
    }


def _badge(mark: Mark) -> dict[str, Any]:
    return {
        "name": f"event-{mark.number}",
        "text": str(mark.number),
        "hovertext": plain(mark.event.title),
        "font": {"color": PALETTE["ink"], "size": 11},
        "x": f"{mark.event.date}T12:00",
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "showarrow": True,
        "arrowcolor": PALETTE["rule"],
        "ax": 0,
        "ay": -(12 + BADGE_ROOM * mark.row),
        "bgcolor": PALETTE["surface"],
        "bordercolor": PALETTE["rule"],
        "borderwidth": 1,
        "borderpad": 2,
        "width": 14,
    }


def _event_lines(chart: Chart) -> Iterator[dict[str, Any]]:
    for index, panel in enumerate(chart.panels, start=1):
        if panel.kind == "bars":
            continue
        for mark in chart.marks:
            day = f"{mark.event.date}T12:00"
            yield {
                "type": "line",
                "layer": "below",
                "xref": _axis("x", index),
                "yref": f"{_axis('y', index)} domain",
                "x0": day,
                "x1": day,
                "y0": 0,
                "y1": 1,
                "line": {"color": PALETTE["rule"], "width": 1, "dash": "2px,3px"},
            }

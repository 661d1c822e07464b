"""Charts as Plotly figures. Light colours here; the page's script changes them for the dark."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import plotly.graph_objects as go

from app import sheets
from app.charts import Callout, Chart, Label, Mark, Panel, Series
from app.domain.calendar import add_months, days_in
from app.lettering import FONT
from app.palette import PALETTE
from app.placing import middle, noon
from app.samples import samples
from app.sheets import (
    CALLOUT_GAP,
    LEADER_GAP,
    REPORTED_RIM,
    REPORTED_SYMBOL,
    TICK_ROOM,
    Place,
    Sheet,
    badge_lift,
    end_of,
    sheet_of,
)
from app.wording.formats import format_month_name

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
        "line": {"color": colour, "width": sheets.LINE, "dash": series.look.dash},
        "marker": {
            "symbol": series.look.symbol,
            "size": sheets.MARK,
            "color": fills,
            "opacity": 1,
            "line": {"color": colour, "width": sheets.RIM},
        },
    }


def _layer(series: Series, _: Panel) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [_instant(point.month) for point in series.points],
        "y": [point.share for point in series.points],
        "width": [_milliseconds(point.month) * sheets.COLUMN for point in series.points],
        "marker": _texture(series),
    }


def _bar(series: Series, panel: Panel) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [point.share for point in series.points],
        "y": [panel.series.index(series)] * len(series.points),
        "width": sheets.BAR,
        "marker": _texture(series),
        "hoverinfo": "skip",
        "customdata": [format_month_name(point.month) for point in series.points],
    }


def _texture(series: Series) -> dict[str, Any]:
    colour = PALETTE[series.look.role]
    seam = {"color": PALETTE["surface"], "width": sheets.SEAM}
    marker: dict[str, Any] = {"color": colour, "line": seam}
    if series.look.hatch:
        marker["pattern"] = {
            "shape": series.look.hatch,
            "size": sheets.HATCH,
            "solidity": sheets.SOLIDITY,
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
            "symbol": REPORTED_SYMBOL,
            "size": sheets.REPORTED,
            "color": PALETTE["surface"],
            "opacity": 1,
            "line": {"color": colour, "width": REPORTED_RIM},
        },
    }


def _instant(month: date) -> str:
    return _written(middle(month))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _milliseconds(month: date) -> int:
    return days_in(month) * 86_400_000


# --- layout


def _layout(chart: Chart) -> dict[str, Any]:
    sheet = sheet_of(chart)
    margin = {"t": sheet.top, "b": TICK_ROOM, "l": sheet.left, "r": chart.right, "pad": 0}
    layout: dict[str, Any] = {
        "height": sheet.height,
        "margin": margin,
        "font": {"size": chart.frame.font},
        "barmode": "stack",
        "hovermode": "x unified",
        "dragmode": False,
        "annotations": list(_annotations(sheet)),
        "shapes": [*_event_lines(chart), *samples(sheet)],
    }
    for index, place in enumerate(sheet.places, start=1):
        number = "" if index == 1 else str(index)
        layout[f"xaxis{number}"] = _xaxis(chart, place.panel, index)
        layout[f"yaxis{number}"] = _yaxis(sheet, place, index)
    return layout


def _xaxis(chart: Chart, panel: Panel, index: int) -> dict[str, Any]:
    anchor = {"anchor": _axis("y", index), "showline": True, "linecolor": PALETTE["rule"]}
    if panel.kind == "bars":
        return anchor | {"type": "linear"} | _shares(panel)
    return anchor | {
        "type": "date",
        "range": [f"{chart.first}", f"{add_months(chart.last, 1)}"],
        "tickvals": [_instant(tick.month) for tick in chart.ticks],
        "ticktext": ["<br>".join(tick.text) for tick in chart.ticks],
        "tickangle": 0,
        "unifiedhovertitle": {"text": "%{x|%B %Y}"},
    }


def _yaxis(sheet: Sheet, place: Place, index: int) -> dict[str, Any]:
    domain = [sheet.fraction(place.bottom), sheet.fraction(place.top)]
    axis: dict[str, Any] = {"domain": domain, "anchor": _axis("x", index)}
    if place.panel.kind == "bars":
        return axis | {"range": [len(place.panel.series) - 0.5, -0.5], "visible": False}
    return axis | _shares(place.panel)


def _shares(panel: Panel) -> dict[str, Any]:
    """The axis of shares."""
    values, texts = zip(*sheets.steps(panel), strict=True)
    return {"range": [0, panel.top], "tickvals": values, "ticktext": texts}


# --- annotations and shapes


def _annotations(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for index, place in enumerate(sheet.places, start=1):
        panel = place.panel
        axes = {"xref": _axis("x", index), "yref": _axis("y", index)}
        for number, label in enumerate(panel.labels):
            yield _end_label(panel, label, number) | axes
        for callout in panel.callouts:
            yield _callout(callout) | axes
        yield from (_provisional(month) | axes for month in sheets.ringed(panel))
        if sheet.titled:
            yield _title(sheet, place)
    # A badge drawn later covers the stem of one above it.
    for mark in sorted(sheet.chart.marks, key=lambda mark: -mark.row):
        yield _badge(mark)


def _end_label(panel: Panel, label: Label, number: int) -> dict[str, Any]:
    """Text beside its end; one that had to move has a fine line back to it."""
    bars = panel.kind == "bars"
    aside = sheets.aside(panel)
    base = {
        "name": "label",
        "text": plain(label.text),
        "font": {"color": PALETTE[label.role]},
        "x": label.share if bars else _written(end_of(panel, label)),
        "y": number if bars else label.share,
        "xanchor": "left",
        "yanchor": "middle",
        "borderpad": 0,
    }
    if label.sample or not sheets.led(label):
        return base | {"xshift": aside + label.indent, "yshift": label.lift}
    leader = {"showarrow": True, "arrowcolor": PALETTE["rule"], "standoff": LEADER_GAP}
    return base | leader | {"ax": aside, "ay": -label.lift}


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
        "standoff": CALLOUT_GAP,
        "ax": 0,
        "ay": -callout.lift,
        "bgcolor": PALETTE["surface"],
        "borderpad": 2,
    }


def _provisional(month: date) -> dict[str, Any]:
    """A ring above a column says of the stack what a hollow mark says of a line."""
    return {
        "name": "provisional",
        "text": "○",
        "font": {"color": PALETTE["muted"], "size": sheets.SMALL},
        "x": _instant(month),
        "y": 100,
        "yanchor": "bottom",
        "yshift": -1,
    }


def _title(sheet: Sheet, place: Place) -> dict[str, Any]:
    return {
        "name": "title",
        "text": "<br>".join(plain(line) for line in place.panel.title),
        "align": "left",
        "font": {
            "weight": 700
        },  # not <b>: Plotly gives it a style attribute, which our policy blocks
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": sheet.fraction(place.top),
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": place.title_lift,
    }


def _badge(mark: Mark) -> dict[str, Any]:
    return {
        "name": f"event-{mark.number}",
        "text": str(mark.number),
        "hovertext": plain(mark.event.title),
        "font": {"color": PALETTE["ink"], "size": sheets.SMALL},
        "x": _written(noon(mark.event.date)),
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "showarrow": True,
        "arrowcolor": PALETTE["rule"],
        "ax": 0,
        "ay": -badge_lift(mark),
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
            day = _written(noon(mark.event.date))
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

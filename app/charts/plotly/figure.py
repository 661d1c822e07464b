"""Charts as Plotly figures. Light colours here; the page's script changes them for the dark."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import plotly.graph_objects as go

from app.charts.chart import Callout, Chart, EndLabel, EventBadge, Panel
from app.charts.geometry import (
    CALLOUT_GAP,
    LEADER_GAP,
    SMALL_FONT_SIZE,
    TICK_ROOM,
    ChartGeometry,
    PanelBox,
    badge_lift,
    chart_geometry,
    has_leader,
    provisional_months,
)
from app.charts.kinds import design_of
from app.charts.palette import FONT, PALETTE
from app.charts.plotly.line_samples import line_samples
from app.charts.plotly.traces import panel_traces
from app.charts.plotly.values import axis_name, plain_text, plotly_instant, plotly_moment
from app.charts.scales import noon_of_day

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


def plotly_figure(wide: Chart, narrow: Chart) -> go.Figure:
    """The figure of a chart; `layout.meta.narrow` holds what changes on a narrow screen."""
    layout = _layout(wide)
    layout["template"] = TEMPLATE
    layout["meta"] = {
        "palette": {colour: role for role, colour in PALETTE.items()},
        "narrow": go.Layout(_layout(narrow)).to_plotly_json(),
    }
    return go.Figure(list(panel_traces(wide)), layout)


# --- layout


def _layout(chart: Chart) -> dict[str, Any]:
    sheet = chart_geometry(chart)
    margin = {"t": sheet.top, "b": TICK_ROOM, "l": sheet.left, "r": chart.right, "pad": 0}
    layout: dict[str, Any] = {
        "height": sheet.height,
        "margin": margin,
        "font": {"size": chart.frame.font},
        "barmode": "stack",
        "hovermode": "x unified",
        "dragmode": False,
        "annotations": list(_annotations(sheet)),
        "shapes": [*_event_lines(chart), *line_samples(sheet)],
    }
    for index, place in enumerate(sheet.places, start=1):
        number = "" if index == 1 else str(index)
        layout[f"xaxis{number}"] = _xaxis(chart, place.panel, index)
        layout[f"yaxis{number}"] = _yaxis(sheet, place, index)
    return layout


def _xaxis(chart: Chart, panel: Panel, index: int) -> dict[str, Any]:
    anchor = {"anchor": axis_name("y", index), "showline": True, "linecolor": PALETTE["rule"]}
    return anchor | design_of(panel).plotly_xaxis(chart, panel)


def _yaxis(sheet: ChartGeometry, place: PanelBox, index: int) -> dict[str, Any]:
    domain = [sheet.fraction(place.bottom), sheet.fraction(place.top)]
    axis: dict[str, Any] = {"domain": domain, "anchor": axis_name("x", index)}
    return axis | design_of(place.panel).plotly_yaxis(place.panel)


# --- annotations and shapes


def _annotations(sheet: ChartGeometry) -> Iterator[dict[str, Any]]:
    for index, place in enumerate(sheet.places, start=1):
        panel = place.panel
        axes = {"xref": axis_name("x", index), "yref": axis_name("y", index)}
        for number, label in enumerate(panel.labels):
            yield _end_label(panel, label, number) | axes
        for callout in panel.callouts:
            yield _callout(callout) | axes
        yield from (_provisional(month) | axes for month in provisional_months(panel))
        if sheet.titled:
            yield _title(sheet, place)
    # A badge drawn later covers the stem of one above it.
    for mark in sorted(sheet.chart.marks, key=lambda mark: -mark.row):
        yield _badge(mark)


def _end_label(panel: Panel, label: EndLabel, number: int) -> dict[str, Any]:
    """Text beside its end; one that had to move has a fine line back to it."""
    aside = panel.traits.label_offset
    base = {
        "name": "label",
        "text": plain_text(label.text),
        "font": {"color": PALETTE[label.role]},
        **design_of(panel).plotly_label_end(panel, number),
        "xanchor": "left",
        "yanchor": "middle",
        "borderpad": 0,
    }
    if label.sample or not has_leader(label):
        return base | {"xshift": aside + label.indent, "yshift": label.lift}
    leader = {"showarrow": True, "arrowcolor": PALETTE["rule"], "standoff": LEADER_GAP}
    return base | leader | {"ax": aside, "ay": -label.lift}


def _callout(callout: Callout) -> dict[str, Any]:
    return {
        "name": "reported",
        "text": "<br>".join(plain_text(line) for line in callout.text),
        "font": {"color": PALETTE[callout.look.text_role]},
        "align": callout.side,
        "x": plotly_instant(callout.point.month),
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
        "font": {"color": PALETTE["muted"], "size": SMALL_FONT_SIZE},
        "x": plotly_instant(month),
        "y": 100,
        "yanchor": "bottom",
        "yshift": -1,
    }


def _title(sheet: ChartGeometry, place: PanelBox) -> dict[str, Any]:
    return {
        "name": "title",
        "text": "<br>".join(plain_text(line) for line in place.panel.title),
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


def _badge(mark: EventBadge) -> dict[str, Any]:
    return {
        "name": f"event-{mark.number}",
        "text": str(mark.number),
        "hovertext": plain_text(mark.event.title),
        "font": {"color": PALETTE["ink"], "size": SMALL_FONT_SIZE},
        "x": plotly_moment(noon_of_day(mark.event.date)),
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
        if not panel.traits.timed:
            continue
        for mark in chart.marks:
            day = plotly_moment(noon_of_day(mark.event.date))
            yield {
                "type": "line",
                "layer": "below",
                "xref": axis_name("x", index),
                "yref": f"{axis_name('y', index)} domain",
                "x0": day,
                "x1": day,
                "y0": 0,
                "y1": 1,
                "line": {"color": PALETTE["rule"], "width": 1, "dash": "2px,3px"},
            }

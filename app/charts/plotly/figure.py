"""Charts as Plotly figures, in the light colours; the page's script changes them for the dark.

Plotly draws in the browser what `app/charts/svg` draws on the server: what is changed in one
needs the same change in the other. Plotly places nothing but its hover box.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

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
from app.charts.plotly.bands import band_shapes
from app.charts.plotly.line_samples import line_samples
from app.charts.plotly.traces import panel_traces
from app.charts.plotly.values import axis_name, plain_text, plotly_instant, plotly_moment
from app.charts.scales import noon_of_day

# Nothing can be zoomed: dragging would keep a phone from scrolling past the chart.
AXIS: Final = {"fixedrange": True, "zeroline": False, "tickfont": {"color": PALETTE["muted"]}}
# Plotly's own default template would add 7 kB to every figure.
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


def plotly_figure(wide: Chart, narrow: Chart) -> dict[str, Any]:
    """Return the figure of a chart as Plotly's JSON has it; its `layout.meta` is for our script.

    `meta.narrow` holds the layout of the same chart for narrow screens, `meta.palette` the role
    of each colour, by which the dark theme finds its own.
    """
    # The script puts the keys of `narrow` in the place of those of the layout, each as a whole: a
    # key of the wide layout that `narrow` lacks would stay. So both come from `_layout`. The
    # traces are those of the wide chart: nothing in them depends on the width.
    layout = _layout(wide)
    layout["template"] = TEMPLATE
    # Of roles with the same light colour the last is kept; tests hold that their dark colours are
    # one as well.
    layout["meta"] = {
        "palette": {colour: role for role, colour in PALETTE.items()},
        "narrow": _layout(narrow),
    }
    return {"data": list(panel_traces(wide)), "layout": layout}


def figure_json(figure: dict[str, Any]) -> str:
    """Return a figure as JSON text that may stand in a script element."""
    # Inside one only "</script" and "<!--" end or bend the text, and entities are not read there:
    # so "<" is escaped as JSON escapes it.
    return json.dumps(figure, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


# --- layout


def _layout(chart: Chart) -> dict[str, Any]:
    sheet = chart_geometry(chart)
    # There is no `width`: the script sets that of the element. The margins are pixels, so that the
    # plotting area alone takes what the width gains or loses.
    margin = {"t": sheet.top, "b": TICK_ROOM, "l": sheet.left, "r": chart.right, "pad": 0}
    layout: dict[str, Any] = {
        "height": sheet.height,
        "margin": margin,
        "font": {"size": chart.frame.font},
        "barmode": "stack",
        "hovermode": "x unified",
        "dragmode": False,
        "annotations": list(_annotations(sheet)),
        "shapes": [*band_shapes(chart), *_event_lines(chart), *line_samples(sheet)],
    }
    # Plotly names the first axis `xaxis` and goes on with `xaxis2`; `xaxis1` is no name.
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
    """The text beside the end of a series; one that had to move has a fine line back to it."""
    # A lift counts upwards and so does `yshift`, but `ay` counts downwards. The arrow of an
    # annotation begins at its text; where a sample stands between, line_samples.py draws the line.
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
    """A ring above a column, which says of the stack what a hollow mark says of a line."""
    # Only stacks have rings, and their axis always ends at 100.
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
        # Not <b>: Plotly gives that a style attribute, which the Content-Security-Policy blocks.
        "font": {"weight": 700},
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
        # With padding and border this makes BADGE_SIZE, also for numbers of one digit.
        "width": 14,
    }


def _event_lines(chart: Chart) -> Iterator[dict[str, Any]]:
    # One line a panel: a single one through all of them would cross the titles between.
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

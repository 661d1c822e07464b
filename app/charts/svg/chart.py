"""Charts as SVG: the same as Plotly draws, for a page's first paint, for print and for files.

Colours are presentation attributes; a class names each one's role, so that a page's style sheet
can change it for the dark theme. Nothing has a style attribute: the Content-Security-Policy of
pages blocks them. Distances that are numbers here follow what Plotly does by itself.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Final

from app.charts.chart import SAMPLE_LENGTH, Callout, Chart, EventBadge
from app.charts.geometry import (
    BADGE_SIZE,
    CALLOUT_GAP,
    LEADER_GAP,
    REPORTED_RIM_WIDTH,
    REPORTED_SIZE,
    REPORTED_SYMBOL,
    SMALL_FONT_SIZE,
    ChartGeometry,
    PanelBox,
    badge_lift,
    chart_geometry,
    has_leader,
    provisional_months,
    share_ticks,
)
from app.charts.kinds import design_of
from app.charts.scales import middle_of_month, noon_of_day
from app.charts.svg.elements import SvgPoint, box_path, element, escape_text, format_point
from app.charts.svg.series import draw_markers, draw_sample, hatch_patterns
from app.charts.svg.text import MIDDLE, fill_role, stroke_role, svg_text, text_lift

TICK: Final = 5  # the length of a tick, which is Plotly's default


def render_svg(chart: Chart, name: str, title: str, words: str) -> str:
    """Return the chart as an `svg` element for a page, which brings the font.

    `name` ends in `-wide` or `-narrow`, by which the style sheet shows one of both, and begins all
    ids of the picture. `words` is the id of the page's element that says in words what it shows.
    """
    width, height = chart.frame.width, chart_geometry(chart).height
    return element(
        "svg",
        element("title", escape_text(title)),
        draw_chart(chart, name),
        class_=f"picture {name.rpartition('-')[2]}",
        role="img",
        aria_describedby=words,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_size=chart.frame.font,
    )


def draw_chart(chart: Chart, name: str) -> str:
    """Return all elements of the chart, placed from its top left corner, without an `svg` around.

    `name` begins their ids.
    """
    # What is drawn later covers what was drawn before: the grid of all panels comes first, the
    # badges last.
    sheet = chart_geometry(chart)
    parts = (
        hatch_patterns(chart, name),
        *(_ground(sheet, place) for place in sheet.places),
        *chain.from_iterable(_panel(sheet, place, name) for place in sheet.places),
        # A badge drawn later covers the stem of one above it.
        *(_badge(sheet, mark) for mark in sorted(chart.marks, key=lambda mark: -mark.row)),
    )
    return "".join(parts)


def _panel(sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
    panel = place.panel
    yield _axis(sheet, place)
    yield from design_of(panel).draw_series(sheet, place, name)
    yield from (_ring(sheet, place, month) for month in provisional_months(panel))
    yield from (_label(sheet, place, index) for index in range(len(panel.labels)))
    yield from (_callout(sheet, place, callout) for callout in panel.callouts)
    if sheet.titled:
        yield _title(sheet, place)


# --- ground and axes


def _ground(sheet: ChartGeometry, place: PanelBox) -> str:
    """The grid, and a line for the day of each event."""
    if not place.panel.traits.timed:
        return ""
    across = "".join(
        f"M{format_point((sheet.left, place.y(value)))}H{sheet.right}"
        for value, _ in share_ticks(place.panel)
    )
    down = "".join(
        f"M{format_point((sheet.x(noon_of_day(mark.event.date)), place.top))}V{place.bottom}"
        for mark in sheet.chart.marks
    )
    events = element("path", d=down, stroke_dasharray="2 3", **stroke_role("rule")) if down else ""
    return element("path", d=across, **stroke_role("grid")) + events


def _axis(sheet: ChartGeometry, place: PanelBox) -> str:
    """The line of the axis across with its ticks, and the texts of both axes."""
    below, beside = design_of(place.panel).axis_texts(sheet, place)
    line = f"M{sheet.left} {place.bottom}H{sheet.right}"
    ticks = "".join(f"M{format_point((x, place.bottom))}v{TICK}" for x, _ in below)
    font = sheet.chart.frame.font
    base = place.bottom + TICK + 6 + font * 0.85  # the baseline of the first line below
    return "".join(
        (
            element("path", d=line + ticks, **stroke_role("rule")),
            *(svg_text((x, base), words, "muted", font, "middle") for x, words in below),
            *(
                svg_text((sheet.left - 1, y + font * MIDDLE), words, "muted", font, "end")
                for y, words in beside
            ),
        )
    )


def _title(sheet: ChartGeometry, place: PanelBox) -> str:
    lines = place.panel.title
    font = sheet.chart.frame.font
    spot = (sheet.left, place.top - place.title_lift - text_lift(lines, font))
    return svg_text(spot, lines, "ink", font, font_weight="700")


# --- words and marks


def _ring(sheet: ChartGeometry, place: PanelBox, month: date) -> str:
    return element(
        "circle",
        cx=sheet.x(middle_of_month(month)),
        cy=place.top - SMALL_FONT_SIZE * 0.7,
        r=SMALL_FONT_SIZE * 0.33,
        fill="none",
        **stroke_role("muted"),
    )


def _label(sheet: ChartGeometry, place: PanelBox, index: int) -> str:
    panel, label = place.panel, place.panel.labels[index]
    x, y = design_of(panel).label_end(sheet, place, index)
    font = sheet.chart.frame.font
    aside = panel.traits.label_offset
    leader = ""
    if has_leader(label):
        leader = _leader((x + aside, y - label.lift), (x, y), LEADER_GAP, "rule")
    sampled = (
        draw_sample(label.sample, (x + aside, y - label.lift), SAMPLE_LENGTH)
        if label.sample
        else ""
    )
    spot = (x + aside + label.indent, y - label.lift + font * MIDDLE)
    return leader + sampled + svg_text(spot, (label.text,), label.role, font)


def _leader(start: SvgPoint, end: SvgPoint, gap: float, role: str) -> str:
    """A fine line that stops `gap` pixels before its end."""
    # Start and end must differ: callers have a label or words at least 5 pixels away.
    across, down = start[0] - end[0], start[1] - end[1]
    length = (across**2 + down**2) ** 0.5
    near = (end[0] + across * gap / length, end[1] + down * gap / length)
    return element("path", d=f"M{format_point(start)}L{format_point(near)}", **stroke_role(role))


def _callout(sheet: ChartGeometry, place: PanelBox, callout: Callout) -> str:
    """A reported point with its words on a halo, which keeps lines and grid off them."""
    # The halo is a wide stroke that `paint-order` puts beneath the letters. Programs that do not
    # know it, such as LibreOffice and CairoSVG, paint it over them: words in the ground's colour.
    x, y = sheet.x(middle_of_month(callout.point.month)), place.y(callout.point.share or 0.0)
    role, font = callout.look.role, sheet.chart.frame.font
    foot = y - callout.lift
    mark = draw_markers([(x, y)], REPORTED_SYMBOL, REPORTED_SIZE, "surface")
    ring = element("g", mark, stroke_width=REPORTED_RIM_WIDTH, **stroke_role(role))
    first = foot - 3 - text_lift(callout.text, font)
    anchor = {"left": "start", "right": "end", "center": "middle"}[callout.side]
    words = svg_text((x, first), callout.text, callout.look.text_role, font, anchor)
    halo = element(
        "g",
        words,
        paint_order="stroke",
        stroke_width=5,
        stroke_linejoin="round",
        **stroke_role("surface"),
    )
    return _leader((x, foot), (x, y), CALLOUT_GAP, role) + halo + ring


def _badge(sheet: ChartGeometry, mark: EventBadge) -> str:
    """An event's number on its stem, with the event's title as its tooltip."""
    x, y = sheet.x(noon_of_day(mark.event.date)), sheet.top - badge_lift(mark)
    size, edge = SMALL_FONT_SIZE, BADGE_SIZE
    box = box_path(x - edge / 2, y - edge / 2, edge, edge)
    return element(
        "g",
        element("title", escape_text(mark.event.title)),
        element("path", d=f"M{format_point((x, y))}V{sheet.top}", **stroke_role("rule")),
        element("g", element("path", d=box, **fill_role("surface")), **stroke_role("rule")),
        svg_text(
            (x, y + size * MIDDLE), (f"{mark.number}",), "ink", size, "middle", font_size=size
        ),
    )

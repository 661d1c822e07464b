"""Charts as SVG: what Plotly draws of the same sheet, for a page's first paint and for files.

Colours are presentation attributes; a class names each one's role, so that a page's style sheet
can change it for the dark theme.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Final

from app import sheets, svg
from app.charts import SAMPLE, Callout, Chart, Mark
from app.lettering import MIDDLE, fill, lift_of, stroke, text
from app.placing import middle, noon
from app.sheets import (
    CALLOUT_GAP,
    LEADER_GAP,
    REPORTED_RIM,
    REPORTED_SYMBOL,
    Place,
    Sheet,
    badge_lift,
    end_of,
    sheet_of,
)
from app.svg import Spot, element
from app.traces import marked, sample, textures, traces

TICK: Final = 5


def picture(chart: Chart, name: str, title: str, words: str) -> str:
    """The chart as an element of a page, which has the font and, under the id `words`, the words.

    `name` ends in `-wide` or `-narrow` and keeps ids apart from those of other pictures.
    """
    width, height = chart.frame.width, sheet_of(chart).height
    return element(
        "svg",
        element("title", svg.escaped(title)),
        drawing(chart, name),
        class_=f"picture {name.rpartition('-')[2]}",
        role="img",
        aria_describedby=words,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_size=chart.frame.font,
    )


def drawing(chart: Chart, name: str) -> str:
    """All that stands on the chart's sheet, from its top left corner."""
    sheet = sheet_of(chart)
    parts = (
        textures(chart, name),
        *(_ground(sheet, place) for place in sheet.places),
        *chain.from_iterable(_panel(sheet, place, name) for place in sheet.places),
        # A badge drawn later covers the stem of one above it.
        *(_badge(sheet, mark) for mark in sorted(chart.marks, key=lambda mark: -mark.row)),
    )
    return "".join(parts)


def _panel(sheet: Sheet, place: Place, name: str) -> Iterator[str]:
    panel = place.panel
    yield _axis(sheet, place)
    yield from traces(sheet, place, name)
    yield from (_ring(sheet, place, month) for month in sheets.ringed(panel))
    yield from (_label(sheet, place, index) for index in range(len(panel.labels)))
    yield from (_callout(sheet, place, callout) for callout in panel.callouts)
    if sheet.titled:
        yield _title(sheet, place)


# --- ground and axes


def _ground(sheet: Sheet, place: Place) -> str:
    """The grid, and the days of events."""
    if place.panel.kind == "bars":
        return ""
    across = "".join(
        f"M{svg.at((sheet.left, place.y(value)))}H{sheet.right}"
        for value, _ in sheets.steps(place.panel)
    )
    down = "".join(
        f"M{svg.at((sheet.x(noon(mark.event.date)), place.top))}V{place.bottom}"
        for mark in sheet.chart.marks
    )
    events = element("path", d=down, stroke_dasharray="2 3", **stroke("rule")) if down else ""
    return element("path", d=across, **stroke("grid")) + events


def _axis(sheet: Sheet, place: Place) -> str:
    """The line below, its ticks, and the words of both axes."""
    panel = place.panel
    steps = list(sheets.steps(panel))
    if panel.kind == "bars":
        below: list[tuple[float, tuple[str, ...]]] = [
            (sheet.along(panel, value), (words,)) for value, words in steps
        ]
        beside = []
    else:
        below = [(sheet.x(middle(tick.month)), tick.text) for tick in sheet.chart.ticks]
        beside = [(place.y(value), words) for value, words in steps]
    line = f"M{sheet.left} {place.bottom}H{sheet.right}"
    ticks = "".join(f"M{svg.at((x, place.bottom))}v{TICK}" for x, _ in below)
    font = sheet.chart.frame.font
    base = place.bottom + TICK + 6 + font * 0.85
    return "".join(
        (
            element("path", d=line + ticks, **stroke("rule")),
            *(text((x, base), words, "muted", font, "middle") for x, words in below),
            *(
                text((sheet.left - 1, y + font * MIDDLE), (words,), "muted", font, "end")
                for y, words in beside
            ),
        )
    )


def _title(sheet: Sheet, place: Place) -> str:
    lines = place.panel.title
    font = sheet.chart.frame.font
    spot = (sheet.left, place.top - place.title_lift - lift_of(lines, font))
    return text(spot, lines, "ink", font, font_weight="700")


# --- words and marks


def _ring(sheet: Sheet, place: Place, month: date) -> str:
    return element(
        "circle",
        cx=sheet.x(middle(month)),
        cy=place.top - sheets.SMALL * 0.7,
        r=sheets.SMALL * 0.33,
        fill="none",
        **stroke("muted"),
    )


def _label(sheet: Sheet, place: Place, index: int) -> str:
    panel, label = place.panel, place.panel.labels[index]
    x, y = _end(sheet, place, index)
    font = sheet.chart.frame.font
    aside = sheets.aside(panel)
    leader = ""
    if sheets.led(label):
        leader = _leader((x + aside, y - label.lift), (x, y), LEADER_GAP, "rule")
    sampled = sample(label.sample, (x + aside, y - label.lift), SAMPLE) if label.sample else ""
    spot = (x + aside + label.indent, y - label.lift + font * MIDDLE)
    return leader + sampled + text(spot, (label.text,), label.role, font)


def _end(sheet: Sheet, place: Place, index: int) -> Spot:
    panel, label = place.panel, place.panel.labels[index]
    if panel.kind == "bars":
        return sheet.along(panel, label.share), place.row(index)
    return sheet.x(end_of(panel, label)), place.y(label.share)


def _leader(start: Spot, end: Spot, gap: float, role: str) -> str:
    """A fine line that stops a little before its end."""
    across, down = start[0] - end[0], start[1] - end[1]
    length = (across**2 + down**2) ** 0.5
    near = (end[0] + across * gap / length, end[1] + down * gap / length)
    return element("path", d=f"M{svg.at(start)}L{svg.at(near)}", **stroke(role))


def _callout(sheet: Sheet, place: Place, callout: Callout) -> str:
    """A reported point with its words on a halo, which keeps lines and grid off them."""
    x, y = sheet.x(middle(callout.point.month)), place.y(callout.point.share or 0.0)
    role, font = callout.look.role, sheet.chart.frame.font
    foot = y - callout.lift
    mark = marked([(x, y)], REPORTED_SYMBOL, sheets.REPORTED, "surface")
    ring = element("g", mark, stroke_width=REPORTED_RIM, **stroke(role))
    first = foot - 3 - lift_of(callout.text, font)
    anchor = {"left": "start", "right": "end", "center": "middle"}[callout.side]
    words = text((x, first), callout.text, callout.look.text_role, font, anchor)
    halo = element(
        "g",
        words,
        paint_order="stroke",
        stroke_width=5,
        stroke_linejoin="round",
        **stroke("surface"),
    )
    return _leader((x, foot), (x, y), CALLOUT_GAP, role) + halo + ring


def _badge(sheet: Sheet, mark: Mark) -> str:
    """An event's number on its stem."""
    x, y = sheet.x(noon(mark.event.date)), sheet.top - badge_lift(mark)
    size, edge = sheets.SMALL, sheets.BADGE
    box = svg.box(x - edge / 2, y - edge / 2, edge, edge)
    return element(
        "g",
        element("title", svg.escaped(mark.event.title)),
        element("path", d=f"M{svg.at((x, y))}V{sheet.top}", **stroke("rule")),
        element("g", element("path", d=box, **fill("surface")), **stroke("rule")),
        text((x, y + size * MIDDLE), (f"{mark.number}",), "ink", size, "middle", font_size=size),
    )

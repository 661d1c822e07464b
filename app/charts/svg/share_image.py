"""Pictures that stand alone: a chart with its headline above, its sources and vintage below.

A saved or shared picture has lost the page around it, so what the page says stands in it. FAMILY
begins with the font that `render_png` brings; a saved SVG is shown in the reader's own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.charts.chart import Chart, ChartSize
from app.charts.geometry import chart_geometry
from app.charts.kinds import DESIGNS
from app.charts.palette import FONT
from app.charts.scales import balance_lines, shorten_name
from app.charts.svg.chart import draw_chart
from app.charts.svg.elements import box_path, element, escape_text, format_number, format_point
from app.charts.svg.text import LINE_HEIGHT, fill_role, svg_text, text_lift
from app.wording.formats import format_day

FAMILY: Final = f"'Source Sans Pro', {FONT}"
NAME: Final = "poster-wide"

# 1200 x 630 is the size that services which show a picture beside a link ask for.
CARD_WIDTH: Final = 1200
"""Pixels across of the picture that is shown beside a link; its height is 630."""


@dataclass(frozen=True, slots=True)
class ImageTexts:
    """The texts that a chart must not be shown without.

    `sources` has a line for each source. `definition` is the full definition, `small_print` the
    short one; each ends with the vintage. `counted` is the part that says what is counted.
    `summary` is the text alternative, `credit` the name of the site.
    """

    headline: str
    sources: Sequence[str]
    definition: str
    counted: str
    small_print: str
    summary: str
    credit: str


@dataclass(frozen=True, slots=True)
class _Paper:
    """The measures of a picture, in units of `zoom` pixels.

    `head` and `small` are the font sizes of headline and small print, `most` the lines that one
    paragraph may have.
    """

    width: int
    margin: int
    head: float
    small: float
    most: int
    zoom: float = 1

    @property
    def inside(self) -> int:
        return self.width - 2 * self.margin

    def wrapped(self, words: str, font: float) -> list[str]:
        """At most `most` lines, the last among them; no line is wider than the paper."""
        # Lines in the middle go, not at the end, where the vintage stands. 0.52 em a character is
        # an estimate for Source Sans Pro, which is narrower than the fonts of readers.
        room = int(self.inside / (0.52 * font))
        lines = [shorten_name(line, room) for line in balance_lines(words, room)]
        return lines if len(lines) <= self.most else [*lines[: self.most - 1], f"… {lines[-1]}"]

    def small_print(self, paragraphs: Iterable[str], credit: str) -> list[str]:
        """The lines of the paragraphs, with room for the credit at the end of the last one."""
        lines = [
            line
            for paragraph in paragraphs
            if paragraph
            for line in self.wrapped(paragraph, self.small)
        ]
        # The credit is bold, and wants a gap before it.
        taken = len(lines[-1]) + 4 + 1.1 * len(credit) if lines else 0
        return [*lines, ""] if 0.52 * self.small * taken > self.inside else lines


SHEET: Final = _Paper(width=1120, margin=40, head=26, small=13, most=9)
CARD: Final = _Paper(width=800, margin=32, head=21, small=10.5, most=3, zoom=CARD_WIDTH / 800)
CARD_HEIGHT: Final = 420  # 630 pixels at the zoom of the card
CARD_FRAME: Final = ChartSize(
    width=736, least=736, left=46, label_max=200, font=13, ticks=9, tall=220, low=110
)


def render_sheet(chart: Chart, words: ImageTexts) -> str:
    """Return an SVG with the chart in its own size; it grows with the texts around it.

    The events are listed below, as their numbers alone say nothing.
    """
    head = SHEET.wrapped(words.headline, SHEET.head)
    top = SHEET.margin + SHEET.head * LINE_HEIGHT * len(head)
    events = [
        f"{mark.number} · {format_day(mark.event.date)}: {mark.event.title}" for mark in chart.marks
    ]
    below = SHEET.small_print(
        (*events, *words.sources, words.definition, _key(chart)), words.credit
    )
    foot = top + chart_geometry(chart).height + 12 + SHEET.small * LINE_HEIGHT * len(below)
    placed = element("g", draw_chart(chart, NAME), transform=f"translate({SHEET.margin} {top:g})")
    height = foot + SHEET.margin
    signed = _foot(SHEET, below, height, words.credit)
    return _poster(SHEET, words, height, _top(SHEET, head), placed, signed)


def render_card(draw: Callable[[ChartSize], Chart], words: ImageTexts) -> str:
    """Return an SVG of 1200 x 630 pixels; `draw` lays the chart out for the size it is given.

    The chart should have no events, as nothing here says what their numbers mean.
    """
    # The draft is laid out only for its key and its height: the texts decide what room is left.
    head = CARD.wrapped(words.headline, CARD.head)
    drafted = draw(CARD_FRAME)
    below = CARD.small_print(
        (words.counted, " ".join(words.sources), f"{words.small_print}. {_key(drafted)}"),
        words.credit,
    )
    top = CARD.margin - 8 + CARD.head * LINE_HEIGHT * len(head)
    room = CARD_HEIGHT - 26 - CARD.small * LINE_HEIGHT * len(below) - top
    chart, scale = _fitted(draw, drafted, room)
    across = CARD.margin + (CARD.inside - chart.frame.width * scale) / 2
    down = top + (room - chart_geometry(chart).height * scale) / 2
    moved = f"translate({format_point((across, down))}) scale({scale:.4f})"
    placed = element("g", draw_chart(chart, NAME), transform=moved)
    signed = _foot(CARD, below, CARD_HEIGHT, words.credit)
    return _poster(CARD, words, CARD_HEIGHT, _top(CARD, head), placed, signed)


def _fitted(draw: Callable[[ChartSize], Chart], drafted: Chart, room: float) -> tuple[Chart, float]:
    """The chart laid out for the width it has once its height fits, and its scale."""
    # A chart that is shrunk to fit gets more width in return, so that it still fills the card.
    # Laid out anew its height may change, as titles take fewer or more lines: hence the last `min`.
    growth = min(room / chart_geometry(drafted).height, 1.6)
    frame = replace(
        CARD_FRAME,
        width=int(CARD_FRAME.width / growth),
        label_max=int(CARD_FRAME.label_max / max(growth, 0.6)),
    )
    chart = draw(frame)
    return chart, min(growth, room / chart_geometry(chart).height)


def _key(chart: Chart) -> str:
    """The meanings of the chart's marks, as sentences."""
    return " ".join(_meanings(chart))


def _meanings(chart: Chart) -> Iterator[str]:
    for design in DESIGNS.values():
        panels = [panel for panel in chart.panels if panel.traits == design.traits]
        points = [point for panel in panels for item in panel.series for point in item.points]
        if design.unsettled_mark and any(point.unsettled for point in points):
            yield f"{design.unsettled_mark}: not final."
    if any(panel.band for panel in chart.panels):
        yield "Shaded: the most that the leading group might be, as not all is known."
    if any(panel.callouts for panel in chart.panels):
        yield "Large diamond: as reported, not recomputed."
    areas = [item for panel in chart.panels if panel.traits.filled for item in panel.series]
    if any(item.look.hatch for item in areas):
        yield "Patterned: closed, not known or not named."


def _poster(paper: _Paper, words: ImageTexts, height: float, *parts: str) -> str:
    return element(
        "svg",
        element("title", escape_text(words.headline)),
        element("desc", escape_text(words.summary)),
        element("path", d=box_path(0, 0, paper.width, height), **fill_role("surface")),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        viewBox=f"0 0 {paper.width} {format_number(height)}",
        width=paper.width * paper.zoom,
        height=height * paper.zoom,
        font_family=FAMILY,
        font_size=CARD_FRAME.font,
    )


def _top(paper: _Paper, lines: Sequence[str]) -> str:
    size = paper.head
    spot = (paper.margin, paper.margin + size * 0.6)
    return svg_text(spot, lines, "ink", size, font_size=size, font_weight="700")


def _foot(paper: _Paper, lines: Sequence[str], height: float, credit: str) -> str:
    """Sources and vintage, and the name of the site at the right of the last line."""
    shown = [shorten_name(credit, int(paper.inside / (0.57 * paper.small)))]
    size, foot = paper.small, height - paper.margin * 0.625
    left, right = paper.margin, paper.width - paper.margin
    small_print = svg_text(
        (left, foot - text_lift(lines, size)), lines, "muted", size, font_size=size
    )
    spot = (right, foot - text_lift(shown, size))
    return small_print + svg_text(
        spot, shown, "ink", size, "end", font_size=size, font_weight="700"
    )

"""Samples of lines before their labels, as shapes of a Plotly figure."""

from collections.abc import Iterator
from typing import Any

from app.charts.chart import SAMPLE_LENGTH, EndLabel, SeriesStyle
from app.charts.geometry import (
    LEADER_GAP,
    LINE_WIDTH,
    MARKER_RIM_WIDTH,
    MARKER_SIZE,
    ChartGeometry,
    PanelBox,
    has_leader,
    line_end,
)
from app.charts.palette import PALETTE
from app.charts.symbols import SYMBOL_CORNERS

Shape = dict[str, Any]


def line_samples(sheet: ChartGeometry) -> Iterator[Shape]:
    """Yield the shapes before each label that has a sample: a piece of its line with a mark.

    A label that had to move also gets the fine line back to its end.
    """
    for place in sheet.places:
        for label in place.panel.labels:
            if label.sample:
                anchor = _anchor(sheet, place, label)
                for shape in _sample(label, label.sample, place.panel.traits.label_offset):
                    yield anchor | shape


def _anchor(sheet: ChartGeometry, place: PanelBox, label: EndLabel) -> Shape:
    """What makes the pixels of a shape count from the end of its line, to the right and upwards."""
    # A shape on the axes of a panel is cut off at the panel's edge, and labels stand beyond it: so
    # the end is given as a part of the whole plotting area, which also moves with the width.
    across = sheet.axis.pixel(line_end(place.panel, label)) / sheet.axis.width
    return {
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": across,
        "yanchor": sheet.fraction(place.y(label.share)),
    }


def _sample(label: EndLabel, look: SeriesStyle, aside: float) -> Iterator[Shape]:
    colour = PALETTE[look.role]
    if has_leader(label):
        # The part of the way that LEADER_GAP takes: what `standoff` does for Plotly's arrows.
        near = LEADER_GAP / (aside**2 + label.lift**2) ** 0.5
        ends = {"x0": aside * near, "y0": label.lift * near, "x1": aside, "y1": label.lift}
        yield {"type": "line", "line": {"color": PALETTE["rule"], "width": 1}} | ends
    ends = {"x0": aside, "x1": aside + SAMPLE_LENGTH, "y0": label.lift, "y1": label.lift}
    line = {"color": colour, "width": LINE_WIDTH, "dash": look.dash}
    yield {"type": "line", "line": line} | ends
    rim = {"color": colour, "width": MARKER_RIM_WIDTH}
    yield {"fillcolor": colour, "line": rim} | _mark(
        look.symbol, aside + SAMPLE_LENGTH / 2, label.lift
    )


def _mark(symbol: str, x: float, y: float) -> Shape:
    half = MARKER_SIZE / 2
    if symbol == "circle":
        return {"type": "circle", "x0": x - half, "x1": x + half, "y0": y - half, "y1": y + half}
    # The pixels of shapes count upwards, the corners of symbols downwards.
    corners = (
        f"{x + right * half:.2f},{y - down * half:.2f}" for right, down in SYMBOL_CORNERS[symbol]
    )
    return {"type": "path", "path": f"M{'L'.join(corners)}Z"}

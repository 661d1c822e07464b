"""Colours by their role, and lines of text, for SVG elements."""

from collections.abc import Sequence
from typing import Final

from app.charts.palette import PALETTE
from app.charts.svg.elements import SvgPoint, element, escape_text

LINE_HEIGHT: Final = 1.3
"""From one baseline to the next, as a multiple of the font's size."""
# Text is placed by its baseline alone: programs differ in what they make of `dominant-baseline`.
MIDDLE: Final = 0.35
"""From the middle of a line down to its baseline, as a part of the font's size."""
FOOT: Final = 0.25  # from the baseline down to the foot of a line, as a part of the same


# The attribute has the light colour, for files and for pages before their style sheet. Rules of a
# style sheet win over presentation attributes, and the classes are what they go by. An element has
# one class attribute: it takes a fill or a stroke by role, and the other from an element around it.


def fill_role(role: str) -> dict[str, str]:
    """Return the attributes of an element that is filled with the colour of this role."""
    return {"class_": f"{role} fill", "fill": PALETTE[role]}


def stroke_role(role: str) -> dict[str, str]:
    """Return the attributes of an element that is outlined in the colour of this role."""
    return {"class_": f"{role} stroke", "stroke": PALETTE[role]}


def svg_text(
    spot: SvgPoint,
    lines: Sequence[str],
    role: str,
    font: float,
    anchor: str = "start",
    **more: str | float,
) -> str:
    """Return a `text` element of at least one line, the baseline of the first at the spot.

    `font` is the size by which the lines keep their distance; the letters have the size of the
    element around unless `font_size` is among the attributes `more`.
    """
    x, y = round(spot[0], 1), round(spot[1], 1)
    rest = (
        element("tspan", escape_text(line), x=x, y=round(y + font * LINE_HEIGHT * index, 1))
        for index, line in enumerate(lines[1:], start=1)
    )
    anchored = None if anchor == "start" else anchor
    inside = (escape_text(lines[0]), *rest)
    return element("text", *inside, x=x, y=y, text_anchor=anchored, **fill_role(role), **more)


def text_lift(lines: Sequence[str], font: float) -> float:
    """Return the pixels from the foot of lines of text up to the baseline of the first."""
    return font * (FOOT + LINE_HEIGHT * (len(lines) - 1))

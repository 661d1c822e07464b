"""Colours by their role, and lines of text."""

from collections.abc import Sequence
from typing import Final

from app.charts.palette import PALETTE
from app.charts.svg.elements import SvgPoint, element, escape_text

LINE_HEIGHT: Final = 1.3
# Of the font's size: from the middle of a line down to its baseline, from there to its foot.
MIDDLE: Final = 0.35
FOOT: Final = 0.25


def fill_role(role: str) -> dict[str, str]:
    return {"class_": f"{role} fill", "fill": PALETTE[role]}


def stroke_role(role: str) -> dict[str, str]:
    return {"class_": f"{role} stroke", "stroke": PALETTE[role]}


def svg_text(
    spot: SvgPoint,
    lines: Sequence[str],
    role: str,
    font: float,
    anchor: str = "start",
    **more: str | float,
) -> str:
    """Lines of text, the baseline of the first at the spot."""
    x, y = round(spot[0], 1), round(spot[1], 1)
    rest = (
        element("tspan", escape_text(line), x=x, y=round(y + font * LINE_HEIGHT * index, 1))
        for index, line in enumerate(lines[1:], start=1)
    )
    anchored = None if anchor == "start" else anchor
    inside = (escape_text(lines[0]), *rest)
    return element("text", *inside, x=x, y=y, text_anchor=anchored, **fill_role(role), **more)


def text_lift(lines: Sequence[str], font: float) -> float:
    """From the foot of lines of text up to the baseline of the first."""
    return font * (FOOT + LINE_HEIGHT * (len(lines) - 1))

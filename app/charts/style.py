"""The look of each group of a chart: its hue, shade, dash, symbol and hatch."""

from collections.abc import Iterator, Sequence
from typing import Final

from app.charts.chart import SeriesStyle
from app.domain.answer import REST_GROUP, UNNAMED_GROUP, Group
from app.domain.vocabulary import Openness, Origin

STYLED_ORIGINS: Final = (Origin.CHINESE, Origin.US, Origin.EUROPEAN, Origin.OTHER)
# Three shades and four dashes have no common divisor: only after twelve lines of one hue does the
# pair of both come again. Neighbours always differ in dash and in symbol, since shades of one hue
# are hard to tell apart for many readers, and in grey print for all.
SHADES: Final = ("", "-2", "-3")
DASHES: Final = ("solid", "8px,3px", "2px,3px", "8px,3px,2px,3px")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "star")
# What is not open is texture instead of another hue. The keys are keys of groups, the values shapes
# of Plotly's patterns; svg/patterns.py draws the same.
HATCHES: Final = {
    "_open": "-",
    Openness.CLOSED: "/",
    Openness.UNKNOWN: ".",
    UNNAMED_GROUP: "x",
    REST_GROUP: "|",
}


def series_styles(groups: Sequence[Group]) -> Iterator[SeriesStyle]:
    """Yield the look of each group: its origin gives the hue.

    Groups of one origin differ in shade, dash and symbol.
    """
    # The place among groups of the same hue, so that the first of each hue is solid.
    seen: dict[str, int] = {}
    origins = all(group.key in list(Origin) for group in groups)
    for index, group in enumerate(groups):
        role = colour_role(group)
        hatch = HATCHES.get(group.key, "") if role == "grey" else ""
        # Homes have a hue each, which a symbol alone supports well enough: all lines are solid.
        if origins:
            yield SeriesStyle(role, symbol=SYMBOLS[index % len(SYMBOLS)], hatch=hatch)
            continue
        nth = seen[role] = seen.get(role, -1) + 1
        shades = SHADES if role in STYLED_ORIGINS else SHADES[:1]
        dash = DASHES[nth % len(DASHES)]
        yield SeriesStyle(
            role + shades[nth % len(shades)], dash, SYMBOLS[nth % len(SYMBOLS)], hatch
        )


def colour_role(group: Group) -> str:
    """Return the role of a group's colour, a key of PALETTE.

    All open models together are ink; the rest, and what has no named home, is grey.
    """
    if group.key in (Openness.OPEN, "_open"):
        return "ink" if group.key == Openness.OPEN else "grey"
    return group.origin if group.origin in STYLED_ORIGINS and group.key != REST_GROUP else "grey"

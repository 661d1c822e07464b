"""How each group of a chart looks: its hue, shade, dash, symbol and hatch."""

from collections.abc import Iterator, Sequence
from typing import Final

from app.charts.chart import SeriesStyle
from app.domain.answer import REST_GROUP, UNNAMED_GROUP, Group
from app.domain.vocabulary import Openness, Origin

NAMED_STYLES_MAX: Final = (Origin.CHINESE, Origin.US, Origin.EUROPEAN, Origin.OTHER)
SHADES: Final = ("", "-2", "-3")
DASHES: Final = ("solid", "8px,3px", "2px,3px", "8px,3px,2px,3px")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "star")
HATCHES: Final = {
    "_open": "-",
    Openness.CLOSED: "/",
    Openness.UNKNOWN: ".",
    UNNAMED_GROUP: "x",
    REST_GROUP: "|",
}


def series_styles(groups: Sequence[Group]) -> Iterator[SeriesStyle]:
    """A hue an origin; inside an origin the shade, dash and symbol tell groups apart."""
    seen: dict[str, int] = {}
    origins = all(group.key in list(Origin) for group in groups)
    for index, group in enumerate(groups):
        role = colour_role(group)
        hatch = HATCHES.get(group.key, "") if role == "grey" else ""
        if origins:
            yield SeriesStyle(role, symbol=SYMBOLS[index % len(SYMBOLS)], hatch=hatch)
            continue
        nth = seen[role] = seen.get(role, -1) + 1
        shades = SHADES if role in NAMED_STYLES_MAX else SHADES[:1]
        dash = DASHES[nth % len(DASHES)]
        yield SeriesStyle(
            role + shades[nth % len(shades)], dash, SYMBOLS[nth % len(SYMBOLS)], hatch
        )


def colour_role(group: Group) -> str:
    """The colour of a group."""
    if group.key in (Openness.OPEN, "_open"):
        return "ink" if group.key == Openness.OPEN else "grey"
    return group.origin if group.origin in NAMED_STYLES_MAX and group.key != REST_GROUP else "grey"

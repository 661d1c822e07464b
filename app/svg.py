"""SVG as text: elements whose words are safe whatever they say, and paths."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

Spot = tuple[float, float]

# Outside what XML 1.0 can hold, even as a reference.
UNWRITABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def escaped(text: str) -> str:
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text).translate(ENTITIES)


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """An element of written `children`; `stroke_width=2` is `stroke-width`, None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _value(value: str | float) -> str:
    return escaped(value) if isinstance(value, str) else number(value)


def number(value: float, places: int = 2) -> str:
    return f"{round(value, places):.10g}"


def at(spot: Spot, places: int = 1) -> str:
    """A tenth of a pixel is a fiftieth of a percentage point, and finer than the eye."""
    return f"{number(spot[0], places)} {number(spot[1], places)}"


def strokes(spots: Iterable[Spot | None]) -> Iterator[str]:
    """A stroke for each run of known spots: nothing is drawn across a gap."""
    for known, run in groupby(spots, key=lambda spot: spot is not None):
        if known:
            yield "M" + "L".join(at(spot) for spot in run if spot)


def polygon(corners: Sequence[Spot]) -> str:
    """A closed path relative to where it begins."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    return f"m{at(corners[0], 2)}l{' '.join(at(step, 2) for step in steps)}z"


def box(x: float, y: float, width: float, height: float) -> str:
    across, down = number(width, 1), number(height, 1)
    return f"M{at((x, y))}h{across}v{down}h-{across}z"

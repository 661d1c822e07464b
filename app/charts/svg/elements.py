"""SVG as text: elements whose words are safe whatever they say, and paths."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

SvgPoint = tuple[float, float]

# Outside what XML 1.0 can hold, even as a reference.
UNWRITABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def escape_text(text: str) -> str:
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
    return escape_text(value) if isinstance(value, str) else format_number(value)


def format_number(value: float, places: int = 2) -> str:
    return f"{round(value, places):.10g}"


def format_point(spot: SvgPoint, places: int = 1) -> str:
    """A tenth of a pixel is a fiftieth of a percentage point, and finer than the eye."""
    return f"{format_number(spot[0], places)} {format_number(spot[1], places)}"


def path_strokes(spots: Iterable[SvgPoint | None]) -> Iterator[str]:
    """A stroke for each run of known spots: nothing is drawn across a gap."""
    for has_spot, run in groupby(spots, key=lambda spot: spot is not None):
        if has_spot:
            yield "M" + "L".join(format_point(spot) for spot in run if spot)


def polygon_path(corners: Sequence[SvgPoint]) -> str:
    """A closed path relative to where it begins."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    return f"m{format_point(corners[0], 2)}l{' '.join(format_point(step, 2) for step in steps)}z"


def box_path(x: float, y: float, width: float, height: float) -> str:
    across, down = format_number(width, 1), format_number(height, 1)
    return f"M{format_point((x, y))}h{across}v{down}h-{across}z"

"""SVG as text: elements, escaping and paths.

Strings instead of a tree or a template: a page draws several charts of hundreds of elements, and
every attribute is escaped in one place here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import Final

from app.domain.text import replace_unwritable

SvgPoint = tuple[float, float]
"""Pixels to the right and downwards."""

_PLAIN: Final = re.compile(r"[\w .,:;#()/%+-]*", re.ASCII)
ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def escape_text(text: str) -> str:
    """Return the text fit for the content or a quoted attribute of an element."""
    # Most of what is written are numbers, colours and paths, where nothing is to be escaped.
    if _PLAIN.fullmatch(text):
        return text
    return replace_unwritable(text).translate(ENTITIES)


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """Return an element; `stroke_width=2` is written `stroke-width`, None is left out.

    `children` are written as they are: text among them must be escaped before. Attributes are
    escaped here.
    """
    written = "".join(
        f' {_attribute_name(key)}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


@cache
def _attribute_name(key: str) -> str:
    # `class_` is for Python's keyword `class`. Names with capitals, as `viewBox`, stay as they are.
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return escape_text(value) if isinstance(value, str) else format_number(value)


def format_number(value: float, places: int = 2) -> str:
    """Return the number rounded, without trailing zeros and without an exponent."""
    return f"{round(value, places):.10g}"


def format_point(spot: SvgPoint, places: int = 1) -> str:
    """Return the point as a path writes it, `12.5 40`."""
    # A tenth of a pixel is finer than the eye sees, and in a panel of 360 pixels a thirtieth of a
    # percentage point at most.
    return f"{format_number(spot[0], places)} {format_number(spot[1], places)}"


def path_strokes(spots: Iterable[SvgPoint | None]) -> Iterator[str]:
    """Yield a path for each run of known points: nothing is drawn across a None.

    A run of one point draws nothing either: a month between two gaps needs a mark.
    """
    for has_spot, run in groupby(spots, key=lambda spot: spot is not None):
        if has_spot:
            yield "M" + "L".join(format_point(spot) for spot in run if spot)


def polygon_path(corners: Sequence[SvgPoint]) -> str:
    """Return a closed path through the corners, relative to the point the path before ends at."""
    # Relative steps are rounded each for itself; two places keep the sum exact enough for a mark.
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    return f"m{format_point(corners[0], 2)}l{' '.join(format_point(step, 2) for step in steps)}z"


def box_path(x: float, y: float, width: float, height: float) -> str:
    """Return a closed rectangle from its top left corner; no length may be negative."""
    across, down = format_number(width, 1), format_number(height, 1)
    return f"M{format_point((x, y))}h{across}v{down}h-{across}z"

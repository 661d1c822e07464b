"""The shapes that tell groups apart without colour: marks of points, textures of areas.

The names are Plotly's, and so are the proportions.
"""

from typing import Final

from app import svg
from app.sheets import HATCH, SOLIDITY

CORNERS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "square": ((1, 1), (1, -1), (-1, -1), (-1, 1)),
    "diamond": ((1.3, 0), (0, -1.3), (-1.3, 0), (0, 1.3)),
    "triangle-up": ((-1.155, 0.5), (1.155, 0.5), (0, -1)),
    "cross": (
        (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4),
        (-1.2, -0.4), (-0.4, -0.4), (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4),
    ),
    "star": (
        (0.314, -0.433), (1.331, -0.433), (0.508, 0.165), (0.823, 1.133), (0, 0.535),
        (-0.823, 1.133), (-0.508, 0.165), (-1.331, -0.433), (-0.314, -0.433), (0, -1.4),
    ),
}  # fmt: skip
"""In half the size of the mark, from its middle."""

THIN: Final = HATCH * SOLIDITY
MIDDLE: Final = HATCH / 2
TEXTURES: Final = {
    "-": (f"M0 {MIDDLE}H{HATCH}", 0),
    "|": (f"M{MIDDLE} 0V{HATCH}", 0),
    "/": (f"M{MIDDLE} 0V{HATCH}", 45),
    "x": (f"M{MIDDLE} 0V{HATCH}M0 {MIDDLE}H{HATCH}", 45),
    ".": (f"M{MIDDLE} {MIDDLE}h0", 0),
}
"""The strokes of a tile, and by how many degrees the tiles are turned."""
NAMES: Final = {"-": "level", "|": "upright", "/": "slanted", "x": "crossed", ".": "dotted"}


def outline(symbol: str, size: float) -> str:
    """A path relative to the middle of the mark."""
    half = size / 2
    if symbol == "circle":
        r = svg.number(half)
        across = svg.number(size)
        return f"m-{r} 0a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"
    return svg.polygon([(x * half, y * half) for x, y in CORNERS[symbol]])


def thickness(hatch: str) -> float:
    """As much ink in a tile, whatever the texture."""
    if hatch == ".":  # a dot is a stroke without length, with round ends
        return float(2 * (SOLIDITY * HATCH**2 / 3.1416) ** 0.5)
    return THIN / 2 if hatch == "x" else THIN

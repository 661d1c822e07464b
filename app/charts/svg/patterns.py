"""Symbols and hatches as paths of an SVG."""

from typing import Final

from app.charts.geometry import HATCH_SIZE, HATCH_SOLIDITY
from app.charts.svg.elements import format_number, polygon_path
from app.charts.symbols import SYMBOL_CORNERS

HATCH_THIN: Final = HATCH_SIZE * HATCH_SOLIDITY
HATCH_MIDDLE: Final = HATCH_SIZE / 2
HATCH_PATHS: Final = {
    "-": (f"M0 {HATCH_MIDDLE}H{HATCH_SIZE}", 0),
    "|": (f"M{HATCH_MIDDLE} 0V{HATCH_SIZE}", 0),
    "/": (f"M{HATCH_MIDDLE} 0V{HATCH_SIZE}", 45),
    "x": (f"M{HATCH_MIDDLE} 0V{HATCH_SIZE}M0 {HATCH_MIDDLE}H{HATCH_SIZE}", 45),
    ".": (f"M{HATCH_MIDDLE} {HATCH_MIDDLE}h0", 0),
}
"""The strokes of a tile, and by how many degrees the tiles are turned."""
HATCH_NAMES: Final = {"-": "level", "|": "upright", "/": "slanted", "x": "crossed", ".": "dotted"}


def symbol_path(symbol: str, size: float) -> str:
    """A path relative to the middle of the mark."""
    half = size / 2
    if symbol == "circle":
        r = format_number(half)
        across = format_number(size)
        return f"m-{r} 0a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"
    return polygon_path([(x * half, y * half) for x, y in SYMBOL_CORNERS[symbol]])


def hatch_thickness(hatch: str) -> float:
    """As much ink in a tile, whatever the texture."""
    if hatch == ".":  # a dot is a stroke without length, with round ends
        return float(2 * (HATCH_SOLIDITY * HATCH_SIZE**2 / 3.1416) ** 0.5)
    return HATCH_THIN / 2 if hatch == "x" else HATCH_THIN

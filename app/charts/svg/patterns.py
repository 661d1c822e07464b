"""Symbols and hatches as SVG paths, after those of Plotly."""

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
"""Hatch to the strokes of a tile and the degrees by which the tiles are turned.

Slanted strokes are upright ones turned: drawn aslant they would be cut at the corners of the tile.
"""
# Plotly's signs cannot stand in the ids of textures, to which `url(#...)` refers.
HATCH_NAMES: Final = {"-": "level", "|": "upright", "/": "slanted", "x": "crossed", ".": "dotted"}


def symbol_path(symbol: str, size: float) -> str:
    """Return the outline of a mark of `size` pixels, to be put after a move to its middle."""
    half = size / 2
    if symbol == "circle":
        r = format_number(half)
        across = format_number(size)
        return f"m-{r} 0a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"
    return polygon_path([(x * half, y * half) for x, y in SYMBOL_CORNERS[symbol]])


def hatch_thickness(hatch: str) -> float:
    """Return the width of a hatch's strokes in pixels: every texture has about as much ink."""
    # HATCH_SOLIDITY is the inked part of the tile's area. A stroke as long as the tile has it at
    # HATCH_THIN; of two that cross each gets half; a dot is a circle of that area.
    if hatch == ".":  # a dot is a stroke without length, with round ends
        return float(2 * (HATCH_SOLIDITY * HATCH_SIZE**2 / 3.1416) ** 0.5)
    return HATCH_THIN / 2 if hatch == "x" else HATCH_THIN

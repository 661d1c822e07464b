"""Corners of the symbols that mark points, in the proportions of Plotly's symbols."""

from typing import Final

SYMBOL_CORNERS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
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
"""Symbol to its corners as (right, down) from the middle; 1 is half the size of the mark."""

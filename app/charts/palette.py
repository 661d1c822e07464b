"""The light colours of charts by their roles, and the font. The style sheet has the dark ones."""

from typing import Final

# A page's script finds a role by its light colour and puts the theme's in its place. Two roles with
# one light colour, such as `ink` and `ink-text`, must therefore share their dark colour as well.
# The colours are chosen for contrast with the ground (3:1 for lines, 4.5:1 for text) and to differ
# under colour blindness; tests hold contrast and tints of both themes.
PALETTE: Final = {
    "surface": "#ffffff",
    "grid": "#e3e6eb",
    "rule": "#b9bfca",
    "muted": "#596070",
    "ink": "#171c26",
    "ink-text": "#171c26",
    "chinese": "#bd3719",
    "chinese-2": "#dd7050",
    "chinese-3": "#7a2411",
    "chinese-text": "#bd3719",
    "us": "#0b4380",
    "us-2": "#4f8fd0",
    "us-3": "#2a68ad",
    "us-text": "#0b4380",
    "european": "#cb8604",
    "european-2": "#8f5e02",
    "european-3": "#5a3b01",
    "european-text": "#8a5a00",
    "other": "#159872",
    "other-2": "#0c634a",
    "other-3": "#083b2d",
    "other-text": "#0f6e53",
    "grey": "#797f90",
    "grey-text": "#5b6171",
}
"""Role to light colour; static/styles/colours.css has a property of each name for both themes."""

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
"""The reader's own font, as a CSS list of families: charts load none."""

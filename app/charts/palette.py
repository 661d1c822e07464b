"""The colours of charts, by their roles: the light ones. The style sheet has the dark ones."""

from typing import Final

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
"""Role to light colour; the style sheet has a custom property of the same name for each theme."""

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

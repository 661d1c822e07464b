"""Files that this site gives out: which of them can be uploaded, and how the others are told."""

from collections.abc import Iterable
from typing import Final

from app.csv_io.writer import FORMULA_STARTS
from app.domain.naming.matching import fold_name

_FOLDED = {
    name: frozenset(map(fold_name, columns))
    for name, columns in {
        "observations": (
            "month", "source", "origin", "openness", "share_pct", "status", "upload", "line",
        ),
        "shares": ("source", "month", "group", "label", "share_pct"),
    }.items()
}  # fmt: skip
PLACE_COLUMNS: Final = ("upload", "line")
"""The columns of observations.csv that tell where a line was published, and are not uploaded."""
SHARES_REMEDY: Final = (
    "lines, not sums of groups: this is shares.csv, a download of this site. Take observations.csv "
    "of the same source, or “Current figures in the upload format” beside the form of uploads"
)


def is_observations_file(names: Iterable[str]) -> bool:
    """Return whether a header is that of observations.csv."""
    return _FOLDED["observations"] <= set(map(fold_name, names))


def is_shares_file(names: Iterable[str]) -> bool:
    """Return whether a header is that of shares.csv, or of trends.csv, which is the same."""
    return _FOLDED["shares"] <= set(map(fold_name, names))


def without_guard(text: str) -> str:
    """Return a text of observations.csv without the apostrophe that keeps it from being run."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS and text[1:2] else text

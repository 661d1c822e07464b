"""Unusual steps from one month to the next, and months without figures."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from app.domain.calendar import add_months, format_month
from app.domain.snapshot import SnapshotKey
from app.ingest.review_series import ReviewSeries
from app.ingest.rules.checked import Notice

JUMP_MIN_POINTS: Final = 5
"""Points from one month to the next that are worth a look."""
GROWN_JUMP_MIN_POINTS: Final = Decimal("0.5")
"""By how many points a jump that stands already must grow to be worth another look."""
UNUSUAL_JUMP_FACTOR: Final = 4
"""How many times the usual change a jump must be."""


def step_warnings(
    series: Sequence[ReviewSeries], keys: Collection[SnapshotKey]
) -> Iterator[Notice]:
    """Yield a notice for each unusual jump and each gap that touches a month of the file."""
    for group in series:
        yield from _jumps(group, keys)
    for source in sorted({group.source for group in series}):
        yield from _gaps([group for group in series if group.source == source], keys)


def _jumps(series: ReviewSeries, keys: Collection[SnapshotKey]) -> Iterator[Notice]:
    """Steps to or from a month of the file that are large and unusual for the series."""
    steps = [
        (month, old, new)
        for month, (old, new) in zip(series.months[1:], pairwise(series.after), strict=True)
        if old is not None and new is not None
    ]
    for month, old, new in steps:
        touched = any((series.source, end) in keys for end in (month, add_months(month, -1)))
        # Without the step itself: a short series would hide its own jump in the median.
        others = [abs(after - before) for at, before, after in steps if at != month]
        unusual = bool(others) and abs(new - old) > UNUSUAL_JUMP_FACTOR * median(others)
        if _stands_already(series, month, new - old):
            continue
        if touched and unusual and abs(new - old) > JUMP_MIN_POINTS:
            text = f"{series.title} of {series.source} go from {old:.1f} % in "
            text += (
                f"{format_month(add_months(month, -1))} to {new:.1f} % in {format_month(month)}; "
            )
            text += f"from one month to the next they usually change by {median(others):.1f} points"
            yield Notice("jump", None, text)


def _stands_already(series: ReviewSeries, month: date, step: Decimal) -> bool:
    """Return whether readers see a step as large today: then the file does not bring it."""
    index = series.months.index(month)
    old, new = series.before[index - 1], series.before[index]
    return (
        old is not None
        and new is not None
        and (new > old) == (step > 0)
        and abs(step) <= abs(new - old) + GROWN_JUMP_MIN_POINTS
    )


def _gaps(series: Sequence[ReviewSeries], keys: Collection[SnapshotKey]) -> Iterator[Notice]:
    """Months without figures that the file leaves beside its own."""
    source, months = series[0].source, series[0].months
    # A month counts as filled by any group: one that no line names is missing, not a gap.
    filled = [
        month
        for index, month in enumerate(months)
        if any(group.after[index] is not None for group in series)
    ]
    for before, after in pairwise(filled):
        first, last = add_months(before, 1), add_months(after, -1)
        if first <= last and ((source, before) in keys or (source, after) in keys):
            missing = (
                format_month(first)
                if first == last
                else f"{format_month(first)} to {format_month(last)}"
            )
            yield Notice("gap", None, f"{source} has no figures for {missing}")

"""Finds the slices that stand twice in a month, by the numbers of the lines' slices."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.domain.snapshot import SnapshotKey
from app.ingest.rules.resolver import LineSlice
from app.ingest.rules.totals import MonthTotals

_REPEATED_MAX: Final = 640 * PROBLEMS_KEPT_MAX


def number_slots(slices: Sequence[LineSlice]) -> list[int]:
    """Return for each slice a number that it shares with those it may not stand beside."""
    numbers: dict[tuple[str | None, ...], int] = {}
    return [numbers.setdefault(about.slot, len(numbers)) for about in slices]


def find_repeated(
    totals: Mapping[SnapshotKey, MonthTotals], slots: Sequence[int]
) -> set[tuple[int, SnapshotKey]]:
    """Return the slots that several lines of a month have, and the month; some of very many.

    `slots` are those of the slices, by the slice's number.
    """
    return set(islice(_repeated(totals, slots), _REPEATED_MAX))


def _repeated(
    totals: Mapping[SnapshotKey, MonthTotals], slots: Sequence[int]
) -> Iterator[tuple[int, SnapshotKey]]:
    for key, month in totals.items():
        if len({slots[number] for number in month.slices}) == month.lines:
            continue
        seen: set[int] = set()
        for number in month.slices:
            slot = slots[number]
            if slot in seen:
                yield slot, key
            seen.add(slot)

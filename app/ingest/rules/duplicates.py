"""Finds the lines of a file that may speak of one slice twice, in little memory."""

from array import array
from itertools import islice, pairwise
from typing import Final

from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.ingest.rules.totals import ResolvedLine

_BUCKETS: Final = 64


def slice_hash(line: ResolvedLine) -> int:
    """Return a number that lines of one slice and month share, and hardly any others."""
    return hash((line.about.slot, line.month))


class DuplicateFinder:
    """Keeps eight bytes a line: the file is read again only where two of them are equal."""

    def __init__(self) -> None:
        # Sorted a bucket at a time, so that the copy a sort makes stays small.
        self._buckets = [array("q") for _ in range(_BUCKETS)]

    def add(self, line: ResolvedLine) -> None:
        number = slice_hash(line)
        self._buckets[number % _BUCKETS].append(number)

    def suspects(self) -> set[int]:
        """Return hashes that stand for more than one line; some of them where very many do."""
        suspects: set[int] = set()
        for bucket in self._buckets:
            if len(set(bucket)) < len(bucket):
                repeated = {number for number, after in pairwise(sorted(bucket)) if number == after}
                suspects.update(islice(repeated, 10 * PROBLEMS_KEPT_MAX))
        return suspects

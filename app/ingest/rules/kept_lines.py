"""The lines of a checked file, kept in little memory until they are compared and published."""

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final, NamedTuple

from app.domain.snapshot import Line, SnapshotKey
from app.domain.vocabulary import Status
from app.ingest.rules.resolver import LineSlice
from app.ingest.rules.totals import ResolvedLine, ShareOfValues

_PORTION: Final = 1_000
_MEMORY_MAX_BYTES: Final = 2 << 20
"""Bytes of kept lines that stay in memory, some 50,000 lines; more go to a temporary file."""


class KeptLine(NamedTuple):
    """What is kept of a ResolvedLine; `slice_number` is the number of its LineSlice."""

    line: int
    month: date
    slice_number: int
    share: Decimal | None
    value: Decimal | None
    status: Status
    note: str


class LineStore:
    """Lines in the order in which they were added, in some forty bytes each."""

    def __init__(self, content: bytes = b"") -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_MAX_BYTES)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._file.write(content)
        self._end = len(content)
        self._portion: list[tuple[Any, ...]] = []
        self._slices = sha256()

    def add(self, line: ResolvedLine) -> None:
        share, value = line.share, line.value
        # A Decimal is pickled in five times the time of its text, which keeps every digit too.
        self._portion.append(
            (
                line.line,
                line.month,
                line.about.number,
                None if share is None else str(share),
                None if value is None else str(value),
                line.status,
                line.note,
            )
        )
        if len(self._portion) == _PORTION:
            self._write()

    def _write(self) -> None:
        self._slices.update(array("q", [line[2] for line in self._portion]).tobytes())
        pickle.dump(self._portion, self._file)
        self._end = self._file.tell()
        self._portion.clear()

    def slices_digest(self) -> bytes:
        """Return a digest of the slice numbers of all lines, in their order."""
        if self._portion:
            self._write()
        return self._slices.digest()

    def __iter__(self) -> Iterator[KeptLine]:
        if self._portion:
            self._write()
        place = 0
        while place < self._end:
            # Two may read in turns, so that the file's own place is nobody's.
            self._file.seek(place)
            portion = pickle.load(self._file)  # noqa: S301 - our own process wrote it
            place = self._file.tell()
            for line, month, slice_number, share, value, status, note in portion:
                yield KeptLine(
                    line,
                    month,
                    slice_number,
                    None if share is None else Decimal(share),
                    None if value is None else Decimal(value),
                    status,
                    note,
                )

    def __reduce__(self) -> tuple[type["LineStore"], tuple[bytes]]:
        if self._portion:
            self._write()
        self._file.seek(0)
        return LineStore, (self._file.read(),)


@dataclass(frozen=True, slots=True)
class CheckedLines:
    """The lines of a sound file as they would be published; it can be iterated again and again.

    `slices` are by number. Of the months in `shares` the shares are computed from the values.
    """

    kept: LineStore
    slices: Sequence[LineSlice]
    shares: Mapping[SnapshotKey, ShareOfValues]

    def __iter__(self) -> Iterator[Line]:
        slices, shares = self.slices, self.shares
        for line, month, slice_number, given, value, status, note in self.kept:
            about = slices[slice_number]
            share_of = shares.get((about.source, month))
            share = given if share_of is None else share_of(value)
            if share is None:
                raise ValueError(f"line {line} has no share in a month of shares")
            yield Line(
                about.source,
                month,
                line,
                about.origin,
                about.openness,
                about.developer,
                about.model,
                share,
                value,
                status,
                note,
            )

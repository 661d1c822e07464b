"""Compares a file's months with what is published: every slice before and after."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.domain.snapshot import DaysCovered, Line, SnapshotKey
from app.domain.vocabulary import SETTLED_FIRST, Openness, Origin, Status
from app.ingest.month_profile import MonthProfile
from app.ingest.rules.checked import CheckedFile
from app.queries.lines import MonthlyTotals, lines_of_snapshots
from app.queries.upload_versions import CurrentSnapshot

LARGEST_CHANGES_MAX: Final = 50
"""Changed slices of a month that a review lists; the counts count them all."""


class ChangeKind(StrEnum):
    """What publishing would do to the share of a slice."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SliceChange:
    """One slice of a month, in percent before and after; None where it is not there.

    `developer` and `model` are slugs; `line` is the file's, None where the slice is removed.
    """

    kind: ChangeKind
    origin: Origin
    openness: Openness
    developer: str | None
    model: str | None
    old: Decimal | None
    new: Decimal | None
    line: int | None

    @property
    def points(self) -> Decimal | None:
        """The change in percentage points; None where there is no figure on one side."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def size(self) -> Decimal:
        """How much of the whole it moves, in points."""
        return abs((self.new or Decimal(0)) - (self.old or Decimal(0)))


@dataclass(frozen=True, slots=True)
class MonthReview:
    """What would change in one month of one source.

    `counts` has every kind. `largest` are the largest changes, at most 50. `restated` slices keep
    their share but differ in value, status or note. `before` and `after` are the open share of each
    origin in percent, None where no line speaks of it. `days` None is the whole month.
    """

    source: str
    month: date
    revises: bool
    days: DaysCovered | None
    counts: Mapping[ChangeKind, int]
    largest: tuple[SliceChange, ...]
    restated: int
    before: Mapping[Origin, Decimal | None]
    after: Mapping[Origin, Decimal | None]

    @property
    def moved(self) -> int:
        """How many slices are new, changed or removed."""
        return sum(count for kind, count in self.counts.items() if kind is not ChangeKind.UNCHANGED)


# --- slices --------------------------------------------------------------------------------------


_SliceKey = tuple[Origin, Openness, str | None, str | None]


class _SliceFigure(NamedTuple):
    line: int
    share_pct: Decimal
    rest: tuple[Decimal | None, Status, str]


def _slice_key(line: Line) -> _SliceKey:
    return line.origin, line.openness, line.developer, line.model


def _slice_figure(line: Line) -> _SliceFigure:
    return _SliceFigure(line.line, line.share_pct, (line.value, line.status, line.note))


class MonthDiff:
    """One source's month: the file's figures, and how they differ from the current ones.

    First every line of the file is added, then every current line compared. `unsettled` counts
    slices whose status goes back, by the current one and the file's.
    """

    def __init__(self) -> None:
        self.before, self.after = MonthProfile(), MonthProfile()
        self.figures: dict[_SliceKey, _SliceFigure] = {}
        self.removed: list[SliceChange] = []
        self.known: dict[_SliceKey, Decimal] = {}
        self.restated = 0
        self.unsettled: Counter[tuple[Status, Status]] = Counter()

    def add(self, line: Line) -> None:
        self.after.add(line)
        self.figures[_slice_key(line)] = _slice_figure(line)

    def compare(self, current: Line) -> None:
        self.before.add(current)
        about, old = _slice_key(current), current.share_pct
        figure = self.figures.get(about)
        if figure is None:
            self.removed.append(SliceChange(ChangeKind.REMOVED, *about, old, None, None))
        else:
            self.known[about] = old
            # A slice that moved is counted as changed; restated ones differ in the rest alone.
            alike = figure.share_pct == old
            self.restated += alike and figure.rest != _slice_figure(current).rest
            status = figure.rest[1]
            if SETTLED_FIRST.index(status) > SETTLED_FIRST.index(current.status):
                self.unsettled[current.status, status] += 1

    def changes(self) -> Iterator[SliceChange]:
        for about, figure in self.figures.items():
            old, new = self.known.get(about), figure.share_pct
            kind = (
                ChangeKind.NEW
                if old is None
                else ChangeKind.UNCHANGED
                if old == new
                else ChangeKind.CHANGED
            )
            yield SliceChange(kind, *about, old, new, figure.line)
        yield from self.removed

    def totals(self) -> dict[tuple[Origin, Openness], Decimal]:
        summed: dict[tuple[Origin, Openness], Decimal] = defaultdict(Decimal)
        for (origin, openness, _, _), figure in self.figures.items():
            summed[origin, openness] += figure.share_pct
        return dict(summed)

    def review(
        self, key: SnapshotKey, revises: bool, days: DaysCovered | None, before: MonthlyTotals
    ) -> MonthReview:
        """Return the month as a review tells it; `before` holds the current totals by month."""
        counts = dict.fromkeys(ChangeKind, 0)
        for change in self.changes():
            counts[change.kind] += 1
        moved = (change for change in self.changes() if change.kind is not ChangeKind.UNCHANGED)
        # A month may have a hundred thousand slices: they are counted, and never sorted whole.
        largest = heapq.nlargest(LARGEST_CHANGES_MAX, moved, key=lambda change: change.size)
        return MonthReview(
            source=key[0],
            month=key[1],
            revises=revises,
            days=days,
            counts=counts,
            largest=tuple(largest),
            restated=self.restated,
            before=shares_by_origin(before.get(key, {}), {Openness.OPEN}),
            after=shares_by_origin(self.totals(), {Openness.OPEN}),
        )


def compare_months(
    session: Session,
    checked: CheckedFile,
    keys: Collection[SnapshotKey],
    replaced: Mapping[SnapshotKey, CurrentSnapshot],
) -> dict[SnapshotKey, MonthDiff]:
    """Return, by source and month, how the `keys` of a sound file differ from what is current.

    `replaced` are the current snapshots of these keys; a key without one is new.
    """
    months: dict[SnapshotKey, MonthDiff] = {key: MonthDiff() for key in keys}
    for key, month in months.items():
        month.after.days = checked.months[key].days
        month.before.days = replaced[key].days if key in replaced else None
    if not keys:
        return months
    # The file comes first: what is current is then removed, changed or unchanged beside it.
    for line in checked.lines():
        if (line.source, line.month) in months:
            months[line.source, line.month].add(line)
    for line in lines_of_snapshots(session, [current.snapshot_id for current in replaced.values()]):
        months[line.source, line.month].compare(line)
    return months


def shares_by_origin(
    totals: Mapping[tuple[Origin, Openness], Decimal], counted: Collection[Openness]
) -> dict[Origin, Decimal | None]:
    """Return the share of each origin in percent, of the `counted` openness only.

    None is an origin of which no line speaks: unlike 0, nothing is claimed of it.
    """
    shares: dict[Origin, Decimal | None] = {}
    for origin in Origin:
        spoken = [totals[origin, openness] for openness in counted if (origin, openness) in totals]
        shares[origin] = sum(spoken, Decimal(0)) if spoken else None
    return shares

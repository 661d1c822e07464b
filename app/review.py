"""What publishing a file would change: every figure before and after, and what to look at twice."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app import intake
from app.csv_io.schema import FileLimits
from app.database.tables import Upload
from app.detail import Detail, lost
from app.domain.calendar import add_months, format_month, months_between
from app.domain.errors import NotFoundError
from app.domain.snapshot import Line, SnapshotKey
from app.domain.vocabulary import ORIGIN_LABELS, Openness, Origin, Status
from app.intake import WEB_LIMITS, check_upload, same_and_current, stored_file
from app.queries.lines import MonthlyTotals, lines_of_snapshots, monthly_totals
from app.queries.upload_versions import CurrentSnapshot, current_snapshots_of
from app.queries.uploads import withdrawn_uploads_of_file
from app.rules import Checked, Notice

HUNDRED: Final = Decimal(100)
LARGEST: Final = 50
JUMP: Final = 5
"""Points from one month to the next that are worth a look."""
UNUSUAL: Final = 4
"""How many times the usual change a jump must be."""


class Kind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SliceChange:
    """One slice of a month, in percent before and after; None where it is not there.

    `developer` and `model` are slugs; `line` is the file's, None where the slice is removed.
    """

    kind: Kind
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
    origin in percent, None where no line speaks of it.
    """

    source: str
    month: date
    revises: bool
    counts: Mapping[Kind, int]
    largest: tuple[SliceChange, ...]
    restated: int
    before: Mapping[Origin, Decimal | None]
    after: Mapping[Origin, Decimal | None]

    @property
    def moved(self) -> int:
        """How many slices are new, changed or removed."""
        return sum(count for kind, count in self.counts.items() if kind is not Kind.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Series:
    """A group's share in every month from the source's first to its last, before and after.

    `group` is an origin, or `closed` or `grey` for what is closed or not broken down; `title` says
    what is counted. None is a month without a figure.
    """

    source: str
    group: str
    title: str
    months: tuple[date, ...]
    before: tuple[Decimal | None, ...]
    after: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Review:
    """What publishing a file would change. Without months where it has problems.

    `version` names all this depends on: publishing with it is refused once that has moved on.
    `same_as` is the upload whose bytes are current already: then publishing does nothing.
    `standing` are months of the file whose figures are current as it says: they are left alone.
    `upload_id` is None for a file that was not kept.
    """

    upload_id: int | None
    version: str
    checked: Checked
    months: tuple[MonthReview, ...]
    series: tuple[Series, ...]
    warnings: tuple[Notice, ...]
    needs_reason: bool
    same_as: int | None
    standing: tuple[SnapshotKey, ...]

    @property
    def changes_nothing(self) -> bool:
        """The figures it would publish are the current ones, line for line."""
        return not self.checked.problem_count and not self.months


def review(session: Session, upload_id: int, limits: FileLimits = WEB_LIMITS) -> Review:
    """Reads a kept file against today's catalogue and figures. Raises NotFoundError."""
    upload = session.get(Upload, upload_id) if 0 < upload_id < 2**63 else None
    if upload is None:
        raise NotFoundError(f"There is no upload {upload_id}")
    return review_of(session, upload, limits)


def review_of(session: Session, upload: Upload, limits: FileLimits) -> Review:
    """The review of an upload that need not be stored."""
    with stored_file(upload) as file:
        checked = check_upload(session, upload, file, limits=limits)
        keys = intake.publishable(session, upload, checked)
        version = intake.version(session, upload, checked, keys)
        standing = current_snapshots_of(session, keys)
        months = _compared(session, checked, keys, standing)
    sound = not checked.problem_count
    same = same_and_current(session, upload) if sound else None
    sources = sorted({source for source, _ in keys})
    before = monthly_totals(session, sources)
    after = before | {key: month.totals() for key, month in months.items()}
    series = tuple(_series(sources, before, after))
    return Review(
        upload_id=upload.id,
        version=version,
        checked=checked,
        months=tuple(
            month.review(key, key in standing, before) for key, month in sorted(months.items())
        ),
        series=series,
        warnings=(
            *_withdrawn(session, upload),
            *_revisions(standing),
            *_less_detail(months, standing),
            *_remarkable(series, keys),
            *checked.notices,
        ),
        needs_reason=bool(standing),
        same_as=same.id if same else None,
        standing=() if not sound else tuple(sorted(checked.months.keys() - keys)),
    )


# --- slices --------------------------------------------------------------------------------------


Slice = tuple[Origin, Openness, str | None, str | None]


class _Figure(NamedTuple):
    line: int
    share_pct: Decimal
    rest: tuple[Decimal | None, Status, str]


def _slice(line: Line) -> Slice:
    return line.origin, line.openness, line.developer, line.model


def _figure(line: Line) -> _Figure:
    return _Figure(line.line, line.share_pct, (line.value, line.status, line.note))


class _Month:
    """One source's month: the file's figures, and how they differ from the current ones."""

    def __init__(self) -> None:
        self.before, self.after = Detail(), Detail()
        self.figures: dict[Slice, _Figure] = {}
        self.removed: list[SliceChange] = []
        self.known: dict[Slice, Decimal] = {}
        self.restated = 0

    def add(self, line: Line) -> None:
        self.after.add(line)
        self.figures[_slice(line)] = _figure(line)

    def compare(self, current: Line) -> None:
        self.before.add(current)
        about, old = _slice(current), current.share_pct
        figure = self.figures.get(about)
        if figure is None:
            self.removed.append(SliceChange(Kind.REMOVED, *about, old, None, None))
        else:
            self.known[about] = old
            alike = figure.share_pct == old
            self.restated += alike and figure.rest != _figure(current).rest

    def changes(self) -> Iterator[SliceChange]:
        for about, figure in self.figures.items():
            old, new = self.known.get(about), figure.share_pct
            kind = Kind.NEW if old is None else Kind.UNCHANGED if old == new else Kind.CHANGED
            yield SliceChange(kind, *about, old, new, figure.line)
        yield from self.removed

    def totals(self) -> dict[tuple[Origin, Openness], Decimal]:
        summed: dict[tuple[Origin, Openness], Decimal] = defaultdict(Decimal)
        for (origin, openness, _, _), figure in self.figures.items():
            summed[origin, openness] += figure.share_pct
        return dict(summed)

    def review(self, key: SnapshotKey, revises: bool, before: MonthlyTotals) -> MonthReview:
        counts = dict.fromkeys(Kind, 0)
        for change in self.changes():
            counts[change.kind] += 1
        moved = (change for change in self.changes() if change.kind is not Kind.UNCHANGED)
        largest = heapq.nlargest(LARGEST, moved, key=lambda change: change.size)
        return MonthReview(
            source=key[0],
            month=key[1],
            revises=revises,
            counts=counts,
            largest=tuple(largest),
            restated=self.restated,
            before=_by_origin(before.get(key, {}), {Openness.OPEN}),
            after=_by_origin(self.totals(), {Openness.OPEN}),
        )


def _compared(
    session: Session,
    checked: Checked,
    keys: Collection[SnapshotKey],
    standing: Mapping[SnapshotKey, CurrentSnapshot],
) -> dict[SnapshotKey, _Month]:
    """The months of a sound file beside the current ones."""
    months: dict[SnapshotKey, _Month] = {key: _Month() for key in keys}
    if not keys:
        return months
    for line in checked.lines():
        if (line.source, line.month) in months:
            months[line.source, line.month].add(line)
    for line in lines_of_snapshots(session, [one.snapshot_id for one in standing.values()]):
        months[line.source, line.month].compare(line)
    return months


def _by_origin(
    totals: Mapping[tuple[Origin, Openness], Decimal], counted: Collection[Openness]
) -> dict[Origin, Decimal | None]:
    """Each origin's share; None where no line speaks of it."""
    shares: dict[Origin, Decimal | None] = {}
    for origin in Origin:
        spoken = [totals[origin, one] for one in counted if (origin, one) in totals]
        shares[origin] = sum(spoken, Decimal(0)) if spoken else None
    return shares


# --- series --------------------------------------------------------------------------------------


def _series(
    sources: Sequence[str], before: MonthlyTotals, after: MonthlyTotals
) -> Iterator[Series]:
    for source in sources:
        covered = sorted(month for slug, month in after if slug == source)
        months = tuple(months_between(covered[0], covered[-1]))
        old, new = (
            [totals.get((source, month), {}) for month in months] for totals in (before, after)
        )
        for group, title, share_of in _groups([*old, *new]):
            yield Series(
                source=source,
                group=group,
                title=title,
                months=months,
                before=tuple(map(share_of, old)),
                after=tuple(map(share_of, new)),
            )


Month = Mapping[tuple[Origin, Openness], Decimal]
ShareOf = Callable[[Month], Decimal | None]


def _groups(months: Collection[Month]) -> Iterator[tuple[str, str, ShareOf]]:
    """Each origin's open models; of a source that says of none whether it is open, its models.

    Then, of a source that counts closed models too, those and what is not known of the whole.
    """
    spoken = {key for month in months for key in month}
    opened = any(openness is Openness.OPEN for _, openness in spoken)
    counted = {Openness.OPEN} if opened else set(Openness)
    for origin in Origin:
        if any((origin, openness) in spoken for openness in counted):
            kind = "open models" if opened else "models"
            yield origin, f"{ORIGIN_LABELS[origin]} {kind}", partial(_of_origin, origin, counted)
    if opened and any(openness is Openness.CLOSED for _, openness in spoken):
        yield "closed", "Closed models", _closed
        yield "grey", "Unknown or not broken down", _not_known


def _of_origin(origin: Origin, counted: Collection[Openness], month: Month) -> Decimal | None:
    return _by_origin(month, counted)[origin]


def _closed(month: Month) -> Decimal | None:
    shares = [share for (_, openness), share in month.items() if openness is Openness.CLOSED]
    return sum(shares, Decimal(0)) if shares else None


def _not_known(month: Month) -> Decimal | None:
    """Of unknown openness, and what no line speaks of; None where there is no line at all."""
    if not month:
        return None
    known = [share for (_, openness), share in month.items() if openness is not Openness.UNKNOWN]
    return max(HUNDRED - sum(known, Decimal(0)), Decimal(0))


# --- what to look at twice -----------------------------------------------------------------------


def _withdrawn(session: Session, upload: Upload) -> Iterator[Notice]:
    """The same bytes were published before, and taken back."""
    for earlier in withdrawn_uploads_of_file(session, upload.sha256):
        when = f"{earlier.withdrawn_at:%Y-%m-%d}"
        text = f"The same file was withdrawn on {when} as upload {earlier.id}"
        yield Notice("withdrawn", None, f"{text}: {earlier.withdrawn_reason}")


def _revisions(standing: Mapping[SnapshotKey, CurrentSnapshot]) -> Iterator[Notice]:
    for (source, month), one in sorted(standing.items()):
        text = f"{format_month(month)} of {source} is published already, by upload {one.upload_id}"
        yield Notice("revises", None, f"{text}; these figures would take its place")


def _less_detail(
    months: Mapping[SnapshotKey, _Month], standing: Collection[SnapshotKey]
) -> Iterator[Notice]:
    for source, month in sorted(standing):
        compared = months[source, month]
        about = f"{format_month(month)} of {source}"
        for code, text in lost(about, compared.before, compared.after):
            yield Notice(code, None, text)


def _remarkable(series: Sequence[Series], keys: Collection[SnapshotKey]) -> Iterator[Notice]:
    for one in series:
        yield from _jumps(one, keys)
    for source in sorted({one.source for one in series}):
        yield from _gaps([one for one in series if one.source == source], keys)


def _jumps(series: Series, keys: Collection[SnapshotKey]) -> Iterator[Notice]:
    """Steps to or from a month of the file that are large and unusual for the series."""
    steps = [
        (month, old, new)
        for month, (old, new) in zip(series.months[1:], pairwise(series.after), strict=True)
        if old is not None and new is not None
    ]
    for month, old, new in steps:
        touched = any((series.source, one) in keys for one in (month, add_months(month, -1)))
        others = [abs(after - before) for at, before, after in steps if at != month]
        unusual = bool(others) and abs(new - old) > UNUSUAL * median(others)
        if touched and unusual and abs(new - old) > JUMP:
            text = f"{series.title} of {series.source} go from {old:.1f} % in "
            text += (
                f"{format_month(add_months(month, -1))} to {new:.1f} % in {format_month(month)}; "
            )
            text += f"from one month to the next they usually change by {median(others):.1f} points"
            yield Notice("jump", None, text)


def _gaps(series: Sequence[Series], keys: Collection[SnapshotKey]) -> Iterator[Notice]:
    """Months without figures that the file leaves beside its own."""
    source, months = series[0].source, series[0].months
    filled = [
        month
        for index, month in enumerate(months)
        if any(one.after[index] is not None for one in series)
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

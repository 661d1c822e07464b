"""Coverage: the months of each source at a vintage, and every snapshot published by then."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Row, Select, Subquery, func, select, true

from app.database.sum_tables import OriginSum
from app.database.tables import Snapshot, Source, Upload
from app.database.vintages import Vintage, current_snapshots, order_by_slug, read_once
from app.domain.snapshot import Basis, DaysCovered
from app.domain.sources.provenance import Provenance
from app.domain.vocabulary import Openness, Status
from app.queries.statuses import status_of_sum, unsettledness


@dataclass(frozen=True, slots=True)
class CoveredMonth:
    """One source's month that has figures, and the upload they are from.

    `source` is a slug; `status` is that of the least settled line; `opens` says that some line is
    of open models. `share_pct` is the sum of the lines, in percent of all usage; what it lacks to
    100 the source does not break down. `days` None is the whole month.
    """

    source: str
    month: date
    status: Status
    opens: bool
    lines: int
    share_pct: Decimal
    upload_id: int
    days: DaysCovered | None


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """What one upload says about one source's month, whether or not it is still current.

    `share_pct` is the sum of the lines, in percent. `withdrawn_at` is None if the upload was not
    withdrawn, or only after the instant of the vintage. `current`: it is the month's figures then.
    """

    source: str
    month: date
    basis: Basis
    lines: int
    share_pct: Decimal
    upload_id: int
    filename: str
    published_at: datetime
    published_by: str
    withdrawn_at: datetime | None
    days: DaysCovered | None
    provenance: Provenance
    current: bool


@read_once
def read_covered_months(vintage: Vintage, source: str | None = None) -> list[CoveredMonth]:
    """Return the months with figures, sorted by slug and month; `source` is a slug, None is all."""
    current = current_snapshots(vintage.as_of).subquery()
    rows = vintage.session.execute(
        select(
            Source.slug.label("source"),
            Snapshot.month,
            unsettledness(OriginSum.status).label("unsettledness"),
            func.bool_or(OriginSum.openness == Openness.OPEN).label("opens"),
            func.sum(OriginSum.lines).label("lines"),
            func.sum(OriginSum.share_pct).label("share_pct"),
            Snapshot.upload_id,
            Snapshot.first_day,
            Snapshot.last_day,
            Snapshot.days,
        )
        .select_from(OriginSum)
        .join(Snapshot, Snapshot.id == OriginSum.snapshot_id)
        .join(current, current.c.id == Snapshot.id)
        .join(Source, Source.id == Snapshot.source_id)
        .where(_of(source))
        # At most one snapshot is current per source and month, so the upload splits no group: it
        # is named here because SQL lets only grouped columns be selected.
        .group_by(Source.slug, Snapshot.month, Snapshot.upload_id, Snapshot.id)
        .order_by(order_by_slug(), Snapshot.month)
    )
    return [
        CoveredMonth(
            source=row.source,
            month=row.month,
            status=status_of_sum(row.unsettledness),
            opens=row.opens,
            lines=row.lines,
            share_pct=row.share_pct,
            upload_id=row.upload_id,
            days=DaysCovered.of_columns(row.first_day, row.last_day, row.days),
        )
        for row in rows
    ]


@read_once
def read_snapshots(vintage: Vintage, source: str | None = None) -> list[SnapshotRecord]:
    """Return every snapshot published by then, also the superseded and the withdrawn.

    The latest publishing comes first; one upload's snapshots stand by slug, then latest month.
    """
    rows = vintage.session.execute(_select_snapshots(vintage.as_of, source))
    return [_record(vintage.as_of, row) for row in rows]


def _of(source: str | None) -> ColumnElement[bool]:
    return true() if source is None else Source.slug == source


SnapshotRow = tuple[
    str, date, str, int, Decimal, int, str, datetime | None, str | None, datetime | None,
    str, date | None, date | None, date | None, date | None, int | None, int,
]  # fmt: skip


def snapshot_sums(*which: ColumnElement[bool]) -> Subquery:
    """Return a subquery of `snapshot_id`, `lines` and `share_pct`, the sums of snapshots' lines.

    `which` are conditions on Snapshot, to be given wherever they are known: what a query around the
    subquery asks for keeps no snapshot from being summed.
    """
    # They are added up before anything is joined, so that no join can multiply them.
    sums = select(
        OriginSum.snapshot_id,
        func.sum(OriginSum.lines).label("lines"),
        func.sum(OriginSum.share_pct).label("share_pct"),
    ).group_by(OriginSum.snapshot_id)
    if which:
        sums = sums.where(OriginSum.snapshot_id.in_(select(Snapshot.id).where(*which)))
    return sums.subquery()


def _select_snapshots(as_of: datetime | None, source: str | None) -> Select[*SnapshotRow]:
    current = current_snapshots(as_of).subquery()
    of_source = select(Source.id).where(_of(source)).scalar_subquery()
    sums = snapshot_sums(*([Snapshot.source_id == of_source] if source is not None else []))
    published = Upload.published_at <= as_of if as_of else Upload.published_at.is_not(None)
    return (
        select(
            Source.slug.label("source"),
            Snapshot.month,
            Snapshot.basis,
            sums.c.lines,
            sums.c.share_pct,
            Upload.id.label("upload_id"),
            Upload.filename,
            Upload.published_at,
            Upload.published_by,
            Upload.withdrawn_at,
            Upload.origin_url,
            Upload.retrieved_at,
            Upload.publisher_as_of,
            Snapshot.first_day,
            Snapshot.last_day,
            Snapshot.days,
            current.c.id.label("current_id"),
        )
        .select_from(Snapshot)
        .join(Source, Source.id == Snapshot.source_id)
        .join(Upload, Upload.id == Snapshot.upload_id)
        .join(sums, sums.c.snapshot_id == Snapshot.id)
        # An outer join: its id is NULL for snapshots that are superseded or withdrawn.
        .outerjoin(current, current.c.id == Snapshot.id)
        .where(published, _of(source))
        .order_by(Upload.published_at.desc(), order_by_slug(), Snapshot.month.desc())
    )


def _record(as_of: datetime | None, row: Row[*SnapshotRow]) -> SnapshotRecord:
    if row.published_at is None or row.published_by is None:
        raise ValueError(f"upload {row.upload_id} is not published")
    # At the vintage asked for, a withdrawal that came later had not happened: the pinned page of
    # a snapshot must go on saying what it said.
    withdrawn_at = row.withdrawn_at
    later = as_of is not None and withdrawn_at is not None and withdrawn_at > as_of
    return SnapshotRecord(
        source=row.source,
        month=row.month,
        basis=Basis(row.basis),
        lines=row.lines,
        share_pct=row.share_pct,
        upload_id=row.upload_id,
        filename=row.filename,
        published_at=row.published_at,
        published_by=row.published_by,
        withdrawn_at=None if later else withdrawn_at,
        days=DaysCovered.of_columns(row.first_day, row.last_day, row.days),
        provenance=Provenance(row.origin_url, row.retrieved_at, row.publisher_as_of),
        current=row.current_id is not None,
    )

"""Uploads and what became of them: their state, their months and who did what when."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session, aliased

from app.csv_io.schema import TableChoices
from app.database.tables import Snapshot, Source, Upload
from app.database.vintages import END_OF_TIME, current_snapshots
from app.domain.errors import NotFoundError
from app.domain.snapshot import Basis, DaysCovered
from app.domain.vocabulary import Openness
from app.queries.coverage import snapshot_sums
from app.queries.upload_versions import review_version


def withdrawal_moments(
    session: Session, slugs: Sequence[str], as_of: datetime | None, most: int = 10
) -> Sequence[datetime]:
    """Return when uploads about these sources were withdrawn, at or before `as_of`, latest first.

    `slugs` empty is any source; at most `most` instants are given.
    """
    held = select(Snapshot.upload_id).join(Source)
    moments = session.scalars(
        select(Upload.withdrawn_at)
        .where(
            Upload.published_at.is_not(None),
            Upload.withdrawn_at <= (as_of or END_OF_TIME),
            Upload.id.in_(held.where(Source.slug.in_(slugs)) if slugs else held),
        )
        .order_by(Upload.withdrawn_at.desc())
        .limit(most)
    )
    return [instant for instant in moments if instant]


UPLOADS_A_PAGE: Final = 50


class State(StrEnum):
    """What became of an upload. `superseded`: published, but none of its months is current."""

    UNPUBLISHED = "unpublished"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """One snapshot: what an upload says about one source in one month.

    `share_pct` is the sum of its lines, in percent. `superseded_by` is the id of the upload whose
    figures are current instead; None if these are, or if the month has no figures at all. `days`
    None is the whole month.
    """

    source: str
    month: date
    basis: Basis
    lines: int
    share_pct: Decimal
    days: DaysCovered | None
    current: bool
    superseded_by: int | None


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """An upload and all that happened to it; `months` is empty until it is published.

    `size` is in bytes, `sha256` in hexadecimal, `source` the slug chosen with it; `origin_url`,
    `retrieved_at` and `publisher_as_of` are its Provenance, `choices` what was chosen about its
    table. `version` is what withdrawing or discarding it expects; publishing expects that of its
    review.
    """

    id: int
    filename: str
    sha256: str
    size: int
    source: str | None
    openness: Openness
    reclassified: bool
    origin_url: str
    retrieved_at: date | None
    publisher_as_of: date | None
    choices: TableChoices
    state: State
    version: str
    received_at: datetime
    received_by: str
    published_at: datetime | None
    published_by: str | None
    reason: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str
    discarded_at: datetime | None
    discarded_by: str | None
    months: tuple[MonthRecord, ...]

    @property
    def public(self) -> bool:
        """Whether anyone may see it: it was published, whatever came after."""
        return self.published_at is not None

    @property
    def withdrawable(self) -> bool:
        return self.public and self.withdrawn_at is None

    @property
    def lines(self) -> int:
        return sum(month.lines for month in self.months)

    @property
    def superseded_by(self) -> tuple[int, ...]:
        """The ids of the uploads whose figures are current instead of this one's, sorted."""
        return tuple(sorted({month.superseded_by for month in self.months if month.superseded_by}))


def read_upload_record(session: Session, upload_id: int) -> UploadRecord:
    """Return the record of an upload. Raise NotFoundError."""
    # A number beyond BIGINT cannot be an id, and PostgreSQL would refuse to compare it.
    row = session.get(Upload, upload_id) if 0 < upload_id < 2**63 else None
    if row is None:
        raise NotFoundError(f"There is no upload {upload_id}")
    return _records(session, [row])[0]


def read_upload_records(
    session: Session, *, everyone: bool, before: int | None = None, limit: int = UPLOADS_A_PAGE
) -> list[UploadRecord]:
    """Return at most `limit` records, the latest received first.

    `everyone`: the unpublished too, which only maintainers may see. `before` is the last id of the
    page before, None on the first page.
    """
    statement = select(Upload).order_by(Upload.id.desc()).limit(limit)
    if not everyone:
        statement = statement.where(Upload.published_at.is_not(None))
    if before is not None:
        statement = statement.where(Upload.id < before)
    return _records(session, session.scalars(statement).all())


def withdrawn_uploads_of_file(session: Session, sha256: bytes) -> list[UploadRecord]:
    """Return the records of withdrawn uploads of a file, by its SHA-256, the first one first."""
    statement = select(Upload).where(Upload.sha256 == sha256, Upload.withdrawn_at.is_not(None))
    return _records(session, session.scalars(statement.order_by(Upload.id)).all())


def _records(session: Session, rows: Sequence[Upload]) -> list[UploadRecord]:
    months = _months(session, [row.id for row in rows])
    source_ids = {row.source_id for row in rows}
    slugs = dict(
        session.execute(select(Source.id, Source.slug).where(Source.id.in_(source_ids))).all()
    )
    return [_record(row, slugs.get(row.source_id or 0), months[row.id]) for row in rows]


def _record(row: Upload, source: str | None, months: Sequence["_Month"]) -> UploadRecord:
    records = tuple(month.record for month in months)
    return UploadRecord(
        id=row.id,
        filename=row.filename,
        sha256=row.sha256.hex(),
        size=row.size,
        source=source,
        openness=Openness(row.openness),
        reclassified=row.reclassified,
        origin_url=row.origin_url,
        retrieved_at=row.retrieved_at,
        publisher_as_of=row.publisher_as_of,
        choices=TableChoices.of_stored(row.table_choices),
        state=_state(row, records),
        version=review_version(row, [month.current_id for month in months]),
        received_at=row.received_at,
        received_by=row.received_by,
        published_at=row.published_at,
        published_by=row.published_by,
        reason=row.reason,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        withdrawn_reason=row.withdrawn_reason,
        discarded_at=row.discarded_at,
        discarded_by=row.discarded_by,
        months=records,
    )


def _state(row: Upload, months: Iterable[MonthRecord]) -> State:
    # In this order: what was withdrawn was published too, and has no current month either.
    if row.withdrawn_at is not None:
        return State.WITHDRAWN
    if row.discarded_at is not None:
        return State.DISCARDED
    if row.published_at is None:
        return State.UNPUBLISHED
    return State.PUBLISHED if any(month.current for month in months) else State.SUPERSEDED


@dataclass(frozen=True, slots=True)
class _Month:
    """A month's record, and the id of the snapshot that is current there, of whichever upload."""

    record: MonthRecord
    current_id: int | None


def _months(session: Session, upload_ids: Collection[int]) -> Mapping[int, list[_Month]]:
    """Return the snapshots of each upload, by its id, sorted by source and month."""
    current = current_snapshots(None).subquery()
    standing = aliased(Snapshot)
    sums = snapshot_sums(Snapshot.upload_id.in_(upload_ids))
    # Two joins: `current` finds which snapshot stands in the month, `standing` whose it is. They
    # are outer ones, since after a withdrawal nothing may stand there.
    same_month = and_(current.c.source_id == Snapshot.source_id, current.c.month == Snapshot.month)
    rows = session.execute(
        select(
            Snapshot.upload_id,
            Source.slug.label("source"),
            Snapshot.month,
            Snapshot.basis,
            sums.c.lines,
            sums.c.share_pct,
            Snapshot.first_day,
            Snapshot.last_day,
            Snapshot.days,
            Snapshot.id,
            standing.id.label("current_id"),
            standing.upload_id.label("current_upload"),
        )
        .join(Source, Source.id == Snapshot.source_id)
        .join(sums, sums.c.snapshot_id == Snapshot.id)
        .outerjoin(current, same_month)
        .outerjoin(standing, standing.id == current.c.id)
        .where(Snapshot.upload_id.in_(upload_ids))
        .order_by(Source.slug.collate("C"), Snapshot.month)
    )
    months: dict[int, list[_Month]] = defaultdict(list)
    for row in rows:
        months[row.upload_id].append(_month(row))
    return months


def _month(
    row: Row[
        int, str, date, str, int, Decimal, date | None, date | None, int | None, int, int, int
    ],
) -> _Month:
    current = row.id == row.current_id
    record = MonthRecord(
        source=row.source,
        month=row.month,
        basis=Basis(row.basis),
        lines=row.lines,
        share_pct=row.share_pct,
        days=DaysCovered.of_columns(row.first_day, row.last_day, row.days),
        current=current,
        superseded_by=None if current else row.current_upload,
    )
    return _Month(record, row.current_id)

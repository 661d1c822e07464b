"""The current figures of a source in the upload format, as export and maintainers get them."""

from collections.abc import Iterator
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.tables import Snapshot, Source
from app.database.vintages import current_snapshots
from app.domain.snapshot import Basis, DaysCovered, Line, SnapshotFacts, SnapshotKey
from app.ingest.rules.upload_format import write_snapshot_file
from app.queries.lines import lines_of_snapshots


def write_current_figures(session: Session, source: str, out: TextIO) -> None:
    """Write the current lines of a source, so that uploading them again would change nothing."""
    write_snapshot_file(_lines(session, source), out, _facts(session, source))


def _facts(session: Session, source: str) -> dict[SnapshotKey, SnapshotFacts]:
    current = current_snapshots(None).subquery()
    rows = session.execute(
        select(
            Source.slug,
            Snapshot.month,
            Snapshot.basis,
            Snapshot.first_day,
            Snapshot.last_day,
            Snapshot.days,
        )
        .join(current, current.c.id == Snapshot.id)
        .join(Source)
        .where(Source.slug == source)
    )
    return {
        (slug, month): SnapshotFacts(Basis(basis), DaysCovered.of_columns(*days))
        for slug, month, basis, *days in rows
    }


def _lines(session: Session, source: str) -> Iterator[Line]:
    """Yield the source's current lines by month and line, read in portions."""
    current = current_snapshots(None).subquery()
    ids = select(current.c.id).join(Source, Source.id == current.c.source_id)
    return lines_of_snapshots(session, session.scalars(ids.where(Source.slug == source)).all())

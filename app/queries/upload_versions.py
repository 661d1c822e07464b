"""Names what a review depends on, and the snapshots that stand under an upload's months."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.database.tables import Snapshot, Source, Upload
from app.database.vintages import current_snapshots, source_months
from app.domain.snapshot import SnapshotKey

# --- versions ------------------------------------------------------------------------------------


def review_version(row: Upload, current_ids: Iterable[int | None], meaning: str = "") -> str:
    """Names an upload's state, and the current snapshots of its months with what it makes of them.

    Both halves change when what they name does.
    """
    moments = (row.published_at, row.withdrawn_at, row.discarded_at)
    state = [row.id, *(moment and moment.timestamp() for moment in moments)]
    return f"{_digest(state)}-{_digest([*current_ids, meaning])}"


def state_digest(named: str) -> str:
    """The half of a version that names the upload's own state."""
    return named.partition("-")[0]


def _digest(values: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()[:12]


def snapshot_keys_of_upload(session: Session, upload_id: int) -> list[SnapshotKey]:
    """The sources and months an upload speaks of, in order."""
    rows = session.execute(
        select(Source.slug, Snapshot.month)
        .join(Source)
        .where(Snapshot.upload_id == upload_id)
        .order_by(Source.slug.collate("C"), Snapshot.month)
    )
    return [(slug, month) for slug, month in rows]


@dataclass(frozen=True, slots=True)
class CurrentSnapshot:
    """The snapshot that is current for a source and month, and the file it came from."""

    snapshot_id: int
    upload_id: int
    sha256: bytes


def current_snapshots_of(
    session: Session, keys: Collection[SnapshotKey]
) -> dict[SnapshotKey, CurrentSnapshot]:
    """What is current in each of these months, where anything is."""
    current = current_snapshots(None).subquery()
    rows = session.execute(
        select(Source.slug, Snapshot.month, Snapshot.id, Upload.id, Upload.sha256)
        .select_from(Snapshot)
        .join(current, current.c.id == Snapshot.id)
        .join(Source, Source.id == Snapshot.source_id)
        .join(Upload, Upload.id == Snapshot.upload_id)
        .where(tuple_(Source.slug, Snapshot.month).in_(source_months(keys)))
        .order_by(Source.slug.collate("C"), Snapshot.month)
    )
    return {
        (slug, month): CurrentSnapshot(snapshot_id, upload_id, sha256)
        for slug, month, snapshot_id, upload_id, sha256 in rows
    }

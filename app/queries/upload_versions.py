"""Versions of uploads, by which nobody acts on what has changed since, and what is current."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from app.database.tables import Snapshot, Source, Upload
from app.database.vintages import current_snapshots, source_months
from app.domain.snapshot import DaysCovered, SnapshotKey

# --- versions ------------------------------------------------------------------------------------


def review_version(row: Upload, current_ids: Iterable[int | None], meaning: str = "") -> str:
    """Return the version of an upload: two digests of 12 hexadecimal digits, joined by a hyphen.

    The first changes with the upload's own state. The second changes with the ids of the current
    snapshots of its months, in order, and with `meaning`, a digest of what today's catalogue makes
    of its lines.
    """
    # Who withdraws must know what stands now; who discards only that nobody else has published or
    # discarded the upload. So the halves can be compared apart: see state_digest.
    moments = (row.published_at, row.withdrawn_at, row.discarded_at)
    # As seconds since the epoch: how a datetime prints depends on its time zone.
    state = [row.id, *(moment and moment.timestamp() for moment in moments)]
    return f"{_digest(state)}-{_digest([*current_ids, meaning])}"


def state_digest(named: str) -> str:
    """Return the first half of a version, which names the upload's own state."""
    return named.partition("-")[0]


def _digest(values: Iterable[object]) -> str:
    # 48 bits are plenty: it finds what has changed by chance, and guards nothing against malice.
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()[:12]


def snapshot_keys_of_upload(session: Session, upload_id: int) -> list[SnapshotKey]:
    """Return the source slugs and months of an upload's snapshots, sorted.

    It is empty until the upload is published: snapshots are stored only then.
    """
    rows = session.execute(
        select(Source.slug, Snapshot.month)
        .join(Source)
        .where(Snapshot.upload_id == upload_id)
        .order_by(Source.slug.collate("C"), Snapshot.month)
    )
    return [(slug, month) for slug, month in rows]


@dataclass(frozen=True, slots=True)
class CurrentSnapshot:
    """The snapshot that is current for a source and month; `sha256` is its file's, 32 bytes.

    `days` None is the whole month.
    """

    snapshot_id: int
    upload_id: int
    sha256: bytes
    days: DaysCovered | None


def current_snapshots_of(
    session: Session, keys: Collection[SnapshotKey]
) -> dict[SnapshotKey, CurrentSnapshot]:
    """Return the current snapshots of these sources and months; a key without one is left out.

    They are in the order of slugs and months: versions of reviews rest on it.
    """
    return _read_snapshots(session, current_snapshots(None), keys)


def snapshots_without(
    session: Session, upload_id: int, keys: Collection[SnapshotKey]
) -> dict[SnapshotKey, CurrentSnapshot]:
    """Return the snapshots of these months that would be current without an upload."""
    others = current_snapshots(None).where(Upload.id != upload_id)
    return _read_snapshots(session, others, keys)


def _read_snapshots(
    session: Session, standing: Select[int, int, date], keys: Collection[SnapshotKey]
) -> dict[SnapshotKey, CurrentSnapshot]:
    current = standing.subquery()
    rows = session.execute(
        select(
            Source.slug,
            Snapshot.month,
            Snapshot.id,
            Upload.id,
            Upload.sha256,
            Snapshot.first_day,
            Snapshot.last_day,
            Snapshot.days,
        )
        .select_from(Snapshot)
        .join(current, current.c.id == Snapshot.id)
        .join(Source, Source.id == Snapshot.source_id)
        .join(Upload, Upload.id == Snapshot.upload_id)
        .where(tuple_(Source.slug, Snapshot.month).in_(source_months(keys)))
        .order_by(Source.slug.collate("C"), Snapshot.month)
    )
    return {
        (slug, month): CurrentSnapshot(
            snapshot_id, upload_id, sha256, DaysCovered.of_columns(*days)
        )
        for slug, month, snapshot_id, upload_id, sha256, *days in rows
    }

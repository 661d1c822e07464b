"""Sums the lines of an upload when it is published, for all who read whole months."""

from typing import Final

from sqlalchemy import case, func, insert, select
from sqlalchemy.orm import Session

from app.database.sum_tables import DeveloperSum, OriginSum
from app.database.tables import Observation, Snapshot

_KEYS: Final = (
    (OriginSum, ("snapshot_id", "origin", "openness", "status")),
    (DeveloperSum, ("snapshot_id", "origin", "openness", "developer_id", "status")),
)


def write_sums(session: Session, upload_id: int) -> None:
    """Write the sums of all lines of an upload, which are stored and have none so far."""
    note = Observation.note
    # MIN and MAX are equal if all lines have the same note; CASE without ELSE is NULL.
    shared_note = case((func.min(note) == func.max(note), func.min(note)))
    for table, names in _KEYS:
        keys = [getattr(Observation, name) for name in names]
        sums = (
            select(*keys, func.count(), func.sum(Observation.share_pct), shared_note)
            .join(Snapshot, Snapshot.id == Observation.snapshot_id)
            .where(Snapshot.upload_id == upload_id)
            .group_by(*keys)
        )
        columns = [*names, "lines", "share_pct", "note"]
        session.execute(insert(table).from_select(columns, sums))

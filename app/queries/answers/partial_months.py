"""The months of which only some days are covered, at a vintage."""

from collections.abc import Mapping

from sqlalchemy import select

from app.database.tables import Snapshot, Source
from app.database.vintages import Vintage, current_snapshots, read_once
from app.domain.snapshot import DaysCovered, SnapshotKey


@read_once
def read_partial_months(vintage: Vintage) -> Mapping[SnapshotKey, DaysCovered]:
    """Return the days of each source's month that is not covered whole, by slug and month."""
    current = current_snapshots(vintage.as_of).subquery()
    rows = vintage.session.execute(
        select(Source.slug, Snapshot.month, Snapshot.first_day, Snapshot.last_day, Snapshot.days)
        .join(current, current.c.id == Snapshot.id)
        .join(Source, Source.id == Snapshot.source_id)
        .where(Snapshot.days.is_not(None))
    )
    covered = {(slug, month): DaysCovered.of_columns(*days) for slug, month, *days in rows}
    return {key: days for key, days in covered.items() if days and not days.whole}

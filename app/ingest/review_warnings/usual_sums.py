"""The sums of the published months around those of a file."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.tables import Observation
from app.domain.calendar import days_in
from app.domain.snapshot import SnapshotKey
from app.ingest.review_warnings.amounts import USUAL_MONTHS, ValueSums, nearest_months
from app.queries.lines import MonthlyTotals
from app.queries.upload_versions import current_snapshots_of


def published_values(
    session: Session, published: MonthlyTotals, keys: Collection[SnapshotKey]
) -> ValueSums:
    """Return the values a day of the published months nearest to `keys`, if each line has one."""
    # Not of every month: values are summed from the lines, and a source may have millions.
    near = {other for key in keys for other in nearest_months(key, published)[:USUAL_MONTHS]}
    if not near:
        return {}
    current = current_snapshots_of(session, near)
    rows = session.execute(
        select(Observation.snapshot_id, func.sum(Observation.value))
        .where(Observation.snapshot_id.in_([item.snapshot_id for item in current.values()]))
        .group_by(Observation.snapshot_id)
        .having(func.count() == func.count(Observation.value))
    )
    sums = {snapshot_id: total for snapshot_id, total in rows if total is not None}
    return {
        key: sums[item.snapshot_id] / (item.days.days if item.days else days_in(key[1]))
        for key, item in current.items()
        if item.snapshot_id in sums
    }


def published_shares(published: MonthlyTotals) -> dict[SnapshotKey, Decimal]:
    """Return what the lines of each published month add up to, in percent."""
    return {key: sum(groups.values(), Decimal(0)) for key, groups in published.items()}

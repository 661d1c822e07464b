"""The months of which only some days are covered, at a vintage."""

from collections.abc import Mapping

from app.database.vintages import Vintage, read_current_months, read_once_a_version
from app.domain.snapshot import DaysCovered, SnapshotKey


@read_once_a_version
def read_partial_months(vintage: Vintage) -> Mapping[SnapshotKey, DaysCovered]:
    """Return the days of each source's month that is not covered whole, by slug and month."""
    covered = {key: item.days for key, item in read_current_months(vintage).items()}
    return {key: days for key, days in covered.items() if days and not days.whole}

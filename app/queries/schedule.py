"""The next figures of each source: when they are expected, and since when they are late."""

from datetime import date

from sqlalchemy import select

from app.database.sum_tables import OriginSum
from app.database.vintages import Vintage, is_of_snapshots, read_current_months, read_once_a_version
from app.domain.answer import SourceDefinition
from app.domain.sources.cadence import NextFigures, next_figures
from app.domain.vocabulary import SETTLED, Status
from app.queries.statuses import status_of_sum, unsettledness


@read_once_a_version
def _last_months(vintage: Vintage) -> dict[str, tuple[date, Status]]:
    """Return the last month of each source that has figures, by slug, and its status."""
    # They come in the order of months, so that of each source the last stays.
    last = {slug: (month, item) for (slug, month), item in read_current_months(vintage).items()}
    ids = [item.snapshot_id for _, item in last.values()]
    statuses = dict(
        vintage.session.execute(
            select(OriginSum.snapshot_id, unsettledness(OriginSum.status))
            .where(is_of_snapshots(OriginSum.snapshot_id, ids))
            .group_by(OriginSum.snapshot_id)
        ).all()
    )
    return {
        slug: (month, status_of_sum(statuses[item.snapshot_id]))
        for slug, (month, item) in last.items()
    }


def read_next_figures(vintage: Vintage, source: SourceDefinition) -> NextFigures | None:
    """Return the next figures of a source; None without a cadence, or at a past vintage."""
    # Lateness is a matter of today: a page that is pinned to a vintage says nothing of it.
    if vintage.as_of is not None or source.cadence is None:
        return None
    last = _last_months(vintage).get(source.slug)
    if last is None:
        return None
    month, status = last
    settled = status in SETTLED
    return next_figures(month, settled, source.cadence, source.publishes_after_days)

"""The next figures of each source: when they are expected, and since when they are late."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app.database.tables import Observation, Snapshot, Source
from app.database.vintages import Vintage, current_snapshots, read_once
from app.domain.answer import SourceDefinition
from app.domain.sources.cadence import NextFigures, next_figures
from app.domain.vocabulary import SETTLED, Status
from app.queries.statuses import status_of_sum, unsettledness


@read_once
def _last_months(vintage: Vintage) -> dict[str, tuple[date, Status]]:
    """Return the last month of each source that has figures, by slug, and its status."""
    current = current_snapshots(vintage.as_of).subquery()
    # Of each source only the lines of its last month are read, not those of all its months.
    last = (
        select(Snapshot.id, Snapshot.source_id, Snapshot.month)
        .join(current, current.c.id == Snapshot.id)
        .ext(distinct_on(Snapshot.source_id))
        .order_by(Snapshot.source_id, Snapshot.month.desc())
        .subquery()
    )
    rows = vintage.session.execute(
        select(Source.slug, last.c.month, unsettledness(Observation.status))
        .join(last, last.c.source_id == Source.id)
        .join(Observation, Observation.snapshot_id == last.c.id)
        .group_by(Source.slug, last.c.month)
    )
    return {slug: (month, status_of_sum(rank)) for slug, month, rank in rows}


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

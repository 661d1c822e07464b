"""What was current at an instant: the snapshots, and the moments that bound a vintage."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from app.database.tables import Snapshot, Source, Upload

END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


def last_change_at(as_of: datetime | None) -> ColumnElement[datetime | None]:
    """Of an upload: when it last changed figures by then, in being published or withdrawn."""
    limit = as_of or END_OF_TIME
    return func.greatest(
        case((Upload.published_at <= limit, Upload.published_at)),
        case((Upload.withdrawn_at <= limit, Upload.withdrawn_at)),
    )


def order_by_slug() -> ColumnElement[str]:
    # Sorting must not depend on the database's locale.
    return Source.slug.collate("C")


def is_current_at(as_of: datetime | None) -> ColumnElement[bool]:
    """The uploads that were published and not withdrawn at that instant; None is now."""
    if as_of is None:
        return and_(Upload.published_at.is_not(None), Upload.withdrawn_at.is_(None))
    return and_(
        Upload.published_at <= as_of,
        or_(Upload.withdrawn_at.is_(None), Upload.withdrawn_at > as_of),
    )


def current_snapshots(as_of: datetime | None) -> Select[int, int, date]:
    """Id, source id and month of the snapshots that were current at that instant."""
    return (
        select(Snapshot.id, Snapshot.source_id, Snapshot.month)
        .join(Upload)
        .where(is_current_at(as_of))
        .ext(distinct_on(Snapshot.source_id, Snapshot.month))
        .order_by(Snapshot.source_id, Snapshot.month, Upload.published_at.desc())
    )


def source_months(keys: Iterable[tuple[str, date]]) -> Select[str, date]:
    """Slugs and months as rows, for any number of them: an IN list nests as deep as it is long."""
    slugs, months = zip(*keys, strict=True) if (keys := list(keys)) else ((), ())
    rows = (
        func.unnest(literal(list(slugs), ARRAY(Text)), literal(list(months), ARRAY(Date)))
        .table_valued(column("slug", Text), column("month", Date), name="wanted")
        .render_derived()
    )
    return select(rows.c.slug, rows.c.month)

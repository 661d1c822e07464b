"""What was current at an instant: the snapshots, and the moments that bound a vintage."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

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
from sqlalchemy.orm import Session

from app.database.tables import Snapshot, Source, Upload

END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Vintage:
    """The data as it stood at one instant, read through one session; `as_of` None is now.

    `reads` keeps what was read of it, by function and arguments: see `read_once`.
    """

    session: Session
    as_of: datetime | None = None
    reads: dict[tuple[Any, ...], Any] = field(default_factory=dict)


def vintage_at(session: Session, as_of: datetime | None = None) -> Vintage:
    """Return the session's vintage of that instant: one for all who ask within a request.

    A session that writes has none to share, for what it read before may no longer be so.
    """
    shared: dict[datetime | None, Vintage] | None = session.info.get("vintages")
    if shared is None:
        return Vintage(session, as_of)
    return shared.setdefault(as_of, Vintage(session, as_of))


def read_once(
    read: Callable[Concatenate[Vintage, Arguments], Result],
) -> Callable[Concatenate[Vintage, Arguments], Result]:
    """Decorate a read so that a vintage is asked once for it; nobody may change its result."""

    @wraps(read)
    def remembered(
        vintage: Vintage, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        key = (read, args, *kwargs.items())
        if key not in vintage.reads:
            vintage.reads[key] = read(vintage, *args, **kwargs)
        result: Result = vintage.reads[key]
        return result

    return remembered


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

"""Vintages: the data as it stood at an instant, and which snapshots were current then."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import wraps
from operator import itemgetter
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    any_,
    case,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.database.tables import Snapshot, Source, Upload
from app.domain.snapshot import DaysCovered, SnapshotKey
from app.domain.sources.provenance import Provenance

END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
"""A limit that no instant passes, for comparisons in SQL where `as_of` is None."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Vintage:
    """The data as it stood at one instant, read through one session; `as_of` None is now.

    `reads` holds the results of reads decorated with `read_once`, by function and arguments.
    """

    session: Session
    as_of: datetime | None = None
    reads: dict[tuple[Any, ...], Any] = field(default_factory=dict)


def vintage_at(session: Session, as_of: datetime | None = None) -> Vintage:
    """Return the session's vintage of that instant, the same one for all callers of a request.

    A session that writes gets a new one at every call: what it read before may no longer be so.
    """
    # `Database.reading` puts this dictionary into its sessions, `Database.writing` does not.
    shared: dict[datetime | None, Vintage] | None = session.info.get("vintages")
    if shared is None:
        return Vintage(session, as_of)
    return shared.setdefault(as_of, Vintage(session, as_of))


def read_once(
    read: Callable[Concatenate[Vintage, Arguments], Result],
) -> Callable[Concatenate[Vintage, Arguments], Result]:
    """Decorate a read of a vintage so that the database is asked once for it.

    Its arguments must be hashable. Its result is shared: callers must not change it.
    """

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


def read_once_a_version(
    read: Callable[Concatenate[Vintage, Arguments], Result],
) -> Callable[Concatenate[Vintage, Arguments], Result]:
    """Decorate a read of figures or catalogue, of which requests of one data version share one.

    It is shared at no vintage but now, and only where a session has asked for the data version;
    else this is `read_once`. Its arguments must be few, its result small, and never changed.
    """

    @wraps(read)
    def shared(vintage: Vintage, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        key = (read, args, *kwargs.items())
        kept = _reads_of_version(vintage)
        if key not in vintage.reads:
            vintage.reads[key] = kept[key] if key in kept else read(vintage, *args, **kwargs)
            kept[key] = vintage.reads[key]
        result: Result = vintage.reads[key]
        return result

    return shared


def _reads_of_version(vintage: Vintage) -> dict[tuple[Any, ...], Any]:
    # The version was read in the transaction that the vintage is read in, which sees one state of
    # the data: what another session read at the same version is what this one would read.
    info = vintage.session.info
    version = info.get("data_version")
    if vintage.as_of is not None or version is None:
        return vintage.reads
    kept: dict[tuple[Any, ...], Any] = info["kept"].at(version)
    return kept


def last_change_at(as_of: datetime | None) -> ColumnElement[datetime | None]:
    """Return when an upload was last published or withdrawn by then, as a column; else NULL."""
    limit = as_of or END_OF_TIME
    # CASE without ELSE is NULL for what came later, and GREATEST passes over NULL.
    return func.greatest(
        case((Upload.published_at <= limit, Upload.published_at)),
        case((Upload.withdrawn_at <= limit, Upload.withdrawn_at)),
    )


def order_by_slug() -> ColumnElement[str]:
    """Return the column by which sources are sorted: the slug, byte by byte."""
    # Sorting must not depend on the database's locale, and must be that of Python's `sorted`.
    return Source.slug.collate("C")


def is_current_at(as_of: datetime | None) -> ColumnElement[bool]:
    """Return whether an upload was published and not withdrawn at that instant; None is now."""
    # What happens at the very instant has happened: a vintage is named by its last change.
    if as_of is None:
        return and_(Upload.published_at.is_not(None), Upload.withdrawn_at.is_(None))
    return and_(
        Upload.published_at <= as_of,
        or_(Upload.withdrawn_at.is_(None), Upload.withdrawn_at > as_of),
    )


def current_snapshots(as_of: datetime | None) -> Select[int, int, date]:
    """Select id, source id and month of the snapshots that were current at that instant.

    There is at most one per source and month: of the uploads that stood, the last published one's.
    """
    # DISTINCT ON keeps the first row of each source and month, so ORDER BY has to begin with
    # these two, and what follows decides which row that is.
    return (
        select(Snapshot.id, Snapshot.source_id, Snapshot.month)
        .join(Upload)
        .where(is_current_at(as_of))
        .ext(distinct_on(Snapshot.source_id, Snapshot.month))
        .order_by(Snapshot.source_id, Snapshot.month, Upload.published_at.desc())
    )


@dataclass(frozen=True, slots=True)
class CurrentMonth:
    """The snapshot that is current in a source's month, and what its upload says of it.

    `days` None is the whole month.
    """

    snapshot_id: int
    upload_id: int
    days: DaysCovered | None
    provenance: Provenance


@read_once_a_version
def read_current_months(vintage: Vintage) -> Mapping[SnapshotKey, CurrentMonth]:
    """Return what is current in each source's month, in the order of slugs and months."""
    # The one read that asks which snapshots are current: those that read sums or lines take the
    # ids from here, by which PostgreSQL finds their rows without looking at any others.
    rows = vintage.session.execute(
        select(
            Source.slug,
            Snapshot.month,
            Snapshot.id,
            Snapshot.first_day,
            Snapshot.last_day,
            Snapshot.days,
            Upload.id,
            Upload.origin_url,
            Upload.retrieved_at,
            Upload.publisher_as_of,
        )
        .join(Source, Source.id == Snapshot.source_id)
        .join(Upload, Upload.id == Snapshot.upload_id)
        .where(is_current_at(vintage.as_of))
        .ext(distinct_on(Snapshot.source_id, Snapshot.month))
        .order_by(Snapshot.source_id, Snapshot.month, Upload.published_at.desc())
    )
    months = {}
    provenances: dict[int, Provenance] = {}
    for slug, month, number, first_day, last_day, days, upload_id, *origin in rows:
        provenance = provenances.get(upload_id)
        if provenance is None:
            provenance = provenances[upload_id] = Provenance(*origin)
        covered = DaysCovered.of_columns(first_day, last_day, days) if days else None
        months[slug, month] = CurrentMonth(number, upload_id, covered, provenance)
    return dict(sorted(months.items(), key=itemgetter(0)))


def is_of_snapshots(
    column: InstrumentedAttribute[int] | ColumnElement[int], snapshot_ids: Collection[int]
) -> ColumnElement[bool]:
    """Return whether a column holds one of these ids, as a column."""
    # One parameter for any number of them: the text of the statement stays, and so does its plan.
    return column == any_(literal(list(snapshot_ids), ARRAY(BigInteger)))


def source_months(keys: Iterable[tuple[str, date]]) -> Select[str, date]:
    """Return slugs and months as rows of two columns, to be compared with `tuple_(...).in_()`."""
    # Two arrays as parameters, for any number of keys: an IN list of pairs is a nested expression
    # as deep as it is long, which PostgreSQL's stack limits.
    slugs, months = zip(*keys, strict=True) if (keys := list(keys)) else ((), ())
    rows = (
        func.unnest(literal(list(slugs), ARRAY(Text)), literal(list(months), ARRAY(Date)))
        .table_valued(column("slug", Text), column("month", Date), name="wanted")
        .render_derived()
    )
    return select(rows.c.slug, rows.c.month)

"""What was current at an instant: the snapshots, and the moments that bound a vintage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
from sqlalchemy.orm import Session, aliased

from app.database.tables import CatalogueChange, Developer, Event, Model, Snapshot, Source, Upload
from app.domain.answer import ChartEvent, SourceDefinition
from app.domain.vocabulary import Origin

END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


def sources(session: Session, as_of: datetime | None = None) -> list[SourceDefinition]:
    """All sources, with their definitions as they read at that instant."""
    then = cells_then(session, "sources", as_of)
    learned = _learned(session, as_of)
    rows = session.scalars(select(Source).order_by(order_by_slug()))
    return [
        replace(_source(row), **then.get(row.slug, {}), learned=learned.get(row.id)) for row in rows
    ]


def _learned(session: Session, as_of: datetime | None) -> Mapping[int, datetime]:
    """By source id, when its figures last changed at or before that instant."""
    held = select(Snapshot.upload_id, Snapshot.source_id).distinct().subquery()
    found = session.execute(
        select(held.c.source_id, func.max(last_change_at(as_of)))
        .join(Upload, Upload.id == held.c.upload_id)
        .group_by(held.c.source_id)
    )
    return {source_id: last for source_id, last in found if last}


def last_change_at(as_of: datetime | None) -> ColumnElement[datetime | None]:
    """Of an upload: when it last changed figures by then, in being published or withdrawn."""
    limit = as_of or END_OF_TIME
    return func.greatest(
        case((Upload.published_at <= limit, Upload.published_at)),
        case((Upload.withdrawn_at <= limit, Upload.withdrawn_at)),
    )


def cells_then(
    session: Session, kind: str, as_of: datetime | None
) -> Mapping[str, Mapping[str, str]]:
    """By slug, the cells of catalogue entries that have been corrected since `as_of`."""
    then: dict[str, dict[str, str]] = {}
    if as_of is None:
        return then
    corrected = select(CatalogueChange.key, CatalogueChange.before).where(
        CatalogueChange.kind == kind,
        CatalogueChange.at > as_of,
        CatalogueChange.before.is_not(None),
    )
    # The first correction after the instant says how the cell read then; later ones do not.
    for key, before in session.execute(corrected.order_by(CatalogueChange.id)):
        then[key] = before | then.get(key, {})
    return then


def added_since(session: Session, kind: str, as_of: datetime | None) -> frozenset[str]:
    """The keys of catalogue entries that were not there yet at `as_of`."""
    if as_of is None:
        return frozenset()
    added = select(CatalogueChange.key).where(
        CatalogueChange.kind == kind,
        CatalogueChange.at > as_of,
        CatalogueChange.before.is_(None),
    )
    return frozenset(session.scalars(added))


def order_by_slug() -> ColumnElement[str]:
    # Sorting must not depend on the database's locale.
    return Source.slug.collate("C")


def _source(row: Source) -> SourceDefinition:
    return SourceDefinition(
        slug=row.slug,
        name=row.name,
        publisher=row.publisher,
        metric=row.metric,
        population=row.population,
        url=row.url,
        licence=row.licence,
        citation=row.citation,
        method=row.method,
    )


def events(session: Session, as_of: datetime | None = None) -> list[ChartEvent]:
    """The events known at that instant, as they read then, oldest first."""
    later = _events_changed_since(session, as_of) if as_of else []
    rows = session.scalars(select(Event).order_by(Event.id))
    found = _events_before(later, map(_cells_of_event, rows))
    return sorted(map(_event, found), key=lambda event: (event.date, event.title))


def _events_changed_since(session: Session, as_of: datetime) -> Sequence[CatalogueChange]:
    changed = select(CatalogueChange).where(
        CatalogueChange.kind == "events", CatalogueChange.at > as_of
    )
    return session.scalars(changed.order_by(CatalogueChange.id.desc())).all()


def _events_before(
    later: Iterable[CatalogueChange], now: Iterable[Mapping[str, str]]
) -> Iterable[Mapping[str, str]]:
    """Events' cells before the changes, the latest of which comes first."""
    found = {_key_of_event(cells): cells for cells in now}
    for change in later:
        cells = found.pop(change.key, None)
        # One that was added is not there before. A correction may have given it another key.
        if cells is not None and change.before is not None:
            before = {**cells, **change.before}
            found[_key_of_event(before)] = before
    return found.values()


def _key_of_event(cells: Mapping[str, str]) -> str:
    return f"{cells['date']} {cells['title']}"


def _cells_of_event(row: Event) -> Mapping[str, str]:
    return {
        "date": f"{row.date}",
        "title": row.title,
        "description": row.description,
        "url": row.url,
        "headline": "yes" if row.headline else "",
    }


def _event(cells: Mapping[str, str]) -> ChartEvent:
    day = date.fromisoformat(cells["date"])
    headline = cells["headline"] == "yes"
    return ChartEvent(day, cells["title"], cells["description"], cells["url"], headline)


def homes(session: Session, as_of: datetime | None = None) -> dict[str, Origin]:
    """By slug, the origin of every developer as it read at that instant."""
    then = cells_then(session, "developers", as_of)
    return {
        slug: Origin(then.get(slug, {}).get("origin", origin))
        for slug, origin in session.execute(select(Developer.slug, Developer.origin))
    }


def base_origins(session: Session, as_of: datetime | None = None) -> dict[Origin, list[int]]:
    """The ids of models whose base the catalogue knows, by the home of the base's developer."""
    developers = homes(session, as_of)
    base = aliased(Developer)
    rows = session.execute(
        select(Model.id, Model.slug, base.slug).outerjoin(base, base.id == Model.base_developer_id)
    )
    then = cells_then(session, "models", as_of)
    found: dict[Origin, list[int]] = defaultdict(list)
    for model_id, slug, now in rows:
        if built_on := then.get(slug, {}).get("base_developer", now or ""):
            found[developers[built_on]].append(model_id)
    return found


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


def withdrawals(
    session: Session, slugs: Sequence[str], as_of: datetime | None, most: int = 10
) -> Sequence[datetime]:
    """When published figures of these sources, or of any, were withdrawn by then, latest first."""
    held = select(Snapshot.upload_id).join(Source)
    found = session.scalars(
        select(Upload.withdrawn_at)
        .where(
            Upload.published_at.is_not(None),
            Upload.withdrawn_at <= (as_of or END_OF_TIME),
            Upload.id.in_(held.where(Source.slug.in_(slugs)) if slugs else held),
        )
        .order_by(Upload.withdrawn_at.desc())
        .limit(most)
    )
    return [instant for instant in found if instant]

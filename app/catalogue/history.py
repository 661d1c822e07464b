"""The catalogue as it stood at an instant, read back from its audit list."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.database.tables import CatalogueChange, Developer, Event, Model, Snapshot, Source, Upload
from app.database.vintages import Vintage, last_change_at, order_by_slug, read_once
from app.domain.answer import ChartEvent, SourceDefinition
from app.domain.vocabulary import Origin


@read_once
def read_sources(vintage: Vintage) -> list[SourceDefinition]:
    """All sources, with their definitions as they read at that instant."""
    then = read_cells(vintage, "sources")
    learned = _learned(vintage)
    rows = vintage.session.scalars(select(Source).order_by(order_by_slug()))
    return [
        replace(_source(row), **then.get(row.slug, {}), learned=learned.get(row.id)) for row in rows
    ]


@read_once
def _learned(vintage: Vintage) -> Mapping[int, datetime]:
    """By source id, when its figures last changed at or before that instant."""
    held = select(Snapshot.upload_id, Snapshot.source_id).distinct().subquery()
    rows = vintage.session.execute(
        select(held.c.source_id, func.max(last_change_at(vintage.as_of)))
        .join(Upload, Upload.id == held.c.upload_id)
        .group_by(held.c.source_id)
    )
    return {source_id: last for source_id, last in rows if last}


@read_once
def read_cells(vintage: Vintage, kind: str) -> Mapping[str, Mapping[str, str]]:
    """By slug, the cells of catalogue entries that have been corrected since `as_of`."""
    then: dict[str, dict[str, str]] = {}
    if vintage.as_of is None:
        return then
    corrected = select(CatalogueChange.key, CatalogueChange.before).where(
        CatalogueChange.kind == kind,
        CatalogueChange.at > vintage.as_of,
        CatalogueChange.before.is_not(None),
    )
    # The first correction after the instant says how the cell read then; later ones do not.
    for key, before in vintage.session.execute(corrected.order_by(CatalogueChange.id)):
        then[key] = before | then.get(key, {})
    return then


@read_once
def entries_added_since(vintage: Vintage, kind: str) -> frozenset[str]:
    """The keys of catalogue entries that were not there yet at `as_of`."""
    if vintage.as_of is None:
        return frozenset()
    added = select(CatalogueChange.key).where(
        CatalogueChange.kind == kind,
        CatalogueChange.at > vintage.as_of,
        CatalogueChange.before.is_(None),
    )
    return frozenset(vintage.session.scalars(added))


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


@read_once
def read_chart_events(vintage: Vintage) -> list[ChartEvent]:
    """The events known at that instant, as they read then, oldest first."""
    later = _events_changed_since(vintage.session, vintage.as_of) if vintage.as_of else []
    rows = vintage.session.scalars(select(Event).order_by(Event.id))
    events = _events_before(later, map(_cells_of_event, rows))
    return sorted(map(_event, events), key=lambda event: (event.date, event.title))


def _events_changed_since(session: Session, as_of: datetime) -> Sequence[CatalogueChange]:
    changed = select(CatalogueChange).where(
        CatalogueChange.kind == "events", CatalogueChange.at > as_of
    )
    return session.scalars(changed.order_by(CatalogueChange.id.desc())).all()


def _events_before(
    later: Iterable[CatalogueChange], now: Iterable[Mapping[str, str]]
) -> Iterable[Mapping[str, str]]:
    """Events' cells before the changes, the latest of which comes first."""
    events = {_key_of_event(cells): cells for cells in now}
    for change in later:
        cells = events.pop(change.key, None)
        # One that was added is not there before. A correction may have given it another key.
        if cells is not None and change.before is not None:
            before = {**cells, **change.before}
            events[_key_of_event(before)] = before
    return events.values()


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


@read_once
def read_developer_origins(vintage: Vintage) -> dict[str, Origin]:
    """By slug, the origin of every developer as it read at that instant."""
    then = read_cells(vintage, "developers")
    return {
        slug: Origin(then.get(slug, {}).get("origin", origin))
        for slug, origin in vintage.session.execute(select(Developer.slug, Developer.origin))
    }


@read_once
def read_base_origins(vintage: Vintage) -> dict[Origin, list[int]]:
    """The ids of models whose base the catalogue knows, by the home of the base's developer."""
    developers = read_developer_origins(vintage)
    base = aliased(Developer)
    rows = vintage.session.execute(
        select(Model.id, Model.slug, base.slug).outerjoin(base, base.id == Model.base_developer_id)
    )
    then = read_cells(vintage, "models")
    ids_by_origin: dict[Origin, list[int]] = defaultdict(list)
    for model_id, slug, now in rows:
        if built_on := then.get(slug, {}).get("base_developer", now or ""):
            ids_by_origin[developers[built_on]].append(model_id)
    return ids_by_origin

"""The catalogue as it stood at a vintage, computed from today's entries and the audit list."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.database.tables import CatalogueChange, Developer, Event, Model, Snapshot, Source, Upload
from app.database.vintages import (
    Vintage,
    last_change_at,
    order_by_slug,
    read_current_months,
    read_once,
    read_once_a_version,
)
from app.domain.answer import ChartEvent, SourceDefinition
from app.domain.snapshot import SnapshotKey
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.domain.sources.source_terms import Cadence, Statistic, Window
from app.domain.vocabulary import Origin


@read_once_a_version
def read_sources(vintage: Vintage) -> list[SourceDefinition]:
    """Return all sources in the order of slugs, with their definitions as they read then.

    Sources added since are among them, without figures (`learned` is None).
    """
    then = read_cells(vintage, "sources")
    learned = _learned(vintage)
    # They come in the order of months, so that of each source the latest stays.
    provenances = {slug: item for (slug, _), item in read_provenances(vintage).items()}
    rows = vintage.session.scalars(select(Source).order_by(order_by_slug()))
    return [
        replace(
            _source(row, then.get(row.slug, {})),
            learned=learned.get(row.id),
            provenance=provenances.get(row.slug, UNKNOWN_PROVENANCE),
        )
        for row in rows
    ]


@read_once
def _learned(vintage: Vintage) -> Mapping[int, datetime]:
    """Return, by source id, when its figures last changed at or before the vintage."""
    # DISTINCT, since an upload has a snapshot for each month of a source. Uploads that have been
    # withdrawn count too: their figures were learned, and then their withdrawal.
    held = select(Snapshot.upload_id, Snapshot.source_id).distinct().subquery()
    rows = vintage.session.execute(
        select(held.c.source_id, func.max(last_change_at(vintage.as_of)))
        .join(Upload, Upload.id == held.c.upload_id)
        .group_by(held.c.source_id)
    )
    return {source_id: last for source_id, last in rows if last}


@read_once_a_version
def read_provenances(vintage: Vintage) -> Mapping[SnapshotKey, Provenance]:
    """Return where the figures of each source's month come from, by source in order of months."""
    return {key: item.provenance for key, item in read_current_months(vintage).items()}


@read_once
def read_cells(vintage: Vintage, kind: str) -> Mapping[str, Mapping[str, str]]:
    """Return, by slug, the cells that have been corrected since `as_of`, as they read then.

    `kind` is the name of an EntryType. At `as_of` None nothing has been corrected since.
    """
    then: dict[str, dict[str, str]] = {}
    if vintage.as_of is None:
        return then
    corrected = select(CatalogueChange.key, CatalogueChange.before).where(
        CatalogueChange.kind == kind,
        CatalogueChange.at > vintage.as_of,
        CatalogueChange.before.is_not(None),
    )
    # Each line of the audit list holds only the cells that it changed. Of several corrections of a
    # cell the first after the instant says how it read then: what is in `then` already wins.
    for key, before in vintage.session.execute(corrected.order_by(CatalogueChange.id)):
        then[key] = before | then.get(key, {})
    return then


@read_once
def entries_added_since(vintage: Vintage, kind: str) -> frozenset[str]:
    """Return the keys of catalogue entries of a kind that were not there yet at `as_of`."""
    if vintage.as_of is None:
        return frozenset()
    added = select(CatalogueChange.key).where(
        CatalogueChange.kind == kind,
        CatalogueChange.at > vintage.as_of,
        CatalogueChange.before.is_(None),
    )
    return frozenset(vintage.session.scalars(added))


def _source(row: Source, then: Mapping[str, str]) -> SourceDefinition:
    """Return a source as today's row says, with the cells laid over it that it had then."""
    # A column holds a value or NULL, a cell of the audit list a text that may be empty.
    now = {column.key: getattr(row, column.key) for column in Source.__table__.columns}
    cells: dict[str, Any] = {**now, **then}
    days = cells["publishes_after_days"]
    return SourceDefinition(
        slug=row.slug,
        name=cells["name"],
        publisher=cells["publisher"],
        metric=cells["metric"],
        population=cells["population"],
        url=cells["url"],
        licence=cells["licence"],
        citation=cells["citation"],
        method=cells["method"],
        window=Window(cells["window"]),
        statistic=Statistic(cells["statistic"]),
        reports_on=cells["reports_on"] or "",
        cadence=Cadence(cells["cadence"]) if cells["cadence"] else None,
        publishes_after_days=None if days in (None, "") else int(days),
    )


@read_once_a_version
def read_chart_events(vintage: Vintage) -> list[ChartEvent]:
    """Return the events known at the vintage, as they read then, oldest first."""
    # Events have no slug. Their key is day and title, and a correction may change it, so that
    # read_cells cannot find them: the corrections are undone one by one instead.
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
    """Return the cells of events before the changes, which come with the latest first."""
    events = {_key_of_event(cells): cells for cells in now}
    for change in later:
        # `change.key` is the key after the change. An event that was added is not there before; one
        # that was corrected goes on under the key it had then.
        cells = events.pop(change.key, None)
        if cells is not None and change.before is not None:
            before = {**cells, **change.before}
            events[_key_of_event(before)] = before
    return events.values()


def _key_of_event(cells: Mapping[str, str]) -> str:
    return f"{cells['date']} {cells['title']}"


def _cells_of_event(row: Event) -> Mapping[str, str]:
    # Spelled as `entry_types.entry_cells` spells them: cells of the audit list are laid over these.
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


@read_once_a_version
def read_developer_origins(vintage: Vintage) -> dict[str, Origin]:
    """Return the origin of every developer by slug, as it read then; later ones are included."""
    # Labels and base origins look up any slug of today's tables, which must be here at any vintage.
    then = read_cells(vintage, "developers")
    return {
        slug: Origin(then.get(slug, {}).get("origin", origin))
        for slug, origin in vintage.session.execute(select(Developer.slug, Developer.origin))
    }


@read_once_a_version
def read_base_origins(vintage: Vintage) -> dict[Origin, list[int]]:
    """Return the ids of models built on another's, by the origin of the base model's developer.

    Models whose base the catalogue did not know at the vintage are left out.
    """
    developers = read_developer_origins(vintage)
    base = aliased(Developer)
    # By id, not by slug, so that they can be compared with observations without another join.
    rows = vintage.session.execute(
        select(Model.id, Model.slug, base.slug).outerjoin(base, base.id == Model.base_developer_id)
    )
    # A cell that was empty then says that no base was known, and must win over today's.
    then = read_cells(vintage, "models")
    ids_by_origin: dict[Origin, list[int]] = defaultdict(list)
    for model_id, slug, now in rows:
        if built_on := then.get(slug, {}).get("base_developer", now or ""):
            ids_by_origin[developers[built_on]].append(model_id)
    return ids_by_origin

"""Sources, companies, developers and models as the catalogue described them at a vintage."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.catalogue.history import entries_added_since, read_cells, read_sources
from app.catalogue.withdrawn_names import read_unlisted_names
from app.database.name_tables import Alias, Company
from app.database.tables import Developer, Model
from app.database.vintages import Vintage, read_once, read_once_a_version
from app.domain.answer import SourceDefinition
from app.domain.calendar import parse_month
from app.domain.errors import NotFoundError, excerpt
from app.domain.naming.matching import nearest_match
from app.domain.naming.names import NamedType, OtherName
from app.domain.vocabulary import Openness, Origin


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """A company at a vintage. `country` is ISO 3166-1, two letters, or empty if not known.

    `parent` is the slug of the company that it belongs to, or empty.
    """

    slug: str
    name: str
    country: str
    parent: str
    note: str


@dataclass(frozen=True, slots=True)
class DeveloperEntry:
    """A developer at a vintage. `country` is ISO 3166-1, two letters, or empty if not known.

    `company` is the slug of the company that it belongs to, or empty.
    """

    slug: str
    name: str
    country: str
    origin: Origin
    homepage: str
    huggingface_org: str
    note: str
    company: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model at a vintage. `developer` and `base_developer` are slugs.

    `base_developer` is empty if no base is known, `release_month` None if it is not known.
    """

    slug: str
    name: str
    developer: str
    openness: Openness
    release_month: date | None
    base_developer: str
    note: str
    base_model: str
    hugging_face_id: str


@read_once_a_version
def sources_by_slug(vintage: Vintage) -> dict[str, SourceDefinition]:
    """Return every source the catalogue knew then, by slug and in the order of slugs."""
    # `read_sources` has those added since too: a question may name a source by its slug that the
    # catalogue came to know later, and is answered that it had no figures then.
    added = entries_added_since(vintage, "sources")
    sources = read_sources(vintage)
    return {source.slug: source for source in sources if source.slug not in added}


@read_once_a_version
def companies_by_slug(vintage: Vintage) -> dict[str, CompanyEntry]:
    """Return every company the catalogue knew then, by slug and in the order of slugs."""
    rows = vintage.session.execute(
        select(Company.slug, Company.name, Company.country, Company.parent, Company.note).order_by(
            Company.slug.collate("C")
        )
    ).mappings()
    cells_by_slug = _entries_at(vintage, "companies", {row["slug"]: dict(row) for row in rows})
    return {
        slug: CompanyEntry(
            slug, cells["name"], cells["country"] or "", cells["parent"] or "", cells["note"]
        )
        for slug, cells in cells_by_slug.items()
    }


@read_once
def aliases_by_entry(vintage: Vintage) -> dict[tuple[str, str], tuple[OtherName, ...]]:
    """Return the aliases of that vintage by type of entry and slug, in the order of their texts."""
    rows = vintage.session.execute(
        select(Alias.entry_type, Alias.entry, Alias.alias, Alias.kind, Alias.retired).order_by(
            Alias.alias.collate("C"), Alias.kind
        )
    )
    then = read_cells(vintage, "aliases")
    added = entries_added_since(vintage, "aliases")
    aliases: dict[tuple[str, str], tuple[OtherName, ...]] = {}
    for entry_type, entry, text, kind, retired in rows:
        key = f"{entry_type} {entry} {text} {kind}"
        # The audit list keeps the cell of a file, where nothing means no.
        was_retired = then[key]["retired"] == "yes" if key in then else retired
        if key not in added and not was_retired:
            place = NamedType(entry_type).value, entry
            aliases[place] = (*aliases.get(place, ()), OtherName(text, kind))
    return aliases


def alias_texts(
    aliases: Mapping[tuple[str, str], Sequence[OtherName]], entry_type: NamedType, slug: str
) -> list[str]:
    """Return the other names of an entry, each text once, in their order."""
    names = aliases.get((entry_type.value, slug), ())
    return list(dict.fromkeys(name.text for name in names))


@read_once_a_version
def developers_by_slug(vintage: Vintage, withdrawn: bool = False) -> dict[str, DeveloperEntry]:
    """Return every developer the catalogue knew then, by slug and in the order of slugs.

    `withdrawn` adds those that only withdrawn files named.
    """
    rows = vintage.session.execute(
        select(
            Developer.slug,
            Developer.name,
            Developer.country,
            Developer.origin,
            Developer.homepage,
            Developer.huggingface_org,
            Developer.note,
            Developer.company,
        ).order_by(Developer.slug.collate("C"))
    ).mappings()
    cells_by_slug = _entries_at(vintage, "developers", {row["slug"]: dict(row) for row in rows})
    unlisted = frozenset() if withdrawn else read_unlisted_names(vintage).developers
    return {
        slug: _developer(cells) for slug, cells in cells_by_slug.items() if slug not in unlisted
    }


def _developer(cells: Mapping[str, Any]) -> DeveloperEntry:
    return DeveloperEntry(
        slug=cells["slug"],
        name=cells["name"],
        country=cells["country"] or "",
        origin=Origin(cells["origin"]),
        homepage=cells["homepage"],
        huggingface_org=cells["huggingface_org"],
        note=cells["note"],
        company=cells["company"] or "",
    )


@read_once
def models_by_slug(vintage: Vintage, withdrawn: bool = False) -> dict[str, ModelEntry]:
    """Return every model the catalogue knew then, by slug and in the order of slugs.

    `withdrawn` adds those that only withdrawn files named.
    """
    # The columns are labelled like the cells of the audit list, which are laid over them.
    base = aliased(Developer)
    rows = vintage.session.execute(
        select(
            Model.slug,
            Model.name,
            Developer.slug.label("developer"),
            Model.openness,
            Model.release_month,
            base.slug.label("base_developer"),
            Model.note,
            Model.base_model,
            Model.hugging_face_id,
        )
        .join(Developer, Developer.id == Model.developer_id)
        .outerjoin(base, base.id == Model.base_developer_id)
        .order_by(Model.slug.collate("C"))
    ).mappings()
    cells_by_slug = _entries_at(vintage, "models", {row["slug"]: dict(row) for row in rows})
    unlisted = frozenset() if withdrawn else read_unlisted_names(vintage).models
    return {slug: _model(cells) for slug, cells in cells_by_slug.items() if slug not in unlisted}


def _model(cells: Mapping[str, Any]) -> ModelEntry:
    released = cells["release_month"]
    return ModelEntry(
        slug=cells["slug"],
        name=cells["name"],
        developer=cells["developer"],
        openness=Openness(cells["openness"]),
        # The column holds a date, but the audit list keeps the cell of a file, `YYYY-MM` or empty.
        release_month=parse_month(released) if isinstance(released, str) else released,
        base_developer=cells["base_developer"] or "",
        note=cells["note"],
        base_model=cells["base_model"],
        hugging_face_id=cells["hugging_face_id"],
    )


def _entries_at(
    vintage: Vintage, kind: str, now: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return the entries of a kind as they read at the vintage, without those added since."""
    # The audit list names entries by slug, which never changes: so today's slug finds its past.
    cells = read_cells(vintage, kind)
    added = entries_added_since(vintage, kind)
    return {
        slug: {**entry, **cells.get(slug, {})} for slug, entry in now.items() if slug not in added
    }


def names_to_slugs(
    entries: Iterable[CompanyEntry | DeveloperEntry | ModelEntry],
    aliases: Mapping[tuple[str, str], Sequence[OtherName]],
    entry_type: NamedType,
) -> dict[str, str]:
    """Return the slug of each name and alias of entries of one type."""
    return {
        text: entry.slug
        for entry in entries
        for text in (*alias_texts(aliases, entry_type, entry.slug), entry.name)
    }


Entry = TypeVar("Entry")


def find_entry(
    entries: Mapping[str, Entry], slug: str, what: str, names: Mapping[str, str]
) -> Entry:
    """Return the entry of a slug. Raise NotFoundError, which names the nearest slug.

    `what` is the kind of entry in the message; `names` maps names of entries to their slugs, so
    that a name leads to its slug too.
    """
    if slug in entries:
        return entries[slug]
    near = nearest_match(slug, [*entries, *names])
    hint = f"Did you mean “{names.get(near, near)}”?" if near else f"Look among all {what}s."
    raise NotFoundError(f"There is no {what} “{excerpt(slug)}”", hint)

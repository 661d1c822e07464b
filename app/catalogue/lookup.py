"""Look-ups in today's catalogue: sources, developers and models by slug or name."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.database.name_tables import Alias, Company
from app.database.tables import Developer, Model, Source
from app.database.vintages import vintage_at
from app.domain.errors import NotFoundError, excerpt
from app.domain.naming.matching import nearest_match
from app.domain.sources.source_terms import Window
from app.domain.vocabulary import Openness, Origin


def load_catalogue_index(session: Session) -> CatalogueIndex:
    """Return today's catalogue, against which files are checked."""
    developers = session.execute(
        select(Developer.slug, Developer.name, Developer.origin, Developer.huggingface_org)
    )
    models = session.execute(
        select(Model.slug, Model.name, Developer.slug, Model.openness).join(
            Developer, Developer.id == Model.developer_id
        )
    )
    sources = session.execute(select(Source.slug, Source.name, Source.window)).all()
    aliases = _aliases(session)
    return CatalogueIndex(
        sources={slug: name for slug, name, _ in sources},
        developers={
            slug: KnownDeveloper(slug, name, Origin(origin), aliases["developer", slug], org)
            for slug, name, origin, org in developers
        },
        models={
            slug: KnownModel(slug, name, maker, Openness(openness), aliases["model", slug])
            for slug, name, maker, openness in models
        },
        company_names=_company_names(session, aliases),
        windows={slug: Window(window) for slug, _, window in sources},
    )


_Aliases = Mapping[tuple[str, str], tuple[str, ...]]
"""The aliases of each entry, by its type and slug; () of every other key."""


def _aliases(session: Session) -> _Aliases:
    aliases: dict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
    rows = select(Alias.entry_type, Alias.entry, Alias.alias).where(~Alias.retired)
    for entry_type, entry, alias in session.execute(rows):
        aliases[entry_type, entry] = (*aliases[entry_type, entry], alias)
    return aliases


def _company_names(session: Session, aliases: _Aliases) -> dict[str, tuple[str, ...]]:
    """Return every name of a company with the slugs of its developers; () of one without any."""
    members: dict[str, tuple[str, ...]] = defaultdict(tuple)
    rows = select(Developer.company, Developer.slug).where(Developer.company.is_not(None))
    for company, developer in session.execute(rows.order_by(Developer.slug.collate("C"))):
        members[str(company)] = (*members[str(company)], developer)
    companies = session.execute(select(Company.slug, Company.name))
    return {
        text: members[slug]
        for slug, name in companies
        for text in (slug, name, *aliases["company", slug])
    }


def ids_by_slug(
    session: Session, table: type[Source | Company | Developer | Model]
) -> dict[str, int]:
    """Return the id of every entry of a table, by slug."""
    return dict(session.execute(select(table.slug, table.id)).all())


def find_source_id(session: Session, text: str) -> int:
    """Return the id of the source of a slug or name. Raise NotFoundError, with the nearest one."""
    # By the rules by which files name sources, so that one text means one source everywhere.
    sources = load_catalogue_index(session)
    slug = sources.source(text)
    if slug is None:
        near = nearest_match(text, sources.sources)
        listed = ", ".join(sorted(sources.sources)) or "none yet"
        hint = f"Did you mean “{near}”?" if near else f"Known sources: {listed}."
        raise NotFoundError(f"There is no source “{excerpt(text)}”", hint)
    return ids_by_slug(session, Source)[slug]


def source_names(session: Session) -> dict[str, str]:
    """Return the name of every source of today's catalogue, by slug."""
    return {source.slug: source.name for source in read_sources(vintage_at(session))}

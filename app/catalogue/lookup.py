"""Look-ups in today's catalogue: sources, developers and models by slug or name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.database.name_tables import Company
from app.database.tables import Developer, Model, Source
from app.database.vintages import vintage_at
from app.domain.errors import NotFoundError, excerpt
from app.domain.matching import nearest_match
from app.domain.source_terms import Window
from app.domain.vocabulary import Openness, Origin


def load_catalogue_index(session: Session) -> CatalogueIndex:
    """Return today's catalogue, against which files are checked."""
    developers = session.execute(select(Developer.slug, Developer.name, Developer.origin))
    models = session.execute(
        select(Model.slug, Model.name, Developer.slug, Model.openness).join(
            Developer, Developer.id == Model.developer_id
        )
    )
    sources = session.execute(select(Source.slug, Source.name, Source.window)).all()
    return CatalogueIndex(
        sources={row[0]: row[1] for row in sources},
        developers={row[0]: KnownDeveloper(row[0], row[1], Origin(row[2])) for row in developers},
        models={row[0]: KnownModel(row[0], row[1], row[2], Openness(row[3])) for row in models},
        windows={row[0]: Window(row[2]) for row in sources},
    )


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

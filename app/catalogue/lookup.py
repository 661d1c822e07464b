"""The catalogue looked up: sources, developers and models by their slugs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.database.tables import Developer, Model, Source
from app.database.vintages import vintage_at
from app.domain.errors import NotFoundError, excerpt
from app.domain.matching import nearest_match
from app.domain.vocabulary import Openness, Origin


def load_catalogue_index(session: Session) -> CatalogueIndex:
    """The catalogue as files are checked against it."""
    developers = session.execute(select(Developer.slug, Developer.name, Developer.origin))
    models = session.execute(
        select(Model.slug, Model.name, Developer.slug, Model.openness).join(
            Developer, Developer.id == Model.developer_id
        )
    )
    sources = session.execute(select(Source.slug, Source.name))
    return CatalogueIndex(
        sources=dict(sources.all()),
        developers={row[0]: KnownDeveloper(row[0], row[1], Origin(row[2])) for row in developers},
        models={row[0]: KnownModel(row[0], row[1], row[2], Openness(row[3])) for row in models},
    )


def ids_by_slug(session: Session, table: type[Source | Developer | Model]) -> dict[str, int]:
    """Slug to id of every entry."""
    return dict(session.execute(select(table.slug, table.id)).all())


def find_source_id(session: Session, text: str) -> int:
    """The source of that slug or name. Raises NotFoundError, naming the nearest there is."""
    sources = load_catalogue_index(session)
    slug = sources.source(text)
    if slug is None:
        near = nearest_match(text, sources.sources)
        listed = ", ".join(sorted(sources.sources)) or "none yet"
        hint = f"Did you mean “{near}”?" if near else f"Known sources: {listed}."
        raise NotFoundError(f"There is no source “{excerpt(text)}”", hint)
    return ids_by_slug(session, Source)[slug]


def source_names(session: Session) -> dict[str, str]:
    return {source.slug: source.name for source in read_sources(vintage_at(session))}

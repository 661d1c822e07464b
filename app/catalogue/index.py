"""The catalogue in memory: every developer and model found by slug or name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.domain.matching import name_key
from app.domain.vocabulary import Openness, Origin


@dataclass(frozen=True, slots=True)
class KnownDeveloper:
    slug: str
    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class KnownModel:
    slug: str
    name: str
    developer: str
    openness: Openness


@dataclass(frozen=True)
class CatalogueIndex:
    """Sources (slug to name), developers and models by slug; each also found by its name."""

    sources: Mapping[str, str]
    developers: Mapping[str, KnownDeveloper]
    models: Mapping[str, KnownModel]

    @cached_property
    def _source_slugs(self) -> dict[str, str]:
        # A name may be another source's slug: a file must not move from one to the other.
        pairs = (
            (name_key(text), slug) for slug, name in self.sources.items() for text in (slug, name)
        )
        return _unambiguous(pairs)

    @cached_property
    def _developer_slugs(self) -> dict[str, str]:
        return _by_name_alike((slug, item.name) for slug, item in self.developers.items())

    @cached_property
    def _model_slugs(self) -> dict[str, str]:
        return _by_name_alike((slug, item.name) for slug, item in self.models.items())

    def source(self, text: str) -> str | None:
        """The slug of the source that `text` names by slug or name."""
        return text if text in self.sources else self._source_slugs.get(name_key(text))

    def developer(self, text: str) -> KnownDeveloper | None:
        slug = text if text in self.developers else self._developer_slugs.get(name_key(text))
        return self.developers[slug] if slug else None

    def model(self, text: str) -> KnownModel | None:
        slug = text if text in self.models else self._model_slugs.get(name_key(text))
        return self.models[slug] if slug else None


def _by_name_alike(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Slug and name to slug. What two share finds neither; a slug goes before another's name."""
    pairs = list(items)
    names = _unambiguous((name_key(name), slug) for slug, name in pairs)
    return names | _unambiguous((name_key(slug), slug) for slug, _ in pairs)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    slugs: dict[str, str] = {}
    shared = set()
    for key, slug in pairs:
        if slugs.setdefault(key, slug) != slug:
            shared.add(key)
    return {key: slug for key, slug in slugs.items() if key not in shared}


@dataclass(frozen=True, slots=True)
class DeveloperToAdd:
    """A developer that publishing would add to the catalogue; `line` first names it."""

    slug: str
    name: str
    origin: Origin
    line: int


@dataclass(frozen=True, slots=True)
class ModelToAdd:
    """A model that publishing would add to the catalogue; `line` first names it."""

    slug: str
    name: str
    developer: str
    openness: Openness
    line: int

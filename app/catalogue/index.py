"""The catalogue in memory, for checking files: entries found by slug or name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.domain.naming.matching import name_key
from app.domain.sources.source_terms import Window
from app.domain.vocabulary import Openness, Origin


@dataclass(frozen=True, slots=True)
class KnownDeveloper:
    """What a file's line takes from a developer that the catalogue knows, and its aliases.

    `huggingface_org` is its organisation on the Hub, empty where it has none.
    """

    slug: str
    name: str
    origin: Origin
    aliases: tuple[str, ...] = ()
    huggingface_org: str = ""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What a file's line takes from a model that the catalogue knows; `developer` is a slug."""

    slug: str
    name: str
    developer: str
    openness: Openness
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogueIndex:
    """Sources (slug to name), developers and models by slug; each is also found by its name.

    Developers and models are found by their aliases too. `company_names` are names of companies,
    each with the slugs of the company's developers.

    Names are compared without case, spaces, `_` and `-`: see `matching.name_key`. `windows` are the
    sources' by slug; one that is not there is the month.
    """

    # No slots: cached_property keeps the maps of names, which are made once a file and not once a
    # line, in the instance's dictionary.
    sources: Mapping[str, str]
    developers: Mapping[str, KnownDeveloper]
    models: Mapping[str, KnownModel]
    company_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)

    @cached_property
    def _source_slugs(self) -> dict[str, str]:
        # A name may be another source's slug. Neither is found then, unless the slug is written
        # exactly: else a new name would move a file's figures from one source to the other.
        pairs = (
            (name_key(text), slug) for slug, name in self.sources.items() for text in (slug, name)
        )
        return _unambiguous(pairs)

    @cached_property
    def _developer_slugs(self) -> dict[str, str]:
        return _by_name_alike(self.developers.values())

    @cached_property
    def _model_slugs(self) -> dict[str, str]:
        return _by_name_alike(self.models.values())

    @cached_property
    def _members_by_name(self) -> dict[str, tuple[str, ...]]:
        return {name_key(name): slugs for name, slugs in self.company_names.items()}

    def source(self, text: str) -> str | None:
        """Return the slug of the source that `text` names by slug or name, else None."""
        # A slug as it is written goes first: it is unique, whatever other entries are called.
        return text if text in self.sources else self._source_slugs.get(name_key(text))

    def developer(self, text: str) -> KnownDeveloper | None:
        """Return the developer that `text` names by slug, name or alias."""
        slug = text if text in self.developers else self._developer_slugs.get(name_key(text))
        return self.developers[slug] if slug else None

    def model(self, text: str) -> KnownModel | None:
        """Return the model that `text` names by slug, name or alias, whoever made it."""
        slug = text if text in self.models else self._model_slugs.get(name_key(text))
        return self.models[slug] if slug else None

    def developers_of_company(self, text: str) -> tuple[str, ...]:
        """Return the slugs of the developers of the company that `text` names, sorted."""
        return self._members_by_name.get(name_key(text), ())


def _by_name_alike(items: Iterable[KnownDeveloper | KnownModel]) -> dict[str, str]:
    """Return a map of the keys of slugs, names and aliases to slugs.

    A key that two entries share finds neither of them; a slug goes before another entry's name.
    """
    entries = list(items)
    names = _unambiguous(
        (name_key(name), entry.slug) for entry in entries for name in (entry.name, *entry.aliases)
    )
    return names | _unambiguous((name_key(entry.slug), entry.slug) for entry in entries)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    # An entry whose name is its slug gives the same pair twice, which is not ambiguous.
    slugs: dict[str, str] = {}
    shared = set()
    for key, slug in pairs:
        if slugs.setdefault(key, slug) != slug:
            shared.add(key)
    return {key: slug for key, slug in slugs.items() if key not in shared}


@dataclass(frozen=True, slots=True)
class DeveloperToAdd:
    """A developer that publishing would add to the catalogue; `line` is the first to name it."""

    slug: str
    name: str
    origin: Origin
    line: int


@dataclass(frozen=True, slots=True)
class ModelToAdd:
    """A model that publishing would add to the catalogue; `line` is the first to name it."""

    slug: str
    name: str
    developer: str
    openness: Openness
    line: int

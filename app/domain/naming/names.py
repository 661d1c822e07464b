"""The names that people use for companies, developers and models, and what each of them finds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from app.domain.naming.matching import name_key, nearest_match


class NamedType(StrEnum):
    """The types of catalogue entries that have aliases, as files and answers write them."""

    COMPANY = "company"
    DEVELOPER = "developer"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class OtherName:
    """A name of an entry beside its own; `kind` says what it is, such as `chinese-name`."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class EntryNames:
    """All names of one entry; `company` is the slug of the one that a developer belongs to."""

    slug: str
    name: str
    others: tuple[OtherName, ...] = ()
    company: str = ""

    def texts(self) -> Iterator[str]:
        """Yield the slug, the name, then the other names."""
        yield self.slug
        yield self.name
        yield from (other.text for other in self.others)


Entries = Mapping[str, EntryNames]
"""Entries of one type by slug."""


def alias_key(text: str) -> str:
    """Return the key by which names are compared; a name of signs only is its own."""
    return name_key(text) or text


def slugs_by_key(entries: Iterable[EntryNames]) -> dict[str, list[str]]:
    """Return the slugs that each name finds, by its key.

    A slug goes before names, so that what an entry is called never takes another's slug from it.
    """
    named: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    for entry in entries:
        own.setdefault(alias_key(entry.slug), []).append(entry.slug)
        for key in {alias_key(text) for text in entry.texts()}:
            named.setdefault(key, []).append(entry.slug)
    return named | own


@dataclass(frozen=True)
class NameIndex:
    """Companies, developers and models by slug, each found by any of its names.

    Names are compared without case, spaces, `_` and `-`: see `matching.name_key`.
    """

    # No slots: cached_property keeps the maps of names in the instance's dictionary. A question of
    # slugs, as nearly all are, needs none of them.
    companies: Entries = field(default_factory=dict)
    developers: Entries = field(default_factory=dict)
    models: Entries = field(default_factory=dict)

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The developers of each company, by slug; a company without any is not among them."""
        members: dict[str, list[str]] = {}
        for entry in self.developers.values():
            if entry.company:
                members.setdefault(entry.company, []).append(entry.slug)
        return {company: tuple(sorted(slugs)) for company, slugs in members.items()}

    @cached_property
    def _company_slugs(self) -> dict[str, list[str]]:
        return slugs_by_key(self.companies.values())

    @cached_property
    def _developer_slugs(self) -> dict[str, list[str]]:
        return slugs_by_key(self.developers.values())

    @cached_property
    def _model_slugs(self) -> dict[str, list[str]]:
        return slugs_by_key(self.models.values())

    def means(self, kind: str, text: str) -> tuple[str, ...]:
        """Return the slugs of all that a name means; none where it is unknown or several share it.

        It is at most one company or model. Where developers are asked for, the name of a company
        means all of them.
        """
        slugs = self.sharing(kind, text)
        if kind == NamedType.DEVELOPER:
            companies = self._company_slugs.get(alias_key(text), [])
            members = self.members.get(companies[0], ()) if len(companies) == 1 else ()
            # A developer that has the name of another's company is meant itself.
            if members and set(slugs) <= set(members):
                return members
        return tuple(slugs) if len(slugs) == 1 else ()

    def sharing(self, kind: str, text: str) -> list[str]:
        """Return the slugs of the entries of that kind that have the name."""
        return {
            NamedType.COMPANY.value: self._company_slugs,
            NamedType.DEVELOPER.value: self._developer_slugs,
            NamedType.MODEL.value: self._model_slugs,
        }[kind].get(alias_key(text), [])

    def suggest(self, kind: str, text: str) -> str | None:
        """Return the slug whose name of that kind is most like the text, or None."""
        entries = {
            NamedType.COMPANY.value: self.companies,
            NamedType.DEVELOPER.value: self.developers,
            NamedType.MODEL.value: self.models,
        }[kind]
        slugs = {name: entry.slug for entry in entries.values() for name in entry.texts()}
        near = nearest_match(text, slugs)
        return slugs[near] if near else None

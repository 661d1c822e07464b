"""One line of a file against the catalogue: completed, or the mistake in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import sha256
from typing import Final, NamedTuple, TypeVar

from app.catalogue.index import (
    CatalogueIndex,
    DeveloperToAdd,
    KnownDeveloper,
    KnownModel,
    ModelToAdd,
)
from app.csv_io.cell_parsers import slug_from_name
from app.csv_io.schema import NAME_MAX_LENGTH
from app.domain.errors import excerpt
from app.domain.naming.matching import name_key, nearest_match
from app.domain.vocabulary import Openness, Origin
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.mistakes import LineMistakeError, LineMistakes, attempt, no_origin

NEW_NAMES_MAX: Final = 20_000
"""Developers and models one file may bring; they stay in memory until they are published."""
_CACHED: Final = 20_000

_Classification = TypeVar("_Classification", Origin, Openness)


class SliceHeading(NamedTuple):
    """A slice without the name of its model; `modelled` tells whether it has one."""

    origin: Origin
    openness: Openness
    developer: str | None
    modelled: bool


@dataclass(frozen=True)
class LineSlice:
    """What one line is about, completed from the catalogue.

    `notices`: code and text of what differs from the catalogue. `number` is its place among the
    slices of its file.
    """

    source: str
    origin: Origin
    openness: Openness
    developer: str | None
    model: str | None
    notices: tuple[tuple[str, str], ...]
    number: int = field(default=0, compare=False)

    @cached_property
    def slot(self) -> tuple[str | None, ...]:
        """What no two lines of a month may share: the source and model, or else the whole slice."""
        if self.model is not None:
            return (self.source, self.model)
        return (self.source, self.origin, self.openness, self.developer)

    @cached_property
    def heading(self) -> SliceHeading:
        return SliceHeading(self.origin, self.openness, self.developer, self.model is not None)


_Classifications = tuple[str | None, Origin | None, Openness | None, str | None, str | None]
"""The cells source, origin, openness, developer and model of a line."""


class Resolver:
    """Completes lines from the catalogue and remembers the names that are new to it.

    `developers` and `models` are the new ones by the key of their name. `slices` are what the lines
    were about, by number. With `reclassify` the catalogue speaks before the lines do, of whatever
    it knows.
    """

    def __init__(
        self,
        catalogue: CatalogueIndex,
        options: CheckOptions,
    ) -> None:
        self.catalogue = catalogue
        self.chosen = catalogue.source(options.source) if options.source is not None else None
        self.openness = options.openness
        self.reclassify = options.reclassify
        self.developers: dict[str, DeveloperToAdd] = {}
        self.models: dict[str, ModelToAdd] = {}
        self.slices: list[LineSlice] = []
        self._slugs: dict[tuple[str, str], str] = {}
        self._slices: dict[LineSlice, LineSlice] = {}
        self._cache: dict[_Classifications, LineSlice | LineMistakes] = {}

    def resolve(self, words: _Classifications, line: int) -> LineSlice | LineMistakes:
        """Return what a line is about, or the mistakes in its names; `line` is its number.

        Mistakes are returned, not raised: a file of a million wrong lines must cost no more.
        """
        resolved = self._cache.get(words)
        if resolved is None:
            mistakes: list[LineMistakeError] = []
            # A wrong source says nothing of the names beside it: each is told.
            source = attempt(mistakes, lambda: self._source(words[0]))
            about = attempt(mistakes, lambda: self._resolve(words, source or "", line))
            sound = about is not None and not mistakes
            resolved = self._numbered(about) if about and sound else tuple(mistakes)
            # Most files repeat a few hundred names; one of a million new ones must not fill memory.
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[words] = resolved
        return resolved

    def _numbered(self, about: LineSlice) -> LineSlice:
        """Return the slice with its number, the same as before where it was there before."""
        before = self._slices.get(about)
        if before is not None:
            return before
        new = self._slices[about] = replace(about, number=len(self.slices))
        self.slices.append(new)
        return new

    def _resolve(self, words: _Classifications, source: str, line: int) -> LineSlice:
        _, origin, openness, developer_text, model_text = words
        model = self.catalogue.model(model_text) if model_text else None
        developer = self._developer(developer_text, model) if developer_text else None
        notices: list[tuple[str, str]] = []
        if model:
            # A model that changed hands since keeps its line when the catalogue speaks first.
            if not self.reclassify:
                self._same_developer(model, developer, developer_text)
            developer = self.catalogue.developers[model.developer]
            notices += self._differing(model.slug, openness, model.openness)
            openness = self._first(openness, model.openness)
        if developer:
            notices += self._differing(developer.slug, origin, developer.origin)
            origin = self._first(origin, developer.origin)
        if origin is None:
            raise no_origin(developer_text)
        developer_slug = developer.slug if developer else None
        if developer_text and not developer:
            developer_slug = self._new_developer(developer_text, origin, line)
        model_slug = model.slug if model else None
        if model_text and not model:
            # A new model is not taken for open or closed by a choice beside the file.
            if openness is None and self.openness is Openness.UNKNOWN:
                openness = Openness.UNKNOWN
            model_slug = self._new_model(model_text, developer_slug, openness, line)
        # The choice beside the file comes last, and is told: it is a guess about each line.
        if openness is None:
            openness = self.openness
            notices.append(
                ("default_openness", f"no openness given nor known: counts as {openness}")
            )
        return LineSlice(source, origin, openness, developer_slug, model_slug, tuple(notices))

    def _first(
        self, of_file: _Classification | None, of_catalogue: _Classification
    ) -> _Classification:
        return of_catalogue if self.reclassify or of_file is None else of_file

    def _differing(
        self, slug: str, of_file: _Classification | None, of_catalogue: _Classification
    ) -> list[tuple[str, str]]:
        if of_file in (None, of_catalogue):
            return []
        field = "origin" if isinstance(of_catalogue, Origin) else "openness"
        counts = "the catalogue says" if self.reclassify else "it says"
        differs = f"{slug} is {of_file} here and {of_catalogue} in the catalogue"
        text = f"{differs}; the line counts as {counts}"
        return [(f"{field}_differs", text)]

    def _source(self, text: str | None) -> str:
        slug = self.catalogue.source(text) if text else self.chosen
        if slug is None:
            if not text:
                expected = "a source, in this column or chosen beside the file"
                raise LineMistakeError("blank", "source", "", expected)
            expected = "the slug or name of a known source"
            suggest = partial(
                nearest_match, text, (*self.catalogue.sources.values(), *self.catalogue.sources)
            )
            raise LineMistakeError("unknown_source", "source", text, expected, suggest)
        # A file for one source must not revise another by a cell that was copied.
        if self.chosen is not None and slug != self.chosen:
            expected = f"{self.chosen}, the source chosen for this file, or nothing"
            raise LineMistakeError("other_source", "source", text or "", expected, self.chosen)
        return slug

    def _developer(self, text: str, model: KnownModel | None) -> KnownDeveloper | None:
        """Return the developer of a name, which may be that of a company with only one."""
        developer = self.catalogue.developer(text)
        members = () if developer else self.catalogue.developers_of_company(text)
        if model and model.developer in members:
            return self.catalogue.developers[model.developer]
        if len(members) > 1:
            expected = f"one of this company's developers: {', '.join(members)}"
            raise LineMistakeError("company_name", "developer", text, expected)
        return self.catalogue.developers[members[0]] if members else developer

    @staticmethod
    def _same_developer(
        model: KnownModel, developer: KnownDeveloper | None, text: str | None
    ) -> None:
        if text and (developer is None or developer.slug != model.developer):
            expected = f"{model.developer}, which made {model.slug} according to the catalogue"
            raise LineMistakeError("other_developer", "developer", text, expected, model.developer)

    def _new_developer(self, name: str, origin: Origin, line: int) -> str:
        # A name of signs only has no key of letters.
        key = name_key(name) or name
        new = self.developers.get(key)
        if new is None:
            self._check_new("developer", name, self._shared_developer_names)
            slug = self._new_slug("developer", name, self._developer_or_company)
            new = self.developers[key] = DeveloperToAdd(slug, name, origin, line)
        elif new.origin is not origin:
            expected = f"{new.origin}, as line {new.line} says of this new developer"
            raise LineMistakeError("contradiction", "origin", origin, expected, new.origin)
        return new.slug

    def _developer_or_company(self, text: str) -> object:
        return self.catalogue.developer(text) or self.catalogue.developers_of_company(text)

    def _new_model(
        self, name: str, developer: str | None, openness: Openness | None, line: int
    ) -> str:
        if developer is None:
            expected = "the developer of a model that is not in the catalogue"
            raise LineMistakeError(
                "no_developer", "developer", "", expected, partial(self._maker, name)
            )
        if openness is None:
            expected = f"open, closed or unknown: “{excerpt(name, 60)}” is not in the catalogue"
            raise LineMistakeError("no_openness", "openness", "", expected)
        key = name_key(name) or name
        new = self.models.get(key)
        if new is None:
            self._check_new("model", name, self._shared_model_names)
            slug = self._new_slug("model", name, self.catalogue.model)
            new = self.models[key] = ModelToAdd(slug, name, developer, openness, line)
        elif new.developer != developer:
            expected = f"{new.developer}, as line {new.line} says of this new model"
            raise LineMistakeError("contradiction", "developer", developer, expected, new.developer)
        elif new.openness is not openness:
            expected = f"{new.openness}, as line {new.line} says of this new model"
            raise LineMistakeError("contradiction", "openness", openness, expected, new.openness)
        return new.slug

    def _maker(self, model: str) -> str | None:
        """Return the developer that a name such as `qwen/qwen3-max` begins with, if it is known."""
        developer = self.catalogue.developer(model.partition("/")[0]) if "/" in model else None
        return developer.slug if developer else None

    def _check_new(self, column: str, name: str, shared: Mapping[str, list[str]]) -> None:
        if name_key(name) in shared:
            expected = "a slug, since several have this name: " + ", ".join(
                shared[name_key(name)][:5]
            )
            raise LineMistakeError("ambiguous_name", column, name, expected)
        if len(self.developers) + len(self.models) >= NEW_NAMES_MAX:
            expected = (
                f"at most {NEW_NAMES_MAX} new names in a file: add them to the catalogue first"
            )
            raise LineMistakeError("too_many_new_names", column, name, expected)

    @cached_property
    def _shared_developer_names(self) -> dict[str, list[str]]:
        return _shared_names(self.catalogue.developers.values())

    @cached_property
    def _shared_model_names(self) -> dict[str, list[str]]:
        return _shared_names(self.catalogue.models.values())

    def _new_slug(self, kind: str, name: str, find: Callable[[str], object]) -> str:
        digest = sha256(name.encode()).hexdigest()[:8]
        slug = slug_from_name(name) or f"x-{digest}"
        # A slug that already finds another would from then on answer in that other one's name.
        if find(slug) or self._slugs.setdefault((kind, name_key(slug)), name) != name:
            slug = f"{slug[: NAME_MAX_LENGTH - 9]}-{digest}"
        return slug


def _shared_names(items: Iterable[KnownDeveloper | KnownModel]) -> dict[str, list[str]]:
    """Return the names that several entries have, each with the slugs of all of them."""
    slugs: dict[str, list[str]] = defaultdict(list)
    for item in items:
        for key in {name_key(name) for name in (item.name, *item.aliases)}:
            slugs[key].append(item.slug)
    return {
        name: same_name_slugs for name, same_name_slugs in slugs.items() if len(same_name_slugs) > 1
    }

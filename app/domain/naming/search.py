"""Search among names: whole names first, then beginnings, words, parts, and slips of typing."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import partial
from typing import Final

from app.domain.naming.matching import fold_name
from app.domain.naming.names import OtherName

SEARCH_MAX_LENGTH: Final = 100
"""Characters of a text that is searched for."""
HITS_MAX: Final = 50
SLIP_CUTOFF: Final = 0.72
"""The least similarity, from 0 to 1, at which difflib takes a name for a slip of another."""


class HitType(StrEnum):
    """What may be found, in the order of equal hits."""

    COMPANY = "company"
    DEVELOPER = "developer"
    SOURCE = "source"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Searchable:
    """An entry that can be found: by its name, its slug, or any of its other names."""

    type: HitType
    slug: str
    name: str
    others: tuple[OtherName, ...] = ()

    def names(self) -> Sequence[OtherName]:
        """Return every name with its kind, which is `name` or `slug` for its own."""
        return (OtherName(self.name, "name"), OtherName(self.slug, "slug"), *self.others)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An entry that was found, with the name that matched."""

    entry: Searchable
    match: OtherName


class _Rank(IntEnum):
    WHOLE = 0
    BEGINNING = 1
    WORDS = 2
    PART = 3
    SLIP = 4


def search_names(
    entries: Iterable[Searchable], text: str, limit: int, types: Iterable[str] = HitType
) -> list[SearchHit]:
    """Return the entries that a text finds, the best first, at most `limit` of them.

    Names compare without case, spaces, `_` and `-`. Slips of typing are looked for only where
    nothing else is found.
    """
    folded, wanted = fold_name(text), frozenset(types)
    if not folded:
        return []
    searched = [entry for entry in entries if entry.type in wanted]
    words = [fold_name(word) for word in text.split()]
    hits = _best_hits(searched, partial(_rank, folded, words))
    if not hits:
        keys = {fold_name(name.text) for entry in searched for name in entry.names()}
        # difflib is quadratic in length; a name that is meant is not much longer than this.
        near = difflib.get_close_matches(folded[:40], keys, n=limit, cutoff=SLIP_CUTOFF)
        places = {key: _Rank.SLIP + place for place, key in enumerate(near)}
        hits = _best_hits(searched, lambda name: places.get(fold_name(name)))
    return hits[:limit]


def _best_hits(entries: Iterable[Searchable], rank: Callable[[str], int | None]) -> list[SearchHit]:
    """Return each entry that has a rank, by the best of its names, the best entries first."""
    order = list(HitType)
    hits: list[tuple[tuple[int, int, int, str], SearchHit]] = []
    for entry in entries:
        ranks = [(place, name) for name in entry.names() if (place := rank(name.text)) is not None]
        if ranks:
            # Of equal ranks the first stays: the name before the slug, before other names.
            best, match = min(ranks, key=lambda item: item[0])
            key = (best, order.index(entry.type), len(match.text), entry.slug)
            hits.append((key, SearchHit(entry, match)))
    return [hit for _, hit in sorted(hits, key=lambda item: item[0])]


def _rank(folded: str, words: Sequence[str], name: str) -> _Rank | None:
    key = fold_name(name)
    if key == folded:
        return _Rank.WHOLE
    if key.startswith(folded):
        return _Rank.BEGINNING
    parts = [fold_name(part) for part in name.replace("/", " ").replace("(", " ").split()]
    if all(any(part.startswith(word) for part in parts) for word in words):
        return _Rank.WORDS
    return _Rank.PART if folded in key else None

"""The span of months each source covers at a vintage, and the source a question is about."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.database.vintages import Vintage, read_current_months, read_once_a_version
from app.domain.answer import SourceDefinition

MAIN_SOURCE: Final = "openrouter-rankings"
"""Slug of the source that a question is about if it names none."""


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last month a source has figures for; `months` counts those, without gaps."""

    first: date
    last: date
    months: int


@read_once_a_version
def covered_spans(vintage: Vintage) -> dict[str, Span]:
    """Return the span of each source that has figures, by slug, in the order of slugs."""
    months: dict[str, list[date]] = defaultdict(list)
    for slug, month in read_current_months(vintage):
        months[slug].append(month)
    return {slug: Span(covered[0], covered[-1], len(covered)) for slug, covered in months.items()}


@read_once_a_version
def main_source(vintage: Vintage) -> str | None:
    """Return the slug of the source that a question is about if it names none.

    That is MAIN_SOURCE if it has figures, else the source that covers most months; None if there
    are no figures at all.
    """
    # Not simply the source with most months: an upload about another one would change the subject
    # of every saved link that names no source. The slug comes last, to decide between equals.
    spans = covered_spans(vintage)
    return min(
        spans, key=lambda slug: (slug != MAIN_SOURCE, -spans[slug].months, slug), default=None
    )


def main_source_first(
    vintage: Vintage, sources: Iterable[SourceDefinition]
) -> list[SourceDefinition]:
    """Return the sources, the main one first, then by how many months they cover, most first."""
    main, months = main_source(vintage), covered_spans(vintage)

    def place(source: SourceDefinition) -> tuple[bool, int, str]:
        span = months.get(source.slug)
        return source.slug != main, -span.months if span else 0, source.slug

    return sorted(sources, key=place)

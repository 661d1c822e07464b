"""Which months each source covers at a vintage, and which source a question is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from app.database.tables import Source
from app.database.vintages import Vintage, current_snapshots, order_by_slug, read_once
from app.domain.answer import SourceDefinition

MAIN_SOURCE: Final = "openrouter-rankings"
"""The source of the founding story."""


@dataclass(frozen=True, slots=True)
class Span:
    """The months a source has figures for: the first, the last, and how many."""

    first: date
    last: date
    months: int


@read_once
def covered_spans(vintage: Vintage) -> dict[str, Span]:
    """By slug, of each source that has figures."""
    current = current_snapshots(vintage.as_of).subquery()
    months = current.c.month
    rows = vintage.session.execute(
        select(Source.slug, func.min(months), func.max(months), func.count())
        .join(current, current.c.source_id == Source.id)
        .group_by(Source.slug)
        .order_by(order_by_slug())
    )
    return {slug: Span(*span) for slug, *span in rows}


@read_once
def main_source(vintage: Vintage) -> str | None:
    """Return the slug of the source that a question is about when it names none, if there is one.

    That is MAIN_SOURCE wherever it has figures, so that no upload about another source changes the
    subject; else the source that covers most months.
    """
    spans = covered_spans(vintage)
    return min(
        spans, key=lambda slug: (slug != MAIN_SOURCE, -spans[slug].months, slug), default=None
    )


def main_source_first(
    vintage: Vintage, sources: Iterable[SourceDefinition]
) -> list[SourceDefinition]:
    """The source that questions are about, then the others by the months they cover."""
    main, months = main_source(vintage), covered_spans(vintage)

    def place(source: SourceDefinition) -> tuple[bool, int, str]:
        span = months.get(source.slug)
        return source.slug != main, -span.months if span else 0, source.slug

    return sorted(sources, key=place)

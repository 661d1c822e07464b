"""Sentences that say why a question has no answer, or a source no figure in a month."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date

from sqlalchemy.orm import Session

from app.domain.answer import SourceDefinition
from app.domain.calendar import format_month
from app.domain.questions.question import Question
from app.domain.vocabulary import Openness
from app.queries.answers.grouping import GroupedShares
from app.queries.answers.slices import read_slices
from app.queries.uploads import withdrawal_moments


def why_no_figures(session: Session, question: Question) -> str:
    """Return why no source of the question has any figure at its vintage."""
    # A withdrawal comes first: who followed a saved link must hear that there were figures once.
    if withdrawn := withdrawal_moments(session, question.source, question.as_of, 1):
        then = withdrawn[0].astimezone(UTC)
        return f"What had been published was withdrawn on {then.date()} at {then:%H:%M} UTC."
    if question.as_of:
        return f"Nothing had been published by {question.as_of.date()} {question.as_of:%H:%M} UTC."
    return "Nothing has been published so far."


def list_sources(sources: Sequence[SourceDefinition]) -> str:
    """Return the names of the sources, joined by commas."""
    return ", ".join(source.name for source in sources)


def why_nothing_selected(table: GroupedShares, sources: Sequence[SourceDefinition]) -> str:
    """Return why the openness or denominator of a question leaves no figure, or ""."""
    # From the general to the particular: sources of which no month can answer; sources that do
    # not say which models are open; sources that lack just the openness asked for.
    if table.silent and not table.slices and table.openness != {Openness.UNKNOWN}:
        ask = "Ask for open models (openness=open) of all usage (of=all), by origin."
        return f"{why_silent(table.openness, sources)} {ask}"
    counted = {item.openness for item in table.slices}
    openness = table.question.openness
    if table.openness == {Openness.UNKNOWN} and openness != "all":
        return f"{why_silent(table.openness, sources)} Ask for all models: openness=all."
    if openness != "all" and openness not in counted:
        return f"{list_sources(sources)} counts no {openness} models in these months."
    return ""


def why_filtered_out(
    session: Session, question: Question, slugs: Sequence[str], months: Sequence[date]
) -> str:
    """Return why no line passes the question's filters, and which openness would let some pass."""
    if question.openness != "all":
        # `of=open` would be a contradiction with other models than open ones.
        anyone = question.having(openness="all", of="all")
        slices = read_slices(session, anyone, slugs, months)
        passing = {item.openness for item in slices if item.selected}
        if passing:
            opennesses = " and ".join(word.value for word in Openness if word in passing)
            return (
                f"What passes the filters is {opennesses} models only. Ask for all: openness=all."
            )
    return "No line of these sources and months passes the filters. Loosen one of them."


def source_notes(table: GroupedShares, sources: Sequence[SourceDefinition]) -> Iterator[str]:
    """Yield a sentence for each source with months whose lines cannot answer the question."""
    for source in sources:
        months = sorted(month for slug, month in table.silent if slug == source.slug)
        if months:
            unanswered = ", ".join(map(format_month, months))
            openness = frozenset().union(*(table.silent[source.slug, month] for month in months))
            yield f"{why_silent(openness, [source])} No figure of {unanswered}."


def why_silent(openness: Collection[str], sources: Sequence[SourceDefinition]) -> str:
    """Return why these sources do not say what all open models come to.

    `openness` holds every openness that their lines have; none of them is closed.
    """
    several = len(sources) > 1
    if openness == {Openness.UNKNOWN}:
        return (
            f"{list_sources(sources)} {'do' if several else 'does'} not say which models are open."
        )
    named = "name" if several else "names"
    return f"{list_sources(sources)} {named} some open models only, not what they all come to."

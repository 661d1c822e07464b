"""What a form may offer: months with figures, sources and denominators that have an answer."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.database.sum_tables import OriginSum
from app.database.tables import Snapshot, Source
from app.database.vintages import (
    Vintage,
    is_of_snapshots,
    read_current_months,
    read_once_a_version,
    vintage_at,
)
from app.domain.calendar import months_between
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.domain.vocabulary import Openness
from app.queries.answers.explanations import why_silent
from app.queries.answers.grouping import can_answer
from app.queries.answers.shares import answer_question, sources_of_question


def has_answer(session: Session, question: Question) -> bool:
    """Return whether any figure answers the question. It costs as much as the answer itself."""
    # Whether a question has an answer follows from the sorting of its slices (see GroupedShares);
    # a cheaper EXISTS would offer questions that are refused once they are asked.
    try:
        answer_question(session, question)
    except NoFiguresError:
        return False
    return True


@read_once_a_version
def months_with_figures(vintage: Vintage) -> list[date]:
    """Return every month from the first to the last that any source covers, gaps included."""
    covered = [month for _, month in read_current_months(vintage)]
    return list(months_between(min(covered), max(covered))) if covered else []


def why_no_open_whole(session: Session, question: Question) -> str:
    """Return a sentence if no source of the question says what all open models come to, else "".

    Of no such source can shares of open usage (`of=open`) be computed.
    """
    try:
        sources = sources_of_question(session, question)
    except NoFiguresError:
        return ""
    opennesses = _opennesses(vintage_at(session, question.as_of))
    # One source that can answer is enough to offer the denominator: an answer shows those that
    # can, and notes the others.
    counted = frozenset().union(*(opennesses.get(source.slug, ()) for source in sources))
    silent = counted and not can_answer(counted, Question(openness=Openness.OPEN, of="open"))
    return why_silent(counted, sources) if silent else ""


def silent_sources(session: Session, question: Question) -> dict[str, str]:
    """Return, by slug, why a source cannot answer the question; sources that can are left out.

    Filters and the range of months are not looked at.
    """
    vintage = vintage_at(session, question.as_of)
    opennesses = _opennesses(vintage)
    reasons = {}
    for source in read_sources(vintage):
        counted = opennesses.get(source.slug)
        if not counted:
            reasons[source.slug] = f"{source.name} has no figures."
        # Before the next branch, which would say "counts no open models" of a source that may
        # well count them, and only does not say which they are.
        elif counted == {Openness.UNKNOWN} and question.openness not in ("unknown", "all"):
            reasons[source.slug] = why_silent(counted, [source])
        elif question.openness not in (*counted, "all"):
            reasons[source.slug] = f"{source.name} counts no {question.openness} models."
        elif not can_answer(counted, question):
            reasons[source.slug] = why_silent(counted, [source])
    return reasons


@read_once_a_version
def _opennesses(vintage: Vintage) -> dict[str, frozenset[str]]:
    """Return, by slug, every openness that a source's current lines have, over all its months."""
    ids = [item.snapshot_id for item in read_current_months(vintage).values()]
    rows = vintage.session.execute(
        select(Source.slug, OriginSum.openness)
        .distinct()
        .join(Snapshot, Snapshot.source_id == Source.id)
        .join(OriginSum, OriginSum.snapshot_id == Snapshot.id)
        .where(is_of_snapshots(OriginSum.snapshot_id, ids))
    )
    opennesses: dict[str, set[str]] = defaultdict(set)
    for slug, openness in rows:
        opennesses[slug].add(openness)
    return {slug: frozenset(counted) for slug, counted in opennesses.items()}

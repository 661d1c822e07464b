"""What the explorer may offer to ask: months, denominators, and questions that have an answer."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.database.tables import Observation, Source
from app.database.vintages import Vintage, current_snapshots, read_once, vintage_at
from app.domain.calendar import months_between
from app.domain.errors import NoFiguresError
from app.domain.question import Question
from app.domain.vocabulary import Openness
from app.queries.explanations import why_silent
from app.queries.grouping import can_answer
from app.queries.shares import answer_question, sources_of_question


def has_answer(session: Session, question: Question) -> bool:
    """Whether any figure answers the question."""
    try:
        answer_question(session, question)
    except NoFiguresError:
        return False
    return True


@read_once
def months_with_figures(vintage: Vintage) -> list[date]:
    """The months to choose from: from the first to the last of any source."""
    current = current_snapshots(vintage.as_of).subquery()
    first, last = vintage.session.execute(
        select(func.min(current.c.month), func.max(current.c.month))
    ).one()
    return list(months_between(first, last)) if first else []


def why_no_open_whole(session: Session, question: Question) -> str:
    """Why none of the sources asked tells what all open models come to; empty where one does."""
    try:
        sources = sources_of_question(session, question)
    except NoFiguresError:
        return ""
    opennesses = _opennesses(vintage_at(session, question.as_of))
    counted = frozenset().union(*(opennesses.get(source.slug, ()) for source in sources))
    silent = counted and not can_answer(counted, Question(openness=Openness.OPEN, of="open"))
    return why_silent(counted, sources) if silent else ""


def silent_sources(session: Session, question: Question) -> dict[str, str]:
    """By slug, why a source has no figure for what is counted, of whom and when aside."""
    vintage = vintage_at(session, question.as_of)
    opennesses = _opennesses(vintage)
    reasons = {}
    for source in read_sources(vintage):
        counted = opennesses.get(source.slug)
        if not counted:
            reasons[source.slug] = f"{source.name} has no figures."
        elif counted == {Openness.UNKNOWN} and question.openness not in ("unknown", "all"):
            reasons[source.slug] = why_silent(counted, [source])
        elif question.openness not in (*counted, "all"):
            reasons[source.slug] = f"{source.name} counts no {question.openness} models."
        elif not can_answer(counted, question):
            reasons[source.slug] = why_silent(counted, [source])
    return reasons


@read_once
def _opennesses(vintage: Vintage) -> dict[str, frozenset[str]]:
    """By slug, every openness that a source's lines have."""
    current = current_snapshots(vintage.as_of).subquery()
    rows = vintage.session.execute(
        select(Source.slug, func.array_agg(Observation.openness.distinct()))
        .join(current, current.c.source_id == Source.id)
        .join(Observation, Observation.snapshot_id == current.c.id)
        .group_by(Source.slug)
    )
    return {slug: frozenset(counted) for slug, counted in rows}

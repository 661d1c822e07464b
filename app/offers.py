"""What the explorer may offer to ask: months, denominators, and questions that have an answer."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import models, queries, vintages
from app.errors import NoFigures
from app.models import Observation
from app.months import months_between
from app.question import Question
from app.tabulation import tells
from app.words import Openness


def answers(session: Session, question: Question) -> bool:
    """Whether any figure answers the question."""
    try:
        queries.answer(session, question)
    except NoFigures:
        return False
    return True


def months(session: Session, as_of: datetime | None = None) -> list[date]:
    """The months to choose from: from the first to the last of any source."""
    current = vintages.current_snapshots(as_of).subquery()
    first, last = session.execute(
        select(func.min(current.c.month), func.max(current.c.month))
    ).one()
    return list(months_between(first, last)) if first else []


def no_open_whole(session: Session, question: Question) -> str:
    """Why none of the sources asked tells what all open models come to; empty where one does."""
    try:
        asked = queries.sources_asked(session, question)
    except NoFigures:
        return ""
    current = vintages.current_snapshots(question.as_of).subquery()
    found = session.scalars(
        select(Observation.openness)
        .join(current, current.c.id == Observation.snapshot_id)
        .join(models.Source, models.Source.id == current.c.source_id)
        .where(models.Source.slug.in_([source.slug for source in asked]))
        .distinct()
    )
    counted = frozenset(found)
    silent = counted and not tells(counted, Question(openness=Openness.OPEN, of="open"))
    return queries.silence(counted, asked) if silent else ""

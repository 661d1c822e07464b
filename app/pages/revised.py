"""Whether a pinned view has been overtaken: what its numbers were, and what they are now."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import comparing, queries
from app.answer import Answer
from app.comparing import Since
from app.errors import NoFigures
from app.question import Question


@dataclass(frozen=True, slots=True)
class Revised:
    """`now` is the address of the same question as its figures stand now."""

    since: Since
    now: str
    gone: bool


def revised(
    session: Session, question: Question, answer: Answer, path: str = "/trends"
) -> Revised | None:
    """None where the question is not pinned, or all its numbers still stand."""
    if question.as_of is None:
        return None
    live = question.having(as_of=None)
    sources = tuple(source.slug for source in answer.sources)
    try:
        now = queries.answer(session, live.having(source=sources))
    except NoFigures:
        now = None
    since = comparing.since(answer, now)
    if not since.differences and not since.added:
        return None
    return Revised(since, live.address(path), gone=now is None)

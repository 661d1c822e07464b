"""What was revised: since a pinned view, and lately in the sources a page shows."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app import comparing, queries, revisions
from app.answer import Answer
from app.comparing import Since
from app.errors import NoFigures
from app.question import Question
from app.revisions import Act

LATEST: Final = 3


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
    sources = tuple(source.slug for source in answer.sources)
    live = question.having(source=sources, as_of=None)
    try:
        now = queries.answer(session, live)
    except NoFigures:
        now = None
    since = comparing.since(answer, now)
    if not since.differences and not since.added:
        return None
    # A question that names no source is to stay one, where it still means the same.
    if queries.main_source(session) == answer.sources[0].slug:
        live = live.having(source=question.source)
    return Revised(since, live.address(path), gone=now is None)


def lately(session: Session, question: Question, answer: Answer) -> list[Act]:
    """The latest acts that changed published figures of these sources, as known at the vintage."""
    sources = [source.slug for source in answer.sources]
    acts = revisions.acts(session, question.as_of, sources)
    return [act for act in acts if act.revises][:LATEST]

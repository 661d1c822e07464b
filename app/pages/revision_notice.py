"""Revisions that a page tells of: those since a pinned view, and the latest of its sources."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.database.vintages import vintage_at
from app.domain.answer import Answer
from app.domain.comparison import ChangesSince, compare_answers
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.domain.revision import Revision
from app.queries.answers.shares import answer_question
from app.queries.revisions import read_revisions
from app.queries.spans import main_source

NOTICES_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class RevisionNotice:
    """What has changed since a pinned view.

    `now` is the address of the same question about current figures; `gone`: it has none any more.
    """

    since: ChangesSince
    now: str
    gone: bool


def revision_notice(
    session: Session, question: Question, answer: Answer, path: str = "/trends"
) -> RevisionNotice | None:
    """Return what has changed since a pinned answer, for a link to `path`.

    None where the question is not pinned, or where all its numbers still stand.
    """
    if question.as_of is None:
        return None
    # The sources of the answer are named: without a name another one might be the main one now,
    # and its figures would count as revisions.
    sources = tuple(source.slug for source in answer.sources)
    live = question.having(source=sources, as_of=None)
    try:
        now = answer_question(session, live)
    except NoFiguresError:
        now = None
    since = compare_answers(answer, now)
    if not since.differences and not since.added:
        return None
    # The link names no source where the question named none, if that still means the same.
    if main_source(vintage_at(session)) == answer.sources[0].slug:
        live = live.having(source=question.source)
    return RevisionNotice(since, live.address(path), gone=now is None)


def latest_revisions(session: Session, question: Question, answer: Answer) -> list[Revision]:
    """Return the latest acts that changed published figures of the answer's sources.

    What came after the question's vintage is left out.
    """
    sources = [source.slug for source in answer.sources]
    acts = read_revisions(session, question.as_of, sources)
    return [act for act in acts if act.revises][:NOTICES_MAX]

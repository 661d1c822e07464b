"""The shares of sources side by side: each in its last settled month."""

from typing import Final

from sqlalchemy.orm import Session

from app.database.vintages import Vintage, read_once_a_version, vintage_at
from app.domain.answer import Answer
from app.domain.comparison import latest_month_only
from app.domain.questions.question import Question
from app.queries.answers.shares import answer_question
from app.queries.data_version import data_version

_PLAIN: Final = Question()


def answer_latest_months(session: Session, question: Question) -> Answer:
    """Return the answer with each source in its last settled month, else in its latest.

    Raise NoFiguresError if nothing matches.
    """
    # Nearly every front page asks this one question of every source, whatever months its charts
    # are about: its answer is by far the largest there, and is put together once a data version.
    if question == _PLAIN.having(source=question.source):
        data_version(session)
        return _answer_plain_question(vintage_at(session), question.source)
    return latest_month_only(answer_question(session, question))


@read_once_a_version
def _answer_plain_question(vintage: Vintage, sources: tuple[str, ...]) -> Answer:
    return latest_month_only(answer_question(vintage.session, _PLAIN.having(source=sources)))

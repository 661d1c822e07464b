"""Questions of pages that take some of the parameters only, and refuse the others by name."""

from fastapi import Depends, Request

from app.domain.questions.question import Question
from app.domain.questions.question_parser import parse_question
from app.queries.answers.shares import known_slugs
from app.web.dependencies import ReadSession


def question_dependency(*accepted: str) -> object:
    """Return a dependency that reads the question of the query string.

    It raises BadQuestionError for a parameter that is not among `accepted`.
    """

    def asked(request: Request, session: ReadSession) -> Question:
        pairs = request.query_params.multi_items()
        return parse_question(pairs, known_slugs(session), accepted)

    return Depends(asked)

"""Pages that take some parameters of the question only, and refuse the others by name."""

from fastapi import Depends, Request

from app.domain.question import Question
from app.domain.question_parser import parse_question
from app.queries.shares import known_slugs
from app.web.dependencies import ReadSession


def question_dependency(*accepted: str) -> object:
    """A dependency: the question of the query string. Raises BadQuestionError."""

    def asked(request: Request, session: ReadSession) -> Question:
        pairs = request.query_params.multi_items()
        return parse_question(pairs, known_slugs(session), accepted)

    return Depends(asked)

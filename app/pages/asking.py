"""Pages that take some parameters of the question only, and refuse the others by name."""

from typing import Any

from fastapi import Depends, Request

from app import queries
from app.errors import Problem, excerpt
from app.http import Reading
from app.question import Question, parse_question, refusal
from app.words import nearest


def taking(*accepted: str) -> Any:
    """A dependency of pages about no question: refuses what they do not take, by name."""

    def taken(request: Request) -> None:
        others = [name for name in request.query_params if name not in accepted]
        if others:
            expected = f"one of {', '.join(accepted)}" if accepted else "no parameter"
            found = excerpt(others[0])
            suggestion = nearest(others[0], accepted)
            code = "unknown_parameter"
            raise refusal([Problem(code, None, None, found, found, expected, suggestion)])

    return Depends(taken)


def asking(*accepted: str) -> object:
    """A dependency: the question of the query string. Raises BadQuestion."""

    def asked(request: Request, session: Reading) -> Question:
        pairs = request.query_params.multi_items()
        return parse_question(pairs, queries.names(session), accepted)

    return Depends(asked)

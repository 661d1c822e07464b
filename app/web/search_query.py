"""What a search asks for, read alike for the page and for the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from app.domain.errors import Problem, excerpt
from app.domain.naming.matching import nearest_match
from app.domain.naming.search import HITS_MAX, SEARCH_MAX_LENGTH, HitType
from app.domain.questions.question_parser import bad_question
from app.domain.questions.tracking import expected_beside
from app.domain.text import UnreadableCellError, clean_text

HITS_DEFAULT: Final = 20
SECTIONS: Final = {
    HitType.COMPANY: "companies",
    HitType.DEVELOPER: "developers",
    HitType.SOURCE: "sources",
    HitType.MODEL: "models",
}
"""Where the page of each type stands."""
PARAMETERS: Final = ("q", "type", "limit")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The text that is searched for, the types that may be found, and how many of them."""

    text: str = ""
    types: tuple[str, ...] = tuple(HitType)
    limit: int = HITS_DEFAULT

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters that are not at their default, in their order."""
        texts = {"q": self.text, "type": ",".join(self.types), "limit": str(self.limit)}
        plain = SearchQuery()
        defaults = {"q": "", "type": ",".join(plain.types), "limit": str(plain.limit)}
        return [(name, text) for name, text in texts.items() if text != defaults[name]]


def read_search_query(request: Request) -> SearchQuery:
    """Return what the query string asks for. Raise BadQuestionError with every problem."""
    problems: list[Problem] = []

    def refuse(code: str, name: str, found: str, expected: str, near: str | None = None) -> None:
        problems.append(Problem(code, None, None, excerpt(name), excerpt(found), expected, near))

    values: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name not in PARAMETERS:
            expected = expected_beside("one of " + ", ".join(PARAMETERS), name)
            refuse("unknown_parameter", name, name, expected, nearest_match(name, PARAMETERS))
        elif name in values:
            refuse("repeated_parameter", name, text, "the parameter once")
        else:
            values[name] = text
    query = SearchQuery(
        _text(values.get("q", ""), refuse),
        _types(values.get("type", ""), refuse),
        _limit(values.get("limit", ""), refuse),
    )
    if problems:
        raise bad_question(problems)
    return query


_Refuse = Callable[..., None]


def _text(text: str, refuse: _Refuse) -> str:
    try:
        return clean_text(text, SEARCH_MAX_LENGTH)
    except UnreadableCellError as error:
        refuse(error.code, "q", text, error.expected)
    return ""


def _types(text: str, refuse: _Refuse) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for word in words:
        if word not in tuple(HitType):
            expected = "one of " + ", ".join(HitType)
            refuse("unknown_value", "type", word, expected, nearest_match(word, HitType))
            break
    return words or tuple(HitType)


def _limit(text: str, refuse: _Refuse) -> int:
    if not text:
        return HITS_DEFAULT
    if text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= HITS_MAX:
        return int(text)
    refuse("not_a_number", "limit", text, f"a whole number from 1 to {HITS_MAX}")
    return HITS_DEFAULT

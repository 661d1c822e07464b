"""What a request of the JSON door asks: a question, a page of its rows, and JSON or CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request

from app.api.lists.cursors import Cursor, CursorKey, cursor_name, parse_cursor
from app.api.lists.parameters import LIMIT_DEFAULT, LIMIT_MAX, PAGING_PARAMETERS, PARAMETER_ORDER
from app.domain.errors import BadQuestionError, Problem, excerpt
from app.domain.question import Question
from app.domain.question_parser import KnownSlugs, bad_question, parse_question
from app.queries.shares import known_slugs
from app.web.dependencies import ReadSession
from app.web.entity_tags import set_validators

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A question of one of the lists, checked.

    `as_of` is the question's or, on later pages, the cursor's. `limit` is None where all rows are
    wanted at once, which only CSV is for. `everything`: openness is `all` unless said otherwise.
    """

    question: Question
    limit: int | None
    cursor: Cursor | None
    path: str
    csv: bool
    everything: bool

    @property
    def as_of(self) -> datetime | None:
        return self.cursor.as_of if self.cursor else self.question.as_of

    @property
    def then(self) -> Question:
        """The question at the vintage of the page."""
        return self.question.having(as_of=self.as_of)

    @property
    def after(self) -> CursorKey | None:
        return self.cursor.after if self.cursor else None

    def pairs(self, question: Question) -> Pairs:
        """Canonical: defaults left out."""
        pairs = question.pairs()
        if not self.everything:
            return pairs
        named = [("openness", question.openness)] if question.openness != "all" else []
        return [pair for pair in pairs if pair[0] != "openness"] + named

    def page_pairs(self) -> Pairs:
        default = None if self.csv else LIMIT_DEFAULT
        limit = [("limit", str(self.limit))] if self.limit not in (None, default) else []
        cursor = [("cursor", str(self.cursor))] if self.cursor else []
        return limit + cursor

    @property
    def name(self) -> str:
        """What a cursor remembers: a page of another list or question is no page of this one."""
        return cursor_name(self.path, urlencode(self.pairs(self.question)))


def address_with(base: str, pairs: Pairs) -> str:
    return f"{base}?{urlencode(pairs, safe=',:/')}" if pairs else base


def is_csv_wanted(request: Request) -> bool:
    """By the address, or because Accept puts text/csv before JSON."""
    if request.url.path.endswith(".csv"):
        return True
    kinds = _accepted(request.headers.get("accept", ""))
    return kinds.get("text/csv", 0) > kinds.get("application/json", 0)


def _accepted(header: str) -> dict[str, float]:
    """The media types that are named, with their weights."""
    weights = {}
    for item in header[:1_000].split(","):
        kind, _, rest = item.partition(";")
        weights[kind.strip().lower()] = _weight(rest)
    return weights


def _weight(text: str) -> float:
    """Of `q=0.5`; 1 where there is none, 0 where it is no weight."""
    digits = next((part.strip()[2:] for part in text.split(";") if "q=" in part), "1")
    plain = digits.replace(".", "", 1)
    return float(digits) if plain.isascii() and plain.isdecimal() and len(plain) <= 4 else 0


def list_query_dependency(
    *accepted: str, paged: bool = True, everything: bool = False, csv: bool = True
) -> Any:
    """A dependency: what is asked, unless the asker holds its answer. Raises BadQuestionError."""
    taken = accepted or PARAMETER_ORDER

    def asked(request: Request, session: ReadSession) -> ListQuery:
        reader = _ListQueryReader(request, paged=paged, csv=csv and is_csv_wanted(request))
        question = reader.question(known_slugs(session), taken)
        list_query = reader.asked(question, everything=everything)
        pairs = [
            *list_query.pairs(list_query.question),
            *list_query.page_pairs(),
            ("csv", str(list_query.csv)),
        ]
        bom = [("bom", text) for text in request.query_params.getlist("bom")]
        set_validators(request, session, list_query.as_of, [*pairs, *bom])
        return list_query

    return Depends(asked)


DIGITS: Final = len(str(LIMIT_MAX))


class _ListQueryReader:
    """Reads the query string; collects every problem before it refuses."""

    def __init__(self, request: Request, *, paged: bool, csv: bool) -> None:
        self.csv = csv
        self.path = request.url.path.removesuffix(".csv")
        self.own = (PAGING_PARAMETERS if paged else ()) + (("bom",) if self.csv else ())
        self.problems: list[Problem] = []
        self.untold = 0
        self.values: dict[str, str] = {}
        self.rest: Pairs = []
        self.paged = paged
        for name, text in request.query_params.multi_items():
            self._take(name, text)

    def _take(self, name: str, text: str) -> None:
        if name not in self.own:
            self.rest.append((name, text))
        elif name in self.values:
            self._refuse("repeated_parameter", name, text, "the parameter once")
        elif text:
            self.values[name] = text

    def _refuse(self, code: str, name: str, found: str, expected: str) -> None:
        self.problems.append(Problem(code, None, None, name, excerpt(found), expected))

    def question(self, names: KnownSlugs, accepted: Sequence[str]) -> Question:
        try:
            return parse_question(self.rest, names, accepted, self.own)
        except BadQuestionError as refused:
            self.problems = [*refused.problems, *self.problems]
            self.untold = refused.problem_count - len(refused.problems)
        return Question()

    def asked(self, question: Question, *, everything: bool) -> ListQuery:
        """Raises BadQuestionError with every problem."""
        if everything and not any(name == "openness" and text for name, text in self.rest):
            question = question.having(openness="all")
        if self.values.get("bom", "1") != "1":
            self._refuse("unknown_value", "bom", self.values["bom"], "1, or nothing")
        limit = self._limit()
        list_query = ListQuery(question, limit, None, self.path, self.csv, everything)
        cursor = self._cursor(list_query)
        if self.problems:
            raise bad_question(self.problems, len(self.problems) + self.untold)
        return ListQuery(question, limit, cursor, self.path, self.csv, everything)

    def _limit(self) -> int | None:
        text = self.values.get("limit")
        if text is None:
            return (
                None
                if not self.paged or (self.csv and "cursor" not in self.values)
                else LIMIT_DEFAULT
            )
        sound = text.isascii() and text.isdecimal() and len(text) <= DIGITS
        if sound and 1 <= int(text) <= LIMIT_MAX:
            return int(text)
        self._refuse("not_a_number", "limit", text, f"a whole number from 1 to {LIMIT_MAX}")
        return LIMIT_DEFAULT

    def _cursor(self, list_query: ListQuery) -> Cursor | None:
        text = self.values.get("cursor")
        if text is None:
            return None
        cursor = parse_cursor(text)
        if cursor is None:
            self._refuse("not_a_cursor", "cursor", text, "what links.next says, unchanged")
        elif cursor.asked != list_query.name and not self.problems:
            expected = "the cursor with the same address and parameters as the page before"
            self._refuse("foreign_cursor", "cursor", text, expected)
        return cursor

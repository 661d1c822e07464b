"""The query of a read of the API: a question, a page of its rows, and JSON or CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request

from app.api.lists.cursors import Cursor, CursorKey, cursor_name, parse_cursor
from app.api.lists.parameters import LIMIT_DEFAULT, LIMIT_MAX, PAGING_PARAMETERS, PARAMETER_ORDER
from app.domain.errors import BadQuestionError, Problem, excerpt
from app.domain.questions.question import Question
from app.domain.questions.question_parser import KnownSlugs, bad_question, parse_question
from app.queries.answers.shares import known_slugs
from app.web.canonical_names import names_are_slugs
from app.web.dependencies import ReadSession
from app.web.entity_tags import set_validators

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a request asks of a list, checked.

    `as_of` is the question's or, on later pages, the cursor's. `limit` is None if all rows are
    wanted at once, as in CSV and in lists that have no pages. `everything`: openness is `all` if
    left out. `path` is that of the JSON, also for CSV.
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
        """Return the question's parameters in canonical order, without those at their default."""
        # A question's own default is openness=open. In a list of everything it is `all`, so that
        # there `open` has to be written and `all` left out.
        pairs = question.pairs()
        if not self.everything:
            return pairs
        named = [("openness", question.openness)] if question.openness != "all" else []
        return [pair for pair in pairs if pair[0] != "openness"] + named

    def page_pairs(self) -> Pairs:
        """Return `limit` and `cursor`, as far as they differ from their default."""
        default = None if self.csv else LIMIT_DEFAULT
        limit = [("limit", str(self.limit))] if self.limit not in (None, default) else []
        cursor = [("cursor", str(self.cursor))] if self.cursor else []
        return limit + cursor

    @property
    def name(self) -> str:
        """The name by which a cursor remembers this list and question."""
        return cursor_name(self.path, urlencode(self.pairs(self.question)))


def address_with(base: str, pairs: Pairs) -> str:
    """Return an address with these parameters as its query string."""
    return f"{base}?{urlencode(pairs, safe=',:/')}" if pairs else base


def is_csv_wanted(request: Request) -> bool:
    """Return whether the address ends in .csv, or Accept weighs text/csv above JSON."""
    if request.url.path.endswith(".csv"):
        return True
    kinds = _accepted(request.headers.get("accept", ""))
    # Only a type that is named counts: `*/*`, which curl and browsers send, means JSON.
    return kinds.get("text/csv", 0) > kinds.get("application/json", 0)


def _accepted(header: str) -> dict[str, float]:
    """Return the media types that an Accept header names, with their weights."""
    weights = {}
    # The header is cut off, since anyone may send any length of it.
    for item in header[:1_000].split(","):
        kind, _, rest = item.partition(";")
        weights[kind.strip().lower()] = _weight(rest)
    return weights


def _weight(text: str) -> float:
    """Return the weight of parameters such as `q=0.5`: 1 without any, 0 if it is malformed."""
    parameters = (part.strip().lower() for part in text.split(";"))
    digits = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    plain = digits.replace(".", "", 1)
    return float(digits) if plain.isascii() and plain.isdecimal() and len(plain) <= 4 else 0


def list_query_dependency(
    *accepted: str, paged: bool = True, everything: bool = False, csv: bool = True
) -> Any:
    """Return a dependency that reads a ListQuery and sets the validators of the answer.

    `accepted` are the parameters of a question that may be given, all if none is named. The
    dependency raises BadQuestionError with every problem, and NotModifiedError if the client holds
    the answer.
    """
    taken = accepted or PARAMETER_ORDER

    def read_query(request: Request, session: ReadSession) -> ListQuery:
        reader = _ListQueryReader(request, paged=paged, csv=csv and is_csv_wanted(request))
        question = reader.question(known_slugs(session), taken)
        list_query = reader.read(question, everything=everything)
        pairs = [
            *list_query.pairs(list_query.question),
            *list_query.page_pairs(),
            ("csv", str(list_query.csv)),
        ]
        # Everything that changes the answer is part of the entity tag; JSON and CSV may come from
        # one address.
        bom = [("bom", text) for text in request.query_params.getlist("bom")]
        lasting = names_are_slugs(request, list_query.question)
        set_validators(request, session, list_query.as_of, [*pairs, *bom], lasting_names=lasting)
        return list_query

    return Depends(read_query)


DIGITS: Final = len(str(LIMIT_MAX))


class _ListQueryReader:
    """Reads a query string and collects its problems, so that all are told at once.

    `untold` counts problems of the question beyond those that are listed.
    """

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
        elif text:  # an empty one counts as left out
            self.values[name] = text

    def _refuse(self, code: str, name: str, found: str, expected: str) -> None:
        self.problems.append(Problem(code, None, None, name, excerpt(found), expected))

    def question(self, names: KnownSlugs, accepted: Sequence[str]) -> Question:
        try:
            return parse_question(self.rest, names, accepted, self.own)
        except BadQuestionError as refused:
            self.problems = [*refused.problems, *self.problems]
            self.untold = refused.problem_count - len(refused.problems)
        # Any question will do to go on with: `read` refuses once it has seen the rest.
        return Question()

    def read(self, question: Question, *, everything: bool) -> ListQuery:
        """Return the query of a question. Raise BadQuestionError with every problem."""
        if everything and not any(name == "openness" and text for name, text in self.rest):
            question = question.having(openness="all")
        if self.values.get("bom", "1") != "1":
            self._refuse("unknown_value", "bom", self.values["bom"], "1, or nothing")
        limit = self._limit()
        # Made twice: whether a cursor belongs to the query depends on the query without it.
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
        # With other problems the question is a stand-in, to which no cursor belongs.
        elif cursor.name != list_query.name and not self.problems:
            expected = "the cursor with the same address and parameters as the page before"
            self._refuse("foreign_cursor", "cursor", text, expected)
        return cursor

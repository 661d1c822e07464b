"""Reads a question from a query string, and tells every problem of it at once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from app.domain.calendar import format_month, is_future, parse_instant, parse_month, this_month
from app.domain.errors import BadQuestionError, Problem, excerpt
from app.domain.naming.matching import nearest_match
from app.domain.naming.names import NamedType, NameIndex
from app.domain.questions.parameters import PARAMETERS, TOP_MAX, VALUES_MAX, Parameter
from app.domain.questions.question import Question
from app.domain.questions.tracking import expected_beside, is_tracking_parameter
from app.domain.vocabulary import View

PROBLEMS_LISTED_MAX: Final = 20
"""Of all problems of a question, so many are told."""
SUGGESTIONS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class KnownSlugs:
    """The slugs a question may name, as the database knows them.

    `companies` has the developers without a company too. `load_names` reads the other names: it is
    called only for what is no slug, which is seldom.
    """

    sources: Collection[str] = ()
    developers: Collection[str] = ()
    models: Collection[str] = ()
    companies: Collection[str] = ()
    load_names: Callable[[], NameIndex] = NameIndex

    def of(self, parameter: str) -> Collection[str]:
        by_parameter = {
            "source": self.sources,
            "company": self.companies,
            "developer": self.developers,
            "model": self.models,
        }
        return by_parameter[parameter]


def parse_question(
    items: Iterable[tuple[str, str]],
    names: KnownSlugs,
    accepted: Collection[str] = (),
    others: Collection[str] = (),
) -> Question:
    """Return the question of a query string's pairs; raise BadQuestionError with every problem.

    `accepted` are the parameters that may be given, where not all; `others` are read elsewhere,
    and only named among what may be asked.
    """
    reader = _ParameterReader(names, tuple(accepted) or tuple(_PARAMETERS_BY_NAME), tuple(others))
    for name, text in items:
        reader.take(name, text)
    reader.compare()
    if reader.problems:
        raise bad_question(reader.problems, reader.count)
    if "view" in reader.values:
        reader.values["view"] = View(reader.values["view"])
    return Question(**reader.values)


def bad_question(problems: Sequence[Problem], count: int | None = None) -> BadQuestionError:
    """Return what to raise for these problems: the first is its title, the first 20 are listed."""
    first, count = problems[0], count or len(problems)
    return BadQuestionError(
        _problem_title(first), first.sentence(), problems[:PROBLEMS_LISTED_MAX], count
    )


_TITLES_BY_CODE: Final = {
    "unknown_parameter": "“{field}” cannot be asked here",
    "repeated_parameter": "“{field}” is asked twice",
    "unknown_value": "“{found}” is not a known {noun}",
    "ambiguous_name": "“{found}” is the name of more than one {noun}",
    "not_a_number": "“{found}” is not a number that can be asked for",
    "not_a_width": "“{found}” is not a width that can be asked for",
    "repeated_value": "“{field}” names something twice",
    "too_many_values": "“{field}” names too many",
    "not_a_month": "“{found}” is not a month",
    "not_an_instant": "“{found}” is not a date",
    "future": "“{found}” is still to come and cannot be asked for",
    "empty_range": "No month lies in {found}",
    "contradiction": "“{field}={found}” has no share of open models",
}
_PARAMETER_NOUNS: Final = {
    "by": "way to group",
    "of": "whole",
    "home": "home to count by",
    "events": "choice of events",
    "bounds": "choice of bounds",
}


def _problem_title(problem: Problem) -> str:
    title = _TITLES_BY_CODE.get(problem.code, "“{found}” cannot be “{field}”")
    field = problem.field or ""
    noun = _PARAMETER_NOUNS.get(field, field)
    return title.format(field=field, noun=noun, found=problem.found)


def parse_valid_part(
    items: Iterable[tuple[str, str]], names: KnownSlugs, refused: BadQuestionError
) -> Question:
    """Return what is left of a refused question without the parameters that have problems."""
    faulty = {problem.field for problem in refused.problems}
    kept = [
        (name, text) for name, text in items if name in _PARAMETERS_BY_NAME and name not in faulty
    ]
    try:
        return parse_question(kept, names)
    except BadQuestionError as more:
        # Only the first problems are listed: each turn takes away what the next ones name.
        return parse_valid_part(kept, names, more)


_PARAMETERS_BY_NAME: Final[Mapping[str, Parameter]] = {item.name: item for item in PARAMETERS}


@dataclass(slots=True)
class _ParameterReader:
    names: KnownSlugs
    accepted: Sequence[str]
    others: Sequence[str] = ()
    values: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    index: NameIndex | None = None

    def refuse(
        self,
        code: str,
        name: str,
        found: str,
        expected: str,
        suggest: Callable[[], str | None] | None = None,
    ) -> None:
        # The first few get a suggestion: finding the nearest among thousands of names is slow.
        self.count += 1
        if self.count > PROBLEMS_LISTED_MAX:
            return
        near = suggest() if suggest and self.count <= SUGGESTIONS_MAX else None
        problem = Problem(code, None, None, excerpt(name), excerpt(found), expected, near)
        self.problems.append(problem)

    def take(self, name: str, text: str) -> None:
        if name not in self.accepted:
            allowed = [*self.accepted, *self.others]
            expected = expected_beside("one of " + ", ".join(allowed), name)
            # “Did you mean from?” would mislead whoever sent `ref`.
            suggest = None if is_tracking_parameter(name) else partial(nearest_match, name, allowed)
            self.refuse("unknown_parameter", name, name, expected, suggest)
        elif name in self.seen:
            self.refuse("repeated_parameter", name, text, "the parameter once, values by comma")
        elif text:  # a native form sends every empty field
            self.seen.add(name)
            self.read(_PARAMETERS_BY_NAME[name], text)

    def read(self, parameter: Parameter, text: str) -> None:
        name = parameter.name
        match name:
            case "from" | "to":
                self.month(name, text)
            case "as_of":
                self.instant(text)
            case "top":
                self.number(text)
            case _:
                allowed = parameter.allowed or self.names.of(name)
                self.choice(parameter, text, allowed)

    def choice(self, parameter: Parameter, text: str, allowed: Collection[str]) -> None:
        words = [word.strip() for word in text.split(",")] if parameter.many else [text]
        if len(words) > VALUES_MAX:
            found_text = f"{len(words)} values"
            self.refuse(
                "too_many_values", parameter.name, found_text, f"at most {VALUES_MAX} values"
            )
            return
        meant: list[str] = []
        for word in words:
            if word in allowed:
                meant.append(word)
            elif parameter.name in tuple(NamedType):
                meant += self.name(parameter, word)
            else:
                self.refuse_word(parameter, word, allowed)
        if len(set(words)) < len(words):
            self.refuse("repeated_value", parameter.name, text, "each value once")
        # Two names may mean one entry, which counts once.
        self.values[parameter.name] = tuple(dict.fromkeys(meant)) if parameter.many else text

    def name(self, parameter: Parameter, word: str) -> Sequence[str]:
        """Return the slugs of what a name means; refuse one that means nothing, or several."""
        names = self.names.load_names() if self.index is None else self.index
        self.index = names
        meant = names.means(parameter.name, word)
        if meant:
            return meant
        shared = names.sharing(parameter.name, word)
        if shared:
            expected = "a slug, since several have this name: " + ", ".join(shared[:5])
            self.refuse("ambiguous_name", parameter.name, word, expected)
        else:
            expected = f"the slug or another name of a known {parameter.name}"
            slugs = self.names.of(parameter.name)

            def near() -> str | None:
                return names.suggest(parameter.name, word) or nearest_match(word, slugs)

            self.refuse("unknown_value", parameter.name, word, expected, near)
        return ()

    def refuse_word(self, parameter: Parameter, word: str, allowed: Collection[str]) -> None:
        expected = (
            "one of " + ", ".join(allowed)
            if parameter.allowed
            else f"the slug of a known {parameter.name}"
        )
        near = partial(nearest_match, word, allowed)
        self.refuse("unknown_value", parameter.name, word, expected, near)

    def month(self, name: str, text: str) -> None:
        month = parse_month(text)
        if month is None:
            self.refuse("not_a_month", name, text, "a month as YYYY-MM, such as 2025-08")
        self.values["from_" if name == "from" else name] = month

    def instant(self, text: str) -> None:
        instant = parse_instant(text)
        if instant is None:
            expected = "a date (2026-11-23) or an instant in UTC (2026-11-23T10:00:00Z)"
            self.refuse("not_an_instant", "as_of", text, expected)
        elif is_future(instant):
            self.refuse("future", "as_of", text, "a moment that has passed: nothing later is known")
        self.values["as_of"] = instant

    def number(self, text: str) -> None:
        if not (
            text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= TOP_MAX
        ):
            self.refuse("not_a_number", "top", text, f"a whole number from 1 to {TOP_MAX}")
            return
        self.values["top"] = int(text)

    def compare(self) -> None:
        first, last = self.values.get("from_"), self.values.get("to")
        if first and last and first > last:
            found_text = f"{format_month(first)} to {format_month(last)}"
            self.refuse("empty_range", "from", found_text, "a first month not after the last")
        if first and first > this_month():
            self.refuse("future", "from", format_month(first), "a month that has begun")
        if self.values.get("of") == "open" and self.values.get("openness", "open") != "open":
            found_text = self.values["openness"]
            expected = "openness=open with of=open: other models are no part of the open ones"
            self.refuse("contradiction", "openness", found_text, expected, lambda: "open")

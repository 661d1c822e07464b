"""The one question that pages, files and the API answer, read from the same query string."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from app.errors import BadQuestion, Problem, excerpt
from app.months import month_key, parse_month, this_month
from app.words import Openness, Origin, nearest

TOP_MAX: Final = 50
# What citations tell to the minute is to be found by the minute.
END_OF_MINUTE: Final = timedelta(minutes=1, microseconds=-1)
TOLD: Final = 20
"""Of all problems of a question, so many are told."""
SUGGESTED: Final = 5
VALUES_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: what it may say and what it means, for people and for OpenAPI."""

    name: str
    meaning: str
    allowed: tuple[str, ...] = ()
    many: bool = False
    example: str = ""


PARAMETERS: Final = (
    Parameter(
        "source",
        "One or several source slugs, comma separated. Left out: openrouter-rankings, where it has"
        " figures; else the one that covers most months.",
        many=True,
        example="openrouter-rankings",
    ),
    Parameter(
        "by", "What the shares are grouped by.", ("origin", "openness", "developer", "model")
    ),
    Parameter(
        "openness",
        "Which models are counted: open ones, whose weights can be downloaded, others, or all.",
        (*Openness, "all"),
    ),
    Parameter(
        "of",
        "What 100 percent is: all usage a source counted that month, or that of open models.",
        ("all", "open"),
    ),
    Parameter(
        "origin", "Only developers at home there; comma separated.", tuple(Origin), many=True
    ),
    Parameter("developer", "Only these developer slugs, comma separated.", many=True),
    Parameter("model", "Only these model slugs, comma separated.", many=True),
    Parameter("from", "First month, YYYY-MM. Left out: the first with data.", example="2025-01"),
    Parameter("to", "Last month, YYYY-MM. Left out: the last with data.", example="2026-09"),
    Parameter(
        "as_of",
        "The figures as they stood then: an instant in UTC; a date or a minute means its end.",
        example="2026-11-23T10:00:00Z",
    ),
    Parameter(
        "top",
        f"How many developers or models are named, 1 to {TOP_MAX}: those with the highest share in"
        " any one month asked for. The rest is one group.",
        example="10",
    ),
    Parameter(
        "home",
        "Whose home an origin is: the developer's or, where the catalogue knows one, that of the"
        " developer of the base model it was built on.",
        ("developer", "base"),
    ),
    Parameter("events", "Which events stand on a chart of lines.", ("headline", "all", "none")),
    Parameter("view", "How a page shows the answer.", ("lines", "stack", "table")),
)


@dataclass(frozen=True, slots=True)
class Names:
    """The slugs a question may name, as the database knows them."""

    sources: Collection[str] = ()
    developers: Collection[str] = ()
    models: Collection[str] = ()

    def of(self, parameter: str) -> Collection[str]:
        by_parameter = {
            "source": self.sources,
            "developer": self.developers,
            "model": self.models,
        }
        return by_parameter[parameter]


@dataclass(frozen=True, slots=True)
class Question:
    """Which shares: the query parameters, checked. Empty tuples filter nothing."""

    source: tuple[str, ...] = ()
    by: str = "origin"
    openness: str = "open"
    of: str = "all"
    origin: tuple[str, ...] = ()
    developer: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    from_: date | None = None
    to: date | None = None
    as_of: datetime | None = None
    top: int = 10
    home: str = "developer"
    events: str = "headline"
    view: str = "lines"

    def having(self, **changes: Any) -> "Question":
        return replace(self, **changes)

    def query_string(self) -> str:
        """The canonical query string: defaults left out, parameters in their fixed order."""
        return urlencode(self.pairs(), safe=",:/")

    def address(self, path: str) -> str:
        """Where `path` answers this question."""
        asked = self.query_string()
        return f"{path}?{asked}" if asked else path

    def pairs(self) -> list[tuple[str, str]]:
        return [
            (item.name.rstrip("_"), _written(getattr(self, item.name)))
            for item in fields(self)
            if getattr(self, item.name) != item.default
        ]


def _written(value: Any) -> str:
    match value:
        case tuple():
            return ",".join(value)
        case datetime():
            return instant_text(value)
        case date():
            return month_key(value)
    return str(value)


def instant_text(instant: datetime) -> str:
    """ISO 8601 in UTC with a Z; microseconds only where there are any."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_question(
    items: Iterable[tuple[str, str]],
    names: Names,
    accepted: Collection[str] = (),
    others: Collection[str] = (),
) -> Question:
    """The question of a query string's pairs. Raises BadQuestion with every problem at once.

    `accepted` are the parameters that may be given, where not all; `others` are read elsewhere,
    and only named among what may be asked.
    """
    reader = _Reader(names, tuple(accepted) or tuple(_BY_NAME), tuple(others))
    for name, text in items:
        reader.take(name, text)
    reader.compare()
    if reader.problems:
        raise refusal(reader.problems, reader.count)
    return Question(**reader.values)


def refusal(problems: Sequence[Problem], count: int | None = None) -> BadQuestion:
    """What to raise for these; the first one speaks for them, the first TOLD are told."""
    first, count = problems[0], count or len(problems)
    return BadQuestion(_title(first), _sentence(first), problems[:TOLD], count)


_TITLES: Final = {
    "unknown_parameter": "“{field}” cannot be asked here",
    "repeated_parameter": "“{field}” is asked twice",
    "unknown_value": "“{found}” is not a known {noun}",
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
_NOUNS: Final = {
    "by": "way to group",
    "of": "whole",
    "home": "home to count by",
    "events": "choice of events",
}


def _title(problem: Problem) -> str:
    title = _TITLES.get(problem.code, "“{found}” cannot be “{field}”")
    field = problem.field or ""
    noun = _NOUNS.get(field, field)
    return title.format(field=field, noun=noun, found=problem.found)


def sound_part(items: Iterable[tuple[str, str]], names: Names, refused: BadQuestion) -> Question:
    """What is left of a refused question without the parameters that have problems."""
    faulty = {problem.field for problem in refused.problems}
    kept = [(name, text) for name, text in items if name in _BY_NAME and name not in faulty]
    try:
        return parse_question(kept, names)
    except BadQuestion as more:  # not all were told
        return sound_part(kept, names, more)


def _sentence(problem: Problem) -> str:
    hint = f" Did you mean “{problem.suggestion}”?" if problem.suggestion else ""
    return f"Found “{problem.found}”; expected {problem.expected}.{hint}"


_BY_NAME: Final[Mapping[str, Parameter]] = {item.name: item for item in PARAMETERS}


@dataclass(slots=True)
class _Reader:
    names: Names
    accepted: Sequence[str]
    others: Sequence[str] = ()
    values: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def refuse(
        self,
        code: str,
        name: str,
        found: str,
        expected: str,
        suggest: Callable[[], str | None] | None = None,
    ) -> None:
        """Suggests a word for the first few only: finding the nearest among many is slow."""
        self.count += 1
        if self.count > TOLD:
            return
        near = suggest() if suggest and self.count <= SUGGESTED else None
        problem = Problem(code, None, None, excerpt(name), excerpt(found), expected, near)
        self.problems.append(problem)

    def take(self, name: str, text: str) -> None:
        if name not in self.accepted:
            allowed = [*self.accepted, *self.others]
            expected = "one of " + ", ".join(allowed)
            self.refuse("unknown_parameter", name, name, expected, lambda: nearest(name, allowed))
        elif name in self.seen:
            self.refuse("repeated_parameter", name, text, "the parameter once, values by comma")
        elif text:  # a native form sends every empty field
            self.seen.add(name)
            self.read(_BY_NAME[name], text)

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
            found = f"{len(words)} values"
            self.refuse("too_many_values", parameter.name, found, f"at most {VALUES_MAX} values")
            return
        for word in words:
            if word not in allowed:
                self.refuse_word(parameter, word, allowed)
        if len(set(words)) < len(words):
            self.refuse("repeated_value", parameter.name, text, "each value once")
        self.values[parameter.name] = tuple(words) if parameter.many else text

    def refuse_word(self, parameter: Parameter, word: str, allowed: Collection[str]) -> None:
        expected = (
            "one of " + ", ".join(allowed)
            if parameter.allowed
            else f"the slug of a known {parameter.name}"
        )
        near = partial(nearest, word, allowed)
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
            found = f"{month_key(first)} to {month_key(last)}"
            self.refuse("empty_range", "from", found, "a first month not after the last")
        if first and first > this_month():
            self.refuse("future", "from", month_key(first), "a month that has begun")
        if self.values.get("of") == "open" and self.values.get("openness", "open") != "open":
            found = self.values["openness"]
            expected = "openness=open with of=open: other models are no part of the open ones"
            self.refuse("contradiction", "openness", found, expected, lambda: "open")


def parse_instant(text: str) -> datetime | None:
    """A date means the end of that day, a minute its end. Without an offset it is read as UTC."""
    # Week dates and dates without hyphens are ISO 8601 too, but say the day less plainly.
    if not text.isascii() or len(text) > 35 or "W" in text or text[4:5] != "-":
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        # A "+" in a query string arrives as a space.
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if re.match(r"[0-9-]{10}.[0-9]{2}:[0-9]{2}(?!:)", text):
            instant += END_OF_MINUTE
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_future(instant: datetime) -> bool:
    """Later than now; today as a date and this minute are not, although their ends are."""
    now = datetime.now(UTC)
    end_of_today = datetime.combine(now.date(), time.max, UTC)
    end_of_minute = now.replace(second=0, microsecond=0) + END_OF_MINUTE
    return instant > now and instant not in {end_of_today, end_of_minute}


def is_settled(instant: datetime | None) -> bool:
    """True where what stood at `instant` can no longer change: publishing takes under a minute."""
    return instant is not None and instant < datetime.now(UTC) - timedelta(minutes=1)


def names_of(parameters: Sequence[Parameter] = PARAMETERS) -> list[str]:
    return [parameter.name for parameter in parameters]

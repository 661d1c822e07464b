"""Bounds: the least and the most of a share, held against every way to settle the unknown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from app.database.session import Database
from app.domain.answer import OPEN_REST_GROUP, REST_GROUP, UNNAMED_GROUP, Answer, Share
from app.domain.calendar import add_months
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.queries.answers.shares import answer_question
from tests.builders import publish_file
from tests.databases import copied, open_database
from tests.queries.builders import ask

HOMES = {"deepseek": "chinese", "qwen": "chinese", "mistralai": "european"}
MODELS = {
    "deepseek/deepseek-r1": ("deepseek", "open", None),
    "deepseek/deepseek-r1-distill-llama-70b": ("deepseek", "open", "us"),
    "mistralai/codestral-2501": ("mistralai", "closed", None),
    "mistralai/devstral-2512": ("mistralai", "open", None),
}
STAND_INS = ("openrouter/cypher-alpha", "openrouter/hunter-alpha")
KNOWN_ORIGINS = ("chinese", "us", "european", "other")
SOMETHING = "something else"


@dataclass(frozen=True)
class Line:
    """A line as it is published; what it does not say is `unknown` or None."""

    origin: str
    openness: str
    developer: str | None
    model: str | None
    share: Fraction = Fraction(0)

    @property
    def hidden(self) -> bool:
        return self.origin == "unknown"

    @property
    def base_origin(self) -> str:
        return (self.model in MODELS and MODELS[str(self.model)][2]) or self.origin


LINES = (
    *(Line(HOMES[dev], open_, dev, slug) for slug, (dev, open_, _) in MODELS.items()),
    *(Line("unknown", "unknown", "openrouter", slug) for slug in STAND_INS),
    *(Line("chinese", openness, "deepseek", None) for openness in ("open", "unknown")),
    Line("chinese", "unknown", "qwen", None),
    Line("european", "unknown", "mistralai", None),
    *(Line("chinese", openness, None, None) for openness in ("open", "unknown")),
    Line("us", "closed", None, None),
    *(Line("unknown", openness, None, None) for openness in ("open", "closed", "unknown")),
)
REMAINDER = Line("unknown", "unknown", None, None)
FIRST = date(2020, 1, 1)


def random_months() -> dict[date, list[Line]]:
    """Twenty months of random lines: some leave a remainder, some exceed 100 by rounding."""
    random = Random(12)
    months = {}
    for index in range(20):
        chosen = random.sample(LINES, random.randint(2, 7))
        cuts = sorted(random.sample(range(1, 9_999), len(chosen) - 1))
        ends = [0, *cuts, random.choice((10_000, 10_000, 10_040))]
        parts = [ends[i + 1] - ends[i] for i in range(len(chosen))]
        if index % 3 == 0:
            parts[-1] //= 3
        months[add_months(FIRST, index)] = [
            Line(line.origin, line.openness, line.developer, line.model, Fraction(part, 100))
            for line, part in zip(chosen, parts, strict=True)
        ]
    return months


MONTHS = random_months()


def file_of_months() -> bytes:
    rows = ["month,origin,openness,developer,model,share_pct"]
    for month, lines in MONTHS.items():
        rows += [
            f"{month:%Y-%m},{line.origin},{line.openness},{line.developer or ''},"
            f"{line.model or ''},{float(line.share):.2f}"
            for line in lines
        ]
    return "\n".join(rows).encode()


@pytest.fixture(scope="module")
def settled_db(database_server: URL, filled_template: str) -> Iterator[Database]:
    """The bundled catalogue, with the random months of the main source."""
    with copied(database_server, filled_template) as url, open_database(url) as db:
        publish_file(db, file_of_months())
        yield db


# --- by brute force: every way in which a line can turn out


@dataclass(frozen=True)
class Outcome:
    origin: str
    openness: str
    developer: str | None
    model: str | None


def outcomes(line: Line, question: Question) -> Iterator[Outcome]:
    origin = line.base_origin if question.home == "base" else line.origin
    origins = KNOWN_ORIGINS if origin == "unknown" else (origin,)
    opennesses = ("open", "closed") if line.openness == "unknown" else (line.openness,)
    for settled in product(origins, opennesses, names(line)):
        yield Outcome(settled[0], settled[1], *settled[2])


def names(line: Line) -> Sequence[tuple[str | None, str | None]]:
    """The developers and models that a line might be of, or that it leaves out for ever."""
    if line.model and line.developer and not line.hidden:
        return [(line.developer, line.model)]
    every = [(developer, slug) for slug, (developer, _, _) in MODELS.items()]
    every += [("openrouter", slug) for slug in STAND_INS]
    others = [
        (developer, f"{developer}, {SOMETHING}") for developer in (*HOMES, "openrouter", SOMETHING)
    ]
    might = [
        (developer, model)
        for developer, model in (*every, *others)
        if line.hidden or line.developer in (None, developer)
    ]
    return [(line.developer, line.model), *might]


def published(line: Line, question: Question) -> Outcome:
    origin = line.base_origin if question.home == "base" else line.origin
    return Outcome(origin, line.openness, line.developer, line.model)


def passes(line: Line, outcome: Outcome, question: Question) -> bool:
    """Whether it passes the filters, but for that on openness, as published or as it turns out."""
    as_published = published(line, question)
    filters = {
        "origin": question.origin,
        "developer": question.developer,
        "model": question.model,
    }
    return all(
        not kept or getattr(outcome, name) in kept or getattr(as_published, name) in kept
        for name, kept in filters.items()
    )


def has_openness(line: Line, outcome: Outcome, openness: str) -> bool:
    if openness == "unknown":
        return line.openness == "unknown"
    return openness in ("all", outcome.openness)


def is_inside(
    line: Line, outcome: Outcome, group: str, question: Question, named: Iterable[str]
) -> bool:
    if not passes(line, outcome, question):
        return False
    if question.by == "openness":
        return has_openness(line, outcome, group)
    as_published = getattr(published(line, question), question.by)
    as_settled = getattr(outcome, question.by)
    if group in (UNNAMED_GROUP, "unknown"):
        belongs = as_published in (None, "unknown")
    elif group == REST_GROUP:
        allowed = getattr(question, question.by)
        belongs = (as_published is not None and as_published not in named) or (
            as_settled not in (*named, None) and (not allowed or as_settled in allowed)
        )
    else:
        belongs = group in (as_published, as_settled)
    return belongs and has_openness(line, outcome, question.openness)


def is_outside(line: Line, outcome: Outcome, group: str, question: Question) -> bool:
    openness = "open" if group == OPEN_REST_GROUP else group
    counted = question.openness in ("all", openness) and passes(line, outcome, question)
    return has_openness(line, outcome, openness) and not counted


def extremes(
    lines: Sequence[Line], group: str, question: Question, named: Iterable[str], *, inside: bool
) -> tuple[Fraction, Fraction]:
    """The least and the most over every combination of ways in which the lines can turn out."""
    left = 100 - sum((line.share for line in lines), Fraction(0))
    every = [*lines, Line("unknown", "unknown", None, None, left)] if left > 0 else lines
    # Of each line only what it adds above and below the fraction matters.
    ways = [
        {
            (
                line.share
                if (
                    is_inside(line, outcome, group, question, named)
                    if inside
                    else is_outside(line, outcome, group, question)
                )
                else Fraction(0),
                line.share if question.of == "all" or outcome.openness == "open" else Fraction(0),
            )
            for outcome in outcomes(line, question)
        }
        for line in every
    ]
    shares = [
        sum((above for above, _ in way), Fraction(0))
        * (1 if question.of == "all" else Fraction(100) / whole)
        for way in product(*ways)
        for whole in [sum((below for _, below in way), Fraction(0))]
        if whole
    ]
    return min(shares), max(shares)


# --- the properties


SUBSETS = {
    "origin": ("chinese", "us", "european", "unknown"),
    "developer": ("deepseek", "mistralai", "qwen", "openrouter"),
    "model": (*MODELS, STAND_INS[0]),
}


def subset(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    some = st.lists(st.sampled_from(SUBSETS[name]), max_size=3, unique=True).map(tuple)
    return st.just(()) | st.just(()) | some


questions = st.builds(
    Question,
    source=st.just(("openrouter-rankings",)),
    by=st.sampled_from(("origin", "openness", "developer", "model")),
    openness=st.sampled_from(("open", "open", "closed", "unknown", "all")),
    of=st.sampled_from(("all", "open")),
    origin=subset("origin"),
    developer=subset("developer"),
    model=subset("model"),
    from_=st.just(FIRST),
    to=st.just(max(MONTHS)),
    top=st.sampled_from((1, 2, 10)),
    home=st.sampled_from(("developer", "base")),
).map(lambda question: question.having(openness="open") if question.of == "open" else question)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(questions)
def test_bounds_are_the_extremes_over_every_way_to_settle_the_unknown(
    settled_db: Database, question: Question
) -> None:
    with settled_db.reading() as session:
        try:
            answer = answer_question(session, question)
        except NoFiguresError:
            return
    named = {group.key for group in answer.groups} - {REST_GROUP, UNNAMED_GROUP}
    for inside, rows in ((True, answer.shares), (False, answer.complement)):
        for row in rows:
            assert_bounds_are_exact(row, question, named, inside=inside)


def assert_bounds_are_exact(
    row: Share, question: Question, named: Iterable[str], *, inside: bool
) -> None:
    if row.share_pct is None:
        assert (row.low_pct, row.high_pct) == (None, None)
        return
    assert row.low_pct is not None
    assert row.high_pct is not None
    assert row.low_pct <= row.share_pct <= row.high_pct
    least, most = extremes(MONTHS[row.month], row.group, question, named, inside=inside)
    assert float(row.low_pct) == pytest.approx(float(least), abs=1e-9), row
    allowed = max(min(most, Fraction(100)), Fraction(row.share_pct))
    assert float(row.high_pct) == pytest.approx(float(allowed), abs=1e-9), row
    assert row.high_pct <= max(Decimal(100), row.share_pct)


def bounds_of(answer: Answer, month: str) -> dict[str, tuple[str, str, str]]:
    """Group to least, share and most, to two decimals."""
    return {
        row.group: (f"{row.low_pct:.2f}", f"{row.share_pct:.2f}", f"{row.high_pct:.2f}")
        for row in answer.shares
        if f"{row.month:%Y-%m}" == month and row.share_pct is not None
    }


# --- figures made by hand


def asked(db: Database, content: bytes, query: str = "") -> Answer:
    publish_file(db, content)
    return ask(db, f"from=2020-01&to=2020-01{query}")


MONTH = (
    b"month,origin,openness,share_pct\n"
    b"2020-01,chinese,open,50\n2020-01,chinese,unknown,1\n2020-01,chinese,closed,2\n"
    b"2020-01,unknown,open,4\n2020-01,unknown,unknown,8\n2020-01,unknown,closed,16\n"
    b"2020-01,us,open,10\n2020-01,us,unknown,0.5\n"
)


def test_a_share_is_at_most_what_belongs_and_all_that_might(filled_db: Database) -> None:
    # 8.5 percent are not broken down.
    answer = asked(filled_db, MONTH)
    assert bounds_of(answer, "2020-01") == {
        "chinese": ("50.00", "50.00", "71.50"),
        "us": ("10.00", "10.00", "31.00"),
        "unknown": ("4.00", "4.00", "20.50"),
    }
    rest = {row.group: (f"{row.low_pct:.2f}", f"{row.high_pct:.2f}") for row in answer.complement}
    assert rest == {"closed": ("18.00", "36.00"), "unknown": ("18.00", "18.00")}


def test_of_open_usage_the_least_is_less_than_the_share_since_the_whole_may_grow(
    filled_db: Database,
) -> None:
    bounds = bounds_of(asked(filled_db, MONTH, "&of=open"), "2020-01")
    # 50 of 64 are known; at least 50 of 64 + 17, at most 50 + 4 + 17.5 of 64 + 17.5.
    assert bounds["chinese"] == ("61.73", "78.12", "87.73")


def test_lines_that_add_up_to_more_than_the_whole_bound_nothing_beyond_it(
    filled_db: Database,
) -> None:
    over = (
        b"month,origin,openness,share_pct\n"
        b"2020-01,chinese,open,60.2\n2020-01,unknown,unknown,40.2\n"
    )
    assert bounds_of(asked(filled_db, over), "2020-01")["chinese"] == ("60.20", "60.20", "100.00")


def test_a_line_of_another_developer_cannot_be_of_the_one_asked_but_an_anonymous_one_may(
    filled_db: Database,
) -> None:
    month = (
        b"month,origin,openness,developer,model,share_pct\n"
        b"2020-01,chinese,open,deepseek,,50\n2020-01,chinese,open,qwen,,20\n"
        b"2020-01,unknown,open,openrouter,openrouter/cypher-alpha,10\n"
        b"2020-01,us,open,,,5\n2020-01,us,closed,openai,,15\n"
    )
    bounds = bounds_of(asked(filled_db, month, "&by=developer"), "2020-01")
    assert bounds["deepseek"] == ("50.00", "50.00", "65.00")
    assert bounds["_unnamed"] == ("5.00", "5.00", "5.00")


@pytest.mark.parametrize(
    ("month", "share", "most"),
    [("2026-09", "58.09", "69.53"), ("2026-10", "52.31", "72.01")],
)
def test_the_figures_of_the_story_have_the_bounds_they_must_show(
    bundled_db: Database, month: str, share: str, most: str
) -> None:
    assert bounds_of(ask(bundled_db), month)["chinese"] == (share, share, most)


def test_a_missing_share_has_no_bounds(bundled_db: Database) -> None:
    missing = [row for row in ask(bundled_db).shares if row.missing]
    assert missing
    assert {(row.low_pct, row.high_pct) for row in missing} == {(None, None)}

"""The slices of any question about any lines, held against a computation from the lines alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.session import Database
from app.database.sum_tables import DeveloperSum, OriginSum
from app.database.tables import Observation
from app.domain.answer import REST_GROUP, UNNAMED_GROUP
from app.domain.questions.question import Question
from app.domain.questions.question_parser import parse_question
from app.domain.snapshot import SnapshotKey
from app.domain.vocabulary import NAMED_GROUPINGS, Status, least_settled
from app.queries.answers.grouping import can_answer
from app.queries.answers.line_columns import LineTable, table_of_question
from app.queries.answers.share_slice import ShareSlice
from app.queries.answers.shares import known_slugs
from app.queries.answers.slices import read_slices
from tests.queries.answers.random_lines import (
    MONTHS,
    SOURCES,
    Catalogue,
    RandomLine,
    lines_of,
    published,
    questions,
    read_catalogue,
)


def origin_of(line: RandomLine, question: Question) -> str:
    if question.home == "base" and line.model and line.model.base_origin:
        return line.model.base_origin
    return line.origin


def is_kept(line: RandomLine, question: Question, catalogue: Catalogue) -> bool:
    """Whether the line passes every filter but that on openness."""
    company = catalogue.companies[line.developer] if line.developer else None
    return (
        (not question.origin or origin_of(line, question) in question.origin)
        and (not question.company or company in question.company)
        and (not question.developer or line.developer in question.developer)
        and (not question.model or (line.model is not None and line.model.slug in question.model))
    )


def is_keepable(line: RandomLine, question: Question, catalogue: Catalogue) -> bool:
    """Whether it does, or might if what it does not say were known."""
    hidden = line.origin == "unknown"
    company = catalogue.companies[line.developer] if line.developer else None
    maker_hidden = hidden or line.developer is None
    return (
        (not question.origin or origin_of(line, question) in {*question.origin, "unknown"})
        and (not question.company or maker_hidden or company in question.company)
        and (not question.developer or maker_hidden or line.developer in question.developer)
        and (
            not question.model or hidden or line.model is None or line.model.slug in question.model
        )
    )


def group_of(line: RandomLine, question: Question, catalogue: Catalogue) -> str:
    groups = {
        "origin": origin_of(line, question),
        "openness": line.openness,
        "company": catalogue.companies[line.developer] if line.developer else None,
        "developer": line.developer,
        "model": line.model.slug if line.model else None,
    }
    return groups[question.by] or UNNAMED_GROUP


def is_anonymous(line: RandomLine, question: Question) -> bool:
    hidden = line.origin == "unknown"
    match question.by:
        case "origin":
            return origin_of(line, question) == "unknown"
        case "openness":
            return False
        case "model":
            return hidden or line.model is None
    return hidden or line.developer is None


def leading(lines: Sequence[RandomLine], question: Question, catalogue: Catalogue) -> Sequence[str]:
    opennesses: dict[SnapshotKey, set[str]] = defaultdict(set)
    shares: dict[tuple[SnapshotKey, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        opennesses[line[:2]].add(line.openness)
        group = group_of(line, question, catalogue)
        counted = question.openness in ("all", line.openness)
        if counted and group != UNNAMED_GROUP and is_kept(line, question, catalogue):
            shares[line[:2], group] += line.share_pct
    peaks: dict[str, Decimal] = {}
    for (key, group), share in shares.items():
        if can_answer(opennesses[key], question):
            peaks[group] = max(share, peaks.get(group, share))
    return sorted(peaks, key=lambda group: (-peaks[group], group))[: question.top]


def slices_of_lines(
    lines: Sequence[RandomLine], question: Question, catalogue: Catalogue
) -> Iterator[ShareSlice]:
    named = {*leading(lines, question, catalogue), UNNAMED_GROUP}
    alike: dict[tuple[Any, ...], list[RandomLine]] = defaultdict(list)
    for line in lines:
        group = group_of(line, question, catalogue)
        kept = is_kept(line, question, catalogue)
        shows_maker = question.by == "model" or question.model
        maker = line.developer or "" if shows_maker and line.origin != "unknown" else ""
        key = (
            *line[:2],
            line.openness,
            kept and question.openness in ("all", line.openness),
            REST_GROUP if question.by in NAMED_GROUPINGS and group not in named else group,
            kept,
            is_keepable(line, question, catalogue),
            is_anonymous(line, question),
            maker,
        )
        alike[key].append(line)
    for key, members in alike.items():
        notes = {line.note for line in members}
        share_pct = sum((line.share_pct for line in members), Decimal(0))
        status = least_settled(Status(line.status) for line in members)
        note = notes.pop() if len(notes) == 1 else ""
        yield ShareSlice(*key[:5], share_pct, status, note, *key[5:])


def cells(slices: Iterable[ShareSlice]) -> list[list[str]]:
    """The slices in an order of their own, their shares with every digit."""
    return sorted([*map(str, astuple(item))] for item in slices)


# The database of the fixture is one for all examples: each leaves it as it was.
@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_question_about_any_lines_is_answered_as_the_lines_say(
    filled_db: Database, data: st.DataObject
) -> None:
    with filled_db.reading() as session:
        catalogue = read_catalogue(session)
    lines = data.draw(lines_of(catalogue))
    with published(filled_db, catalogue, lines) as session:
        for question in data.draw(st.lists(questions(catalogue), min_size=4, max_size=8)):
            slices = read_slices(session, question, SOURCES, MONTHS)
            assert cells(slices) == cells(slices_of_lines(lines, question, catalogue))


@pytest.mark.parametrize(
    ("query", "table"),
    [
        ("", OriginSum),
        ("by=openness&openness=all&origin=us", OriginSum),
        ("by=openness&home=base", OriginSum),
        ("by=company", DeveloperSum),
        ("by=developer&company=alibaba&home=base", DeveloperSum),
        ("developer=qwen", DeveloperSum),
        ("by=model", Observation),
        ("home=base", Observation),
        ("by=developer&origin=us&home=base", Observation),
    ],
)
def test_lines_are_read_only_where_the_question_depends_on_models(
    bundled_db: Database, query: str, table: LineTable
) -> None:
    with bundled_db.reading() as session:
        question = parse_question(parse_qsl(query), known_slugs(session))
        assert table_of_question(session, question) is table

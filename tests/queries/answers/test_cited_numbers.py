"""A cited number is found again: as it stood, on this server and on another with its figures."""

from datetime import UTC, datetime, timedelta

import pytest

from app.database.session import Database
from app.domain.errors import NotFoundError
from app.domain.number_reference import NumberReference, parse_token, refer_to_number
from app.domain.questions.question import Question
from app.domain.questions.question_parser import parse_question
from app.ingest.withdraw import withdraw_upload
from app.queries.answers.cited_numbers import ResolvedNumber, find_number
from app.queries.answers.shares import answer_question, known_slugs
from tests.builders import add_source, publish_file

HEADER = "month,source,origin,openness,share_pct\n"


def publish(db: Database, share: str, month: str = "2026-08") -> int:
    lines = f"{month},acme,chinese,open,{share}\n{month},acme,us,closed,20\n"
    return publish_file(db, f"{HEADER}{lines}".encode(), source=None)


def refer(db: Database, group: str = "chinese", **changes: object) -> NumberReference:
    question = Question().having(**changes)
    with db.reading() as session:
        answer = answer_question(session, question)
    for left_out, rows in ((False, answer.shares), (True, answer.complement)):
        for row in rows:
            if row.group == group:
                reference = refer_to_number(answer.vintage, question, row, left_out=left_out)
                assert reference
                return parse_token(reference.token)
    raise AssertionError(group)


def find(db: Database, reference: NumberReference) -> ResolvedNumber:
    with db.reading() as session:
        question = parse_question(reference.pairs, known_slugs(session))
        return find_number(session, reference, question)


@pytest.fixture
def acme(db: Database) -> Database:
    add_source(db, "acme")
    publish(db, "40")
    return db


def test_a_number_is_found_with_its_answer_and_stands(acme: Database) -> None:
    number = find(acme, refer(acme))
    assert number.row.share_pct == 40
    assert number.row.label == "Chinese"
    assert number.current
    assert not number.elsewhere
    assert number.question.as_of == number.answer.vintage


def test_a_number_that_the_question_leaves_out_is_found_too(acme: Database) -> None:
    reference = refer(acme, "closed")
    assert reference.left_out
    assert find(acme, reference).row.share_pct == 20


def test_a_revised_number_is_shown_as_it_stood_beside_what_stands_now(acme: Database) -> None:
    reference = refer(acme)
    publish(acme, "35")
    number = find(acme, reference)
    assert number.row.share_pct == 40
    assert number.now
    assert number.now.share_pct == 35
    assert not number.current


def test_a_withdrawn_number_is_shown_as_it_stood(acme: Database) -> None:
    upload = publish(acme, "7", "2026-09")
    reference = refer(acme, from_=datetime(2026, 9, 1, tzinfo=UTC).date())
    with acme.writing() as session:
        withdraw_upload(session, upload, by="ada", reason="wrong")
    number = find(acme, reference)
    assert number.row.share_pct == 7
    assert number.now is None
    assert not number.current


@pytest.mark.parametrize("days", [-300, 300])
def test_a_link_of_another_server_finds_the_same_number_here(acme: Database, days: int) -> None:
    here = refer(acme)
    there = NumberReference(
        here.source, here.month, here.group, here.left_out, here.vintage + timedelta(days=days),
        here.share_pct,
    )  # fmt: skip
    number = find(acme, there)
    assert number.row.share_pct == 40
    assert number.elsewhere
    assert number.question.as_of == here.vintage


def test_a_link_of_another_server_finds_a_number_that_was_revised_here(acme: Database) -> None:
    here = refer(acme)
    publish(acme, "35")
    publish(acme, "36")
    there = NumberReference(
        here.source, here.month, here.group, False, here.vintage - timedelta(days=9), here.share_pct
    )
    assert find(acme, there).row.share_pct == 40


def test_a_number_that_never_stood_here_is_refused_with_what_there_is(acme: Database) -> None:
    here = refer(acme)
    other = NumberReference(
        here.source, here.month, here.group, False, here.vintage, 41 * here.share_pct / 40
    )
    with pytest.raises(NotFoundError, match="never had the number") as refused:
        find(acme, other)
    assert refused.value.detail == "It has 40.0000 percent now."


def test_a_number_of_a_developer_beyond_the_named_ones_depends_on_the_months(
    filled_db: Database,
) -> None:
    reference = refer(filled_db, "_rest", by="developer", top=2)
    number = find(filled_db, reference)
    assert number.group.label == "Other developers"
    assert number.current

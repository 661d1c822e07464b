"""Sources side by side, each in its last settled month."""

from datetime import date

import pytest

from app.database.session import Database
from app.domain.comparison import latest_month_only
from app.domain.questions.question import Question
from app.queries.answers.latest import answer_latest_months
from app.queries.answers.shares import answer_question
from tests.builders import month_file, publish_stored, store_file

SOURCE = "huggingface-study-2025"
QUESTION = Question(source=("openrouter-rankings", SOURCE))


@pytest.mark.parametrize("question", [QUESTION, QUESTION.having(by="developer", top=3)])
def test_it_is_the_answer_with_the_latest_months_alone(
    bundled_db: Database, question: Question
) -> None:
    for _ in range(2):
        with bundled_db.reading() as session:
            whole = answer_question(session, question)
            assert answer_latest_months(session, question) == latest_month_only(whole)


def test_a_month_is_seen_once_it_is_published(filled_db: Database) -> None:
    def months() -> set[date]:
        with filled_db.reading() as session:
            answer = answer_latest_months(session, QUESTION)
            return {row.month for row in answer.shares_of(SOURCE) if not row.missing}

    assert months() == {date(2025, 8, 1)}
    publish_stored(filled_db, store_file(filled_db, month_file("5")))
    assert months() == {date(2026, 1, 1)}


def test_a_pinned_answer_is_that_of_its_vintage(filled_db: Database) -> None:
    with filled_db.reading() as session:
        then = answer_latest_months(session, QUESTION)
    publish_stored(filled_db, store_file(filled_db, month_file("5")))
    with filled_db.reading() as session:
        pinned = answer_latest_months(session, QUESTION.having(as_of=then.vintage))
        assert pinned.shares == then.shares
        assert answer_latest_months(session, QUESTION).shares != then.shares

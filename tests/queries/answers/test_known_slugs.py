"""The slugs that questions may name: looked up where they are few, read where they are many."""

from urllib.parse import parse_qsl

import pytest

from app.database.session import Database
from app.domain.questions.question_parser import parse_question
from app.queries.answers.shares import known_slugs, read_known_slugs
from tests.looking import counted

MANY = "qwen,deepseek,openai,google,anthropic,mistralai"


@pytest.mark.parametrize(
    ("query", "statement_count"),
    [
        ("", 0),
        ("by=model&from=2025-01", 0),
        ("source=openrouter-rankings", 1),
        ("source=openrouter-rankings&developer=qwen", 2),
        (f"developer={MANY}", 4),
    ],
)
def test_a_question_reads_no_more_slugs_than_it_names(
    bundled_db: Database, query: str, statement_count: int
) -> None:
    with bundled_db.reading() as session, counted(bundled_db) as statements:
        parse_question(parse_qsl(query), known_slugs(session))
    assert len(statements) == statement_count


def test_those_looked_up_are_those_that_are_listed(bundled_db: Database) -> None:
    with bundled_db.reading() as session:
        listed, looked_up = read_known_slugs(session), known_slugs(session)
        for parameter in ("source", "company", "developer", "model"):
            slugs = listed.of(parameter)
            assert len(slugs) > 5
            assert all(slug in known_slugs(session).of(parameter) for slug in [*slugs][:20])
            assert tuple(looked_up.of(parameter)) == slugs
            assert len(looked_up.of(parameter)) == len(slugs)


def test_a_developer_is_a_company_only_where_it_has_none(bundled_db: Database) -> None:
    with bundled_db.reading() as session:
        companies = known_slugs(session).companies
        assert "alibaba" in companies
        assert "deepseek" in companies
        assert "qwen" not in companies


@pytest.mark.parametrize("word", ["", "Qwen", "a\x00b", "\ud800", "qwen'", "x" * 201, "\u00e9"])
def test_what_no_slug_can_be_is_not_asked_for(bundled_db: Database, word: str) -> None:
    with bundled_db.reading() as session, counted(bundled_db) as statements:
        assert word not in known_slugs(session).developers
    assert not statements

"""A vintage: what one request reads of the database as it stood at one instant, and reads once."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.catalogue.history import read_sources
from app.database.session import Database
from app.database.vintages import vintage_at
from app.queries.spans import covered_spans, main_source
from tests.looking import counted


@pytest.mark.parametrize(
    ("address", "statements_max"),
    [
        ("/", 18),
        ("/trends", 18),
        ("/developers", 15),
        ("/developers/deepseek", 25),
        ("/sources/openrouter-rankings", 14),
        ("/about", 5),
    ],
)
def test_a_page_asks_the_database_few_times(
    client: TestClient, address: str, statements_max: int
) -> None:
    assert isinstance(client.app, FastAPI)
    with counted(client.app.state.db) as statements:
        assert client.get(address).status_code == 200
    assert 0 < len(statements) <= statements_max


def test_what_was_read_of_a_vintage_is_not_read_again(bundled_db: Database) -> None:
    with bundled_db.reading() as session, counted(bundled_db) as statements:
        assert vintage_at(session) is vintage_at(session)
        spans = covered_spans(vintage_at(session))
        assert main_source(vintage_at(session)) in spans
        assert covered_spans(vintage_at(session)) is spans
        assert len(statements) == 1


def test_each_instant_is_a_vintage_of_its_own(bundled_db: Database) -> None:
    with bundled_db.reading() as session:
        now = vintage_at(session)
        (instant, *_) = sorted(source.learned for source in read_sources(now) if source.learned)
        assert covered_spans(now)
        assert vintage_at(session, instant) is not now
        assert vintage_at(session, instant) is vintage_at(session, instant)


def test_a_session_that_writes_reads_anew_each_time(db: Database) -> None:
    with db.writing() as session, counted(db) as statements:
        assert vintage_at(session) is not vintage_at(session)
        read_sources(vintage_at(session))
        once = len(statements)
        read_sources(vintage_at(session))
        assert len(statements) == 2 * once

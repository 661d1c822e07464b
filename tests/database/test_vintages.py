"""A vintage: what one request reads of the database as it stood at one instant, and reads once."""

from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.catalogue.history import read_sources
from app.database.session import Database
from app.database.tables import Source
from app.database.vintages import vintage_at
from app.queries.data_version import data_version
from app.queries.spans import covered_spans, main_source
from tests.builders import month_file, publish_stored, store_file
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


def test_what_one_session_read_of_a_version_the_next_ones_do_not_read_again(
    bundled_db: Database,
) -> None:
    with bundled_db.reading() as session:
        data_version(session)
        spans = covered_spans(vintage_at(session))
    with bundled_db.reading() as session, counted(bundled_db) as statements:
        data_version(session)
        assert covered_spans(vintage_at(session)) is spans
        assert data_version(session) == data_version(session)
        assert len(statements) == 1
        (instant, *_) = sorted(
            source.learned for source in read_sources(vintage_at(session)) if source.learned
        )
        assert covered_spans(vintage_at(session, instant)) != spans


def test_who_has_not_asked_for_the_version_reads_for_itself(bundled_db: Database) -> None:
    with bundled_db.reading() as session:
        data_version(session)
        spans = covered_spans(vintage_at(session))
    with bundled_db.reading() as session:
        assert covered_spans(vintage_at(session)) is not spans
        assert covered_spans(vintage_at(session)) == spans


SOURCE = "huggingface-study-2025"
LATER, AFTER_THAT = date(2026, 1, 1), date(2026, 2, 1)


def last_month(db: Database) -> date:
    with db.reading() as session:
        data_version(session)
        return covered_spans(vintage_at(session))[SOURCE].last


def test_nothing_read_at_one_version_is_given_at_another(filled_db: Database) -> None:
    assert last_month(filled_db) < LATER
    publish_stored(filled_db, store_file(filled_db, month_file("5")))
    with filled_db.reading() as before:
        data_version(before)
        publish_stored(filled_db, store_file(filled_db, month_file("5", "2026-02")))
        assert last_month(filled_db) == AFTER_THAT
        # It sees the state of its first statement to its end, whatever others have kept since.
        assert covered_spans(vintage_at(before))[SOURCE].last == LATER
    assert last_month(filled_db) == AFTER_THAT


def test_a_correction_of_the_catalogue_is_seen_at_once(filled_db: Database) -> None:
    def names() -> set[str]:
        with filled_db.reading() as session:
            data_version(session)
            return {source.name for source in read_sources(vintage_at(session))}

    assert "The same, renamed" not in names()
    with filled_db.writing() as session:
        entry_id = session.scalar(select(Source.id).where(Source.slug == SOURCE))
        cells = {"source": SOURCE, "name": "The same, renamed", "publisher": "It"}
        cells |= {"metric": "downloads", "population": "All"}
        edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="a test", entry_id=entry_id)
    assert "The same, renamed" in names()

"""What PostgreSQL refuses, as people and programs are told; and a server that says nothing."""

import logging
import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.database.errors import explain_error
from app.database.session import Database
from app.main import create_app
from tests.markup import select_one, text_of


@pytest.fixture(scope="module")
def failing(read_only_database_url: str) -> Iterator[TestClient]:
    """The application, with an address at both doors where PostgreSQL raises what is asked."""
    app: FastAPI = create_app(Database(read_only_database_url))

    def fail(state: str) -> None:
        raise_it = f"DO $$ BEGIN RAISE 'a cell' USING ERRCODE = '{state}'; END $$"
        with app.state.db.engine.connect() as connection:
            connection.execute(text(raise_it))

    for door in ("/fail/{state}", "/api/fail/{state}"):
        app.get(door)(fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("53300", 503, "Too many are asking"),
        ("53200", 503, "out of means"),
        ("57P01", 503, "starting or stopping"),
        ("57P03", 503, "starting or stopping"),
        ("57014", 503, "took too long"),
        ("55P03", 503, "busy with another change"),
        ("08006", 503, "cannot be reached"),
        ("25006", 503, "read-only"),
        ("53100", 507, "no room left"),
        ("40001", 409, "at the same moment"),
        ("40P01", 409, "at the same moment"),
        ("23505", 409, "contradicts what is stored"),
        ("22P05", 422, "cannot be stored"),
        ("42P01", 500, "on our side"),
        ("42501", 500, "on our side"),
        ("XX000", 500, "on our side"),
        ("54001", 500, "on our side"),
    ],
)
def test_every_state_is_told_in_words(
    failing: TestClient, caplog: pytest.LogCaptureFixture, state: str, status: int, words: str
) -> None:
    page, problem = failing.get(f"/fail/{state}"), failing.get(f"/api/fail/{state}")
    assert (page.status_code, problem.status_code) == (status, status)
    assert page.headers["content-type"].startswith("text/html")
    assert problem.headers["content-type"] == "application/problem+json"
    assert words in text_of(select_one(page.text, "main"))
    assert words in problem.json()["title"]
    assert ("retry-after" in page.headers) == (status == 503)
    assert "a cell" not in page.text + problem.text
    warned = [record for record in caplog.records if record.levelno == logging.WARNING]
    if status != 500:
        assert re.search(rf"SQLSTATE {state}", warned[0].getMessage())
        assert "a cell" not in caplog.text


def test_an_exhausted_pool_is_no_fault() -> None:
    refused = explain_error(PoolTimeout("QueuePool limit"))
    assert refused is not None
    assert refused.title == "Too many are asking at this moment"


# --- a server that takes connections and says nothing


@pytest.fixture
def mute() -> Iterator[str]:
    """The URL of a socket that nobody ever answers at, as of a frozen server."""
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(Path(directory, ".s.PGSQL.5432")))
        listening.listen(100)
        yield f"postgresql+psycopg://nobody@/none?host={directory}&port=5432"


def test_the_first_waits_for_two_seconds_and_the_next_not_at_all(mute: str) -> None:
    db = Database(mute)
    began = time.monotonic()
    with pytest.raises(OperationalError), db.reading():
        pass
    assert time.monotonic() - began < 5
    until = time.monotonic() + 10
    while not db.watch.silent:  # it is being asked
        assert time.monotonic() < until
        time.sleep(0.01)
    began = time.monotonic()
    for _ in range(100):
        with pytest.raises(OperationalError, match="stopped answering"), db.reading():
            pass
    assert time.monotonic() - began < 100  # seconds; each would wait for two


def test_a_slow_statement_is_waited_for(filled_db: Database) -> None:
    with filled_db.reading() as session:
        assert session.scalar(text("SELECT 7 FROM pg_sleep(2.5)")) == 7
    assert not filled_db.watch.silent


def test_whoever_waits_for_a_lock_is_not_taken_for_one_whose_server_is_silent(
    filled_db: Database,
) -> None:
    done = threading.Event()

    def wait() -> None:
        with filled_db.writing() as session:
            session.execute(text("LOCK TABLE event"))
        done.set()

    waiting = threading.Thread(target=wait)
    with filled_db.engine.begin() as connection:
        connection.execute(text("LOCK TABLE event"))
        waiting.start()
        connection.execute(text("SELECT pg_sleep(2.5)"))
    waiting.join()
    assert done.is_set()


def test_a_database_set_to_read_only_takes_no_change_after_a_read(
    filled_database_url: str, filled_db: Database
) -> None:
    with filled_db.reading() as session:
        session.execute(text("SELECT 1"))
    with filled_db.engine.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        connection.commit()
        with pytest.raises(Exception, match="read-only transaction"):
            connection.exec_driver_sql("DELETE FROM sign_in")
    with filled_db.reading() as session:
        session.execute(text("SELECT 1"))
    driver = filled_db.engine.raw_connection()
    assert isinstance(driver.driver_connection, psycopg.Connection)
    assert driver.driver_connection.read_only is None
    driver.close()

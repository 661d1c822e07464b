"""`serve` before its PostgreSQL is up: it waits for what comes, and not for what does not."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from tests.faults.builders import free_port
from tests.faults.cluster import Cluster, cluster
from tests.programs import ANSWER_TIMEOUT_S, Program

PATIENCE_S = 30


@pytest.fixture(scope="module")
def database() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


def nowhere() -> str:
    return f"postgresql://ada:not-to-be-told@127.0.0.1:{free_port()}/shares"


def until_it_says(program: Program, words: str) -> None:
    while words not in program.output:
        line = program.terminal.readline()
        assert line, program.output
        program.output += line


def test_it_waits_for_a_database_that_comes_and_says_for_which(database: Cluster) -> None:
    database.stop()
    program = Program("serve", "--port", "0", DATABASE_URL=database.url)
    try:
        until_it_says(program, "waiting")
        assert program.output == (
            f"The database modelshare@{database.home}/modelshare does not answer;"
            " waiting for it, 60 s at most.\n"
        )
        database.start()
        address = program.address()
        assert re.search(r"The database answers after \d+ s\.", program.output)
        assert httpx2.get(f"{address}/readyz", timeout=ANSWER_TIMEOUT_S).status_code == 200
    finally:
        program.stop(signal.SIGTERM)


def test_it_waits_no_longer_than_it_is_told_and_tells_no_password() -> None:
    url = nowhere()
    program = Program("serve", "--port", "0", DATABASE_URL=url, DATABASE_WAIT="1")
    assert program.finish() == 1
    place = "ada@" + url.partition("@")[2]
    assert program.output.splitlines() == [
        f"The database {place} does not answer; waiting for it, 1 s at most.",
        f"The database {place} does not answer within 1 s.",
        "Start it, or correct DATABASE_URL. DATABASE_WAIT says how long to wait for it.",
    ]


def test_with_a_wait_of_zero_it_does_not_wait() -> None:
    program = Program("serve", "--port", "0", DATABASE_URL=nowhere(), DATABASE_WAIT="0")
    assert program.finish() == 1
    assert "waiting" not in program.output
    assert "does not answer.\n" in program.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_wait_without_a_traceback(number: signal.Signals) -> None:
    # Scripts start what runs in the background deaf to SIGINT, which is handed down.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    program = Program("serve", "--port", "0", DATABASE_URL=nowhere())
    signal.signal(signal.SIGINT, before)
    until_it_says(program, "waiting")
    begun = time.monotonic()
    assert program.stop(number) != 0
    assert time.monotonic() - begun < PATIENCE_S
    assert "Traceback" not in program.output


def test_what_waiting_does_not_mend_is_refused_at_once(database: Cluster) -> None:
    def refused(url: str) -> str:
        begun = time.monotonic()
        program = Program("serve", "--port", "0", DATABASE_URL=url, DATABASE_WAIT="600")
        assert program.finish() == 1
        assert time.monotonic() - begun < PATIENCE_S
        assert "waiting" not in program.output
        assert "Traceback" not in program.output
        return program.output

    missing = database.url.replace("/modelshare?", "/nowhere?")
    assert 'database "nowhere" does not exist' in refused(missing)

    with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        connection.execute("CREATE ROLE ada LOGIN PASSWORD 'right'")
    latin = database.url.replace("/modelshare?", "/latin?")
    assert "The database is encoded in LATIN1; UTF8 is needed" in refused(latin)

    rules = database.data / "pg_hba.conf"
    with_password = "local all ada scram-sha-256\n"
    rules.write_text(with_password + rules.read_text())
    with psycopg.connect(database.url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT pg_reload_conf()")
    wrong = database.url.replace("modelshare@/", "ada:wrong-and-secret@/")
    output = refused(wrong)
    assert 'password authentication failed for user "ada"' in output
    assert "wrong-and-secret" not in output


def test_a_wait_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    program = Program("serve", DATA_DIR=f"{tmp_path}", DATABASE_WAIT="soon")
    assert program.finish() == 1
    assert program.output.startswith("DATABASE_WAIT is not usable.")

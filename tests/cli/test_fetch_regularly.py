"""`modelshare fetch all --every`: it goes on by itself, whatever is down, until it is stopped."""

import signal
import time
from collections.abc import Callable

import httpx2
import pytest
from sqlalchemy import select, text

from app.database.fetch_tables import FetchRun
from app.database.session import Database
from app.ingest.fetching.record import FetchRequest, queue_fetch
from app.queries.fetches import has_fetcher
from tests.databases import serve_database
from tests.programs import Program, modelshare
from tests.publisher_server import Answer, PublisherServer

INDEX = "/api/v1/datasets/exports/index.json"
PATIENCE_S = 60


def wait_for(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.1)


def runs(db: Database) -> list[FetchRun]:
    with db.reading() as session:
        return list(session.scalars(select(FetchRun).order_by(FetchRun.id)))


def ended(db: Database, count: int) -> Callable[[], bool]:
    return lambda: sum(run.ended_at is not None for run in runs(db)) >= count


def present(db: Database) -> bool:
    with db.reading() as session:
        return has_fetcher(session)


def start(url: str, publisher: PublisherServer, *more: str) -> Program:
    return Program(
        *("fetch", "openrouter", "--every", "6h", *more),
        DATABASE_URL=url,
        OPENROUTER_URL=publisher.address,
    )


def test_it_fetches_takes_up_the_queue_and_stops_cleanly(
    filled_database_url: str, filled_db: Database, openrouter: PublisherServer
) -> None:
    program = start(filled_database_url, openrouter, "--from", "2026-09", "--to", "2026-09")
    wait_for(ended(filled_db, 1))
    assert present(filled_db)
    with filled_db.writing() as session:
        queue_fetch(session, FetchRequest("openrouter", "ada"))
    wait_for(ended(filled_db, 2))
    first, second = runs(filled_db)
    assert (first.outcome, second.outcome, second.requested_by) == ("unchanged", "failed", "ada")
    assert first.next_at is not None
    assert program.stop(signal.SIGTERM) == 128 + signal.SIGTERM
    assert "Traceback" not in program.output
    wait_for(lambda: not present(filled_db))


def test_it_lives_on_when_its_publisher_or_its_database_is_away(
    filled_database_url: str, filled_db: Database, openrouter: PublisherServer
) -> None:
    openrouter.answers[INDEX] = Answer(status=404)
    program = start(filled_database_url, openrouter)
    wait_for(ended(filled_db, 1))
    wait_for(lambda: present(filled_db))
    with filled_db.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    filled_db.engine.dispose()
    with filled_db.writing() as session:
        queue_fetch(session, FetchRequest("openrouter", "ada"))
    wait_for(ended(filled_db, 2))
    assert program.process.poll() is None
    program.stop(signal.SIGTERM)
    assert "Traceback" not in program.output


def test_metrics_tell_when_it_went_well_and_when_not(
    filled_database_url: str, openrouter: PublisherServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENROUTER_URL", openrouter.address)
    with serve_database(filled_database_url) as address:
        assert "{fetcher=" not in httpx2.get(f"{address}/metrics").text
        modelshare(
            filled_database_url, "fetch", "openrouter", "--from", "2026-09", "--to", "2026-09"
        )
        openrouter.answers[INDEX] = Answer(status=404)
        modelshare(filled_database_url, "fetch", "openrouter")
        metrics = httpx2.get(f"{address}/metrics").text
    for name in ("last_success_timestamp_seconds", "last_failure_timestamp_seconds"):
        assert f'modelshare_fetch_{name}{{fetcher="openrouter"}} 1.' in metrics
    assert 'modelshare_fetch_newest_day_age_days{fetcher="openrouter"}' in metrics

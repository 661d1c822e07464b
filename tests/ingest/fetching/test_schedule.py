"""Rounds of fetches: each publisher in turn, whatever became of the one before."""

import pytest

from app.database.session import Database
from app.ingest.fetching.record import FetchRequest, fetching_alone, queue_fetch
from app.ingest.fetching.schedule import FetchRounds, run_queued
from app.queries.fetches import read_fetches
from app.settings import Settings
from tests.publisher_server import PublisherServer

REQUEST = FetchRequest("openrouter", "the fetcher")


@pytest.fixture
def settings(openrouter: PublisherServer) -> Settings:
    # There is nothing of Vercel at that address.
    return Settings(openrouter_url=openrouter.address, vercel_url=openrouter.address)


def outcomes(db: Database) -> list[tuple[str, str | None]]:
    with db.reading() as session:
        return [(item.fetcher, item.outcome) for item in reversed(read_fetches(session))]


def test_one_that_fails_keeps_nobody_from_being_asked(
    catalogue_db: Database, settings: Settings
) -> None:
    rounds = FetchRounds(["vercel", "openrouter"], 3600)
    rounds.run_due(catalogue_db, settings, REQUEST)
    assert outcomes(catalogue_db) == [("vercel", "failed"), ("openrouter", "failed")]
    rounds.run_due(catalogue_db, settings, REQUEST)
    assert len(outcomes(catalogue_db)) == 2  # the next round is an hour away
    with catalogue_db.reading() as session:
        assert all(item.next_at for item in read_fetches(session))


def test_what_another_fetch_holds_up_stays_due(catalogue_db: Database, settings: Settings) -> None:
    rounds = FetchRounds(["openrouter"], 3600)
    with fetching_alone(catalogue_db):
        rounds.run_due(catalogue_db, settings, REQUEST)
    assert outcomes(catalogue_db) == []
    rounds.run_due(catalogue_db, settings, REQUEST)
    assert len(outcomes(catalogue_db)) == 1


def test_the_queue_is_worked_off(catalogue_db: Database, settings: Settings) -> None:
    with catalogue_db.writing() as session:
        queue_fetch(session, FetchRequest("openrouter", "ada"))
        queue_fetch(session, FetchRequest("vercel", "ada"))
    assert run_queued(catalogue_db, settings) == 2
    assert run_queued(catalogue_db, settings) == 0

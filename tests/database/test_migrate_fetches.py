"""Migration 0011 on data: what was fetched stays through a step down and up again."""

from datetime import date

from app.database.session import Database
from app.domain.site import Site
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.publisher_client import PublisherClient
from app.ingest.fetching.record import FetchRequest, queue_fetch
from app.ingest.fetching.run_fetch import run_fetch
from tests.database.builders import read, step
from tests.publisher_server import PublisherServer

SEPTEMBER = date(2026, 9, 1)


def test_fetches_and_answers_come_back_as_they_were(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    request = FetchRequest("openrouter", "ada", SEPTEMBER, SEPTEMBER)
    job = FetchJob(
        request,
        OpenRouter(),
        lambda: PublisherClient(openrouter.address, Site()),
        date(2026, 11, 30),
    )
    run_fetch(catalogue_db, job)
    with catalogue_db.writing() as session:
        queue_fetch(session, FetchRequest("openrouter", "ada"))
    tables = ("fetch_run", "publisher_answer")
    before = [read(catalogue_db, f"SELECT md5({table}::text) FROM {table}") for table in tables]
    assert [len(rows) for rows in before] == [2, 3]
    step(catalogue_db, "downgrade", "0010")
    step(catalogue_db, "upgrade", "head")
    assert [
        read(catalogue_db, f"SELECT md5({table}::text) FROM {table}") for table in tables
    ] == before
    with catalogue_db.writing() as session:
        assert queue_fetch(session, FetchRequest("vercel", "ada")) == 3

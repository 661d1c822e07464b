"""How a fetch ends, whatever happens: its record says so, and nobody else is held up."""

from collections.abc import Iterable
from datetime import date

import pytest
from sqlalchemy import select

from app.catalogue.index import CatalogueIndex
from app.database.fetch_tables import FetchRun
from app.database.session import Database
from app.domain.errors import ConflictError
from app.domain.site import Site
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.fetcher import Fetcher, Reading
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.publisher_client import PublisherClient
from app.ingest.fetching.record import FetchRequest, begin_fetch, fetching_alone
from app.ingest.fetching.run_fetch import run_fetch
from tests.publisher_server import PublisherServer

SEPTEMBER = date(2026, 9, 1)
REQUEST = FetchRequest("openrouter", "ada", SEPTEMBER, SEPTEMBER)


class FaultyFetcher(OpenRouter):
    """One with a fault that an answer brings out."""

    def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
        raise KeyError(catalogue.sources["openrouter-rankings"] + str(len(list(answers))))


def job_of(publisher: PublisherServer, fetcher: Fetcher) -> FetchJob:
    today = date(2026, 11, 30)
    return FetchJob(REQUEST, fetcher, lambda: PublisherClient(publisher.address, Site()), today)


def last_run(db: Database) -> FetchRun:
    with db.reading() as session:
        return session.scalars(select(FetchRun).order_by(FetchRun.id.desc())).all()[0]


def test_a_fault_of_ours_is_noted_without_its_words(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    with pytest.raises(KeyError):
        run_fetch(catalogue_db, job_of(openrouter, FaultyFetcher()))
    record = last_run(catalogue_db)
    assert record.outcome == "failed"
    assert record.message == "A fault of the program: KeyError. The log tells more."
    assert run_fetch(catalogue_db, job_of(openrouter, OpenRouter())).outcome == "waiting"


def test_one_goes_at_a_time(catalogue_db: Database, openrouter: PublisherServer) -> None:
    with fetching_alone(catalogue_db), pytest.raises(ConflictError, match="Another fetch is runn"):
        run_fetch(catalogue_db, job_of(openrouter, OpenRouter()))
    assert openrouter.asked == []


def test_what_was_broken_off_is_noted_by_the_next(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    broken = begin_fetch(catalogue_db, REQUEST, None, None)
    run_fetch(catalogue_db, job_of(openrouter, OpenRouter()))
    with catalogue_db.reading() as session:
        record = session.get_one(FetchRun, broken)
    assert (record.outcome, record.message) == (
        "failed",
        "It was broken off; nothing of it was stored.",
    )

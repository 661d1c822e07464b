"""How a fetch ends, whatever happens: its record says so, and nobody else is held up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from app.catalogue.index import CatalogueIndex
from app.database.fetch_tables import FetchRun
from app.database.session import Database
from app.database.tables import Upload
from app.domain.errors import ConflictError
from app.domain.site import Site
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.fetcher import Fetcher, Reading
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.publisher_client import PublisherClient
from app.ingest.fetching.record import FetchRequest, FetchResult, begin_fetch, fetching_alone
from app.ingest.fetching.run_fetch import run_fetch
from app.queries.uploads import State, read_upload_record
from tests.publisher_server import RECORDINGS, Answer, PublisherServer

SEPTEMBER = date(2026, 9, 1)
REQUEST = FetchRequest("openrouter", "ada", SEPTEMBER, SEPTEMBER)


END_LOCK_HOLDERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND pid <> pg_backend_pid()"
)


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


def test_a_fetch_that_lost_its_lock_stores_nothing_beside_the_one_that_began_since(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    class SlowFetcher(OpenRouter):
        """Reads so long that its lock is lost, and another fetch begins and ends."""

        def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
            with catalogue_db.engine.connect() as connection:
                connection.execute(END_LOCK_HOLDERS)
            run_fetch(catalogue_db, job_of(openrouter, OpenRouter()))
            return super().read(answers, catalogue)

    with pytest.raises(ConflictError, match="Another fetch has begun meanwhile"):
        run_fetch(catalogue_db, job_of(openrouter, SlowFetcher()))
    with catalogue_db.reading() as session:
        outcomes = session.scalars(select(FetchRun.outcome).order_by(FetchRun.id)).all()
        assert session.scalars(select(Upload.id)).all() == [1]
    assert outcomes == ["failed", "waiting"]


def test_a_lock_that_is_lost_to_nobody_spoils_nothing(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    class CutOffFetcher(OpenRouter):
        """Reads while its lock is lost."""

        def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
            with catalogue_db.engine.connect() as connection:
                connection.execute(END_LOCK_HOLDERS)
            return super().read(answers, catalogue)

    assert run_fetch(catalogue_db, job_of(openrouter, CutOffFetcher())).outcome == "waiting"
    assert last_run(catalogue_db).outcome == "waiting"


def months(db: Database, publisher: PublisherServer, first: date, last: date) -> FetchResult:
    request = FetchRequest("openrouter", "ada", first, last, stale_ok=True)
    return run_fetch(db, replace(job_of(publisher, OpenRouter()), request=request))


def test_a_fetch_takes_the_place_of_what_waits_only_where_it_has_every_month_of_it(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    october = date(2026, 10, 1)
    index = (RECORDINGS / "openrouter/exports/index.json").read_bytes()
    newest = index.replace(b"2026-10-10", b"2026-10-02")
    openrouter.answers["/api/v1/datasets/exports/index.json"] = Answer(newest)
    wide = months(catalogue_db, openrouter, SEPTEMBER, october)
    narrow = months(catalogue_db, openrouter, october, october)
    assert "Discarded" not in narrow.message
    with catalogue_db.reading() as session:
        assert read_upload_record(session, wide.upload_id or 0).state is State.UNPUBLISHED
    again = months(catalogue_db, openrouter, SEPTEMBER, october)
    assert again.upload_id == wide.upload_id
    assert f"takes its place: upload {narrow.upload_id}" in again.message
    # What made room was nobody’s decision: it is taken again.
    assert months(catalogue_db, openrouter, october, october).outcome == "waiting"


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

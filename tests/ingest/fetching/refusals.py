"""Fetches on a day of a test's own, as far as to what is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.database.fetch_tables import FetchRun
from app.database.session import Database
from app.domain.errors import UserError
from app.domain.site import Site
from app.ingest.fetchers.fetcher import Fetcher
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.publisher_client import ClientLimits, PublisherClient
from app.ingest.fetching.record import FetchRequest, FetchResult
from app.ingest.fetching.run_fetch import run_fetch
from tests.builders import row_counts
from tests.publisher_server import PublisherServer

QUICK = ClientLimits(attempt_s=0.5, silence_s=0.5, bytes=2**20, attempts=3, first_wait_s=0.01)
PATIENT = ClientLimits(attempt_s=30, silence_s=30, bytes=2**20, attempts=2, first_wait_s=0.01)


@dataclass(frozen=True)
class Today:
    """A fetcher that is run on a day; `first` None is without --from."""

    fetcher: Fetcher
    day: date
    first: date | None = None


def fetch_on(
    db: Database, publisher: PublisherServer, today: Today, *, check: bool = False, **more: Any
) -> FetchResult:
    def open_publisher() -> PublisherClient:
        return PublisherClient(publisher.address, Site(), limits=PATIENT)

    request = replace(FetchRequest(today.fetcher.name, "ada", today.first), **more)
    return run_fetch(db, FetchJob(request, today.fetcher, open_publisher, today.day, check))


def refused_words(db: Database, publisher: PublisherServer, today: Today, **more: Any) -> str:
    """Fetch what cannot be taken; return the error's words."""
    return words_of_refusal(db, lambda: fetch_on(db, publisher, today, **more))


def words_of_refusal(db: Database, fetch: Callable[[], object]) -> str:
    """Return the words in which a fetch is refused, which its record has too; nothing is stored."""
    before = row_counts(db)
    with pytest.raises(UserError) as error:
        fetch()
    assert row_counts(db) == before
    with db.reading() as session:
        record = session.scalars(select(FetchRun).order_by(FetchRun.id.desc())).first()
    assert record is not None
    assert record.outcome == "failed"
    assert record.message.startswith(error.value.title)
    return f"{error.value.title}. {error.value.detail}"


def fetch_september(
    db: Database, publisher: PublisherServer, key: str | None = None, **more: Any
) -> FetchResult:
    """Fetch September 2026 from OpenRouter, with hardly any patience."""

    def open_publisher() -> PublisherClient:
        return PublisherClient(publisher.address, Site(), key=key, limits=QUICK)

    september = date(2026, 9, 1)
    request = replace(FetchRequest("openrouter", "ada", september, september), **more)
    return run_fetch(db, FetchJob(request, OpenRouter(), open_publisher, date(2026, 11, 30)))


def refused(db: Database, publisher: PublisherServer, key: str | None = None) -> str:
    """Fetch what cannot be taken; return the error's words."""
    return words_of_refusal(db, lambda: fetch_september(db, publisher, key))

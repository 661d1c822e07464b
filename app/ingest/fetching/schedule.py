"""Fetches that go on by themselves: each span anew, and what the pages have put into the queue."""

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.exc import OperationalError

from app.database.session import Database
from app.domain.calendar import today_utc
from app.domain.errors import ConflictError, UserError
from app.ingest.fetchers.registry import FETCHERS
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.publishers import open_publisher
from app.ingest.fetching.record import FetchRequest, fetcher_present, next_queued
from app.ingest.fetching.refresh import propose_for_new_models
from app.ingest.fetching.run_fetch import run_fetch
from app.settings import Settings

log = logging.getLogger(__name__)
QUEUE_PAUSE_S: Final = 5
"""How often the queue is looked at."""
JITTER: Final = 0.1
"""By which part of the span a round may begin later, so that not all sites ask at once."""


def make_job(
    settings: Settings,
    request: FetchRequest,
    *,
    check_only: bool = False,
    queued: int | None = None,
) -> FetchJob:
    """Return the job of a request, to be run today."""
    return FetchJob(
        request=request,
        fetcher=FETCHERS[request.fetcher],
        open_publisher=lambda: open_publisher(settings, request.fetcher),
        today=today_utc(),
        check_only=check_only,
        queued=queued,
        propose_models=lambda db: propose_for_new_models(db, settings),
    )


def run_regularly(
    db: Database, settings: Settings, request: FetchRequest, names: Sequence[str], every_s: int
) -> None:
    """Fetch from each publisher every `every_s` seconds, and whatever is queued in between.

    It goes on for ever: a publisher that is down, and a database that is lost, are logged and
    tried again. It ends with the process, by SystemExit.
    """
    rounds = FetchRounds(names, every_s)
    while True:
        try:
            with fetcher_present(db):
                while True:
                    run_queued(db, settings)
                    rounds.run_due(db, settings, request)
                    time.sleep(QUEUE_PAUSE_S)
        except OperationalError as error:
            log.warning("The database cannot be used, trying again: %s", error.orig)
            time.sleep(QUEUE_PAUSE_S)


class FetchRounds:
    """Which publishers are to be asked now; it lasts while the database comes and goes."""

    def __init__(self, names: Sequence[str], every_s: int) -> None:
        self.names = names
        self.every_s = every_s
        self.next_round = time.monotonic()
        self.next_at: datetime | None = None
        self.due: list[str] = []

    def run_due(self, db: Database, settings: Settings, request: FetchRequest) -> None:
        """Fetch from each publisher whose turn has come; one that another holds up stays due."""
        if time.monotonic() >= self.next_round:
            pause_s = self.every_s * (1 + random.uniform(0, JITTER))  # noqa: S311 - no secret
            self.next_round = time.monotonic() + pause_s
            self.next_at = datetime.now(UTC) + timedelta(seconds=pause_s)
            self.due = list(self.names)
        for name in tuple(self.due):
            job = make_job(settings, replace(request, fetcher=name))
            if not _run_logged(db, replace(job, next_at=self.next_at)):
                break
            self.due.remove(name)


def run_queued(db: Database, settings: Settings) -> int:
    """Run every fetch of the queue, and return how many there were."""
    count = 0
    while queued := next_queued(db):
        number, request = queued
        if not _run_logged(db, make_job(settings, request, queued=number)):
            break
        count += 1
    return count


def _run_logged(db: Database, job: FetchJob) -> bool:
    """Run a fetch and log what it came to; return whether it had its turn."""
    name = job.fetcher.name
    try:
        result = run_fetch(db, job)
    except ConflictError as busy:
        log.info("%s: %s", name, busy.title)
        return False
    except UserError as refused:
        log.warning("%s: %s. %s", name, refused.title, refused.detail)
    except OperationalError:
        raise
    except Exception:
        # A fault that one answer brings out must not keep the other publishers from being asked.
        log.exception("%s: a fault of the program", name)
    else:
        log.info("%s: %s. %s", name, result.outcome, result.message.replace("\n", " "))
    return True

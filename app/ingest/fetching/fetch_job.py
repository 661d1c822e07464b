"""A fetch as it is run: what is asked for, of whom, and on which day."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from app.database.session import Database
from app.ingest.fetchers.fetcher import Fetcher, Period, Publisher
from app.ingest.fetching.record import FetchRequest

OpenPublisher = Callable[[], AbstractContextManager[Publisher]]
ProposeModels = Callable[[Database], tuple[str, ...]]
"""Looks up the new models that waiting files name, and returns what there is to tell of it."""


@dataclass(frozen=True, slots=True)
class FetchJob:
    """A fetch as it is run: what is asked for, of whom, on which day; `check_only` stores nothing.

    `queued` is its number where it was in the queue, `next_at` when the next one is planned.
    `propose_models` is called where figures wait for review; None proposes nothing.
    """

    request: FetchRequest
    fetcher: Fetcher
    open_publisher: OpenPublisher
    today: date
    check_only: bool = False
    queued: int | None = None
    next_at: datetime | None = None
    propose_models: ProposeModels | None = None

    @property
    def period(self) -> Period:
        first, last = self.request.first, self.request.last
        return Period(first, last or self.today.replace(day=1), self.today)

"""What every fetcher offers: what to ask its publisher for, and what the answers say."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.catalogue.index import CatalogueIndex
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.sources.source_terms import Statistic, Window
from app.ingest.fetchers.rows import PublisherRow


class Publisher(Protocol):
    """A publisher as fetchers ask it. Every way of failing is a PublisherError."""

    @property
    def has_key(self) -> bool:
        """Whether questions are asked with a key."""
        ...

    def ask(self, path: str, params: dict[str, str] | None = None) -> PublisherAnswer:
        """Return the answer to GET of a path."""
        ...

    def ask_if_there(self, path: str) -> PublisherAnswer | None:
        """Return the answer to GET of a path, or None where the publisher has nothing there."""
        ...


@dataclass(frozen=True, slots=True)
class Period:
    """The months asked for, both inclusive, and the day on which that is (UTC).

    `first` None is as far back as the publisher can be asked.
    """

    first: date | None
    last: date
    today: date


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """The rows that one answer holds, and the publisher's own date of them."""

    answer: PublisherAnswer
    as_of: date | None
    rows: Sequence[PublisherRow]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a publisher's answers say: rows by answer, the older first, and what stands around.

    Of a day that several answers have, the last goes. `licence` and `attribution` are in the
    publisher's words, empty where it says none; `origin_url` is the address that it gives itself.
    `remarks` are sentences for whoever reviews it.
    """

    answers: Sequence[AnswerRows]
    origin_url: str
    licence: str = ""
    attribution: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def as_of(self) -> date | None:
        """The publisher's own date of the newest answer."""
        return max((answer.as_of for answer in self.answers if answer.as_of), default=None)


class Fetcher(Protocol):
    """A publisher that can be fetched from: `collect` asks it, `read` understands the answers.

    `window` is the stretch of time of one figure: where it is not the month, a figure is of the day
    on which it is read. `statistic` says what a month is of its days, which are shares where it is
    their mean. `never_published` are days that are in no answer and never will be.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    window: Window
    statistic: Statistic
    never_published: Collection[date]

    def first_month(self, publisher: Publisher, today: date) -> date:
        """Return the first month that the publisher can be asked for on a day."""
        ...

    def collect(
        self, publisher: Publisher, period: Period, catalogue: CatalogueIndex
    ) -> list[PublisherAnswer]:
        """Return every answer that the months need, in the order they were asked for."""
        ...

    def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
        """Return what answers say. Raises PublisherError for what cannot be taken as it is."""
        ...

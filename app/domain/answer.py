"""What a question is answered with: plain values between the reads and what displays them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from app.domain.snapshot import DaysCovered, SnapshotKey
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.domain.sources.source_terms import Cadence, Statistic, Window
from app.domain.vocabulary import MISSING

REST_GROUP = "_rest"
"""Group of the developers or models beyond `top`; no slug begins with an underscore."""
OPEN_REST_GROUP = "_open"
"""Group of the open models that a question leaves out."""
UNNAMED_GROUP = "_unnamed"
"""Group of the lines that name no developer or model."""


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """One publisher's one measure over one population: two measures are two sources.

    `metric` is the noun of what is counted, such as `tokens`. `citation` is the line the publisher
    asks for and may hold `{as_of}`. `reports_on` is the slug of the source that its figures are
    about, empty for its own count. `cadence` and `publishes_after_days` (from the end of a month to
    its figures) are None where they are not known. `learned` is when the source's figures here last
    changed; None where there are none. `provenance` is that of its latest month's figures.
    """

    slug: str
    name: str
    publisher: str
    metric: str
    population: str
    url: str
    licence: str
    citation: str
    method: str
    window: Window = Window.MONTH
    statistic: Statistic = Statistic.SUM
    reports_on: str = ""
    cadence: Cadence | None = None
    publishes_after_days: int | None = None
    learned: datetime | None = None
    provenance: Provenance = UNKNOWN_PROVENANCE


@dataclass(frozen=True, slots=True)
class ChartEvent:
    """Something that happened; `headline` ones stand on the charts by default."""

    date: date
    title: str
    description: str
    url: str
    headline: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One line or layer of a chart.

    `key` is an origin, an openness, a developer's or model's slug, or one of the keys above.
    `origin` gives the hue: the value of an Origin or of an Openness.
    """

    key: str
    label: str
    origin: str


@dataclass(frozen=True, slots=True)
class Share:
    """A group's share of one source's month.

    `share_pct` is in percent and unrounded; None where no line speaks of the group, which is not
    zero. `status` is a Status or MISSING; `note` is the one that all lines share, or empty. `days`
    are those that the month covers; None is all of them.

    `low_pct` and `high_pct` are the least and the most that the share can be, as far as the lines
    do not say what they are of; None where `share_pct` is. Of all usage the least is the share.
    """

    source: str
    month: date
    group: str
    label: str
    share_pct: Decimal | None
    status: str
    note: str = ""
    days: DaysCovered | None = None
    low_pct: Decimal | None = None
    high_pct: Decimal | None = None

    @property
    def missing(self) -> bool:
        return self.status == MISSING


@dataclass(frozen=True)
class Answer:
    """The shares of one question at one vintage.

    `shares` holds one row per source, month of the range and group, in that order; the months
    between those of a quarterly or yearly source have none. `complement`
    holds what the question leaves out of the whole (`_open`, `closed`, `unknown`): with `shares`
    it adds up to 100 for every month that answers, or to what the lines of the file come to where
    their rounding exceeds 100. `vintage` is when figures or catalogue last changed, at or before
    the question's `as_of`; None where that was never. `notes` say of which months a source has
    figures but none that answers, and why. `provenances` say of each month where it comes from; the
    sources themselves have that of their last month here.
    """

    # Without slots, since cached_property keeps what it computed in the instance's `__dict__`.
    sources: tuple[SourceDefinition, ...]
    groups: tuple[Group, ...]
    months: tuple[date, ...]
    shares: tuple[Share, ...]
    complement_groups: tuple[Group, ...]
    complement: tuple[Share, ...]
    vintage: datetime | None
    notes: tuple[str, ...] = ()
    provenances: Mapping[SnapshotKey, Provenance] = field(default_factory=dict)

    def source_in(self, source: SourceDefinition, month: date) -> SourceDefinition:
        """Return the source with where its figures of that month come from."""
        own = self.provenances.get((source.slug, month), source.provenance)
        return replace(source, provenance=own)

    def series(self, source: str, group: str) -> list[Share]:
        """Return the shares of one source and group, one row per month, in order."""
        return [row for row in self.shares_of(source) if row.group == group]

    def shares_of(self, source: str) -> Sequence[Share]:
        """Return the shares of one source, ordered by month and group; none if it is not asked."""
        return self._shares.get(source, ())

    def complement_of(self, source: str) -> Sequence[Share]:
        """Return what the question leaves out of one source's whole, by month and group."""
        return self._complement.get(source, ())

    # A page asks for one source or group dozens of times, and each time would read all rows.
    @cached_property
    def _shares(self) -> Mapping[str, list[Share]]:
        return _by_source(self.shares)

    @cached_property
    def _complement(self) -> Mapping[str, list[Share]]:
        return _by_source(self.complement)


def _by_source(rows: Iterable[Share]) -> Mapping[str, list[Share]]:
    shares: dict[str, list[Share]] = defaultdict(list)
    for row in rows:
        shares[row.source].append(row)
    return shares

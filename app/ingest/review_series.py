"""The shares of every group before and after a file is published, month by month."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from app.domain.calendar import months_between
from app.domain.snapshot import SnapshotKey
from app.domain.vocabulary import ORIGIN_LABELS, Openness, Origin
from app.ingest.month_diff import shares_by_origin
from app.queries.lines import MonthlyTotals

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class ReviewSeries:
    """A group's share in every month from the source's first to its last, before and after.

    `group` is an origin, or `closed` or `grey` for what is closed or not broken down; `title` says
    what is counted. None is a month without a figure.
    """

    source: str
    group: str
    title: str
    months: tuple[date, ...]
    before: tuple[Decimal | None, ...]
    after: tuple[Decimal | None, ...]
    vanished: tuple[date, ...] = ()


def review_series(
    sources: Sequence[str],
    before: MonthlyTotals,
    after: MonthlyTotals,
    keys: Collection[SnapshotKey] = (),
    *,
    withdraws: bool = False,
) -> Iterator[ReviewSeries]:
    """Yield the series of each group of each source, with its current figures and those to come.

    `keys` are the months that change. Publishing replaces months and takes none away: a group is
    missed that has a share now or the month before. One that `withdraws` may, and misses less.
    """
    for source in sources:
        covered = sorted({month for slug, month in (*before, *after) if slug == source})
        # Every month between, so that a gap in the file shows as a gap.
        months = tuple(months_between(covered[0], covered[-1]))
        old, new = (
            [totals.get((source, month), {}) for month in months] for totals in (before, after)
        )
        changed = [(source, month) in keys for month in months]
        for group, title, share_of in _groups([*old, *new]):
            shares_before, shares_after = tuple(map(share_of, old)), tuple(map(share_of, new))
            expected = shares_before if withdraws else _expected(shares_before, shares_after)
            gone = zip(months, changed, expected, shares_after, strict=True)
            yield ReviewSeries(
                source=source,
                group=group,
                title=title,
                months=months,
                before=shares_before,
                after=shares_after,
                vanished=tuple(
                    month
                    for month, is_changed, share, new in gone
                    if is_changed and share and new is None
                ),
            )


def _expected(
    before: Sequence[Decimal | None], after: Sequence[Decimal | None]
) -> list[Decimal | None]:
    """Return for each month its current share, else the one that the month before will have."""
    return [now or earlier for now, earlier in zip(before, (None, *after[:-1]), strict=True)]


_MonthOfSource = Mapping[tuple[Origin, Openness], Decimal]
ShareOf = Callable[[_MonthOfSource], Decimal | None]


def _groups(months: Collection[_MonthOfSource]) -> Iterator[tuple[str, str, ShareOf]]:
    """Each origin's open models; of a source that says of none whether it is open, its models.

    Then, of a source that counts closed models too, those and what is not known of the whole.
    """
    spoken = {key for month in months for key in month}
    opened = any(openness is Openness.OPEN for _, openness in spoken)
    # A source of unknown openness only, such as some gateways, would have no series at all.
    counted = {Openness.OPEN} if opened else set(Openness)
    for origin in Origin:
        if any((origin, openness) in spoken for openness in counted):
            kind = "open models" if opened else "models"
            yield origin, f"{ORIGIN_LABELS[origin]} {kind}", partial(_of_origin, origin, counted)
    if opened and any(openness is Openness.CLOSED for _, openness in spoken):
        yield "closed", "Closed models", _closed
        yield "grey", "Openness unknown or not broken down", _not_known


def _of_origin(
    origin: Origin, counted: Collection[Openness], month: _MonthOfSource
) -> Decimal | None:
    return shares_by_origin(month, counted)[origin]


def _closed(month: _MonthOfSource) -> Decimal | None:
    shares = [share for (_, openness), share in month.items() if openness is Openness.CLOSED]
    return sum(shares, Decimal(0)) if shares else None


def _not_known(month: _MonthOfSource) -> Decimal | None:
    """Of unknown openness, and what no line speaks of; None where there is no line at all."""
    if not month:
        return None
    known_shares = [
        share for (_, openness), share in month.items() if openness is not Openness.UNKNOWN
    ]
    return max(HUNDRED - sum(known_shares, Decimal(0)), Decimal(0))

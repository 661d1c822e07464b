"""The shares of one group of an answer, month by month."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from app.domain.answer import Answer, Group, Share
from app.domain.calendar import add_months
from app.domain.vocabulary import SETTLED


@dataclass(frozen=True, slots=True)
class GroupSeries:
    """A group's known shares of one source, in order of months; at least one.

    Months without a figure have no row, so neighbours need not be consecutive months.
    """

    group: Group
    rows: tuple[Share, ...]

    @property
    def first(self) -> Share:
        return self.rows[0]

    @property
    def last(self) -> Share:
        return self.rows[-1]

    @property
    def settled(self) -> "GroupSeries | None":
        """The series up to its last month that is not open any more; None where all are."""
        count = max((i for i, row in enumerate(self.rows, 1) if is_settled(row)), default=0)
        return GroupSeries(self.group, self.rows[:count]) if count else None

    @property
    def by_month(self) -> dict[date, Decimal | None]:
        """The shares in percent by month."""
        return {row.month: row.share_pct for row in self.rows}

    @property
    def highest(self) -> Share:
        """The row with the highest share, the earliest of equals."""
        return max(self.rows, key=known_share)

    @property
    def lowest(self) -> Share:
        """The row with the lowest share, the earliest of equals."""
        return min(self.rows, key=known_share)

    @property
    def change(self) -> Decimal:
        """Percentage points from the first known month to the last."""
        return known_share(self.last) - known_share(self.first)

    def steps(self) -> list[tuple[Share, Share]]:
        """Return each known month with the next, where that is known too."""
        # Not over a gap: nobody knows in which of its months the share changed.
        return [
            (before, after)
            for before, after in pairwise(self.rows)
            if after.month == add_months(before.month, 1)
        ]


def is_settled(row: Share) -> bool:
    """Return whether a share is there and will stay: final, or reported by its publisher."""
    return row.status in SETTLED


def settled_series(all_series: Iterable[GroupSeries]) -> list[GroupSeries]:
    """Return the series up to their last settled months, without those that have none.

    Where none has one, return them as they are: something not settled is all there is to tell.
    """
    known = list(all_series)
    return [settled for item in known if (settled := item.settled)] or known


def known_share(row: Share) -> Decimal:
    """Return the share in percent of a row that is known to have one."""
    # The zero only serves the type checker: a missing share is not zero, so its row must not come
    # here.
    return row.share_pct or Decimal(0)


def covered_months(answer: Answer, source: str) -> list[date]:
    """Return the months in which the source has figures for a group or for the rest, in order."""
    rows = (*answer.shares_of(source), *answer.complement_of(source))
    return sorted({row.month for row in rows if not row.missing})


def group_series(shares: Iterable[Share], groups: Iterable[Group]) -> Iterator[GroupSeries]:
    """Yield the series of every group that one source's shares have figures for.

    `shares` are in order of months; the series come in the order of `groups`.
    """
    shares_by_group: dict[str, list[Share]] = defaultdict(list)
    for row in shares:
        if not row.missing:
            shares_by_group[row.group].append(row)
    for group in groups:
        rows = tuple(shares_by_group[group.key])
        if rows:
            yield GroupSeries(group, rows)

"""The shares of one group of an answer, month by month."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.answer import Answer, Group, Share

# --- what the data says


@dataclass(frozen=True, slots=True)
class GroupSeries:
    """A group's known shares of one source, in order of months; at least one."""

    group: Group
    rows: tuple[Share, ...]

    @property
    def first(self) -> Share:
        return self.rows[0]

    @property
    def last(self) -> Share:
        return self.rows[-1]

    @property
    def by_month(self) -> dict[date, Decimal | None]:
        return {row.month: row.share_pct for row in self.rows}

    @property
    def highest(self) -> Share:
        return max(self.rows, key=known_share)

    @property
    def lowest(self) -> Share:
        return min(self.rows, key=known_share)

    @property
    def change(self) -> Decimal:
        return known_share(self.last) - known_share(self.first)

    def steps(self) -> list[tuple[Share, Share]]:
        """Each known month with the next known one."""
        return list(zip(self.rows, self.rows[1:], strict=False))


def known_share(row: Share) -> Decimal:
    return row.share_pct or Decimal(0)


def covered_months(answer: Answer, source: str) -> list[date]:
    """The months in which the source says something of a group or of the rest."""
    rows = (*answer.shares_of(source), *answer.complement_of(source))
    return sorted({row.month for row in rows if not row.missing})


def group_series(shares: Iterable[Share], groups: Iterable[Group]) -> Iterator[GroupSeries]:
    """Every group that one source's shares say something of, in the order of `groups`."""
    shares_by_group: dict[str, list[Share]] = defaultdict(list)
    for row in shares:
        if not row.missing:
            shares_by_group[row.group].append(row)
    for group in groups:
        rows = tuple(shares_by_group[group.key])
        if rows:
            yield GroupSeries(group, rows)

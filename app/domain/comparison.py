"""Comparison of answers: what was revised since a vintage, and how a share has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.domain.answer import REST_GROUP, Answer, Share
from app.domain.calendar import add_months
from app.domain.series import is_settled
from app.domain.vocabulary import MISSING


@dataclass(frozen=True, slots=True)
class ShareKey:
    """What names one number of an answer.

    `is_asked_for` is False for a number of the complement, whose groups may have the keys of
    others: a question can count models of unknown origin and leave out those of unknown openness.
    """

    source: str
    month: date
    group: str
    is_asked_for: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that was revised: `then` at the earlier vintage, `now` at the later.

    Either is None where that vintage has no figure.
    """

    source: str
    month: date
    label: str
    then: Share | None
    now: Share | None

    @property
    def points(self) -> Decimal | None:
        """The change in percentage points; None where one side has no figure."""
        if self.then is None or self.now is None:
            return None
        return _difference_in_points(self.then.share_pct, self.now.share_pct)


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """What has become of an answer: its numbers that differ now, and the months that were added.

    `numbers` counts all figures that the earlier answer had.
    """

    differences: Sequence[Difference]
    added: Sequence[date]
    numbers: int

    @property
    def months(self) -> Sequence[date]:
        """The months in which a number differs, in order."""
        return sorted({item.month for item in self.differences})


def compare_answers(then: Answer, now: Answer | None) -> ChangesSince:
    """Return what changed between two vintages of one question; `now` is None if nothing is left.

    Months that a source gained are `added`, not differences. A group that the earlier answer does
    not have is neither.
    """
    before = _known_shares(then)
    after = _known_shares(now) if now else {}
    # Where other developers lead, “Other developers” are not the same ones: that their number is
    # another does not say that anything was revised.
    same = now is not None and {g.key for g in then.groups} == {g.key for g in now.groups}
    shown = [cell for cell in _ordered(before, after) if same or cell.group != REST_GROUP]
    had = {(cell.source, cell.month) for cell in before}
    groups = {(group.key, True) for group in then.groups}
    groups |= {(group.key, False) for group in then.complement_groups}
    differing = [
        Difference(cell.source, cell.month, _label(before, after, cell), was, now_is)
        for cell in shown
        if (cell.source, cell.month) in had and (cell.group, cell.is_asked_for) in groups
        for was, now_is in [(before.get(cell), after.get(cell))]
        if _differs(was, now_is)
    ]
    added = sorted({cell.month for cell in after if (cell.source, cell.month) not in had})
    return ChangesSince(differing, added, len(before))


def _known_shares(answer: Answer) -> Mapping[ShareKey, Share]:
    return {
        ShareKey(row.source, row.month, row.group, is_asked_for): row
        for is_asked_for, rows in ((True, answer.shares), (False, answer.complement))
        for row in rows
        if not row.missing
    }


def _ordered(before: Mapping[ShareKey, Share], after: Mapping[ShareKey, Share]) -> list[ShareKey]:
    """Return all keys by source and month; inside a month in the order of the answers."""
    # `dict.fromkeys` drops repeats and keeps the order, which a set would not; the sort is stable.
    return sorted(dict.fromkeys([*before, *after]), key=lambda cell: (cell.source, cell.month))


def _label(
    before: Mapping[ShareKey, Share], after: Mapping[ShareKey, Share], cell: ShareKey
) -> str:
    return (before.get(cell) or after[cell]).label


def _differs(then: Share | None, now: Share | None) -> bool:
    if then is None or now is None:
        return True
    return (then.share_pct, then.status) != (now.share_pct, now.status)


def change_in_points(
    shares: Mapping[date, Decimal | None], month: date, back: int
) -> Decimal | None:
    """Return the percentage points from `back` months before `month` to it.

    None where either month has no figure.
    """
    return _difference_in_points(shares.get(add_months(month, -back)), shares.get(month))


def _difference_in_points(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    return None if old is None or new is None else new - old


def without_silent_sources(answer: Answer) -> Answer:
    """Return the answer without the sources that have no figure for the question."""
    telling = {row.source for row in answer.shares if not row.missing}
    return replace(answer, sources=tuple(item for item in answer.sources if item.slug in telling))


def latest_month_only(answer: Answer) -> Answer:
    """Return the answer with each source in its last settled month, else in its latest.

    The latest months of sources differ: those of any source have a row of each, missing ones where
    they are not its own.
    """
    rows = [row for row in (*answer.shares, *answer.complement) if not row.missing]
    # What is settled overwrites what is only the latest, since it comes after it.
    last = {
        row.source: row.month for row in sorted(rows, key=lambda row: (is_settled(row), row.month))
    }
    months = set(last.values())
    return replace(
        answer,
        shares=tuple(_kept(row, last) for row in answer.shares if row.month in months),
        complement=tuple(_kept(row, last) for row in answer.complement if row.month in months),
    )


def _kept(row: Share, last: Mapping[str, date]) -> Share:
    return row if row.month == last.get(row.source) else missing_share(row, row.group, row.label)


def missing_share(like: Share, group: str, label: str) -> Share:
    """Return a row without a figure for a group, of the source and month of `like`."""
    return Share(like.source, like.month, group, label, None, MISSING)

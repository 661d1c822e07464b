"""Bounds: the least and the most that each share can be, whatever the unknown turns out to be.

A line may leave open its origin, its openness, who made it, or all of that, as what a source does
not break down does. It might belong to a group if each of these that the question or the group
fixes is either right or not known. The bounds are the extremes over every way to settle that, or
to leave it open, with the groups named as they are.

The groups of what is not known (`unknown`, `_unnamed`) are nothing that a line could turn out to
be: no line joins or leaves them, and of their lines only the rest is settled. `_rest` is a group
like any other: of developers or models that are known and not named here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from app.domain.answer import OPEN_REST_GROUP, REST_GROUP, UNNAMED_GROUP, Share
from app.domain.vocabulary import NAMED_GROUPINGS, NOT_RECOMPUTED, Openness, Origin, Status
from app.queries.answers.grouping import HUNDRED, GroupedShares, MonthKey
from app.queries.answers.share_slice import ShareSlice

UNSETTLED_GROUPS: Final = (Origin.UNKNOWN, UNNAMED_GROUP)


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a month that belong to a group, or might.

    `opened`: their openness is the one that the group needs; else it is not known. `placed`: all
    else is as the group needs it; else some of that is not known.
    """

    share_pct: Decimal
    opened: bool
    placed: bool


@dataclass(slots=True)
class _Month:
    """The slices of a source's month, all of them, those of each group, and the anonymous ones.

    `open_pct` and `unknown_pct` are the sums of the slices that are open and of those of unknown
    openness.
    """

    slices: list[ShareSlice] = field(default_factory=list)
    by_group: dict[str, list[ShareSlice]] = field(default_factory=lambda: defaultdict(list))
    anonymous: list[ShareSlice] = field(default_factory=list)
    open_pct: Decimal = Decimal(0)
    unknown_pct: Decimal = Decimal(0)

    def add(self, item: ShareSlice) -> None:
        self.slices.append(item)
        self.by_group[item.group].append(item)
        if item.anonymous:
            self.anonymous.append(item)
        if item.openness == Openness.OPEN:
            self.open_pct += item.share_pct
        if item.openness == Openness.UNKNOWN:
            self.unknown_pct += item.share_pct


PartsReader = Callable[[str, _Month], Iterator[_Part]]
"""Yields what belongs to a group in a month, or might."""


class ShareBounds:
    """The bounds of every share of a question, from the slices that its groups are made of."""

    def __init__(self, table: GroupedShares) -> None:
        self.question = table.question
        slices = list(_in_their_groups(table))
        # Which developers made the models of a group, and those of the models that are asked for.
        self.makers: dict[str, set[str]] = defaultdict(set)
        for item in slices:
            self.makers[item.group].add(item.developer)
        self.makers_asked = {item.developer for item in slices if item.kept}
        self.months: dict[MonthKey, _Month] = defaultdict(_Month)
        for item in slices:
            self.months[item.source, item.month].add(item)

    def inside(self, rows: Iterable[Share]) -> tuple[Share, ...]:
        """Return rows of groups that the question asks for, with their bounds."""
        return tuple(self._bounded(row, self._parts_inside) for row in rows)

    def outside(self, rows: Iterable[Share]) -> tuple[Share, ...]:
        """Return rows of what the question leaves out, with their bounds."""
        return tuple(self._bounded(row, self._parts_outside) for row in rows)

    def _bounded(self, row: Share, parts_of: PartsReader) -> Share:
        if row.share_pct is None:
            return row
        # Who reports a figure in words has counted all that belongs.
        if row.status in NOT_RECOMPUTED:
            return replace(row, low_pct=row.share_pct, high_pct=row.share_pct)
        month = self.months[row.source, row.month]
        parts = list(parts_of(row.group, month))
        low, high = _extremes(parts) if self.question.of == "all" else _ratios(parts, month)
        # Rounded lines may add up to 100.5, but nothing can be more than the whole. A share of
        # open usage is a sum of quotients, each cut off at its last digit: it may miss its own
        # bound by that much.
        low, high = min(low, row.share_pct), max(min(high, HUNDRED), row.share_pct)
        return replace(row, low_pct=low, high_pct=high)

    def _parts_inside(self, group: str, month: _Month) -> Iterator[_Part]:
        question = self.question
        by_openness = question.by == "openness"
        openness = group if by_openness else question.openness
        for item in month.slices if by_openness else self._candidates(group, month):
            opened = openness in ("all", item.openness)
            if (opened or _might_be(item, openness)) and self._keepable(item):
                yield _Part(
                    item.share_pct, opened, item.kept and (by_openness or item.group == group)
                )

    def _candidates(self, group: str, month: _Month) -> Iterator[ShareSlice]:
        """Yield the slices of a group, then those of others that might be of it."""
        yield from month.by_group.get(group, ())
        if group in UNSETTLED_GROUPS:
            return
        # A line without a model that names its developer is of a model of that developer; those
        # beyond the named ones may be any, unless the question names them.
        any_maker = group == REST_GROUP and not self.question.model
        for item in month.anonymous:
            made = any_maker or not item.developer or item.developer in self.makers[group]
            if item.group != group and made:
                yield item

    def _keepable(self, item: ShareSlice) -> bool:
        """Return whether the lines pass the filters, or might."""
        if item.kept or not item.keepable:
            return item.kept
        return not (self.question.model and item.developer) or item.developer in self.makers_asked

    def _parts_outside(self, group: str, month: _Month) -> Iterator[_Part]:
        openness = Openness.OPEN if group == OPEN_REST_GROUP else group
        # Lines of an openness that the question does not count are left out whatever else they are.
        counted = self.question.openness in ("all", openness)
        for item in month.slices:
            opened = item.openness == openness
            if (opened or _might_be(item, openness)) and not (counted and item.kept):
                yield _Part(item.share_pct, opened, not (counted and self._keepable(item)))


def _in_their_groups(table: GroupedShares) -> Iterator[ShareSlice]:
    """Yield the slices under the groups of the answer, and what is not broken down as slices."""
    question = table.question
    by_slug = question.by in NAMED_GROUPINGS
    for item in table.slices:
        named = not by_slug or item.group in (*table.keys, UNNAMED_GROUP)
        yield item if named else replace(item, group=REST_GROUP)
    for (source, month), whole in table.wholes.items():
        if whole.remainder:
            yield ShareSlice(
                source=source,
                month=month,
                openness=Openness.UNKNOWN,
                selected=False,
                group=UNNAMED_GROUP if by_slug else Origin.UNKNOWN,
                share_pct=whole.remainder,
                status=Status.FINAL,
                note="",
                kept=table.keeps_unknown,
                keepable=True,
                anonymous=True,
                developer="",
            )


def _might_be(item: ShareSlice, openness: str) -> bool:
    return item.openness == Openness.UNKNOWN and openness != Openness.UNKNOWN


def _extremes(parts: Sequence[_Part]) -> tuple[Decimal, Decimal]:
    """Return the least and the most of all usage, in percent."""
    known = (part.share_pct for part in parts if part.opened and part.placed)
    return sum(known, Decimal(0)), sum((part.share_pct for part in parts), Decimal(0))


def _ratios(parts: Sequence[_Part], month: _Month) -> tuple[Decimal, Decimal]:
    """Return the least and the most of open usage, in percent.

    What that usage comes to varies too. A ratio of sums in which each line may count or not is
    least and most where each counts wholly or not at all, so these are the extremes:
    """
    known = sum((part.share_pct for part in parts if part.opened and part.placed), Decimal(0))
    might = sum((part.share_pct for part in parts), Decimal(0))
    # Lines that would belong to the group if they were open only raise its share by being so: for
    # the least they are closed. All others of unknown openness are open, and not of the group.
    bound = sum((part.share_pct for part in parts if part.placed and not part.opened), Decimal(0))
    least = HUNDRED * known / (month.open_pct + month.unknown_pct - bound)
    # For the most, all that might be open and of the group is, and nothing else becomes open.
    joining = sum((part.share_pct for part in parts if not part.opened), Decimal(0))
    return least, HUNDRED * might / (month.open_pct + joining)

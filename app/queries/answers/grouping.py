"""The groups of a question: its slices sorted into them, and into what it leaves out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.answer import OPEN_REST_GROUP, REST_GROUP, UNNAMED_GROUP, Group, Share
from app.domain.questions.question import Question
from app.domain.snapshot import DaysCovered, SnapshotKey
from app.domain.vocabulary import MISSING, NAMED_GROUPINGS, Openness, Origin, Status, least_settled
from app.queries.answers.share_slice import ShareSlice

HUNDRED: Final = Decimal(100)
# In percent. It is finer than any source counts, and coarser than the noise of dividing values by
# their sum: a month whose shares were computed from values must not show a remainder.
NEGLIGIBLE_SHARE: Final = Decimal("0.000001")

EMPTY: Final[Mapping[SnapshotKey, DaysCovered]] = {}

# In the order in which a stack draws them, from the groups asked for upwards.
COMPLEMENT_GROUPS: Final = (
    Group(OPEN_REST_GROUP, "Other open", Origin.OTHER),
    Group("closed", "Closed", "closed"),
    Group("unknown", "Openness unknown or not broken down", Origin.UNKNOWN),
)


@dataclass(slots=True)
class ShareSum:
    """A running sum over the lines of one group in one month, in percent.

    It is as settled as its least settled line.
    """

    share_pct: Decimal = Decimal(0)
    status: Status = Status.FINAL
    notes: set[str] = field(default_factory=set)

    def add(self, share_pct: Decimal, like: "ShareSlice | ShareSum", note: str) -> None:
        self.share_pct += share_pct
        self.status = least_settled((self.status, like.status))
        self.notes.add(note)

    @property
    def note(self) -> str:
        return min(self.notes) if len(self.notes) == 1 else ""


MonthKey = tuple[str, date]


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """The sum of all lines of a source's month, and of those of open models, in percent.

    `openness` holds every openness that one of the lines has. `remainder` is what the lines lack
    to 100 percent, 0 if that is negligible.
    """

    lines: ShareSum
    open_pct: Decimal
    openness: frozenset[str]

    @property
    def remainder(self) -> Decimal:
        # Negative where the rounded shares of a source add up to 100.5: that is no remainder.
        left = HUNDRED - self.lines.share_pct
        return left if left >= NEGLIGIBLE_SHARE else Decimal(0)


class GroupedShares:
    """The cells of a question, as sums keyed by source, month and group.

    `inside` holds what the question asks for, `outside` the rest of the whole. `wholes` are the
    months that can answer, `silent` those that cannot, with every openness their lines have.
    `keys` are the groups that have a name, in their order. `partial` are the days of months that
    are not covered whole.
    """

    def __init__(
        self,
        question: Question,
        slices: Iterable[ShareSlice],
        partial: Mapping[SnapshotKey, DaysCovered] = EMPTY,
    ) -> None:
        self.question = question
        self.partial = partial
        all_slices = list(slices)
        self.openness = frozenset(item.openness for item in all_slices)
        whole = month_totals(all_slices)
        self.wholes = {
            key: month for key, month in whole.items() if can_answer(month.openness, question)
        }
        # The order matters from here on: groups are ranked among the months that can answer, and
        # a slice can be placed only once it is known which groups have a name.
        self.slices = [item for item in all_slices if (item.source, item.month) in self.wholes]
        self.silent = {
            key: month.openness for key, month in whole.items() if key not in self.wholes
        }
        self.keys = self._ranked()
        self.inside: dict[tuple[str, date, str], ShareSum] = defaultdict(ShareSum)
        self.outside: dict[tuple[str, date, str], ShareSum] = defaultdict(ShareSum)
        for item in self.slices:
            self._place(item)
        # Of open usage there is no remainder: what is not broken down may be open or not.
        if question.of == "all":
            self._place_remainders()

    def _ranked(self) -> list[str]:
        """Return the groups that have a name: every origin or openness, or the `top` others.

        The top ones are those with the highest share in any one month of one source.
        """
        # By the peak and not by the latest month or the sum: who leads today is named however
        # new, and who led once is not forgotten. `slices.read_slices` folds what is beyond the
        # top in SQL by the same rule; the two must rank alike.
        peaks: dict[str, Decimal] = {}
        for group, share in self._monthly():
            peaks[group] = max(share, peaks.get(group, share))
        fixed: Mapping[str, type[StrEnum]] = {"origin": Origin, "openness": Openness}
        if words := fixed.get(self.question.by):
            return [word.value for word in words if word in peaks or self._takes_remainder(word)]
        for unranked in (UNNAMED_GROUP, REST_GROUP):
            peaks.pop(unranked, None)
        return sorted(peaks, key=lambda key: (-peaks[key], key))[: self.question.top]

    def _monthly(self) -> Iterator[tuple[str, Decimal]]:
        """Yield each group with what is selected of it in one month of one source, in percent."""
        # Slices of one group are apart by openness: they are summed before they are compared.
        sums: dict[tuple[str, date, str], Decimal] = defaultdict(Decimal)
        for item in self.slices:
            if item.selected:
                sums[item.source, item.month, item.group] += item.share_pct
        for (_, _, group), share in sums.items():
            yield group, share

    def _takes_remainder(self, word: str) -> bool:
        left = any(whole.remainder for whole in self.wholes.values())
        return word == "unknown" and left and self._counts_remainder

    @property
    def _counts_remainder(self) -> bool:
        """Whether the question counts what a source does not break down.

        Of that remainder nothing is known: neither its origin nor its openness, nor who made it.
        """
        return self.question.openness in ("all", Openness.UNKNOWN) and self.keeps_unknown

    @property
    def keeps_unknown(self) -> bool:
        """Whether lines of which nothing is known pass every filter but that on openness."""
        question = self.question
        return (
            (not question.origin or Origin.UNKNOWN in question.origin)
            and not question.company
            and not question.developer
            and not question.model
        )

    def _place(self, item: ShareSlice) -> None:
        share = self._share(item)
        if share is None:
            return
        if item.selected:
            group = item.group if item.group in (*self.keys, UNNAMED_GROUP) else REST_GROUP
            cells = self.inside
        else:
            group = OPEN_REST_GROUP if item.openness == Openness.OPEN else item.openness
            cells = self.outside
        cells[item.source, item.month, group].add(share, item, item.note)

    def _share(self, item: ShareSlice) -> Decimal | None:
        """Return the slice's percent of the question's whole, None if it is no part of that."""
        if self.question.of == "all":
            return item.share_pct
        whole = self.wholes[item.source, item.month].open_pct
        if item.openness != Openness.OPEN or not whole:
            return None
        return HUNDRED * item.share_pct / whole

    def _place_remainders(self) -> None:
        # A group by slug has no "unknown" among its keys; there it joins lines without a name.
        by_slug = self.question.by in NAMED_GROUPINGS
        group = UNNAMED_GROUP if by_slug and self._counts_remainder else "unknown"
        cells = self.inside if self._counts_remainder else self.outside
        for (source, month), whole in self.wholes.items():
            if whole.remainder:
                cells[source, month, group].add(whole.remainder, whole.lines, "")

    def groups(self, labels: Mapping[str, tuple[str, str]]) -> tuple[Group, ...]:
        """Return the groups that have a cell, in order; `labels` maps a key to label and origin."""
        keys = {group for _, _, group in self.inside}
        others = NAMED_GROUPINGS.get(self.question.by, "")
        rest = {
            REST_GROUP: (f"Other {others}", Origin.UNKNOWN.value),
            UNNAMED_GROUP: ("Not broken down", Origin.UNKNOWN.value),
        }
        named = {key: labels[key] for key in self.keys} | rest
        return tuple(Group(key, *named[key]) for key in named if key in keys)

    def complement_groups(self) -> tuple[Group, ...]:
        """Return the groups of what the question leaves out, in order."""
        keys = {group for _, _, group in self.outside}
        # Two groups of one chart must not both be called "unknown": models of unknown origin are
        # counted here, what the source does not break down is not.
        taken = any(group == Origin.UNKNOWN for _, _, group in self.inside)
        return tuple(
            replace(group, label="Not broken down")
            if taken and group.key == "unknown"
            else replace(group, label=f"Other {group.label.lower()}")
            if group.key == "closed" and self._counts_some_closed
            else group
            for group in COMPLEMENT_GROUPS
            if group.key in keys
        )

    @property
    def _counts_some_closed(self) -> bool:
        """Whether closed models are counted but for those that a filter leaves out."""
        return self.question.openness in ("all", Openness.CLOSED)

    def shares(
        self,
        sources: Sequence[str],
        months: Sequence[date],
        groups: Sequence[Group],
        cells: Mapping[tuple[str, date, str], ShareSum],
    ) -> tuple[Share, ...]:
        """Return one row per source, month and group, in that order.

        `cells` is `inside` or `outside`. A group without lines in a month is missing.
        """
        # Missing is not zero: rankings name the fifty largest models of a day, and an origin that
        # has none among them may still be used.
        return tuple(
            share_of_group(
                source,
                month,
                group,
                cells.get((source, month, group.key)),
                self.partial.get((source, month)),
            )
            for source in sources
            for month in months
            for group in groups
        )


def can_answer(openness: Collection[str], question: Question) -> bool:
    """Return whether a month whose lines have these opennesses can answer the question.

    Only a source that counts closed models too says what all models, or all open ones, come to.
    """
    # A source that names some open models would else have them add up to a number that nobody
    # published. One whose lines all have an unknown openness still tells the whole, undivided.
    across = question.openness == "all" or question.by == "openness" or question.of == "open"
    if not across or Openness.CLOSED in openness:
        return True
    return question.of == "all" and set(openness) == {Openness.UNKNOWN}


def month_totals(slices: Iterable[ShareSlice]) -> dict[MonthKey, MonthTotal]:
    """Return the total of each source's month, over the slices counted and those that are not."""
    lines: dict[MonthKey, ShareSum] = defaultdict(ShareSum)
    open_pct: dict[MonthKey, Decimal] = defaultdict(Decimal)
    openness: dict[MonthKey, set[str]] = defaultdict(set)
    for item in slices:
        key = item.source, item.month
        lines[key].add(item.share_pct, item, item.note)
        openness[key].add(item.openness)
        if item.openness == Openness.OPEN:
            open_pct[key] += item.share_pct
    return {
        key: MonthTotal(cell, open_pct[key], frozenset(openness[key]))
        for key, cell in lines.items()
    }


def share_of_group(
    source: str, month: date, group: Group, cell: ShareSum | None, days: DaysCovered | None = None
) -> Share:
    """Return the row of a cell, unrounded; None gives a row that is missing."""
    if cell is None:
        return Share(source, month, group.key, group.label, None, MISSING)
    # It is rounded once, where it is shown: rounding twice would be rounding wrong.
    share = cell.share_pct
    return Share(source, month, group.key, group.label, share, cell.status, cell.note, days)

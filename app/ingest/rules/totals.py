"""The lines of one source and month, added up exactly."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, NamedTuple, cast

from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.csv_io.split_numbers import SplitNumber
from app.domain.snapshot import Basis
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.rules.days import DayCells
from app.ingest.rules.resolver import LineSlice, SliceHeading

HUNDRED: Final = Decimal(100)
_NOTHING: Final = Decimal(0)
_ROUNDING_TOLERANCE: Final = Decimal("0.5")
SUM_MAX: Final = HUNDRED + _ROUNDING_TOLERANCE
"""The most that rounded shares may add up to."""
# PostgreSQL's column holds ten places: what is computed here must be what is stored.
_SHARE_PLACES: Final = Decimal("1e-10")
_ABOUT_ONE: Final = (Decimal("0.9"), Decimal("1.01"))

# A value has up to 24 digits, the sum of a million of them 30: more than the default 28.
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


class ResolvedLine(NamedTuple):
    """A line with its slice, and the figures as the file has them; `share` is in percent.

    `split` is a pair of cells that could be one number cut at its decimal comma.
    """

    line: int
    month: date
    about: LineSlice
    share: Decimal | None
    value: Decimal | None
    status: Status
    days: DayCells
    note: str
    split: SplitNumber | None = None


@dataclass(frozen=True, slots=True)
class ShareOfValues:
    """Computes the percent that a value is of all usage: `whole` percent have the sum `total`."""

    whole: Decimal
    total: Decimal

    def __call__(self, value: Decimal | None) -> Decimal:
        """Return the share to ten decimal places."""
        if not value:
            return _NOTHING
        share = _EXACT.divide(_EXACT.multiply(value, self.whole), self.total)
        return _EXACT.quantize(share, _SHARE_PLACES)


@dataclass(slots=True)
class MonthTotals:
    """Counts and exact sums of one source's month.

    `shares` and `values` count the lines that have one, `both` those that have both. `share_sum`
    is in percent. The `_line`s are the first of their kind, 0 where there is none. `headings` have
    the first line of each. `slices` are the numbers of the lines' slices.
    """

    first_line: int
    lines: int = 0
    shares: int = 0
    values: int = 0
    both: int = 0
    share_sum: Decimal = Decimal(0)
    value_sum: Decimal = Decimal(0)
    largest_share: Decimal = Decimal(0)
    shareless_line: int = 0
    valueless_line: int = 0
    excess_line: int = 0
    values_differ: bool = False
    splits: list[tuple[int, SplitNumber]] = field(default_factory=list)
    headings: dict[SliceHeading, int] = field(default_factory=dict)
    figures: dict[SliceHeading, Decimal] = field(default_factory=dict)
    slices: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, line: ResolvedLine) -> None:
        """Count one line. Lines come in the order of the file."""
        about, share, value = line.about, line.share, line.value
        self.lines += 1
        self.slices.append(about.number)
        if share is not None:
            self._add_share(share, line.line)
        elif not self.shareless_line:
            self.shareless_line = line.line
        if value is not None:
            self._add_value(value)
            self.both += share is not None
        elif not self.valueless_line:
            self.valueless_line = line.line
        self.headings.setdefault(about.heading, line.line)
        if line.split is not None and len(self.splits) < PROBLEMS_KEPT_MAX:
            self.splits.append((line.line, line.split))

    def _add_share(self, share: Decimal, line: int) -> None:
        self.shares += 1
        self.share_sum = _EXACT.add(self.share_sum, share)
        self.largest_share = max(self.largest_share, share)
        if self.share_sum > SUM_MAX and not self.excess_line:
            self.excess_line = line

    def _add_value(self, value: Decimal) -> None:
        # The sum so far is that of equal values until one differs.
        if not self.values_differ:
            self.values_differ = self.value_sum != _EXACT.multiply(value, self.values)
        self.values += 1
        self.value_sum = _EXACT.add(self.value_sum, value)

    @property
    def basis(self) -> Basis | None:
        """Whether shares are taken as given or computed from values; shares go first.

        None where neither every line has a share nor every line a value.
        """
        if self.shares == self.lines:
            return Basis.SHARE
        return Basis.VALUE if self.values == self.lines else None

    @property
    def covered(self) -> Decimal:
        """Percent that the lines are of the whole; lines with values only are all of it."""
        return self.share_sum if self.basis is Basis.SHARE else HUNDRED

    @property
    def remainder(self) -> Decimal:
        """Percent that no line speaks of."""
        return max(Decimal(0), _EXACT.subtract(HUNDRED, self.covered))

    @property
    def rounding(self) -> Decimal:
        """Percent by which rounding the shares may have changed their sum, at most half a point.

        Each share may be off by half a unit of the last decimal place that any of them has.
        """
        # An exact sum has as many decimal places as the longest of its numbers, which are finite.
        exponent = cast(int, self.share_sum.as_tuple().exponent)
        half_units = _EXACT.scaleb(Decimal(self.shares) / 2, exponent)
        return min(half_units, _ROUNDING_TOLERANCE)

    @property
    def is_incomplete(self) -> bool:
        """The lines leave a remainder that rounding does not explain."""
        return bool(self.remainder) and self.remainder >= self.rounding

    @property
    def looks_like_fractions(self) -> bool:
        """Several shares, none above 1, that add up to about 1 instead of 100."""
        least, most = _ABOUT_ONE
        several = self.basis is Basis.SHARE and self.lines > 1
        return several and self.largest_share <= 1 and least <= self.share_sum <= most

    @property
    def comparable(self) -> bool:
        """Some lines have a share beside their value, and every value is known."""
        return bool(self.both) and self.values == self.lines

    def vouches(self, decimal_mark: str | None) -> bool:
        """Return whether a value beside a whole share cannot be the share's decimals.

        Values that differ must agree with the shares; else the file's own mark has to tell.
        """
        return self.comparable and (self.values_differ or decimal_mark == ".")

    def share_of(self, value: Decimal | None) -> Decimal:
        """Return the percent that `value` is of all usage, to ten decimal places."""
        return self.share_of_values()(value)

    def share_of_values(self) -> "ShareOfValues":
        """Return what computes the shares of this month's values.

        The values are all of usage, but where shares are given that leave a remainder.
        """
        # Rounded shares that add up to 99.9 are meant to be the whole.
        whole = HUNDRED if abs(self.covered - HUNDRED) <= _ROUNDING_TOLERANCE else self.covered
        return ShareOfValues(whole, self.value_sum)

    def two_homes(self) -> Iterator[tuple[SliceHeading, SliceHeading]]:
        """Yield developers that stand under two origins: the later heading, then the earlier."""
        homes: dict[str, SliceHeading] = {}
        for heading in self.headings:
            if heading.developer is not None:
                first = homes.setdefault(heading.developer, heading)
                if first.origin != heading.origin:
                    yield heading, first

    @property
    def may_hold_totals(self) -> bool:
        """Some lines name less than others of theirs: they could be the sum of those."""
        named = {group for heading in self.headings for group in _groups_above(heading)}
        return any(heading[:3] in named for heading in self.headings if not heading.modelled)

    def add_figure(self, heading: SliceHeading, figure: Decimal) -> None:
        """Add the figure of one line to the sum of its heading, for `possible_totals`.

        It is apart from `add`, since hardly any month needs these sums.
        """
        self.figures[heading] = _EXACT.add(self.figures.get(heading, _NOTHING), figure)

    def possible_totals(self) -> Iterator[SliceHeading]:
        """Yield the headings of lines that name less than others, and could be the sum of those.

        Such are the line of a developer beside those of its models, and the line of an origin
        beside those of its developers. The figures of every line must have been added.
        """
        above = self.basis is Basis.SHARE and self.share_sum > HUNDRED
        named: dict[tuple[Origin, Openness, str | None], Decimal] = defaultdict(Decimal)
        for heading, figure in self.figures.items():
            for group in _groups_above(heading):
                named[group] = _EXACT.add(named[group], figure)
        for heading, figure in self.figures.items():
            below = None if heading.modelled else named.get(heading[:3])
            # Unknown origin is a remainder that names nobody, however large.
            if below and heading.origin != Origin.UNKNOWN and (above or figure >= below):
                yield heading


def _groups_above(heading: SliceHeading) -> Iterator[tuple[Origin, Openness, str | None]]:
    """Yield origin, openness and developer of the lines that could be a total with this heading."""
    origin, openness, developer, modelled = heading
    if developer is not None:
        yield origin, openness, None
    if modelled:
        yield origin, openness, developer

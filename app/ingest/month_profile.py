"""What the lines of one source's month name, and what they add up to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from app.domain.snapshot import DaysCovered, Line
from app.domain.vocabulary import (
    OPENNESS_LABELS,
    ORIGIN_LABELS,
    Openness,
    Origin,
    Status,
    least_settled,
)

HEAVY_LINE_PERCENT: Final = Decimal(40)
"""From more than this share on, in percent of all usage, a single line is worth a look."""

Group = tuple[Origin, Openness]


class HeavyLine(NamedTuple):
    """A line of more than 40 percent; `line` is its place in its file."""

    line: int
    name: str
    share_pct: Decimal


@dataclass(slots=True)
class MonthProfile:
    """Counts and exact sums of the lines of one source's month, and the least settled status.

    Shares are in percent of all usage. `values` has those of lines that name a developer or model;
    `value_sum` is None where a line has no value. `days` None is the whole month.
    """

    days: DaysCovered | None = None
    lines: int = 0
    developer_lines: int = 0
    model_lines: int = 0
    share_sum: Decimal = Decimal(0)
    value_sum: Decimal | None = Decimal(0)
    largest_share: Decimal = Decimal(0)
    status: Status = Status.FINAL
    groups: dict[Group, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    developers: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    models: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    homes: dict[str, set[Group]] = field(default_factory=lambda: defaultdict(set))
    values: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    heavy: list[HeavyLine] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Count one line."""
        share, group = line.share_pct, (line.origin, line.openness)
        self.lines += 1
        self.share_sum += share
        self.largest_share = max(self.largest_share, share)
        self.groups[group] += share
        if line.value is None or self.value_sum is None:
            self.value_sum = None
        else:
            self.value_sum += line.value
        self._add_names(line, group)
        if share > HEAVY_LINE_PERCENT:
            self.heavy.append(HeavyLine(line.line, line_name(line), share))
        if line.status is not self.status:
            self.status = least_settled((self.status, line.status))

    def _add_names(self, line: Line, group: Group) -> None:
        named = line.model or line.developer
        if line.developer is not None:
            self.developer_lines += 1
            self.developers[line.developer] += line.share_pct
            self.homes[line.developer].add(group)
        if line.model is not None:
            self.model_lines += 1
            self.models[line.model] += line.share_pct
            self.homes[line.model].add(group)
        if named is not None and line.value is not None:
            self.values[named] += line.value

    @property
    def developer_percent(self) -> Decimal:
        """Percent of all usage that stands with a developer's name."""
        return sum(self.developers.values(), Decimal(0))

    @property
    def model_percent(self) -> Decimal:
        """Percent of all usage that stands with a model's name."""
        return sum(self.models.values(), Decimal(0))

    def share_named(self, name: str) -> Decimal | None:
        """Return the share of a model or developer; None where no line names it."""
        return self.models.get(name, self.developers.get(name))


def profile_lines(lines: Iterable[Line], days: DaysCovered | None = None) -> MonthProfile:
    """Return the profile of one month's lines."""
    profile = MonthProfile(days)
    for line in lines:
        profile.add(line)
    return profile


def line_name(line: Line) -> str:
    """Return what a line is about: its model or developer, else its home and openness."""
    return line.model or line.developer or group_title((line.origin, line.openness))


def group_title(group: Group) -> str:
    """Return, say, “Chinese open models” or “US models of unknown openness”."""
    origin, openness = group
    if openness is Openness.UNKNOWN:
        if origin is Origin.UNKNOWN:
            return "Models of unknown origin and openness"
        return f"{ORIGIN_LABELS[origin]} models of unknown openness"
    if origin is Origin.UNKNOWN:
        return f"{OPENNESS_LABELS[openness]} models of unknown origin"
    return f"{ORIGIN_LABELS[origin]} {openness} models"

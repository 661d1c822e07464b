"""What checking a file found: its months, new names, notices and problems."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.catalogue.index import DeveloperToAdd, ModelToAdd
from app.csv_io.schema import FileReading
from app.domain.calendar import format_month
from app.domain.errors import BadFileError, Problem, ProblemGroup
from app.domain.snapshot import Basis, DaysCovered, Line, SnapshotKey

RuleProgress = Callable[[int], None]


def format_snapshot_key(key: SnapshotKey) -> str:
    """Return, say, “2025-08 of hub”."""
    source, month = key
    return f"{format_month(month)} of {source}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at that does not stop a file; `count` lines, the first at `line`."""

    code: str
    line: int | None
    text: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """What a file says about one source in one month; `share_pct` is the sum of its lines.

    `days` None is the whole month.
    """

    lines: int
    share_pct: Decimal
    basis: Basis
    days: DaysCovered | None


@dataclass(frozen=True)
class CheckedFile:
    """A file as it was read and checked. `months` is empty where there are problems.

    `meaning` is a digest of what the catalogue made of the lines: of the same bytes it is equal
    where every line is about the same.
    """

    reading: FileReading
    problems: tuple[Problem, ...]
    problem_count: int
    problem_groups: tuple[ProblemGroup, ...]
    notices: tuple[Notice, ...]
    months: Mapping[SnapshotKey, MonthSummary]
    new_developers: tuple[DeveloperToAdd, ...]
    new_models: tuple[ModelToAdd, ...]
    meaning: str
    # Lazily: there may be a million.
    _lines: Iterable[Line] = field(repr=False)

    def lines(self) -> Iterator[Line]:
        """Every line with its share, in the file's order, as it was when it was checked.

        Raises BadFileError where there are problems.
        """
        if self.problem_count:
            raise BadFileError("The file has problems", problems=self.problems)
        return iter(self._lines)

"""The problems of a file: the first are kept, all are counted, and all are gathered by kind."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from app.csv_io.problem_kinds import Hint, ProblemKind, advice_of, problem_excerpt
from app.domain.errors import Problem, ProblemGroup, excerpt
from app.domain.text import UnreadableCellError

PROBLEMS_KEPT_MAX: Final = 100
"""Problems of one file that are kept to be displayed, and kinds of them."""


class KindKey(NamedTuple):
    """What problems of one kind have in common; `shape` parts the spellings within a column."""

    code: str
    column: int | None
    field: str | None
    shape: str


ProblemWatcher = Callable[[KindKey, int | None, Hint], None]
"""Is told the kind, the line and the hint of every problem."""


@dataclass(slots=True)
class ProblemList:
    """The first hundred problems of a file, how many there are, and the kinds of all of them."""

    count: int = 0
    watcher: ProblemWatcher | None = None
    _kept: list[tuple[Problem, Hint]] = field(default_factory=list)
    _kinds: dict[KindKey, ProblemKind] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self._kept) >= PROBLEMS_KEPT_MAX

    @property
    def first(self) -> list[Problem]:
        """The first hundred. What a text means may depend on all rows: ask for them last."""
        return [_advised(problem, hint) for problem, hint in self._kept]

    @property
    def groups(self) -> tuple[ProblemGroup, ...]:
        """All problems by kind, in the order in which each kind came first; ask for them last."""
        return tuple(kind.group() for kind in self._kinds.values())

    def add(  # noqa: PLR0917 - in Problem's own order
        self,
        code: str,
        line: int | None,
        column: int | None,
        field: str | None,
        found: str,
        expected: str,
        suggestion: Hint = None,
        shape: str = "",
    ) -> None:
        """Count a problem under its kind, and keep it while there is room.

        `suggestion` may be a callable, which is called for displayed problems only: to find the
        nearest word is slow, and a file can have a problem in each of its cells.
        """
        self.count += 1
        key = KindKey(code, column, field, shape)
        kind = self._kinds.get(key)
        if kind is None and len(self._kinds) < PROBLEMS_KEPT_MAX:
            kind = self._kinds[key] = ProblemKind(code, column, _field_excerpt(field), shape)
        if kind is not None:
            kind.add(line, found, expected, suggestion)
        if self.watcher is not None:
            self.watcher(key, line, suggestion)
        if not self.full:
            place = (code, line, column, _field_excerpt(field))
            self._kept.append((Problem(*place, problem_excerpt(found), expected), suggestion))

    def add_cell(
        self, line: int, column: int, field: str, found: str, error: UnreadableCellError
    ) -> None:
        """Add the problem that the text of a cell cannot be read."""
        hint = error.advise or error.suggestion
        self.add(error.code, line, column, field, found, error.expected, hint, error.shape)


def _field_excerpt(field: str | None) -> str | None:
    return None if field is None else excerpt(field)


def _advised(problem: Problem, hint: Hint) -> Problem:
    advice = advice_of(hint, problem.expected)
    return replace(problem, expected=advice.expected, suggestion=advice.suggestion)

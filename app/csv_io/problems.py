"""The problems of a file: the first are kept, all are counted, and all are gathered by kind."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from app.domain.errors import Advice, Problem, ProblemCell, ProblemGroup, Reading, excerpt
from app.domain.text import UnreadableCellError

PROBLEMS_KEPT_MAX: Final = 100
"""Problems of one file that are kept to be displayed, and kinds of them."""
CELLS_KEPT_MAX: Final = 20
"""Different texts of one kind that are kept to be displayed."""
SPANS_KEPT_MAX: Final = 100
"""Unbroken stretches of lines of one kind that are kept to be displayed."""

REPLACEABLE: Final = frozenset({
    "not_a_month", "not_a_day", "unknown_word", "unknown_column", "unknown_source", "other_source",
    "not_a_number", "decimal_comma", "mixed_decimal_marks", "forbidden_character", "line_break",
    "not_a_slug",
})  # fmt: skip
"""Codes of problems whose suggestion is what should stand in the cell in place of its text."""

Hint = Callable[[], Advice | str | None] | str | None
"""A suggestion, or what computes it once the whole file is read; it may be slow."""


def advice_of(hint: Hint, expected: str) -> Advice:
    """Return what a hint says; `expected` is kept where it says nothing of that."""
    said = hint() if callable(hint) else hint
    if isinstance(said, Advice):
        return said
    return Advice(expected, (Reading(said),) if said else ())


def problem_excerpt(text: str, limit: int = 80) -> str:
    """Return an excerpt that shows bytes which are no UTF-8 as bytes, not as surrogates."""
    # A cell may be megabytes long, of which an excerpt shows little.
    if not text.isascii():
        shown = text[: limit + 1].encode("utf-8", "surrogateescape")
        text = shown.decode("utf-8", "backslashreplace")
    return excerpt(text, limit)


class KindKey(NamedTuple):
    """What problems of one kind have in common; `shape` parts the spellings within a column."""

    code: str
    column: int | None
    field: str | None
    shape: str


@dataclass(slots=True)
class _FoundText:
    """A text, how often it was found, in which line first, and what it may mean."""

    line: int | None
    hint: Hint
    expected: str
    count: int = 1


@dataclass(slots=True)
class ProblemKind:
    """The problems of one key; `spans` are the first and last lines of runs of lines."""

    key: KindKey
    count: int = 0
    spans: list[list[int]] = field(default_factory=list)
    cells: dict[str, _FoundText] = field(default_factory=dict)

    def add(self, line: int | None, found: str, expected: str, hint: Hint) -> None:
        """Count one problem."""
        self.count += 1
        if line is not None:
            self._add_line(line)
        text = found[:200]
        known = self.cells.get(text)
        if known is not None:
            known.count += 1
        elif len(self.cells) < CELLS_KEPT_MAX:
            self.cells[text] = _FoundText(line, hint, expected)

    def _add_line(self, line: int) -> None:
        last = self.spans[-1] if self.spans else None
        if last is not None and last[1] <= line <= last[1] + 1:
            last[1] = line
        elif len(self.spans) <= SPANS_KEPT_MAX:
            self.spans.append([line, line])

    def group(self) -> ProblemGroup:
        """Return what is displayed. What a text means may depend on all rows: call it last."""
        advice = {text: advice_of(cell.hint, cell.expected) for text, cell in self.cells.items()}
        # The text that can be read in most ways says best what is the matter with all of them.
        doubtful = max(advice.values(), key=lambda said: len(said.readings))
        return ProblemGroup(
            self.key.code,
            self.key.column,
            _field_excerpt(self.key.field),
            self.key.shape,
            doubtful.expected,
            self.count,
            tuple((first, last) for first, last in self.spans[:SPANS_KEPT_MAX]),
            len(self.spans) > SPANS_KEPT_MAX,
            tuple(
                ProblemCell(problem_excerpt(text), cell.count, cell.line, advice[text].suggestion)
                for text, cell in self.cells.items()
            ),
            doubtful.readings if len(doubtful.readings) > 1 else (),
            replaceable=self.key.code in REPLACEABLE
            and self.key.column is not None
            and any(said.readings for said in advice.values()),
        )


class _KeptProblem(NamedTuple):
    problem: Problem
    key: KindKey
    hint: Hint


ProblemWatcher = Callable[[KindKey, int | None, Hint], None]
"""Is told the kind, the line and the hint of every problem."""


@dataclass(slots=True)
class ProblemList:
    """The first hundred problems of a file, how many there are, and the kinds of all of them.

    `in_sheet`: their places are cells of a workbook's sheet, and named as it does, such as B7.
    `place` finds the line and column of the file of those of a table that was turned. `copyable`:
    a copy of the file can be written with another text in a cell.
    """

    count: int = 0
    in_sheet: bool = False
    copyable: bool = True
    place: Callable[[int, int | None], tuple[int, int | None]] | None = None
    _watcher: ProblemWatcher | None = None
    _kept: list[_KeptProblem] = field(default_factory=list)
    _kinds: dict[KindKey, ProblemKind] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self._kept) >= PROBLEMS_KEPT_MAX

    @property
    def first(self) -> list[Problem]:
        """The first hundred. What a text means may depend on all rows: ask for them last."""
        return [_advised(kept.problem, kept.hint) for kept in self._kept]

    @property
    def groups(self) -> tuple[ProblemGroup, ...]:
        """All problems by kind, in the order in which each kind came first; ask for them last."""
        return tuple(self._placed(kind.group()) for kind in self._kinds.values())

    def _placed(self, group: ProblemGroup) -> ProblemGroup:
        line = group.cells[0].line
        cell = f"{column_letter(group.column)}{line}" if group.column and line else None
        return replace(
            group,
            replaceable=group.replaceable and self.copyable,
            cell=cell if self.in_sheet else None,
        )

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
        *,
        in_file: bool = False,
    ) -> None:
        """Count a problem of the table's lines under its kind, and keep it while there is room.

        `in_file`: line and column are those of the file itself, also where its table is turned.

        `suggestion` may be a callable, which is called for displayed problems only: to find the
        nearest word is slow, and a file can have a problem in each of its cells.
        """
        if self.place is not None and line is not None and not in_file:
            line, column = self.place(line, column)
        self.count += 1
        key = KindKey(code, column, field, shape)
        kind = self._kinds.get(key)
        if kind is None and len(self._kinds) < PROBLEMS_KEPT_MAX:
            kind = self._kinds[key] = ProblemKind(key)
        if kind is not None:
            kind.add(line, found, expected, suggestion)
        if self._watcher is not None:
            self._watcher(key, line, suggestion)
        if not self.full:
            place = (code, line, column, _field_excerpt(field))
            cell = f"{column_letter(column)}{line}" if self.in_sheet and line and column else None
            problem = Problem(*place, problem_excerpt(found), expected, cell=cell)
            self._kept.append(_KeptProblem(problem, key, suggestion))

    def watch(self, watcher: ProblemWatcher | None) -> None:
        """Tell `watcher` every problem from now on, and those that are kept already."""
        self._watcher = watcher
        if watcher is not None:
            for kept in self._kept:
                watcher(kept.key, kept.problem.line, kept.hint)

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


def column_letter(position: int) -> str:
    """Return the name that spreadsheets give a column: A for 1, AA for 27, "" for 0."""
    # There is no digit for zero: after Z comes AA, hence the 1 taken off before each division.
    letters = ""
    while position:
        position, index = divmod(position - 1, 26)
        letters = chr(ord("A") + index) + letters
    return letters

"""Problems of one kind, gathered while a file is read: their lines, and the texts found there."""

import dataclasses
from collections.abc import Callable
from typing import Final

from app.domain.errors import Advice, ProblemCell, ProblemGroup, Reading, excerpt

CELLS_KEPT_MAX: Final = 20
"""Different texts of one kind that are kept to be displayed."""
SPANS_KEPT_MAX: Final = 100
"""Unbroken stretches of lines of one kind that are kept to be displayed."""

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


@dataclasses.dataclass(slots=True)
class _FoundText:
    """A text, how often it was found, in which line first, and what it may mean."""

    line: int | None
    hint: Hint
    expected: str
    count: int = 1


@dataclasses.dataclass(slots=True)
class ProblemKind:
    """The problems of one code, column and shape; `spans` are the first and last lines of runs."""

    code: str
    column: int | None
    field: str | None
    shape: str
    count: int = 0
    spans: list[list[int]] = dataclasses.field(default_factory=list)
    cells: dict[str, _FoundText] = dataclasses.field(default_factory=dict)

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
            self.code,
            self.column,
            self.field,
            self.shape,
            doubtful.expected,
            self.count,
            tuple((first, last) for first, last in self.spans[:SPANS_KEPT_MAX]),
            len(self.spans) > SPANS_KEPT_MAX,
            tuple(
                ProblemCell(problem_excerpt(text), cell.count, cell.line, advice[text].suggestion)
                for text, cell in self.cells.items()
            ),
            doubtful.readings if len(doubtful.readings) > 1 else (),
        )

"""The rows of a table as lines of slices: turned, and without what is none, as was confirmed."""

import csv
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from app.csv_io.problems import ProblemList
from app.csv_io.schema import FileReading, TableChoices
from app.csv_io.shapes.recognise import Shape, is_total
from app.csv_io.workbooks.marks import CellMark, refuse_marks

WAY: Final = "have it left out, in the form, with leave_out=yes or with --leave-out"
NO_LINES: Final = {
    "total_row": "lines that are no sum of others",
    "total_column": "columns that are no sum of others",
    "rest_column": "columns of one each; what the others have together shows as unknown anyhow",
    "note_row": "lines of figures, and no note between or below them",
    "title_rows": "the header on the first line, without a title above it",
    "index_column": (
        "a name above each column; this one has none and only counts the rows, as pandas"
        " (index=False) and R (row.names=FALSE) write it unless they are told not to"
    ),
}
"""What is expected instead of what is no line of the table, by the code of its problem."""


class RowSource(Protocol):
    """What gives rows: each with the line it begins on, and marks of its odd cells."""

    first_line: int

    @property
    def marks(self) -> Sequence[CellMark]: ...
    def __next__(self) -> list[str]: ...


class ShapedRows:
    """The rows below a header as they are to be read; `names` is the header that they have.

    Rows that are no lines are left out where that was chosen, and else are problems. A turned row
    gives a line for each of its figures; `first_line` then counts those, and `place` finds the cell
    of one. `skipped_lines` stand above what the source counts; the first `empty_before` columns are
    none.
    """

    def __init__(  # noqa: PLR0917 - a table is all of these
        self,
        source: RowSource,
        names: Sequence[str],
        shape: Shape,
        choices: TableChoices,
        reading: FileReading,
        problems: ProblemList,
        skipped_lines: int,
        empty_before: int,
    ) -> None:
        self.source = source
        self.shape = shape
        self.choices = choices
        self.reading = reading
        self.problems = problems
        self.skipped_lines = skipped_lines
        self.turned = bool(choices.wide)
        self.first_line = 0
        # Of a table that is turned only columns with a name are left.
        self.empty_before = 0 if self.turned else empty_before
        self.marks: Sequence[CellMark] = ()
        self._titles = list(names)
        # A problem where it was not confirmed: the rows are read without it all the same.
        self._index = shape.index
        self._next_index = shape.index_start
        apart = {self._index, *((*shape.columns, *shape.apart) if self.turned else ())}
        self._kept = [place for place in range(1, len(names) + 1) if place not in apart]
        if self.turned:
            # Neither are delimiters after the last name columns, nor what is empty before a table.
            last = max(place for place, name in enumerate(names, 1) if name.strip())
            self._kept = [place for place in self._kept if empty_before < place <= last]
        self.names = [self._name_of(place) for place in self._kept]
        if self.turned:
            self.names += [choices.wide, choices.figures]
        self._waiting: deque[tuple[int, int, list[str]]] = deque()
        self._rows, self._columns = array("q"), array("q")

    @property
    def places(self) -> tuple[int, ...]:
        """The positions in the file of the columns; of what was turned the first of its columns."""
        return (*self._kept, *self.shape.columns[:1] * 2)

    def _name_of(self, place: int) -> str:
        if self.turned and place == self.shape.names:
            return self.choices.names or self.shape.names_are
        return self._titles[place - 1]

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        if not self.turned:
            row = self._next_row()
            self.first_line, self.marks = self.source.first_line, self.source.marks
            return row[1:] if self._index else row
        while not self._waiting:
            self._turn(self._next_row())
        line, column, cells = self._waiting.popleft()
        self._rows.append(line)
        self._columns.append(column)
        self.first_line = self.reading.header_line - self.skipped_lines + len(self._rows)
        return cells

    def _next_row(self) -> list[str]:
        while True:
            try:
                row = next(self.source)
            except csv.Error:
                self.first_line = self.source.first_line
                raise
            if not self._is_left_out(row, self.skipped_lines + self.source.first_line):
                return row

    def _is_left_out(self, row: Sequence[str], line: int) -> bool:
        """Return whether a row is no line, and note it; a count of the rows must go on."""
        filled = [
            place for place, cell in enumerate(row, 1) if cell.strip() and place != self._index
        ]
        if not filled:
            return False
        first = row[filled[0] - 1].strip()
        if len(filled) > 1 and is_total(first):
            return self._leave_out("total_row", line, filled[0], first)
        # One word may be a name whose figures are missing.
        if len(filled) == 1 and len(self._titles) > 2 and " " in first and filled[0] < 3:
            return self._leave_out("note_row", line, filled[0], first)
        if self._index:
            if row[0].strip() != str(self._next_index):
                expected = f"{self._next_index}, as the column without a name counts the rows"
                self.problems.add("not_an_index", line, 1, None, row[0], expected, in_file=True)
            self._next_index += 1
        return False

    def _leave_out(self, code: str, line: int, place: int, found: str) -> bool:
        leave_out = bool(self.choices.leave_out)
        if not leave_out:
            expected = f"{NO_LINES[code]}: {WAY}"
            self.problems.add(code, line, place, None, found, expected, in_file=True)
        self.reading.note_left_out(code, line, done=leave_out)
        return True

    def _turn(self, row: list[str]) -> None:
        line = self.skipped_lines + self.source.first_line
        width = len(self._titles)
        if not any(map(str.strip, row)):
            return
        # Of a number with a comma in it the cells behind would be read in the next column.
        if len(row) < width or any(map(str.strip, row[width:])):
            code = "short_row" if len(row) < width else "long_row"
            expected = f"{width} cells, as the header has; a cell with the delimiter needs quotes"
            self.problems.add(code, line, None, None, f"{len(row)} cells", expected, in_file=True)
            return
        marks = {mark.position: mark for mark in self.source.marks}
        ids = [row[place - 1] for place in self._kept]
        for column in self.shape.columns:
            if row[column - 1].strip() or column in marks:
                cells = [*ids, self._titles[column - 1], row[column - 1]]
                self._waiting.append((line, column, cells))
        refuse_marks(
            [mark for mark in marks.values() if mark.position in self.shape.columns],
            line,
            self.problems,
            [],
        )

    def place(self, line: int, column: int | None) -> tuple[int, int | None]:
        """Return the line and column of the file that a cell of a turned line comes from."""
        number = line - self.reading.header_line - 1
        if not 0 <= number < len(self._rows):
            return line, self._kept[column - 1] if column and column <= len(self._kept) else column
        row, figure = self._rows[number], self._columns[number]
        if column is None or column <= len(self._kept):
            return row, column and self._kept[column - 1]
        # What the figure is of stands in the header, the figure in its row.
        return (row, figure) if column > len(self._kept) + 1 else (self.reading.header_line, figure)

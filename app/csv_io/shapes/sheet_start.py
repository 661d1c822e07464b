"""Where the table of a workbook's sheet begins."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from app.csv_io.schema import FileLimits
from app.csv_io.shapes.recognise import SAMPLE_ROWS, find_header
from app.csv_io.shapes.shaped_rows import ShapedRows
from app.csv_io.shapes.start import TableStart
from app.csv_io.workbooks.limits import WorkbookError
from app.csv_io.workbooks.marks import CellMark, refuse_marks
from app.csv_io.workbooks.sheet_rows import WorkbookSheet, open_workbook_sheet


def open_sheet(file: BinaryIO, limits: FileLimits, start: TableStart) -> ShapedRows | None:
    """Return the rows of the sheet that was chosen, or None and the problem why there are none."""
    reading, problems, chosen = start.reading, start.problems, start.choices.sheet
    reading.sheet, reading.delimiter, reading.encoding, problems.in_sheet = "", "", "", True
    problems.copyable = False
    try:
        sheet = open_workbook_sheet(file, chosen, limits)
    except WorkbookError as error:
        problems.add(error.code, None, None, None, error.found, error.expected)
        return None
    if sheet.name is None:
        reading.sheets = sheet.sheets
        code, found, expected, suggestion = sheet.choice_problem(chosen)
        problems.add(code, None, None, None, found, expected, suggestion)
        return None
    reading.sheet, reading.hidden_rows = sheet.name, sheet.hidden_rows
    reading.percent_cells = sheet.percent_cells
    ahead = SheetAhead(sheet)
    names = sheet_header(ahead, start)
    reading.header_line = ahead.first_line
    reading.blank_lines = max(ahead.first_line - 1, 0)
    refuse_marks(ahead.marks, ahead.first_line, problems, [])
    return start.shape(ahead, names, ahead.rows_ahead(), 0, sheet.columns_before)


class SheetAhead:
    """The rows of a sheet, the first of which were looked at before."""

    def __init__(self, sheet: WorkbookSheet) -> None:
        self._sheet = sheet
        self.marks: Sequence[CellMark] = ()
        self.first_line = 0
        self._ahead: deque[tuple[list[str], int, Sequence[CellMark]]] = deque()
        for row in islice(sheet, SAMPLE_ROWS + 1):
            self._ahead.append((row, sheet.first_line, sheet.marks))

    def rows_ahead(self) -> list[list[str]]:
        return [row for row, _, _ in self._ahead if any(map(str.strip, row))]

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        if self._ahead:
            row, self.first_line, self.marks = self._ahead.popleft()
            return row
        row = next(self._sheet)
        self.first_line, self.marks = self._sheet.first_line, self._sheet.marks
        return row


def sheet_header(ahead: SheetAhead, start: TableStart) -> list[str]:
    """Return the names of a sheet's header, up to which its rows are then read."""
    filled = ahead.rows_ahead()
    index = find_header(filled, start.rules)
    names: list[str] = []
    lines: list[int] = []
    for row in ahead:
        if any(map(str.strip, row)):
            lines.append(ahead.first_line)
            names = row
            if len(lines) > index:
                break
    titles = lines[:-1]
    found = ", ".join(cell for cell in filled[0] if cell.strip()) if filled else ""
    start.note_titles(titles[0] if titles else 0, len(titles), found)
    return names

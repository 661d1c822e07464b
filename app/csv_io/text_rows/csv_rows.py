"""The rows of a text divided by a delimiter, with what quotes them."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Final

from app.csv_io.workbooks.marks import CellMark

_CELL_MAX_LINES: Final = 10_000  # an unclosed quote takes all lines below into its cell
_LINE_END: Final = re.compile(r"\r\n|\r|\n")

# The csv module's own limit (128 KiB a cell) holds for the whole process, and its error names no
# place. Instead ByteStream bounds lines, the number above unclosed quotes, and columns their cells.
csv.field_size_limit(2**31 - 1)


class CsvRows:
    """The rows of a text from its header on; `record` holds the physical lines of the last one.

    `first_line` is the one it begins on, counted from the header's. Where its quotes are broken
    `next` raises csv.Error, and goes on with the next line. `marks` are what cells of workbooks may
    have.
    """

    def __init__(self, header: str, text: Iterable[str], delimiter: str) -> None:
        self.record: list[str] = []
        self.first_line = 1
        self.marks: tuple[CellMark, ...] = ()
        self._delimiter = delimiter
        self._rows = csv.reader(
            self._physical_lines(header, text),
            delimiter=delimiter,
            strict=True,
            skipinitialspace=True,
        )

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self.record.clear()  # before `next`, which fills it with the lines of the row
        self.first_line = self._rows.line_num + 1
        return next(self._rows)

    def _physical_lines(self, header: str, text: Iterable[str]) -> Iterator[str]:
        """Yield the file's lines; those of a row are kept, for the place of a broken quote."""
        record = self.record
        record.append(header)
        yield header
        for line in text:
            record.append(line)
            if len(record) > _CELL_MAX_LINES:
                raise csv.Error  # ends this generator, and so the file after its problem is told
            yield line

    def broken_cell(self) -> tuple[int, int, str]:
        """Return where after a closing quote neither delimiter nor line end follows.

        It is the number of lines above it in its row, its column from 1, and how the cell begins.
        """
        record, delimiter = "".join(self.record), self._delimiter
        # One whole cell; possessive quantifiers (`*+`) keep the time in proportion to the text.
        cell = re.compile(rf' *+(?:"(?:[^"]++|"")*+"|(?!")[^{delimiter}\r\n]*+){delimiter}')
        place, column = 0, 1
        while (match := cell.match(record, place)) is not None:
            place, column = match.end(), column + 1
        above = len(_LINE_END.findall(record, 0, place))
        return above, column, record[place : place + 200]

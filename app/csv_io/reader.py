"""The reader of all CSV files: bytes to rows and problems, each with its place."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import getitem, itemgetter
from typing import Any, BinaryIO, Final, NamedTuple

from app.csv_io.column_cache import CellFault, UnreadCells, cells_of
from app.csv_io.file_type import detect_encoding, detect_file_type, read_ends
from app.csv_io.header import Header
from app.csv_io.problems import ProblemList
from app.csv_io.schema import (
    DELIMITERS,
    NO_CHOICES,
    NO_FILE_LIMITS,
    CellContext,
    ColumnRule,
    FileLimits,
    FileReading,
    TableChoices,
)
from app.csv_io.shapes.shaped_rows import ShapedRows
from app.csv_io.shapes.sheet_start import open_sheet
from app.csv_io.shapes.start import TableStart, sample_rows, skip_titles
from app.csv_io.split_numbers import (
    ColumnPair,
    SplitNumber,
    find_split_numbers,
    number_column_pairs,
)
from app.csv_io.text_rows.byte_stream import ByteStream
from app.csv_io.text_rows.csv_rows import CsvRows
from app.csv_io.workbooks.marks import refuse_marks

_CLOSING_QUOTE: Final = (
    "a closing quote, then the delimiter or the line's end; quotes inside are doubled"
)


class CsvRow(NamedTuple):
    """A row: the physical line it begins on, and a value for each rule, in the order of the rules.

    `split` holds two of its cells that may be one number with a comma in it.
    """

    line: int
    values: tuple[Any, ...]
    split: SplitNumber | None = None


FaultyRow = Callable[[int, tuple[Any, ...], frozenset[str]], None]
"""Is told a row with unreadable cells: its line, its values, and the columns of those cells."""


def open_csv_table(
    file: BinaryIO,
    columns: Sequence[ColumnRule],
    limits: FileLimits = NO_FILE_LIMITS,
    progress: Callable[[int], None] | None = None,
    choices: TableChoices | None = None,
) -> "CsvTable":
    """Return the file's table with its header read; faults of the file are its `problems`.

    `file` must be seekable; it is read from its beginning and stays open. `progress` is called with
    the number of bytes read so far. Workbooks are read where there are `choices` of their sheet.
    """
    table = CsvTable(columns, limits, choices)
    table.open(file, progress)
    return table


class CsvTable:
    """The sound rows of a file; iterate once. `problems` and `reading` are complete after that.

    `on_faulty_row` is told the others, so that what else is wrong with them can be found.
    """

    def __init__(
        self,
        columns: Sequence[ColumnRule],
        limits: FileLimits,
        choices: TableChoices | None = None,
    ) -> None:
        self.columns = columns
        self.limits = limits
        self.choices = choices
        self.reading = FileReading()
        self.problems = ProblemList()
        self.on_faulty_row: FaultyRow | None = None
        self._source: ByteStream | None = None
        self._text: CsvRows | None = None
        self._rows: CsvRows | ShapedRows | None = None
        self.header = Header(columns, limits, self.reading, self.problems)
        self._start = TableStart(columns, choices or NO_CHOICES, self.reading, self.problems)

    def refuse(self, code: str, found: str, expected: str, suggestion: str | None = None) -> None:
        """Add a problem of the whole file."""
        self.problems.add(code, None, None, None, found, expected, suggestion)

    def open(self, file: BinaryIO, progress: Callable[[int], None] | None) -> None:
        """Read the header of `file`, or add the problem that it is too large or no CSV."""
        size = self.reading.bytes = file.seek(0, io.SEEK_END)
        head, tail = read_ends(file)
        if self.limits.bytes is not None and size > self.limits.bytes:
            allowed = f"at most {self.limits.bytes / 2**20:g} MiB"
            self.refuse("file_too_large", f"{size / 2**20:.1f} MiB", allowed)
        elif (kind := detect_file_type(head, tail)) is not None:
            if kind.workbook and self.choices is not None:
                self._rows = open_sheet(file, self.limits, self._start)
                if self._rows is not None:
                    self._read_names(self._rows.names, self._rows.empty_before)
            else:
                self.refuse("not_csv", kind.name, kind.remedy)
        else:
            encoding = detect_encoding(head)
            self.reading.encoding, self.reading.bom = encoding.name, encoding.bom > 0
            file.seek(encoding.bom)
            self._source = ByteStream(file, encoding.bom, progress)
            buffer = io.BufferedReader(self._source, 2**16)
            # Decoding never stops: a bad byte becomes a mark that is found again in its cell.
            text = io.TextIOWrapper(buffer, encoding.codec, encoding.errors, newline="")
            self._read_header(text)

    def _read_names(self, names: list[str], empty_before: int = 0) -> None:
        if not self.header.read_names(names, empty_before):
            self._rows = None

    def _read_header(self, text: io.TextIOWrapper) -> None:
        header, separator = self.header.first_line(text)
        if not header:
            expected = f"a header line and at least one more: {self.header.names_text()}"
            self.refuse("empty_file", "nothing", expected)
            return
        lines: Iterable[str] = text
        below: list[str] = []
        if self.choices is not None:
            header, lines, below = skip_titles(self.header, header, text, self._start)
        delimiter = separator or self.header.detect_delimiter(header)
        if delimiter not in DELIMITERS:
            expected = "columns divided by comma, semicolon or tab"
            place = (self.header.skipped_lines or 1, 1, None)
            self.problems.add("unknown_delimiter", *place, delimiter, expected)
            return
        if self.header.refuse_lost_line_ends(header, delimiter):
            return
        self.reading.delimiter = delimiter
        self.reading.header_line = self.header.skipped_lines + 1
        self._rows = self._text = rows = CsvRows(header, lines, delimiter)
        try:
            names = next(rows)
        except csv.Error:
            self._broken_quotes(self.reading.header_line)
            self._rows = None
            return
        if self.choices is not None:
            skipped, sample = self.header.skipped_lines, sample_rows(below, delimiter)
            self._rows = self._start.shape(rows, names, sample, skipped)
            names = self._rows.names if self._rows is not None else []
        if self._rows is not None:
            self._read_names(names)

    def __iter__(self) -> Iterator[CsvRow]:
        """Yield the rows without a problem, in order."""
        if self._rows is not None:
            yield from self._read_rows(self._rows)
            self._finish()

    def _read_rows(self, rows: CsvRows | ShapedRows) -> Iterator[CsvRow]:
        context = CellContext(self.reading.delimiter)
        faults: list[CellFault] = []
        caches = [
            cells_of(column, position, context, faults) if column else UnreadCells()
            for position, column in enumerate(self.header.rules_by_position, 1)
        ]
        in_order = self._in_order()
        blanks = tuple(column.blank for column in self.columns)
        pairs = self._pairs()
        record = self._text.record if self._text is not None else []
        for line, row in self._sized(rows):
            values = in_order((*map(getitem, caches, row), *blanks))
            split_numbers = list(find_split_numbers(row, pairs, record)) if pairs else None
            if faults:
                faulty = frozenset(fault.field for fault in faults)
                if self._report(line, row, faults) and self.on_faulty_row:
                    self.on_faulty_row(line, values, faulty)
            elif split_numbers and self._refuse_sure(line, split_numbers, pairs):
                continue
            else:
                yield CsvRow(line, values, split_numbers[0] if split_numbers else None)
        self.reading.decimal_mark = context.decimal_mark
        self.reading.days_as_months = self.header.days_as_months(context)

    def _pairs(self) -> list[ColumnPair]:
        parsers = [column.parse if column else None for column in self.header.rules_by_position]
        return number_column_pairs(parsers) if self.reading.delimiter == "," else []

    def _refuse_sure(
        self, line: int, split_numbers: Iterable[SplitNumber], pairs: Iterable[ColumnPair]
    ) -> bool:
        """Refuse digits that stand where a text does; return whether there are such."""
        sure = {pair.position for pair in pairs if pair.sure}
        refused = [split for split in split_numbers if split.position in sure]
        for split in refused:
            self.refuse_split(line, split)
        return bool(refused)

    def refuse_split(self, line: int, split: SplitNumber) -> None:
        """Add the problem that two cells of a line may be one number."""
        rule = self.header.rules_by_position[split.position - 1]
        place = (line, split.position, rule.name if rule else None)
        self.problems.add("split_number", *place, split.found, split.expected, split.suggestion)

    def _in_order(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """Return a function from a row's values and each rule's blank to values in rules' order."""
        # An itemgetter runs in C; of a single place it would give the item, not a tuple.
        width = len(self.header.rules_by_position)
        places = [
            (self.header.position(column.name) or width + index) - 1
            for index, column in enumerate(self.columns, 1)
        ]
        return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)

    def _sized(self, rows: CsvRows | ShapedRows) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of the header's width, each with the line it begins on."""
        rules, reading = self.header.rules_by_position, self.reading
        width = len(rules)
        skipped, most = self.header.skipped_lines, self.limits.lines
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                self._broken_quotes(skipped + rows.first_line)
                continue  # the csv module goes on with the next line
            line = skipped + rows.first_line
            if rows.marks and refuse_marks(rows.marks, line, self.problems, rules):
                reading.lines += 1
                continue
            if not any(row):
                reading.blank_lines += 1
                continue
            if len(row) != width and not self._fits(row, line):
                continue
            reading.lines += 1
            if most is not None and reading.lines > most:
                found_text, expected = f"more than {most} lines", f"at most {most} lines"
                self.problems.add("too_many_lines", line, None, None, found_text, expected)
                return
            yield line, row

    def _fits(self, row: list[str], line: int) -> bool:
        """Drop the cells beyond the header's names; return whether the rest is a whole row."""
        # Only as many empty ones as the header has may go. One more tells of a comma inside a
        # number, which moved the cells after it by one.
        width = len(self.header.rules_by_position)
        if not any(cell.strip() for cell in row):
            self.reading.blank_lines += 1
            return False
        most = width + self.reading.empty_columns
        if width <= len(row) <= most and not any(cell.strip() for cell in row[width:]):
            del row[width:]
            return True
        beyond = len(row) > width
        code, column = ("long_row", width + 1) if beyond else ("short_row", None)
        hint = "; a cell that holds the delimiter needs quotes" if beyond else ""
        expected = f"{width} cells, as the header has{hint}"
        self.problems.add(code, line, column, None, f"{len(row)} cells", expected)
        return False

    def _report(self, line: int, row: list[str], faults: "list[CellFault]") -> bool:
        """Add the problems of a row's cells; return whether there are any."""
        # Spaces alone are a blank row, which is no problem even if a column must be filled.
        if said := any(cell.strip() for cell in row):
            for position, field, error in faults:
                self.problems.add_cell(line, position, field, row[position - 1], error)
        else:
            self.reading.blank_lines += 1
            self.reading.lines -= 1
        faults.clear()
        return said

    def _broken_quotes(self, line: int) -> None:
        """Add the problem that after a closing quote neither delimiter nor line end follows."""
        if self._text is None:
            self.problems.count += 1
            return
        above, column, found_text = self._text.broken_cell()
        name = next((c.field for c in self.reading.columns if c.position == column), None)
        place = (line + above, column, name)
        self.problems.add("broken_quotes", *place, found_text, _CLOSING_QUOTE, in_file=True)

    def _finish(self) -> None:
        if self._source is not None and self._source.overlong:
            self.refuse("line_too_long", "a line without an end", "lines of at most 16 MiB")
        if not self.reading.lines and not self.problems.count:
            self.refuse("no_lines", "a header line only", "at least one line below the header")

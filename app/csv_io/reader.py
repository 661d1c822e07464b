"""The reader of all CSV files: bytes to rows and problems, each with its place."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import getitem, itemgetter
from typing import Any, BinaryIO, Final, NamedTuple

from app.csv_io.byte_stream import ByteStream
from app.csv_io.column_cache import CellFault, UnreadCells, cells_of
from app.csv_io.file_type import detect_encoding, detect_file_type
from app.csv_io.header import Header
from app.csv_io.problems import ProblemList
from app.csv_io.schema import (
    DELIMITERS,
    NO_FILE_LIMITS,
    CellContext,
    ColumnRule,
    FileLimits,
    FileReading,
)
from app.csv_io.split_numbers import (
    ColumnPair,
    SplitNumber,
    find_split_numbers,
    number_column_pairs,
)

_CELL_MAX_LINES: Final = 10_000  # an unclosed quote takes all lines below into its cell

# The csv module's own limit (128 KiB a cell) holds for the whole process, and its error names no
# place. Instead ByteStream bounds lines, the number above unclosed quotes, and columns their cells.
csv.field_size_limit(2**31 - 1)


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
) -> "CsvTable":
    """Return the file's table with its header read; faults of the file are its `problems`.

    `file` must be seekable; it is read from its beginning and stays open. `progress` is called with
    the number of bytes read so far.
    """
    table = CsvTable(columns, limits)
    table.open(file, progress)
    return table


class CsvTable:
    """The sound rows of a file; iterate once. `problems` and `reading` are complete after that.

    `on_faulty_row` is told the others, so that what else is wrong with them can be found.
    """

    def __init__(self, columns: Sequence[ColumnRule], limits: FileLimits) -> None:
        self.columns = columns
        self.limits = limits
        self.reading = FileReading()
        self.problems = ProblemList()
        self.on_faulty_row: FaultyRow | None = None
        self._source: ByteStream | None = None
        self._record: list[str] = []
        self._rows: Iterator[list[str]] | None = None
        self.header = Header(columns, limits, self.reading, self.problems)

    def refuse(self, code: str, found: str, expected: str, suggestion: str | None = None) -> None:
        """Add a problem of the whole file."""
        self.problems.add(code, None, None, None, found, expected, suggestion)

    def open(self, file: BinaryIO, progress: Callable[[int], None] | None) -> None:
        """Read the header of `file`, or add the problem that it is too large or no CSV."""
        size = self.reading.bytes = file.seek(0, io.SEEK_END)
        file.seek(0)
        head = file.read(4096)
        if self.limits.bytes is not None and size > self.limits.bytes:
            allowed = f"at most {self.limits.bytes / 2**20:g} MiB"
            self.refuse("file_too_large", f"{size / 2**20:.1f} MiB", allowed)
        elif (kind := detect_file_type(head)) is not None:
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

    def _read_header(self, text: io.TextIOWrapper) -> None:
        header, separator = self.header.first_line(text)
        if not header:
            expected = f"a header line and at least one more: {self.header.names_text()}"
            self.refuse("empty_file", "nothing", expected)
            return
        delimiter = separator or self.header.detect_delimiter(header)
        if delimiter not in DELIMITERS:
            expected = "columns divided by comma, semicolon or tab"
            self.problems.add(
                "unknown_delimiter", self.header.skipped_lines or 1, 1, None, delimiter, expected
            )
            return
        if self.header.refuse_lost_line_ends(header, delimiter):
            return
        self.reading.delimiter = delimiter
        self.reading.header_line = self.header.skipped_lines + 1
        self._rows = csv.reader(
            self._physical_lines(header, text),
            delimiter=delimiter,
            strict=True,
            skipinitialspace=True,
        )
        try:
            names = next(self._rows)
        except csv.Error:
            self._broken_quotes(self.reading.header_line)
            self._rows = None
            return
        if not self.header.read_names(names):
            self._rows = None

    def _physical_lines(self, header: str, text: io.TextIOWrapper) -> Iterator[str]:
        """Yield the file's lines; those of a row are kept, for the place of a broken quote."""
        record = self._record
        record.append(header)
        yield header
        for line in text:
            record.append(line)
            if len(record) > _CELL_MAX_LINES:
                raise csv.Error  # ends this generator, and so the file after its problem is told
            yield line

    def __iter__(self) -> Iterator[CsvRow]:
        """Yield the rows without a problem, in order."""
        if self._rows is not None:
            yield from self._read_rows(self._rows)
            self._finish()

    def _read_rows(self, rows: Iterator[list[str]]) -> Iterator[CsvRow]:
        context = CellContext(self.reading.delimiter)
        faults: list[CellFault] = []
        caches = [
            cells_of(column, position, context, faults) if column else UnreadCells()
            for position, column in enumerate(self.header.rules_by_position, 1)
        ]
        in_order = self._in_order()
        blanks = tuple(column.blank for column in self.columns)
        pairs = self._pairs()
        for line, row in self._sized(rows):
            values = in_order((*map(getitem, caches, row), *blanks))
            split_numbers = list(find_split_numbers(row, pairs, self._record)) if pairs else None
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

    def _sized(self, rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of the header's width, each with the line it begins on."""
        width, record, reading = len(self.header.rules_by_position), self._record, self.reading
        skipped, most = self.header.skipped_lines, self.limits.lines
        while True:
            line = skipped + rows.line_num + 1  # type: ignore[attr-defined]
            record.clear()  # before `next`, which fills it with the lines of the row
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                self._broken_quotes(line)
                continue  # the csv module goes on with the next line
            if not any(row):
                reading.blank_lines += 1
                continue
            if len(row) != width and not self._fits(row, line):
                continue
            reading.lines += 1
            if most is not None and reading.lines > most:
                found_text = f"more than {most} lines"
                self.problems.add(
                    "too_many_lines", line, None, None, found_text, f"at most {most} lines"
                )
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
        record = "".join(self._record)
        delimiter = self.reading.delimiter
        # One whole cell; possessive quantifiers (`*+`) keep the time in proportion to the text.
        cell = re.compile(rf' *+(?:"(?:[^"]++|"")*+"|(?!")[^{delimiter}\r\n]*+){delimiter}')
        place, column = 0, 1
        while (match := cell.match(record, place)) is not None:
            place, column = match.end(), column + 1
        begins = line + len(_LINE_END.findall(record, 0, place))
        expected = (
            "a closing quote, then the delimiter or the line's end; quotes inside are doubled"
        )
        names = self.reading.columns
        name = next((c.field for c in names if c.position == column), None)
        self.problems.add(
            "broken_quotes", begins, column, name, record[place : place + 200], expected
        )

    def _finish(self) -> None:
        if self._source is not None and self._source.overlong:
            self.refuse("line_too_long", "a line without an end", "lines of at most 16 MiB")
        if not self.reading.lines and not self.problems.count:
            self.refuse("no_lines", "a header line only", "at least one line below the header")


_LINE_END = re.compile(r"\r\n|\r|\n")

"""The one reading engine for CSV files: bytes to rows and problems, each with its place."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, BinaryIO, Final, NamedTuple

from app.csv_io.byte_stream import ByteStream
from app.csv_io.column_cache import CellCache, CellFault, UnreadCells
from app.csv_io.file_type import detect_encoding, detect_file_type
from app.csv_io.problems import ProblemList
from app.csv_io.schema import (
    DELIMITERS,
    NO_FILE_LIMITS,
    CellContext,
    ColumnRule,
    FileLimits,
    FileReading,
    ReadColumn,
)
from app.csv_io.split_numbers import (
    ColumnPair,
    SplitNumber,
    find_split_numbers,
    number_column_pairs,
)
from app.domain.errors import excerpt
from app.domain.matching import fold_name, nearest_match
from app.domain.text import UnreadableCellError, clean_text

_CELL_MAX_LINES: Final = 10_000

# The parser's own limit (128 KiB) is the whole process's, and its error names no place: out of the
# way. Cells are bounded by their columns, lines and unclosed quotes by the two limits above.
csv.field_size_limit(2**31 - 1)


class CsvRow(NamedTuple):
    """The physical line a row begins on, and a value for each column asked for, in their order.

    `split`: two of its numbers that may be one.
    """

    line: int
    values: tuple[Any, ...]
    split: SplitNumber | None = None


def open_csv_table(
    file: BinaryIO,
    columns: Sequence[ColumnRule],
    limits: FileLimits = NO_FILE_LIMITS,
    progress: Callable[[int], None] | None = None,
) -> "CsvTable":
    """Reads the header. Whatever is wrong with the file stands in the table's problems.

    `file` must be seekable; it is read from its beginning and stays open. `progress` is called with
    the number of bytes read so far.
    """
    table = CsvTable(columns, limits)
    table.open(file, progress)
    return table


class CsvTable:
    """A file's rows, parsed; iterate once. Rows with a problem are left out."""

    def __init__(self, columns: Sequence[ColumnRule], limits: FileLimits) -> None:
        self.columns = columns
        self.limits = limits
        self.reading = FileReading()
        self.problems = ProblemList()
        self._source: ByteStream | None = None
        self._skipped = 0
        self._record: list[str] = []
        self._rows: Iterator[list[str]] | None = None
        self._by_position: list[ColumnRule | None] = []

    def position(self, name: str) -> int | None:
        """Where (from 1) the column `name` stands in the file."""
        return next((c.position for c in self.reading.columns if c.field == name), None)

    def refuse(self, code: str, found: str, expected: str, suggestion: str | None = None) -> None:
        """A problem of the whole file."""
        self.problems.add(code, None, None, None, found, expected, suggestion)

    # --- the header ------------------------------------------------------------------------------

    def open(self, file: BinaryIO, progress: Callable[[int], None] | None) -> None:
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
        header, separator = self._first_line(text)
        if not header:
            self.refuse(
                "empty_file", "nothing", f"a header line and at least one more: {self._named()}"
            )
            return
        delimiter = separator or _detect_delimiter(header, self._fields())
        if delimiter not in DELIMITERS:
            expected = "columns divided by comma, semicolon or tab"
            self.problems.add("unknown_delimiter", self._skipped or 1, 1, None, delimiter, expected)
            return
        self.reading.delimiter = delimiter
        self.reading.header_line = self._skipped + 1
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
        if not self._read_names(names):
            self._rows = None

    def _first_line(self, text: io.TextIOWrapper) -> tuple[str, str | None]:
        """The header's line and what a spreadsheet's `sep=` line before it says."""
        separator = None
        for line in text:
            if separator is None and (match := _SEP.fullmatch(line)) is not None:
                separator = match[1]
            elif line.strip(" \t\r\n,;"):
                return line, separator
            else:
                self.reading.blank_lines += 1
            self._skipped += 1
        return "", separator

    def _physical_lines(self, header: str, text: io.TextIOWrapper) -> Iterator[str]:
        """The file's lines, kept until their row is complete, for the place of a broken quote."""
        self._record.append(header)
        yield header
        for line in text:
            self._record.append(line)
            if len(self._record) > _CELL_MAX_LINES:
                raise csv.Error
            yield line

    def _read_names(self, names: list[str]) -> bool:
        """Which column is which. False where there is no sense in reading on."""
        line = self.reading.header_line
        width = len(names)
        while width and not names[width - 1].strip():
            width -= 1
        self.reading.empty_columns = len(names) - width
        if width > self.limits.columns:
            expected = f"at most {self.limits.columns} columns"
            self.problems.add("too_many_columns", line, None, None, f"{width} columns", expected)
            return False
        fields = self._fields()
        if not any(fold_name(name) in fields for name in names[:width]):
            self._no_header(names[:width])
            return False
        for position, name in enumerate(names[:width], 1):
            self._by_position.append(self._column(position, name))
        for column in self.columns:
            if column.required and self.position(column.name) is None:
                expected = f"a column “{column.name}”" + _synonyms_text(column)
                self.problems.add(
                    "missing_column", line, None, column.name, "no such column", expected
                )
        return True

    def _column(self, position: int, name: str) -> ColumnRule | None:
        line = self.reading.header_line
        column = self._fields().get(fold_name(name))
        if column is None:
            self._unknown_column(position, name)
            return None
        before = next((c for c in self.reading.columns if c.field == column.name), None)
        if before is not None:
            found = f"{name.strip()}, beside {before.header} in column {before.position}"
            expected = f"one column for {column.name}"
            self.problems.add("duplicate_column", line, position, column.name, found, expected)
            return None
        self.reading.columns += (ReadColumn(position, excerpt(name.strip()), column.name),)
        return column

    def _unknown_column(self, position: int, name: str) -> None:
        line = self.reading.header_line
        code, expected = "unknown_column", "only these columns: " + self._named()
        try:
            name = clean_text(name, 10_000, multiline=True)
        except UnreadableCellError as error:
            code, expected = error.code, error.expected
        names = {alias: column.name for column in self.columns for alias in column.names}
        found = nearest_match(name, names)
        suggestion = names[found] if found else None
        if not name:
            code, expected = "unnamed_column", "a name above each column"
        self.problems.add(code, line, position, name or None, name, expected, suggestion)

    def _no_header(self, names: list[str]) -> None:
        try:
            for name in names:
                clean_text(name, 10**6, multiline=True)
        except UnreadableCellError as error:
            self.problems.add(
                error.code, self.reading.header_line, None, None, ", ".join(names), error.expected
            )
            return
        expected = f"a header line that names the columns: {self._named()}"
        found = self.reading.delimiter.join(names)
        self.problems.add("no_header", self.reading.header_line, None, None, found, expected)

    def _fields(self) -> dict[str, ColumnRule]:
        return {fold_name(name): column for column in self.columns for name in column.names}

    def _named(self) -> str:
        return ", ".join(column.name for column in self.columns)

    # --- the rows --------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[CsvRow]:
        """The sound rows, in order."""
        if self._rows is not None:
            yield from self._read_rows(self._rows)
            self._finish()

    def _read_rows(self, rows: Iterator[list[str]]) -> Iterator[CsvRow]:
        context = CellContext(self.reading.delimiter)
        faults: list[CellFault] = []
        caches = [
            CellCache(column, position, context, faults) if column else UnreadCells()
            for position, column in enumerate(self._by_position, 1)
        ]
        in_order = self._in_order()
        blanks = tuple(column.blank for column in self.columns)
        pairs = self._pairs()
        for line, row in self._sized(rows):
            values = in_order(
                (*[cache[cell] for cache, cell in zip(caches, row, strict=True)], *blanks)
            )
            found = list(find_split_numbers(row, pairs, self._record)) if pairs else []
            if faults:
                self._report(line, row, faults)
            elif found and self._refuse_sure(line, found, pairs):
                continue
            else:
                yield CsvRow(line, values, found[0] if found else None)
        self.reading.decimal_mark = context.decimal_mark

    def _pairs(self) -> list[ColumnPair]:
        parsers = [column.parse if column else None for column in self._by_position]
        return number_column_pairs(parsers) if self.reading.delimiter == "," else []

    def _refuse_sure(
        self, line: int, found: Iterable[SplitNumber], pairs: Iterable[ColumnPair]
    ) -> bool:
        """Whether digits stand where a text does, which no other line can explain."""
        sure = {pair.position for pair in pairs if pair.sure}
        refused = [split for split in found if split.position in sure]
        for split in refused:
            self.refuse_split(line, split)
        return bool(refused)

    def refuse_split(self, line: int, split: SplitNumber) -> None:
        place, found = (line, split.position), split.found
        name = self._by_position[split.position - 1]
        field = name.name if name else None
        self.problems.add("split_number", *place, field, found, split.expected, split.suggestion)

    def _in_order(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """Takes a row's values and then each column's blank; gives them in the columns' order."""
        width = len(self._by_position)
        places = [
            (self.position(column.name) or width + index) - 1
            for index, column in enumerate(self.columns, 1)
        ]
        return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)

    def _sized(self, rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        """Rows of the header's width, each with the line it begins on."""
        width, record, reading = len(self._by_position), self._record, self.reading
        most = self.limits.lines
        while True:
            line = self._skipped + rows.line_num + 1  # type: ignore[attr-defined]
            record.clear()
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                self._broken_quotes(line)
                continue
            if not any(row):
                reading.blank_lines += 1
                continue
            if len(row) != width and not self._fits(row, line):
                continue
            reading.lines += 1
            if most is not None and reading.lines > most:
                found = f"more than {most} lines"
                self.problems.add(
                    "too_many_lines", line, None, None, found, f"at most {most} lines"
                )
                return
            yield line, row

    def _fits(self, row: list[str], line: int) -> bool:
        """Drops the cells of columns that even the header leaves empty.

        False for a row that has too many or too few: an empty one too many tells of a comma inside
        a number.
        """
        width = len(self._by_position)
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

    def _report(self, line: int, row: list[str], faults: "list[CellFault]") -> None:
        if any(cell.strip() for cell in row):
            for fault in faults:
                found, error = row[fault.position - 1], fault.error
                self.problems.add(
                    error.code,
                    line,
                    fault.position,
                    fault.field,
                    found,
                    error.expected,
                    error.suggestion,
                )
        else:
            self.reading.blank_lines += 1
            self.reading.lines -= 1
        faults.clear()

    def _broken_quotes(self, line: int) -> None:
        """A quoted cell that does not end where a delimiter or line end follows."""
        if self.problems.full:
            self.problems.count += 1
            return
        record = "".join(self._record)
        delimiter = self.reading.delimiter
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


def _synonyms_text(column: ColumnRule) -> str:
    return f" (or {', '.join(column.aliases)})" if column.aliases else ""


_SEP = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")


def _detect_delimiter(header: str, fields: dict[str, ColumnRule]) -> str:
    """The delimiter that makes most known names of the header; `|` and `:` only to refuse it."""
    sample = header[:65_536]

    def known(delimiter: str) -> int:
        row = next(csv.reader([sample], delimiter=delimiter, skipinitialspace=True), [])
        return sum(fold_name(name) in fields for name in row)

    best = max((*DELIMITERS, "|", ":"), key=known)
    return best if known(best) else max(DELIMITERS, key=sample.count)

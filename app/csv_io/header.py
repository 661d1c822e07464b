"""The header of a CSV file: its delimiter, and which of its columns is which."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date

from app.csv_io.column_names.meaning import column_meant
from app.csv_io.lost_line_ends import REMEDY, has_lost_line_ends
from app.csv_io.own_downloads import (
    PLACE_COLUMNS,
    SHARES_REMEDY,
    is_observations_file,
    is_shares_file,
)
from app.csv_io.problems import ProblemList
from app.csv_io.schema import (
    DELIMITERS,
    CellContext,
    ColumnRule,
    FileLimits,
    FileReading,
    ReadColumn,
)
from app.domain.errors import excerpt
from app.domain.naming.matching import fold_name
from app.domain.text import UnreadableCellError, clean_text

# Excel reads, and some programs write, a first line such as `sep=;` that names the delimiter.
_SEP = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


class Header:
    """Reads the header's names, noting each column in `reading` and each fault in `problems`.

    `rules_by_position` holds the rule of every column of the file, None for an unknown one.
    """

    def __init__(
        self,
        rules: Sequence[ColumnRule],
        limits: FileLimits,
        reading: FileReading,
        problems: ProblemList,
    ) -> None:
        self.rules = rules
        self.limits = limits
        self.reading = reading
        self.problems = problems
        self.rules_by_position: list[ColumnRule | None] = []
        self.skipped_lines = 0
        self._rules_by_name = {fold_name(name): rule for rule in rules for name in rule.names}

    def position(self, name: str) -> int | None:
        """Return where (from 1) the column `name` stands in the file, or None."""
        return next((item.position for item in self.reading.columns if item.field == name), None)

    def days_as_months(self, context: CellContext) -> tuple[date, ...]:
        """Return the months written as a first day, where the column may hold days."""
        headers = [item.header for item in self.reading.columns if item.field == "month"]
        called_date = any(fold_name(header) == "date" for header in headers)
        may_be_days = called_date or not context.has_plain_months
        return tuple(sorted(context.first_days)) if may_be_days else ()

    def file_name(self, name: str) -> str:
        """Return what the file calls the column `name`, or `name` where it has none."""
        columns = (item.header for item in self.reading.columns if item.field == name)
        return next(columns, name)

    def detect_delimiter(self, line: str) -> str:
        """Return the delimiter that makes most known names of the header's line.

        It may be `|` or `:`, which are only recognised to be refused.
        """
        # Each candidate parses the sample once, so it is bounded: a line may have 16 MiB.
        sample = line[:65_536]

        def known(delimiter: str) -> int:
            row = next(csv.reader([sample], delimiter=delimiter, skipinitialspace=True), [])
            return sum(fold_name(name) in self._rules_by_name for name in row)

        # Known names decide, not how often a mark occurs: in a file with semicolons, other names
        # may hold commas. Only where no name is known, the most frequent delimiter is taken.
        best = max((*DELIMITERS, "|", ":"), key=known)
        return best if known(best) else max(DELIMITERS, key=sample.count)

    def read_names(self, names: list[str], empty_before: int = 0) -> bool:
        """Find which column is which; return False where there is no sense in reading on.

        The first `empty_before` columns have neither a name nor any cell.
        """
        line = self.reading.header_line
        width = len(names)
        # Spreadsheets write a delimiter for each column that was ever used, so blank names at the
        # end are no columns. A blank name between others is a fault.
        while width and not names[width - 1].strip():
            width -= 1
        self.reading.empty_columns = len(names) - width
        if width - empty_before > self.limits.columns:
            expected = f"at most {self.limits.columns} columns"
            self.problems.add("too_many_columns", line, None, None, f"{width} columns", expected)
            return False
        fields = self._rules_by_name
        if is_shares_file(names[:width]):
            header = self.reading.delimiter.join(names[:width])
            self.problems.add("own_shares_file", line, None, None, header, SHARES_REMEDY)
            return False
        if is_observations_file(names[:width]):
            self.reading.own_columns = PLACE_COLUMNS
        known = any(fold_name(name) in fields for name in names[:width])
        # One word of a line of figures may be like a column's by chance; two are a header.
        meant = {column_meant(name, self.rules) for name in names[:width]} - {None}
        if not known and len(meant) < 2:
            self._refuse_no_header(names[:width])
            return False
        for position, name in enumerate(names[:width], 1):
            rule = self._column(position, name) if position > empty_before else None
            self.rules_by_position.append(rule)
        for column in self.rules:
            if column.required and self.position(column.name) is None:
                expected = f"a column “{column.name}”" + _synonyms_text(column)
                self.problems.add(
                    "missing_column", line, None, column.name, "no such column", expected
                )
        return True

    def _column(self, position: int, name: str) -> ColumnRule | None:
        line = self.reading.header_line
        column = self._rules_by_name.get(fold_name(name))
        if column is None:
            if fold_name(name) not in self.reading.own_columns:
                self._unknown_column(position, name)
            return None
        before = next((item for item in self.reading.columns if item.field == column.name), None)
        if before is not None:
            found_text = f"{name.strip()}, beside {before.header} in column {before.position}"
            expected = f"one column for {column.name}"
            self.problems.add("duplicate_column", line, position, column.name, found_text, expected)
            return None
        self.reading.columns += (ReadColumn(position, excerpt(name.strip()), column.name),)
        return column

    def _unknown_column(self, position: int, name: str) -> None:
        line = self.reading.header_line
        # A name with an invisible character in it looks right, so the character is the problem to
        # report, not the column.
        code, expected = "unknown_column", "only these columns: " + self.names_text()
        try:
            name = clean_text(name, 10_000, multiline=True)
        except UnreadableCellError as error:
            code, expected = error.code, error.expected
        meant = column_meant(name, self.rules)
        suggestion = meant.name if meant else None
        if meant and meant.meaning:
            expected += f"; {meant.name} is {meant.meaning}"
        if not name:
            code, expected = "unnamed_column", "a name above each column"
        self.problems.add(code, line, position, name or None, name, expected, suggestion)

    def _refuse_no_header(self, names: list[str]) -> None:
        # Where the first line is no text at all, its encoding is the problem, not its names.
        try:
            for name in names:
                clean_text(name, 10**6, multiline=True)
        except UnreadableCellError as error:
            self.problems.add(
                error.code, self.reading.header_line, None, None, ", ".join(names), error.expected
            )
            return
        expected = f"a header line that names the columns: {self.names_text()}"
        header = self.reading.delimiter.join(names)
        self.problems.add("no_header", self.reading.header_line, None, None, header, expected)

    def first_line(self, text: io.TextIOWrapper) -> tuple[str, str | None]:
        """Return the header's line, and the delimiter that a spreadsheet's `sep=` line names."""
        separator = None
        for line in text:
            if separator is None and (match := _SEP.fullmatch(line)) is not None:
                separator = match[1]
            # A row of nothing but delimiters is how a spreadsheet writes an empty one.
            elif line.strip(" \t\r\n,;"):
                return line, separator
            else:
                self.reading.blank_lines += 1
            self.skipped_lines += 1
        return "", separator

    def refuse_lost_line_ends(self, line: str, delimiter: str) -> bool:
        """Refuse a header's line that has all other lines run into it; return whether it has."""
        is_refused = has_lost_line_ends(line, delimiter, self._rules_by_name)
        if is_refused:
            self.problems.add("lost_line_ends", None, None, None, line, REMEDY)
        return is_refused

    def names_text(self) -> str:
        """Return the names of all columns that may be given, for an error."""
        return ", ".join(column.name for column in self.rules)


def _synonyms_text(column: ColumnRule) -> str:
    return f" (or {', '.join(column.aliases)})" if column.aliases else ""

"""The origin of a file as people give it, beside the file or in the `uploads.csv` of an export."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, Final, TextIO

from app.csv_io.cell_parsers import parse_day, parse_text, parse_url
from app.csv_io.reader import CsvRow, CsvTable, open_csv_table
from app.csv_io.schema import CellContext, ColumnRule
from app.domain.errors import BadFileError, BadInputError, Problem, excerpt
from app.domain.sources.provenance import Provenance
from app.domain.text import UnreadableCellError, clean_text

URL_MAX_LENGTH: Final = 2_000


def parse_past_day(cell: str, context: CellContext) -> date:
    """Return a day written `YYYY-MM-DD` that has begun in UTC."""
    day = parse_day(cell, context)
    today = datetime.now(UTC).date()
    if day > today:
        raise UnreadableCellError("future_day", f"a day not after {today} (UTC)")
    return day


PROVENANCE_COLUMNS: Final = (
    ColumnRule("origin_url", parse_url, blank="", limit=URL_MAX_LENGTH),
    ColumnRule("retrieved_at", parse_past_day),
    ColumnRule("publisher_as_of", parse_past_day),
)
FIELD_NAMES: Final = tuple(column.name for column in PROVENANCE_COLUMNS)
UPLOADS_COLUMNS: Final = (
    ColumnRule("file", parse_text, required=True, filled=True),
    *PROVENANCE_COLUMNS,
)


def read_provenance(texts: Mapping[str, str]) -> Provenance:
    """Return the origin that the fields of a form, a request or a command line give.

    Raises BadInputError with a problem for each field at fault.
    """
    problems: list[Problem] = []
    values = {column.name: _read(column, texts, problems) for column in PROVENANCE_COLUMNS}
    if not problems:
        problems += _contradictions(values)
    if problems:
        first = problems[0]
        raise BadInputError(f"{first.field} cannot be taken", first.sentence(), problems)
    return Provenance(**values)


def _read(column: ColumnRule, texts: Mapping[str, str], problems: list[Problem]) -> Any:
    text = texts.get(column.name) or ""
    try:
        cell = clean_text(text, column.limit)
        return column.parse(cell, CellContext()) if cell else column.blank
    except UnreadableCellError as unreadable:
        problem = Problem(
            unreadable.code,
            None,
            None,
            column.name,
            excerpt(text),
            unreadable.expected,
            unreadable.suggestion(),
        )
        problems.append(problem)
        return None


def _contradictions(values: Mapping[str, Any]) -> Iterator[Problem]:
    published, retrieved = values["publisher_as_of"], values["retrieved_at"]
    if published and retrieved and published > retrieved:
        expected = f"a day not after the reading, {retrieved}"
        yield Problem("after_reading", None, None, "publisher_as_of", str(published), expected)


def read_uploads_file(file: BinaryIO, present: Collection[str]) -> dict[str, Provenance]:
    """Return the origin of each file that an `uploads.csv` names, by its name.

    `present` are the files there are. Raises BadFileError with every problem.
    """
    table = open_csv_table(file, UPLOADS_COLUMNS)
    origins: dict[str, Provenance] = {}
    for row in table:
        name, *rest = row.values
        values = dict(zip(FIELD_NAMES, rest, strict=True))
        if name in origins:
            table.problems.add("file_twice", row.line, 1, "file", name, "each file once")
        elif name not in present:
            expected = "the name of a file in the folder snapshots"
            table.problems.add("no_such_file", row.line, 1, "file", name, expected)
        else:
            _add_contradictions(table, row, values)
        origins[name] = Provenance(**values)
    if table.problems.count:
        title = "uploads.csv has problems"
        raise BadFileError(title, "Nothing was stored.", table.problems.first, table.problems.count)
    return origins


def _add_contradictions(table: CsvTable, row: CsvRow, values: Mapping[str, Any]) -> None:
    for problem in _contradictions(values):
        column = table.header.position(problem.field or "")
        table.problems.add(
            problem.code, row.line, column, problem.field, problem.found, problem.expected
        )


def write_uploads_file(provenances: Mapping[str, Provenance], out: TextIO) -> None:
    """Write an `uploads.csv`; `provenances` are by file name."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in UPLOADS_COLUMNS])
    for name, provenance in provenances.items():
        writer.writerow([name, *astuple(provenance)])

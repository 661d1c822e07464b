"""Files as they are read: their rows, their problems, and single cells of them."""

import csv
import io
from collections.abc import Sequence

from app.csv_io.reader import CsvTable, open_csv_table
from app.csv_io.schema import NO_FILE_LIMITS, ColumnRule, FileLimits
from app.domain.errors import Problem
from app.ingest.rules.upload_format import UPLOAD_COLUMNS

GOOD = "month,origin,openness,share_pct,note\n2025-08,chinese,open,28.65,\n2025-08,us,open,3.74,a\n"


def read(
    content: str | bytes,
    limits: FileLimits = NO_FILE_LIMITS,
    columns: Sequence[ColumnRule] = UPLOAD_COLUMNS,
) -> tuple[CsvTable, list[dict[str, object]]]:
    """The table and its rows, each as a dict of what it says."""
    data = content.encode() if isinstance(content, str) else content
    table = open_csv_table(io.BytesIO(data), columns, limits)
    names = [column.name for column in columns]
    return table, [dict(zip(names, row.values, strict=True)) for row in table]


def only_problem(content: str | bytes, limits: FileLimits = NO_FILE_LIMITS) -> Problem:
    table, _ = read(content, limits)
    assert [problem.code for problem in table.problems.first] == [table.problems.first[0].code]
    return table.problems.first[0]


def codes(table: CsvTable) -> list[str]:
    return [problem.code for problem in table.problems.first]


def cell_problem(column: str, cell: str, delimiter: str = ",") -> Problem:
    """The problem of one cell in an otherwise good file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    names = dict.fromkeys(["month", "share_pct", column])
    row = {"month": "2025-08", "share_pct": "1", column: cell}
    writer.writerows([names, [row[name] for name in names]])
    problem = only_problem(out.getvalue())
    assert (problem.line, problem.field) == (2, column)
    return problem


def value_of(column: str, cell: str, delimiter: str = ",") -> object:
    table, rows = read(f"month{delimiter}{column}\n2025-08{delimiter}{cell}\n")
    assert not table.problems.count, table.problems.first
    return rows[0][column]


WAYS = {
    "UTF-8": GOOD.encode(),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "UTF-16 little-endian": b"\xff\xfe" + GOOD.encode("utf-16-le"),
    "UTF-16 big-endian": b"\xfe\xff" + GOOD.encode("utf-16-be"),
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "CR": GOOD.replace("\n", "\r").encode(),
    "a mix of line ends": GOOD.replace("\n", "\r\n", 1).replace("\n2", "\r2", 1).encode(),
    "no last line end": GOOD.rstrip("\n").encode(),
    "a space after each comma": GOOD.replace(",", ", ").encode(),
    "everything in quotes": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in GOOD.splitlines()
    ).encode(),
    "quotes after a space": "\n".join(
        ", ".join(f'"{cell}"' for cell in line.split(",")) for line in GOOD.splitlines()
    ).encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "semicolons and decimal commas": GOOD.replace(",", ";").replace(".", ",").encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "a sep= line": b"sep=;\r\n" + GOOD.replace(",", ";").encode(),
    "a sep= line after a byte order mark": b"\xef\xbb\xbfsep=,\r\n" + GOOD.encode(),
    "names in other letters": GOOD.replace("share_pct", "Share Pct")
    .replace("origin", "ORIGIN")
    .encode(),
    "an alias": GOOD.replace("share_pct", "percent").replace("month", "Period").encode(),
    "trailing empty columns": GOOD.replace("\n", ",,\n").encode(),
    "trailing empty columns that some lines leave out": GOOD.replace("note\n", "note,,\n")
    .replace("28.65,\n", "28.65,,\n")
    .encode(),
    "blank lines": GOOD.replace("\n", "\n\n  \n,,,,\n").encode(),
    "blank lines above": b"\n,,\n" + GOOD.encode(),
}

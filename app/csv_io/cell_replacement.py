"""A copy of a CSV file with other texts in some of its cells, and every other byte as it was."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from app.csv_io.file_type import detect_encoding
from app.csv_io.schema import FileReading
from app.csv_io.text_rows.byte_stream import ByteStream

# Possessive quantifiers (`*+`) keep the time in proportion to the text.
_CELL: Final = r' *+(?:"(?:[^"]++|"")*+"|(?!")[^{0}\r\n]*+)'


def replace_cells(
    file: BinaryIO, reading: FileReading, column: int, texts: Mapping[int, str]
) -> tuple[bytes, frozenset[int]]:
    """Return a file's bytes with new texts in a column, and the lines of the rows that changed.

    `texts` are by the line that a row begins on; `column` counts from 1. The file is the one that
    was read with `reading`.
    """
    file.seek(0)
    encoding = detect_encoding(file.read(4096))
    file.seek(0)
    mark = file.read(encoding.bom)
    buffer = io.BufferedReader(ByteStream(file, encoding.bom, None), 2**16)
    text = io.TextIOWrapper(buffer, encoding.codec, encoding.errors, newline="")
    out = io.StringIO()
    changed: set[int] = set()
    for line, record, cells in _records(text, reading):
        new = texts.get(line)
        edited = None
        if new is not None and len(cells) >= column:
            edited = _with_cell(record, reading.delimiter, column, cells[column - 1], new)
        if edited is not None:
            changed.add(line)
        out.write(record if edited is None else edited)
    return mark + out.getvalue().encode(encoding.codec, encoding.errors), frozenset(changed)


def _records(text: io.TextIOWrapper, reading: FileReading) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each row as it stands, with the line it begins on and its cells; first what is above.

    Rows that cannot be read have no cells.
    """
    above = [next(text, "") for _ in range(reading.header_line - 1)]
    yield 0, "".join(above), []
    record: list[str] = []

    def lines() -> Iterator[str]:
        for line in text:
            record.append(line)
            yield line

    rows = csv.reader(lines(), delimiter=reading.delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reading.header_line + rows.line_num
        record.clear()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        yield line, "".join(record), cells


def _with_cell(record: str, delimiter: str, column: int, old: str, new: str) -> str | None:
    """Return a row with another text in a cell, or None where the place of it is not certain."""
    cell = _CELL.format(re.escape(delimiter))
    before = re.match(f"(?:{cell}{re.escape(delimiter)}){{{column - 1}}}", record)
    match = re.compile(cell).match(record, before.end()) if before else None
    if match is None:
        return None
    found = next(csv.reader([match[0]], delimiter=delimiter, skipinitialspace=True), [""])
    if found != [old]:
        return None
    quoted = match[0].lstrip(" ").startswith('"')
    return record[: match.start()] + _written(new, delimiter, quoted=quoted) + record[match.end() :]


def _written(text: str, delimiter: str, *, quoted: bool) -> str:
    if quoted or any(sign in text for sign in (delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text

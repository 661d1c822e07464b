"""Where a table begins, and of what shape it is: looked at before its lines are read."""

import csv
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from app.csv_io.header import Header
from app.csv_io.problems import ProblemList
from app.csv_io.schema import (
    NO_CHOICES,
    ColumnKind,
    ColumnRule,
    FigureKind,
    FileReading,
    TableChoices,
)
from app.csv_io.shapes.offers import refuse_unconfirmed, shape_offer
from app.csv_io.shapes.recognise import SAMPLE_ROWS, Shape, find_header, recognise_shape
from app.csv_io.shapes.shaped_rows import NO_LINES, WAY, RowSource, ShapedRows

_MAKERS: Final = (ColumnKind.DEVELOPER, ColumnKind.MODEL)
_LINE_LENGTH: Final = 65_536
_SAMPLE_LENGTH: Final = 4 * _LINE_LENGTH


@dataclass(frozen=True, slots=True)
class TableStart:
    """What is known when a header is looked at: the columns there may be, and what was chosen."""

    rules: Sequence[ColumnRule]
    choices: TableChoices
    reading: FileReading
    problems: ProblemList

    def note_titles(self, line: int, count: int, found: str) -> None:
        """Note that `count` lines from `line` on stand above the header."""
        if not count:
            return
        done = bool(self.choices.leave_out)
        for title in range(line, line + count):
            self.reading.note_left_out("title_rows", title, done=done)
        if not done:
            expected = f"{NO_LINES['title_rows']}: {WAY}"
            self.problems.add("title_rows", line, 1, None, found, expected, in_file=True)

    def shape(
        self,
        source: RowSource,
        names: list[str],
        rows: Sequence[list[str]],
        skipped_lines: int,
        empty_before: int = 0,
    ) -> ShapedRows | None:
        """Return the rows below a header as they are to be read, or None: they cannot be yet."""
        shape = recognise_shape(names, rows, self.rules)
        reading, problems, choices = self.reading, self.problems, self.choices
        line = reading.header_line
        if shape.index and not choices.leave_out:
            expected = f"{NO_LINES['index_column']}: {WAY}"
            problems.add("index_column", line, shape.index, None, "", expected, in_file=True)
        if shape.index:
            reading.note_left_out("index_column", line, done=bool(choices.leave_out))
        if shape.index or shape.columns or choices != NO_CHOICES or reading.may_be_left_out:
            problems.copyable = False
        if shape.columns:
            reading.shape = shape_offer(names, rows, shape)
            if refuse_unconfirmed(reading.shape, choices, line, shape, problems):
                return None
            reading.turned = True
            # Of homes “other” is one. Counts that are left out would be missing from the whole.
            if choices.wide in _MAKERS and choices.figures == FigureKind.SHARE_PCT:
                shape = shape.without_rests(names)
                reading.shape = shape_offer(names, rows, shape)
            self._note_apart(names, shape)
        elif choices.wide:
            expected = "a column for each home, developer, model or month, and no column of figures"
            found = ", ".join(names)
            problems.add("not_wide", line, None, None, found, expected, in_file=True)
            return None
        shaped = ShapedRows(
            source, names, shape, choices, reading, problems, skipped_lines, empty_before
        )
        if shaped.turned or shape.index:
            problems.place = shaped.place
            reading.places = shaped.places
        return shaped

    def _note_apart(self, names: Sequence[str], shape: Shape) -> None:
        """Note the columns that hold no lines, as problems until that is confirmed."""
        line, done = self.reading.header_line, bool(self.choices.leave_out)
        for place in shape.apart:
            code = "rest_column" if place in shape.rests else "total_column"
            self.reading.note_left_out(code, line, done=done)
            if not done:
                expected = f"{NO_LINES[code]}: {WAY}"
                self.problems.add(code, line, place, None, names[place - 1], expected, in_file=True)


def skip_titles(
    header: Header, first: str, text: Iterable[str], start: TableStart
) -> tuple[str, Iterable[str], list[str]]:
    """Return the line of the header, what follows it, and some of that."""
    # A line may have megabytes: no more than some are looked at, and of each the beginning.
    lines = [first]
    length = len(first)
    for line in islice(text, SAMPLE_ROWS):
        lines.append(line)
        length += len(line)
        if length > _SAMPLE_LENGTH:
            break
    sample = [line[:_LINE_LENGTH] for line in lines]
    rows = [sample_rows([line], header.detect_delimiter(line)) for line in sample]
    index = find_header([row[0] if row else [] for row in rows], start.rules)
    start.note_titles(header.skipped_lines + 1, index, first.strip())
    header.skipped_lines += index
    return lines[index], chain(lines[index + 1 :], text), sample[index + 1 :]


def sample_rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the rows of some lines, up to the first whose quotes are broken."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    return [row for row in rows if any(map(str.strip, row))]

"""Numbers with a comma in them, of which a comma-delimited file has made two cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.csv_io.cell_parsers import parse_text
from app.csv_io.number_parser import NumberParser
from app.csv_io.schema import CellParser

_CELL: Final = re.compile(r' *+(?:"(?:[^"]++|"")*+"|(?!")[^,\r\n]*+),')
_SPACES: Final = re.compile(" *")


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """A column of numbers, at `position` from 1, and the one after it that may hold digits too.

    `sure`: a text, of which nothing else tells whether it is the number's rest.
    """

    position: int
    number: NumberParser
    sure: bool


@dataclass(frozen=True, slots=True)
class SplitNumber:
    """Two cells, the first at `position`, that may be one number."""

    position: int
    found: str
    expected: str
    suggestion: str | None


def number_column_pairs(parsers: Sequence[CellParser | None]) -> list[ColumnPair]:
    """The columns, by their parsers in the file's order, whose numbers could run over."""
    return [
        ColumnPair(position, left, right is parse_text)
        for position, (left, right) in enumerate(pairwise(parsers), 1)
        if isinstance(left, NumberParser)
        and (right is parse_text or isinstance(right, NumberParser))
    ]


def find_split_numbers(
    row: Sequence[str], pairs: Sequence[ColumnPair], record: Sequence[str]
) -> Iterator[SplitNumber]:
    """Digits directly after a whole number, neither in quotes; `record` are the row's lines."""
    for pair in pairs:
        whole, rest = row[pair.position - 1], row[pair.position].rstrip(" ")
        if not (_digits(whole) and _digits(rest) and pair.number.may_continue(whole, rest)):
            continue
        if _begins("".join(record), pair.position, f"{whole},{rest}"):
            yield _split(pair, whole, rest)


def _digits(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal()


def _begins(record: str, position: int, written: str) -> bool:
    """Whether the cell at `position` begins with what is `written`, as it stands in the file."""
    place = 0
    for _ in range(position - 1):
        match = _CELL.match(record, place)
        if match is None:
            return False
        place = match.end()
    blanks = _SPACES.match(record, place)
    return record.startswith(written, blanks.end() if blanks else place)


def _split(pair: ColumnPair, whole: str, rest: str) -> SplitNumber:
    point = f"{whole}.{rest}"
    grouped = pair.number.groups and len(rest) == 3
    ways = f"{whole}{rest} or {point}0" if grouped else point
    expected = f"one number, written {ways}, or two cells, the second in quotes"
    return SplitNumber(pair.position, f"{whole},{rest}", expected, None if grouped else point)

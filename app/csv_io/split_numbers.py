"""Numbers with a comma in them that a comma-delimited file has split into two cells.

A row with a decimal comma still has as many cells as the header has names where its last cell is
left out. Without a check its figures would be read wrong: `29,7` as 29, then a note that says 7.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.csv_io.cell_parsers import parse_days, parse_text
from app.csv_io.number_parser import NumberParser
from app.csv_io.schema import CellParser

# One cell with its delimiter, as the csv module reads it. The quantifiers are possessive (`*+`) so
# that a long row takes time in proportion to its length.
_CELL: Final = re.compile(r' *+(?:"(?:[^"]++|"")*+"|(?!")[^,\r\n]*+),')
_SPACES: Final = re.compile(" *")


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """A column of numbers, at `position` from 1, whose next column may hold digits too.

    `sure` means that the next one is a text or a number of days: digits in it are refused at once.
    Where it is a figure of its own, the other lines of the file can show that both are whole.
    """

    position: int
    number: NumberParser
    sure: bool


@dataclass(frozen=True, slots=True)
class SplitNumber:
    """Two cells, the first in column `position` from 1, that may be one number."""

    position: int
    found: str
    expected: str
    suggestion: str | None


def number_column_pairs(parsers: Sequence[CellParser | None]) -> list[ColumnPair]:
    """Return the columns whose numbers could run over into the next one.

    `parsers` are those of the file's columns, in its order; None for an unknown column.
    """
    return [
        ColumnPair(position, left, right in (parse_text, parse_days))
        for position, (left, right) in enumerate(pairwise(parsers), 1)
        if isinstance(left, NumberParser)
        and (right in (parse_text, parse_days) or isinstance(right, NumberParser))
    ]


def find_split_numbers(
    row: Sequence[str], pairs: Sequence[ColumnPair], record: Sequence[str]
) -> Iterator[SplitNumber]:
    """Yield each pair of a whole number and digits directly after it, neither in quotes.

    `row` holds the parsed cells, `record` the physical lines of the row, which tell of the quotes.
    """
    for pair in pairs:
        whole = row[pair.position - 1]
        # Of nearly all rows this is asked in vain.
        if not whole.isdecimal():
            continue
        rest = row[pair.position].rstrip(" ")
        if not (_digits(whole) and _digits(rest) and pair.number.may_continue(whole, rest)):
            continue
        # A space after the comma, or quotes, show that two cells are meant: nobody writes a number
        # so. The parsed cells do not tell them any more.
        if _begins("".join(record), pair.position, f"{whole},{rest}"):
            yield _split(pair, whole, rest)


def _digits(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal()


def _begins(record: str, position: int, written: str) -> bool:
    """Return whether the cell at `position` begins with `written` as it stands in the file."""
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

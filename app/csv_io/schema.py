"""The values around reading a CSV file: its limits, the rules of its columns, how it was read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

_UNSTORABLE: Final = re.compile(r"[\x00-\x1f\ud800-\udfff]")
NAME_MAX_LENGTH: Final = 200
"""Characters of a cell, unless its column allows another number."""
NOTE_MAX_LENGTH: Final = 500
"""Characters of a note."""


@dataclass(slots=True)
class CellContext:
    """What a file's other cells say about reading this one.

    `decimal_mark` is that of the first number with a mark, whichever column it stands in; parsers
    of numbers set it. `first_days` are the months written as their first day, `has_plain_months`
    says whether another is written without one, `date_orders` are the orders of day and month that
    dates were seen to have, `dates_refused` counts the different texts that are no date; the parser
    of months sets these.
    """

    delimiter: str = ","
    decimal_mark: str | None = None
    first_days: set[date] = field(default_factory=set)
    has_plain_months: bool = False
    date_orders: set[str] = field(default_factory=set)
    dates_refused: int = 0


CellParser = Callable[[str, CellContext], Any]
"""Returns the value of a trimmed text that is not blank. Raises UnreadableCellError.

What it returns for a text may depend on the file's context, never on the row: values are cached.
"""


DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
"""The delimiters a file may have, and their names for people."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The most a file may hold; None is no limit.

    `seconds` are those that a file may wait for its check, and as many again for the check.
    """

    # `columns` holds for every file: the cache of a column has up to 10,000 values.
    bytes: int | None = 10 * 2**20
    lines: int | None = 100_000
    columns: int = 50
    seconds: float | None = 40


NO_FILE_LIMITS: Final = FileLimits(bytes=None, lines=None, seconds=None)
"""For files of whoever runs the server: they come by the command line, and may be larger."""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column a file may have. `blank` is the value of an empty cell or an absent column.

    `required` means that the header must name it, `filled` that its cells must not be empty.
    `limit` is the number of characters a cell may have; `multiline` lets it hold line ends.
    `words` are what others call such a column: they are suggested, with `meaning`, and not read.
    """

    name: str
    parse: CellParser
    aliases: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    blank: Any = None
    limit: int = NAME_MAX_LENGTH
    multiline: bool = False
    words: tuple[str, ...] = ()
    meaning: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The column's own name, then its aliases; they compare by `fold_name`."""
        return (self.name, *self.aliases)


class ColumnKind(StrEnum):
    """What the columns of a wide table are, or what names its rows."""

    ORIGIN = "origin"
    DEVELOPER = "developer"
    MODEL = "model"
    MONTH = "month"


class FigureKind(StrEnum):
    """What the columns of a wide table hold."""

    SHARE_PCT = "share_pct"
    VALUE = "value"


TABLE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "wide": tuple(ColumnKind),
    "figures": tuple(FigureKind),
    "names": tuple(ColumnKind),
    "leave_out": ("yes",),
}
"""What may be chosen of a table's shape, by the name of the choice."""


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What was chosen about the table of a file; "" says nothing.

    `sheet` is the one of a workbook that is read. Of a table with a column for each home,
    developer, model or month `wide` says which of these they are, `figures` whether they hold
    share_pct or value, and `names` what the column is that names no more than its rows.
    `leave_out`: rows and columns that are no lines are left out: titles, notes, sums, counts of
    the rows.
    """

    sheet: str = ""
    wide: str = ""
    figures: str = ""
    names: str = ""
    leave_out: str = ""

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> "TableChoices":
        """Return the choices of a form or a query by name; what is not given says nothing."""
        # No sheet has such a name, and the database keeps none of these characters.
        sheet = _UNSTORABLE.sub("\ufffd", texts.get("sheet", "")[:NAME_MAX_LENGTH])
        chosen = {
            name: texts[name] for name, words in TABLE_WORDS.items() if texts.get(name) in words
        }
        return cls(sheet, **chosen)

    def as_stored(self) -> dict[str, Any]:
        """Return the choices by name, without those that say nothing."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> "TableChoices":
        """Return the choices that `as_stored` gave."""
        return cls(**stored)


NO_CHOICES: Final = TableChoices()


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """A sheet that may be chosen: its name, its size, and the texts of its first filled row."""

    name: str
    rows: int
    columns: int
    first_row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShapeOffer:
    """What the shape of a table seems to be: TableChoices may confirm it.

    `columns` are the headers of those that hold one thing each, `wide` what it seems to be; `names`
    is the header of the column that names the rows, `names_are` what it seems to hold. `totals` are
    columns of sums, `first_lines` the first lines of the table turned.
    """

    columns: tuple[str, ...]
    wide: str
    has_names: bool
    names: str
    names_are: str
    totals: tuple[str, ...]
    first_lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """Column `position` (from 1), called `header` in the file, was read as `field`."""

    position: int
    header: str
    field: str


@dataclass(slots=True)
class FileReading:
    """How a file was read. What depends on its rows is complete once they have been read.

    `bytes` is the file's size, `header_line` counts from 1 (0: no header was found). `lines` counts
    the rows below the header that are not blank, `empty_columns` those at the end without a name.
    `days_as_months` are months written as `2025-08-01`, where that may mean the day alone.
    `own_columns` are those of observations.csv that an upload does not need: they are passed over.
    Of a workbook `sheet` is the one that was read, or "" where it has to be chosen from `sheets`;
    then neither encoding nor delimiter says anything. `turned`: it had a column for each of the
    things that `shape` tells; `places` are the positions in the file of the columns as they were
    read, where they differ. `left_out` and `may_be_left_out` are lines that are none, by code.
    """

    bytes: int = 0
    encoding: str = "UTF-8"
    bom: bool = False
    delimiter: str = ","
    decimal_mark: str | None = None
    header_line: int = 0
    columns: tuple[ReadColumn, ...] = ()
    lines: int = 0
    blank_lines: int = 0
    empty_columns: int = 0
    days_as_months: tuple[date, ...] = ()
    own_columns: tuple[str, ...] = ()
    sheet: str | None = None
    sheets: tuple[SheetSummary, ...] = ()
    hidden_rows: int = 0
    percent_cells: int = 0
    turned: bool = False
    places: tuple[int, ...] = ()
    shape: ShapeOffer | None = None
    left_out: dict[str, list[int]] = field(default_factory=dict)
    may_be_left_out: dict[str, list[int]] = field(default_factory=dict)

    def note_left_out(self, code: str, line: int, *, done: bool) -> None:
        """Note a line that is none of the table, and whether it was left out."""
        (self.left_out if done else self.may_be_left_out).setdefault(code, []).append(line)

    @property
    def columns_in_file(self) -> tuple[ReadColumn, ...]:
        """The columns with their positions in the file."""
        if not self.places:
            return self.columns
        return tuple(
            replace(item, position=self.places[item.position - 1]) for item in self.columns
        )

    @property
    def delimiter_name(self) -> str:
        """The delimiter in words, such as `semicolon`; `cells` of a workbook."""
        return DELIMITERS.get(self.delimiter, "cells")

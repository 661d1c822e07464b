"""The values around reading a CSV file: its limits, the rules of its columns, how it was read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

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

    @property
    def delimiter_name(self) -> str:
        """The delimiter in words, such as `semicolon`."""
        return DELIMITERS[self.delimiter]

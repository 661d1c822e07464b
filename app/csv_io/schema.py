"""What a reader is told of a CSV file: its limits, its columns, and how a file was read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

NAME_MAX_LENGTH: Final = 200
NOTE_MAX_LENGTH: Final = 500


@dataclass(slots=True)
class CellContext:
    """What a file's other cells say about reading this one: delimiter and decimal mark so far."""

    delimiter: str = ","
    decimal_mark: str | None = None


CellParser = Callable[[str, CellContext], Any]
"""Takes a trimmed text that is not blank. Raises UnreadableCellError."""


DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The most a file may hold; None is no limit.

    `seconds` are those that a file waits for its check, and those that the check may take.
    """

    bytes: int | None = 10 * 2**20
    lines: int | None = 100_000
    columns: int = 50
    seconds: float | None = 40


NO_FILE_LIMITS: Final = FileLimits(bytes=None, lines=None, seconds=None)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column a file may have. `blank` is the value of an empty cell or an absent column.

    `required`: the header must name it; `filled`: its cells must not be empty.
    """

    name: str
    parse: CellParser
    aliases: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    blank: Any = None
    limit: int = NAME_MAX_LENGTH
    multiline: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """Column `position` (from 1), called `header` in the file, was read as `field`."""

    position: int
    header: str
    field: str


@dataclass(slots=True)
class FileReading:
    """How a file was read. What depends on its rows is complete once they have been read."""

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

    @property
    def delimiter_name(self) -> str:
        return DELIMITERS[self.delimiter]

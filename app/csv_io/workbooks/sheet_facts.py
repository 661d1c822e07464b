"""What calamine does not tell of a sheet: its size before it is read, and how cells are shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from app.csv_io.workbooks.limits import damaged

COLUMNS_MAX: Final = 16_384
"""Columns of a sheet, by which a cell's row and column are one number: see `cell_number`."""


@dataclass(slots=True)
class SheetFacts:
    """The sheet `name`, the `index`-th of its workbook from 0; rows and columns count from 1.

    `percents` are the numbers that are shown as percent, `faults` the cells without a value that
    can be taken, each with the kind of its mark and what it shows: both by `cell_number`.
    """

    name: str
    index: int
    visible: bool = True
    last_row: int = 0
    last_column: int = 0
    hidden_rows: int = 0
    percents: set[int] = field(default_factory=set)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        """The number of cells from A1 to the last filled one, which is what calamine keeps."""
        return self.last_row * self.last_column

    def fill(self, row: int, column: int) -> None:
        """Note that a cell is filled."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)


def cell_number(row: int, column: int) -> int:
    """Return one number for a cell's row and column."""
    return row * COLUMNS_MAX + column


class LocalNames(dict[str, str]):
    """The local part of each name in a document: some programs write `x:row` for `row`."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


StartElement = Callable[[str, dict[str, str]], None]


def parse_xml(
    portions: Iterable[bytes],
    start: StartElement,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    parser: expat.XMLParserType | None = None,
) -> None:
    """Call `start` and `end` for each element of a part, `text` for what stands in it.

    Raises WorkbookError where it is no XML, or declares types: no spreadsheet writes those.
    """
    parser = parser or expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_types
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
        parser.buffer_text = True
    try:
        for portion in portions:
            parser.Parse(portion, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise damaged("a sheet that is no XML") from None


def _refuse_types(*_: object) -> None:
    raise damaged("a sheet that declares types of its own")

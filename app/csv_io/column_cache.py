"""A cache of the parsed cells of one column: files repeat the same few words and months."""

from typing import Any, Final, NamedTuple, cast

from app.csv_io.number_parser import NumberParser
from app.csv_io.schema import CellContext, ColumnRule
from app.domain.text import UnreadableCellError, clean_text

# Texts that one column keeps at most. Columns of values hold a new one in each line, and a file of
# a million lines must not be kept in memory.
_CACHED: Final = 10_000


class CellFault(NamedTuple):
    """What is wrong with a cell; `position` is its column, counted from 1."""

    position: int
    field: str
    error: UnreadableCellError


class CellCache(dict[str, Any]):
    """One column's values by the text of their cells, parsed when they are first looked up.

    An unreadable cell gives None and adds to `faults`, which the caller empties after each row.
    """

    # A dict, because a look-up of a text it has runs in C and calls no Python at all.

    def __init__(
        self, column: ColumnRule, position: int, context: CellContext, faults: list[CellFault]
    ) -> None:
        super().__init__()
        self._column = column
        self._position = position
        self._context = context
        self._faults = faults
        self._errors: dict[str, UnreadableCellError] = {}

    def __missing__(self, text: str) -> Any:
        error = self._errors.get(text)
        if error is None:
            try:
                value = self._parse(text)
            except UnreadableCellError as unreadable:
                # A traceback would keep the frames of its call alive, and the row with them.
                error = unreadable.with_traceback(None)
                self._remember(self._errors, text, error)
            else:
                self._remember(self, text, value)
                return value
        self._faults.append(CellFault(self._position, self._column.name, error))
        return None

    def _parse(self, text: str) -> Any:
        column = self._column
        cell = clean_text(text, column.limit, multiline=column.multiline)
        if cell:
            return column.parse(cell, self._context)
        if column.filled:
            raise UnreadableCellError("blank", "a value: this cell must not be blank")
        return column.blank

    def _remember(self, where: dict[str, Any], text: str, value: Any) -> None:
        if len(where) >= _CACHED:
            where.clear()
        # A text longer than its column allows is refused, and may be megabytes long.
        if len(text) <= self._column.limit:
            where[text] = value


class NumberCells(CellCache):
    """One column's numbers: what is plain is parsed at once, as few of them come again."""

    def __init__(
        self, column: ColumnRule, position: int, context: CellContext, faults: list[CellFault]
    ) -> None:
        super().__init__(column, position, context, faults)
        self._parse_plain = cast(NumberParser, column.parse).parse_plain

    def __missing__(self, text: str) -> Any:
        # What was refused above, before a mark was known, is refused below it too.
        plain = None if text in self._errors else self._parse_plain(text, self._context)
        return super().__missing__(text) if plain is None else plain


def cells_of(
    column: ColumnRule, position: int, context: CellContext, faults: list[CellFault]
) -> CellCache:
    """Return the values of a column by the text of its cells."""
    cells = NumberCells if isinstance(column.parse, NumberParser) else CellCache
    return cells(column, position, context, faults)


class UnreadCells(dict[str, Any]):
    """The cells of a column that is not known: each is None, none is a problem."""

    def __missing__(self, text: str) -> None:
        return None

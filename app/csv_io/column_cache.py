"""The cells of one column that were read already: files repeat the same few words."""

from typing import Any, Final, NamedTuple

from app.csv_io.schema import CellContext, ColumnRule
from app.domain.text import UnreadableCellError, clean_text

_CACHED: Final = 10_000


# --- cells ---------------------------------------------------------------------------------------


class CellFault(NamedTuple):
    position: int
    field: str
    error: UnreadableCellError


class CellCache(dict[str, Any]):
    """One column's values by their text: files repeat themselves, a look-up is no parsing."""

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
            raise UnreadableCellError("blank", f"a value: {column.name} must not be blank")
        return column.blank

    def _remember(self, where: dict[str, Any], text: str, value: Any) -> None:
        if len(where) >= _CACHED:
            where.clear()
        if len(text) <= self._column.limit:
            where[text] = value


class UnreadCells(dict[str, Any]):
    def __missing__(self, text: str) -> None:
        return None

"""The slugs of one type in today's catalogue, of which few are looked at by most questions."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sqlalchemy import Select, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

SlugColumn = tuple[InstrumentedAttribute[str], ColumnElement[bool]]
"""A column of slugs, and which of its rows count."""

# The pattern of `table_base.check_slug`. What no slug can be is not asked for: PostgreSQL refuses
# some characters that anyone may write into an address.
_SLUG: Final = re.compile("[a-z0-9][a-z0-9._:/-]{0,199}", re.ASCII)
_LOOKED_UP_MAX: Final = 3
"""So many slugs are looked up one by one; for more of them all are read."""


class CatalogueSlugs(Collection[str]):
    """The slugs of some columns, sorted. They are read as they are asked for, all of them or one.

    The session must live until then.
    """

    def __init__(self, session: Session, *columns: SlugColumn) -> None:
        self._session = session
        self._columns = columns
        self._looked_up: dict[str, bool] = {}
        self._all: Sequence[str] | None = None

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str) or not _SLUG.fullmatch(word):
            return False
        if self._all is not None or len(self._looked_up) == _LOOKED_UP_MAX:
            return word in self._read_all()
        if word not in self._looked_up:
            rows = union_all(*(rows.where(column == word) for column, rows in self._selects()))
            self._looked_up[word] = self._session.execute(rows).first() is not None
        return self._looked_up[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read_all())

    def __len__(self) -> int:
        return len(self._read_all())

    def _selects(self) -> Iterator[tuple[InstrumentedAttribute[str], Select[str]]]:
        return ((column, select(column).where(counts)) for column, counts in self._columns)

    def _read_all(self) -> Sequence[str]:
        if self._all is None:
            rows = union_all(*(rows for _, rows in self._selects()))
            self._all = tuple(sorted({slug for (slug,) in self._session.execute(rows)}))
        return self._all


def slugs_of(column: InstrumentedAttribute[str]) -> SlugColumn:
    """Return a column of which every row counts."""
    return column, true()

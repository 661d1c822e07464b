"""What shape a table is of, by its header and the rows below it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.csv_io.months.spellings import read_spelling
from app.csv_io.schema import ColumnRule
from app.domain.naming.matching import fold_name
from app.domain.vocabulary import ORIGINS_BY_NAME

FIGURES: Final = ("share_pct", "value")
"""The columns of which a table has one, unless each of its columns is one."""
SAMPLE_ROWS: Final = 30
COLUMNS_MAX: Final = 1_000
"""Columns of a table that may be turned; each name is held against all there are."""

TOTALS: Final = frozenset(
    fold_name(name)
    for name in (
        "total", "totals", "grand total", "sum", "subtotal", "all", "gesamt", "gesamtergebnis",
        "insgesamt", "summe", "total général", "somme", "ensemble", "total general", "suma",
        "totale", "totale complessivo", "somma", "total geral", "soma", "合计", "总计", "總計",
    )
)  # fmt: skip
"""What the sum of the other lines or columns is called, as `fold_name` writes it."""


RESTS: Final = frozenset(
    fold_name(name)
    for name in (
        "other", "others", "all others", "rest", "the rest", "remaining", "remainder", "misc",
        "andere", "sonstige", "übrige", "rest der welt", "autre", "autres", "reste", "otro",
        "otros", "otras", "resto", "altri", "altro", "altre", "outro", "outros", "outras", "其他",
        "其它",
    )
)  # fmt: skip
"""What those are called together that have no column of their own, as `fold_name` writes it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a table. Positions count from 1.

    `index` is a column without a name that counts the rows, from `index_start` on. `columns` are
    those that hold one kind of thing each, which `wide` names (origin, month; "" where it could be
    developers or models). `names` is a column that is not known, `names_are` what it seems to hold.
    `totals` are columns of sums, `rests` those of all who are not named.
    """

    index: int | None = None
    index_start: int = 0
    columns: tuple[int, ...] = ()
    wide: str = ""
    names: int | None = None
    names_are: str = ""
    totals: tuple[int, ...] = ()
    rests: tuple[int, ...] = ()

    @property
    def apart(self) -> tuple[int, ...]:
        """The columns that hold no lines."""
        return (*self.totals, *self.rests)

    def without_rests(self, names: Sequence[str]) -> "Shape":
        """Return the shape with the columns apart that hold all who are not named in another."""
        rests = tuple(place for place in self.columns if is_rest(names[place - 1]))
        columns = tuple(place for place in self.columns if place not in rests)
        return replace(self, columns=columns, rests=rests)


def is_month(text: str) -> bool:
    """Return whether a text says a month, in whatever spelling."""
    return len(text) < 40 and bool(read_spelling(text.strip()).readings)


def is_origin(text: str) -> bool:
    """Return whether a text is a home or a synonym of one."""
    return fold_name(text) in ORIGINS_BY_NAME


def is_total(text: str) -> bool:
    """Return whether a text names a sum."""
    return len(text) < 40 and fold_name(text) in TOTALS


def is_rest(text: str) -> bool:
    """Return whether a text names all who are not named."""
    return len(text) < 40 and fold_name(text) in RESTS


def find_header(rows: Sequence[Sequence[str]], rules: Sequence[ColumnRule]) -> int:
    """Return the index of the row that is the header: the first one with sense, else 0."""
    known = {fold_name(name) for rule in rules for name in rule.names}
    for index, row in enumerate(rows):
        filled = [cell for cell in row if cell.strip()]
        count = sum(fold_name(cell) in known for cell in filled)
        alike = max(_count(is_month, filled), _count(is_origin, filled))
        if len(filled) > 1 and (count > 1 or alike > 1 or (count and len(filled) > 2)):
            return index
    return 0


def _count(holds: Callable[[str], bool], cells: Iterable[str]) -> int:
    return sum(map(holds, cells))


def recognise_shape(
    names: Sequence[str], rows: Sequence[Sequence[str]], rules: Sequence[ColumnRule]
) -> Shape:
    """Return the shape of a table with this header; `rows` are the first ones below it."""
    if len(names) > COLUMNS_MAX:
        return Shape()
    fields = {fold_name(name): rule.name for rule in rules for name in rule.names}
    known = {
        position: fields[fold_name(name)]
        for position, name in enumerate(names, 1)
        if fold_name(name) in fields
    }
    index, start = _index_column(names, rows)
    if set(known.values()) & set(FIGURES):
        return Shape(index, start)
    rest = [
        position for position, name in enumerate(names, 1) if name.strip() and position not in known
    ]
    # A pivot table may leave the place above its rows empty.
    filled = any(row and row[0].strip() for row in rows)
    if filled and not names[0].strip() and index is None and len(names) > 2:
        rest.insert(0, 1)
    return _wide_shape(names, rows, known, rest, Shape(index, start))


def _index_column(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int | None, int]:
    # Rows of sums and notes are not counted.
    cells = [row[0].strip() for row in rows if row and row[0].strip()]
    if len(names) < 3 or names[0].strip() or not cells:
        return None, 0
    cells = [cell for cell in cells if not (is_total(cell) or " " in cell)]
    for start in (0, 1):
        if cells == [str(number) for number in range(start, start + len(cells))]:
            return 1, start
    return None, 0


def _wide_shape(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    known: dict[int, str],
    rest: list[int],
    shape: Shape,
) -> Shape:
    by_name = {position: names[position - 1] for position in rest}
    totals = tuple(position for position in rest if is_total(by_name[position]))
    columns = [position for position in rest if position not in totals]
    months = [position for position in columns if is_month(by_name[position])]
    fields = set(known.values())
    if len(months) > 1 and "month" not in fields and len(columns) - len(months) <= 1:
        unknown = next((position for position in columns if position not in months), None)
        if unknown is None and not fields & {"origin", "developer", "model"}:
            return shape
        names_are = _names_kind(unknown, rows)
        return _replaced(shape, months, "month", unknown, names_are, totals)
    month_names = None
    if "month" not in fields and columns and _names_kind(columns[0], rows) == "month":
        month_names, columns = columns[0], columns[1:]
    if month_names is None and "month" not in fields:
        return shape
    homes = _count(is_origin, (by_name[place] for place in columns)) > 1
    if len(columns) < 2 or fields & {"origin", "developer", "model"}:
        return shape
    # Any words may name developers: only numbers below them tell.
    if not (homes or _figures(columns, rows)):
        return shape
    wide = "origin" if homes else ""
    names_are = "month" if month_names else ""
    return _replaced(shape, columns, wide, month_names, names_are, totals)


def _replaced(  # noqa: PLR0917 - the fields of a Shape in their order
    shape: Shape,
    columns: Sequence[int],
    wide: str,
    names: int | None,
    names_are: str,
    totals: tuple[int, ...],
) -> Shape:
    return Shape(shape.index, shape.index_start, tuple(columns), wide, names, names_are, totals)


def _names_kind(position: int | None, rows: Sequence[Sequence[str]]) -> str:
    """Return what the cells of a column seem to be: months, homes, or "" for other names."""
    if position is None:
        return ""
    cells = [row[position - 1] for row in rows if len(row) >= position]
    cells = [cell for cell in cells if cell.strip() and not is_total(cell)]
    # Below the figures there may be notes.
    cells = [cell for cell in cells if len(cell) < 40][:5]
    if cells and all(map(is_month, cells)):
        return "month"
    return "origin" if cells and all(map(is_origin, cells)) else ""


def _figures(columns: Sequence[int], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether most of the columns hold numbers in half of their cells, or more."""
    numeric = 0
    for place in columns:
        cells = [row[place - 1].strip() for row in rows if len(row) >= place]
        filled = [cell for cell in cells if cell]
        numeric += 0 < len(filled) <= 2 * _count(_begins_with_digit, filled)
    return 2 * numeric > len(columns)


def _begins_with_digit(text: str) -> bool:
    return text.lstrip("+-.,")[:1].isdecimal()

"""What is odd about a cell of a sheet, and what to do about it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from app.csv_io.cell_parsers import parse_text
from app.csv_io.problems import ProblemList
from app.csv_io.schema import ColumnRule


class CellMark(NamedTuple):
    """What is odd about a cell, at `position` from 1: a date, or a fault that shows a text."""

    position: int
    kind: str
    shown: str


_FAULTS: Final = {
    "cell_error": "a value: the formula of this cell fails; mend it in the spreadsheet",
    "formula_without_value": (
        "the value of the formula: open the workbook in a spreadsheet, which computes it, and save"
    ),
    "number_too_long": (
        "a number of at most 15 digits: of longer ones a spreadsheet keeps only those; format the"
        " cell as text and write all its digits"
    ),
}
_DATE: Final = (
    "a name, not a day: the spreadsheet has made one of what was typed; format the cell as text"
    " and type it anew"
)


def refuse_marks(
    marks: Sequence[CellMark],
    line: int,
    problems: ProblemList,
    rules: Sequence[ColumnRule | None],
) -> bool:
    """Add a problem for each cell of a row that holds no value as it should; return if there is.

    `rules` are those of the columns. A day is a fault in a column of names alone.
    """
    count = problems.count
    for mark in marks:
        rule = rules[mark.position - 1] if mark.position <= len(rules) else None
        name = rule.name if rule else None
        if mark.kind in _FAULTS:
            place = (mark.kind, line, mark.position, name)
            problems.add(*place, mark.shown, _FAULTS[mark.kind])
        elif rule is not None and rule.parse is parse_text:
            problems.add("date_as_text", line, mark.position, name, mark.shown, _DATE)
    return problems.count > count

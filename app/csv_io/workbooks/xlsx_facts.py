"""The facts of the sheets of an Excel workbook (.xlsx, .xlsm)."""

import posixpath
import re
from contextlib import suppress
from functools import cache
from typing import Final
from xml.parsers import expat

from app.csv_io.workbooks.archive import WorkbookArchive
from app.csv_io.workbooks.limits import damaged, too_large
from app.csv_io.workbooks.sheet_facts import (
    COLUMNS_MAX,
    LocalNames,
    SheetFacts,
    cell_number,
    parse_xml,
)

WORKBOOK_PART: Final = "xl/workbook.xml"
_PERCENT_FORMATS: Final = {9, 10}  # built in: 0% and 0.00%
# What stands in quotes, or after a backslash, is printed as it is and changes no number.
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)


class _EnoughError(Exception):
    """A sheet has more cells than may be read, however many more there are."""


def read_xlsx_facts(archive: WorkbookArchive, cells_max: int) -> list[SheetFacts]:
    """Return the facts of each worksheet that is not hidden, in the workbook's order.

    Of a sheet of more than `cells_max` cells they are those of its beginning.
    """
    percent_styles = _percent_styles(archive)
    sheets = []
    for facts, part in _listed_sheets(archive):
        if facts.visible and part:
            with suppress(_EnoughError):
                _XlsxSheet(facts, percent_styles, cells_max).read(archive, part)
            sheets.append(facts)
            # A sheet that is too large may stand beside the one that is chosen, but not many.
            if sum(min(sheet.cells, cells_max) for sheet in sheets) > 3 * cells_max:
                raise too_large("too many cells in all")
    return sheets


def _listed_sheets(archive: WorkbookArchive) -> list[tuple[SheetFacts, str]]:
    """Return each sheet with the part that holds it, "" for a sheet that is a chart alone."""
    targets: dict[str, str] = {}
    sheets: list[tuple[SheetFacts, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship") and attributes.get("Type", "").endswith("/worksheet"):
            path = posixpath.join("/xl", attributes.get("Target", ""))
            targets[attributes.get("Id", "")] = posixpath.normpath(path).lstrip("/")

    def listed(name: str, attributes: dict[str, str]) -> None:
        if LocalNames()[name] == "sheet":
            key = next((text for key, text in attributes.items() if key.endswith(":id")), "")
            visible = attributes.get("state", "visible") == "visible"
            facts = SheetFacts(attributes.get("name", ""), len(sheets), visible)
            sheets.append((facts, targets.get(key, "")))

    parse_xml(archive.unpack("xl/_rels/workbook.xml.rels"), relation)
    parse_xml(archive.unpack(WORKBOOK_PART), listed)
    if not sheets:
        raise damaged("a workbook without a list of its sheets")
    return sheets


def _percent_styles(archive: WorkbookArchive) -> frozenset[str]:
    """Return the numbers of the cell styles that show 0.297 as 29.7 %."""
    if "xl/styles.xml" not in archive.names():
        return frozenset()
    percent_formats = {str(number) for number in _PERCENT_FORMATS}
    styles: list[str] = []
    inside: list[str] = []

    def end(_name: str) -> None:
        inside.pop()

    def start(name: str, attributes: dict[str, str]) -> None:
        local = LocalNames()[name]
        inside.append(local)
        if local == "numFmt":
            number = attributes.get("numFmtId", "")
            shown = _LITERAL.sub("", attributes.get("formatCode", ""))
            # A format of one's own may bear the number of one that is built in.
            percent_formats.discard(number)
            if "%" in shown:
                percent_formats.add(number)
        elif local == "xf" and "cellXfs" in inside:
            styles.append(attributes.get("numFmtId", "0"))

    parse_xml(archive.unpack("xl/styles.xml"), start, end)
    return frozenset(
        str(number) for number, shown_as in enumerate(styles) if shown_as in percent_formats
    )


class _XlsxSheet:
    """One run over the XML of a sheet.

    Of a million cells each call counts, so that a cell is done with when the next one begins, and
    texts are only asked for within cells that show an error.
    """

    def __init__(self, facts: SheetFacts, percent_styles: frozenset[str], cells_max: int) -> None:
        self.facts = facts
        self.cells_max = cells_max
        self.percent_styles = percent_styles
        self.row = self.column = 0
        self.formula = self.filled = self.failed = False
        self.shown: list[str] = []
        self.local = LocalNames()
        self.parser = expat.ParserCreate()

    def read(self, archive: WorkbookArchive, part: str) -> None:
        parse_xml(archive.unpack(part), self.start, parser=self.parser)
        self._end_cell()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.local[name]
        if local == "c":
            self._end_cell()
            self._begin_cell(attributes)
        elif local in {"v", "is"}:
            self.filled = True
        elif local == "f":
            self.formula = True
        elif local == "row":
            self._end_cell()
            if self.facts.cells > self.cells_max:
                raise _EnoughError
            # Without a number a row is the next one, as a cell without a place is.
            number = attributes.get("r", "")
            self.row = int(number) if number.isdecimal() and len(number) < 8 else self.row + 1
            self.column = 0
            self.facts.hidden_rows += attributes.get("hidden") in {"1", "true"}

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        if place:
            self.column, self.row = _position(place[1]), int(place[2])
        else:
            self.column += 1
        kind = attributes.get("t", "n")
        if kind == "e":
            self.failed = True
            self.parser.CharacterDataHandler = self._text
        elif kind == "n" and attributes.get("s") in self.percent_styles:
            self.facts.percents.add(cell_number(self.row, self.column))

    def _text(self, text: str) -> None:
        if self.filled and len(self.shown) < 10:
            self.shown.append(text[:100].strip())

    def _end_cell(self) -> None:
        # A cell that was only given a colour holds nothing, and counts for no size.
        if self.filled or self.formula:
            self.facts.fill(self.row, self.column)
            if self.column > COLUMNS_MAX:
                raise damaged("a sheet of more columns than there are")
            if self.failed:
                self._add_fault("cell_error", "".join(self.shown))
            elif not self.filled:
                self._add_fault("formula_without_value", "")
        if self.failed:
            self.parser.CharacterDataHandler = None
            self.shown.clear()
        self.formula = self.filled = self.failed = False

    def _add_fault(self, kind: str, shown: str) -> None:
        self.facts.faults[cell_number(self.row, self.column)] = (kind, shown)


@cache
def _position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position

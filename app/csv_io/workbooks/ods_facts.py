"""The facts of the sheets of an OpenDocument spreadsheet (.ods)."""

from typing import Final

from app.csv_io.workbooks.archive import WorkbookArchive
from app.csv_io.workbooks.limits import too_large
from app.csv_io.workbooks.sheet_facts import LocalNames, SheetFacts, cell_number, parse_xml

CONTENT_PART: Final = "content.xml"
_ALIKE_MAX: Final = 100_000
"""Percentages or errors that one cell of the file may stand for."""


def read_ods_facts(archive: WorkbookArchive) -> list[SheetFacts]:
    """Return the facts of each sheet, in the spreadsheet's order.

    Sheets that are hidden there are told by their style alone, and count as seen.
    """
    content = _OdsContent()
    parse_xml(archive.unpack(CONTENT_PART), content.start, content.end, content.text)
    return content.sheets


def _repeats(attributes: dict[str, str], name: str) -> int:
    number = attributes.get(name, "1")
    return max(1, int(number)) if number.isdecimal() and len(number) < 9 else 1


class _OdsContent:
    """One run over the XML of all sheets. Rows and cells may stand for many that are alike."""

    def __init__(self) -> None:
        self.sheets: list[SheetFacts] = []
        self.row = self.column = self.row_repeats = self.depth = 0
        self.cell: tuple[int, int] | None = None
        self.kind = ""
        self.formula = False
        self.shown: list[str] = []
        self.local = LocalNames()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.local[name]
        if local == "table" and name.startswith("table:"):
            self.depth += 1
            # A table within a cell's note or drawing is no sheet.
            if self.depth == 1:
                self.sheets.append(SheetFacts(attributes.get("table:name", ""), len(self.sheets)))
                self.row = self.row_repeats = 0
        elif self.depth != 1:
            return
        elif local == "table-row":
            self.row += self.row_repeats or 1
            self.row_repeats = _repeats(attributes, "table:number-rows-repeated")
            self.column = 0
            hidden = attributes.get("table:visibility") in {"collapse", "filter"}
            self.sheets[-1].hidden_rows += hidden and self.row_repeats < 100_000
        elif local in {"table-cell", "covered-table-cell"}:
            repeats = _repeats(attributes, "table:number-columns-repeated")
            self.cell = (self.column + 1, self.column + repeats)
            self.column += repeats
            self.kind = attributes.get("office:value-type", "")
            if attributes.get("calcext:value-type") == "error":
                self.kind = "error"
            self.formula = "table:formula" in attributes
            self.shown.clear()

    def text(self, text: str) -> None:
        if self.cell is not None and len(self.shown) < 10:
            self.shown.append(text[:100])

    def end(self, name: str) -> None:
        local = self.local[name]
        if local == "table" and name.startswith("table:"):
            self.depth -= 1
        elif local in {"table-cell", "covered-table-cell"} and self.depth == 1 and self.cell:
            self._end_cell(*self.cell)
            self.cell = None

    def _end_cell(self, first: int, last: int) -> None:
        if not (self.kind or self.formula or "".join(self.shown).strip()):
            return
        facts, last_row = self.sheets[-1], self.row + self.row_repeats - 1
        facts.fill(last_row, last)
        fault = self._fault()
        if self.kind != "percentage" and fault is None:
            return
        if self.row_repeats * (last - first + 1) > _ALIKE_MAX:
            raise too_large(f"{self.row_repeats} rows that are alike")
        for row in range(self.row, last_row + 1):
            for column in range(first, last + 1):
                if fault is not None:
                    facts.faults[cell_number(row, column)] = fault
                else:
                    facts.percents.add(cell_number(row, column))

    def _fault(self) -> tuple[str, str] | None:
        shown = "".join(self.shown)
        # Before calcext came, an error was a formula with a text as its value.
        if self.kind == "error" or (self.formula and shown.startswith(("#", "Err:"))):
            return "cell_error", shown
        return ("formula_without_value", "") if self.formula and not self.kind else None

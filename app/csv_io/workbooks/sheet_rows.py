"""The rows of a workbook's sheet, read in a process of their own."""

import json
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any, BinaryIO, Final

from app.csv_io.schema import FileLimits, SheetSummary
from app.csv_io.workbooks.limits import (
    COMMAND_LINE_WORKBOOK_LIMITS,
    WEB_WORKBOOK_LIMITS,
    WorkbookError,
    damaged,
    too_large,
)
from app.csv_io.workbooks.marks import CellMark
from app.domain.errors import excerpt
from app.domain.naming.matching import nearest_match

_PROCESS: Final = "app.csv_io.workbooks.process"


class WorkbookSheet:
    """The rows of one sheet, from row 1 on; iterate once.

    `first_line` is the number of the last row given, `marks` tell of its odd cells. Without
    a `name` no sheet was chosen: `sheets` are those there are, or the first of `sheet_count`.
    """

    def __init__(self, lines: IO[str]) -> None:
        weakref.finalize(self, lines.close)
        self._lines = lines
        self.first_line = 0
        self.marks: list[CellMark] = []
        told: dict[str, Any] = json.loads(lines.readline())
        if refused := told.get("refused"):
            raise WorkbookError(**refused)
        self.name: str | None = told.get("sheet")
        self.hidden_rows: int = told.get("hidden_rows", 0)
        self.percent_cells: int = told.get("percents", 0)
        self.columns_before: int = told.get("columns_before", 0)
        self.sheets = tuple(
            SheetSummary(item["name"], item["rows"], item["columns"], tuple(item["first_row"]))
            for item in told.get("sheets", ())
        )
        self.sheet_count: int = told.get("count", 1)

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        line = self._lines.readline()
        if not line:
            raise StopIteration
        self.first_line += 1
        row: Any = json.loads(line)
        if isinstance(row, list):
            self.marks = []
            return row
        self.marks = [CellMark(*mark) for mark in row["marks"]]
        texts: list[str] = row["row"]
        return texts

    def choice_problem(self, chosen: str) -> tuple[str, str, str, str | None]:
        """Return the problem that a sheet has to be chosen, or that `chosen` is none of them."""
        names = [sheet.name for sheet in self.sheets]
        listed = ", ".join(f"“{excerpt(name, 40)}”" for name in names)
        more = self.sheet_count - len(names)
        listed += f" and {more} more" if more else ""
        if not names:
            return "empty_file", "a workbook without a filled sheet", "a sheet with figures", None
        if chosen:
            near = nearest_match(chosen, names)
            return "unknown_sheet", chosen, f"the name of a sheet: {listed}", near
        found = f"{self.sheet_count} sheets: {listed}"
        expected = "one of them: choose it in the form, as the parameter sheet, or with --sheet"
        return "which_sheet", found, expected, None


def open_workbook_sheet(file: BinaryIO, sheet: str, limits: FileLimits) -> WorkbookSheet:
    """Return the sheet of a name, or for "" the only one. Raises WorkbookError."""
    # Files that may have any number of lines come by the command line.
    known = WEB_WORKBOOK_LIMITS if limits.lines is not None else COMMAND_LINE_WORKBOOK_LIMITS
    told = json.dumps({"sheet": sheet, "limits": asdict(known)})
    out = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with its sheet
    with tempfile.TemporaryFile() as workbook:
        file.seek(0)
        shutil.copyfileobj(file, workbook)
        workbook.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - no argument comes from outside but a name
                [sys.executable, "-c", f"import {_PROCESS} as process; process.run()", told],
                stdin=workbook,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=known.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            out.close()
            raise too_large("more than can be read in time") from None
    out.seek(0)
    # Rust ends a process that gets no memory; what it had written by then is no whole sheet.
    if done.returncode:
        out.close()
        raise (
            too_large("more than the memory for one workbook")
            if done.returncode < 0
            else (damaged("a damaged workbook"))
        )
    return WorkbookSheet(out)

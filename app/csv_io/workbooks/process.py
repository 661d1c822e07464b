"""The process that reads a workbook: calamine takes what memory a file asks for, so it has a limit.

Run as `python -c "import …; run()" CHOICES`: the workbook is its standard input, which can be
sought, and standard output gets JSON, a line for the sheet and then a line for each row of it.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, BinaryIO, Final, TextIO

from python_calamine import CalamineError, CalamineWorkbook

from app.csv_io.workbooks.archive import WorkbookArchive
from app.csv_io.workbooks.cell_texts import cell_text
from app.csv_io.workbooks.limits import WorkbookError, WorkbookLimits, damaged, too_large
from app.csv_io.workbooks.ods_facts import CONTENT_PART, read_ods_facts
from app.csv_io.workbooks.sheet_facts import SheetFacts, cell_number
from app.csv_io.workbooks.xlsx_facts import WORKBOOK_PART, read_xlsx_facts

SHEETS_LISTED_MAX: Final = 20
_PREVIEW_CELLS: Final = 8


@dataclass(frozen=True, slots=True)
class ReadTask:
    """What the process is told beside the workbook; `sheet` "" is the only one there is."""

    sheet: str
    limits: WorkbookLimits


def run() -> None:
    """Read the workbook of standard input as the first argument says."""
    told = json.loads(sys.argv[1])
    task = ReadTask(told["sheet"], WorkbookLimits(**told["limits"]))
    _limit_memory(task.limits.memory_bytes)
    try:
        with os.fdopen(0, "rb") as file:
            write_sheet(file, task, sys.stdout)
    except WorkbookError as error:
        write_error(error, sys.stdout)
    except MemoryError:
        write_error(too_large("more than the memory for one workbook"), sys.stdout)


def _limit_memory(limit_bytes: int) -> None:
    # RLIMIT_DATA, not RLIMIT_AS: libraries are mapped into hundreds of megabytes of addresses.
    resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))


def write_error(error: WorkbookError, out: TextIO) -> None:
    refused = {"code": error.code, "found": error.found, "expected": error.expected}
    out.write(json.dumps({"refused": refused}) + "\n")


def write_sheet(file: BinaryIO, task: ReadTask, out: TextIO) -> None:
    """Write the sheet that was chosen, or else the sheets there are to choose from."""
    archive = WorkbookArchive(file, task.limits)
    names = archive.names()
    archive.check_all()
    spreadsheet = CONTENT_PART in names and WORKBOOK_PART not in names
    cells_max = task.limits.cells
    every = read_ods_facts(archive) if spreadsheet else read_xlsx_facts(archive, cells_max)
    sheets = [facts for facts in every if facts.cells]
    # An .ods is read whole when it is opened, an .xlsx sheet by sheet.
    if sum(facts.cells for facts in sheets) > task.limits.cells and spreadsheet:
        raise too_large("too many cells in all")
    file.seek(0)
    workbook = _open(file)
    named = [facts for facts in sheets if facts.name == task.sheet]
    chosen = named or ([] if task.sheet else sheets)
    if len(chosen) != 1:
        listed = [_preview(workbook, facts, task.limits) for facts in sheets[:SHEETS_LISTED_MAX]]
        out.write(json.dumps({"sheets": listed, "count": len(sheets)}) + "\n")
        return
    _write_rows(workbook, chosen[0], task.limits, out)


def _open(file: BinaryIO) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(file)
    except MemoryError:
        raise
    except BaseException as error:
        raise _unreadable(error) from error


def _unreadable(error: BaseException) -> WorkbookError:
    # A panic of calamine's is a BaseException.
    if isinstance(error, CalamineError | ValueError | OSError) or "Panic" in type(error).__name__:
        return damaged("a damaged workbook")
    raise error


def _values(
    workbook: CalamineWorkbook, facts: SheetFacts, limits: WorkbookLimits
) -> tuple[int, Iterator[Sequence[Any]]]:
    """Return how many columns stand empty before the first, and the rows from row 1 on."""
    if facts.cells > limits.cells:
        raise too_large(f"{facts.last_row:,} rows and {facts.last_column:,} columns in one sheet")
    try:
        sheet = workbook.get_sheet_by_index(facts.index)
    except MemoryError:
        raise
    except BaseException as error:
        raise _unreadable(error) from error
    return (sheet.start or (0, 0))[1], sheet.iter_rows()


def _preview(
    workbook: CalamineWorkbook, facts: SheetFacts, limits: WorkbookLimits
) -> dict[str, Any]:
    """Return a sheet's name, size and the texts of its first row that is filled."""
    first: list[str] = []
    if facts.cells <= limits.cells:
        _, rows = _values(workbook, facts, limits)
        for row in rows:
            first = [str(value)[:40] for value in row if str(value).strip()][:_PREVIEW_CELLS]
            if first:
                break
    return {
        "name": facts.name,
        "rows": facts.last_row,
        "columns": facts.last_column,
        "first_row": first,
    }


def _write_rows(
    workbook: CalamineWorkbook, facts: SheetFacts, limits: WorkbookLimits, out: TextIO
) -> None:
    before, rows = _values(workbook, facts, limits)
    said = {
        "sheet": facts.name,
        "hidden_rows": facts.hidden_rows,
        "percents": len(facts.percents),
        "columns_before": before,
    }
    out.write(json.dumps(said) + "\n")
    writer, missing = json.JSONEncoder(ensure_ascii=False), [""] * before
    for number, values in enumerate(rows, 1):
        texts, marks = _row_texts(number, before, values, facts)
        row = [*missing, *texts]
        out.write(writer.encode({"row": row, "marks": marks} if marks else row) + "\n")


def _row_texts(
    number: int, before: int, values: Sequence[Any], facts: SheetFacts
) -> tuple[list[str], list[tuple[int, str, str]]]:
    """Return a row's texts, and of odd cells their column, what is odd, and what they show."""
    texts, marks = [], []
    percents, faults = facts.percents, facts.faults
    for column, value in enumerate(values, before + 1):
        if type(value) is str and not faults:
            texts.append(value)
            continue
        place = cell_number(number, column)
        text = cell_text(value, percent=place in percents)
        if place in faults:
            marks.append((column, *faults[place]))
        elif text is None:
            marks.append((column, "number_too_long", str(value)))
        elif isinstance(value, date):
            marks.append((column, "date", text))
        texts.append(text or "")
    return texts, marks


def task_text(task: ReadTask) -> str:
    """Return a task as the argument of the process."""
    return json.dumps({"sheet": task.sheet, "limits": asdict(task.limits)})

"""What reading a workbook may cost: a small file can unpack to what fills a machine."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """The most that a workbook may unpack to, and what its process may take.

    `cells` are those of the rectangle from A1 to the last filled cell of a sheet.
    """

    unpacked_bytes: int
    cells: int
    memory_bytes: int
    seconds: float


WEB_WORKBOOK_LIMITS: Final = WorkbookLimits(48 * 2**20, 400_000, 120 * 2**20, 20)
COMMAND_LINE_WORKBOOK_LIMITS: Final = WorkbookLimits(2 * 2**30, 50_000_000, 4 * 2**30, 3_600)
"""For workbooks of whoever runs the server."""


class WorkbookError(Exception):
    """Why a workbook cannot be read: the parts of a Problem of the whole file."""

    def __init__(self, code: str, found: str, expected: str) -> None:
        super().__init__(code)
        self.code = code
        self.found = found
        self.expected = expected


def too_large(found: str) -> WorkbookError:
    """Return the error of a workbook that holds more than may be unpacked."""
    expected = "a workbook with the figures alone: copy them into a new one, or save as “CSV UTF-8”"
    return WorkbookError("workbook_too_large", found, expected)


def damaged(found: str) -> WorkbookError:
    """Return the error of a workbook that cannot be opened."""
    expected = "a workbook that a spreadsheet opens: save it there anew, as .xlsx or “CSV UTF-8”"
    return WorkbookError("damaged_workbook", found, expected)

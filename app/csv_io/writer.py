"""CSV as we serve it: its text, its file name, and the Link header that explains it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return the rows as CSV with commas and line feeds; each cell goes through `csv_cell`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_cell(value: object) -> object:
    """Return a cell as it may be written: texts that a spreadsheet would run get an apostrophe.

    Numbers never get one.
    """
    # `str` would write small decimals with an exponent, as in 1E-7.
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value[:1] in FORMULA_STARTS:
        return "'" + value
    return value


# Some spreadsheets also take the full-width forms, and skip a tab or line end before a formula.
FORMULA_STARTS: Final = frozenset("=+-@＝＋－＠") | {chr(code) for code in range(32)}
"""The first characters of a text that a spreadsheet may run as a formula."""


def download_file_name(what: str, vintage: datetime | None, ending: str = "csv") -> str:
    """Return a file name that says what the file holds and when that was known, to the minute.

    `what` is in lower case; characters that a name should not have become hyphens.
    """
    # The time has no colon, since Windows allows none in file names.
    vintage_part = f"_{vintage.astimezone(UTC):%Y-%m-%dT%H%MZ}" if vintage else ""
    return f"open-model-share_{re.sub(r'[^a-z0-9._+-]', '-', what)}{vintage_part}.{ending}"


def csv_link_header(*, described: str, canonical: str) -> str:
    """Return the value of a Link header: where a CSV is explained, and where it stays the same."""
    explained = f'<{described}>; rel="describedby"; type="application/json"'
    return f'{explained}, <{canonical}>; rel="canonical"'

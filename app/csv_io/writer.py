"""CSV as we serve it: its text, its name, and the links that say what a CSV alone cannot."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_cell(value: object) -> object:
    """Text a spreadsheet would run as a formula gets an apostrophe; numbers never."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value[:1] in FORMULA_STARTS:
        return "'" + value
    return value


FORMULA_STARTS: Final = frozenset("=+-@＝＋－＠") | {chr(code) for code in range(32)}


def download_file_name(what: str, vintage: datetime | None, ending: str = "csv") -> str:
    """Says what the file holds and when that was known: a CSV has no other place for it."""
    vintage_part = f"_{vintage.astimezone(UTC):%Y-%m-%dT%H%MZ}" if vintage else ""
    return f"open-model-share_{re.sub(r'[^a-z0-9._+-]', '-', what)}{vintage_part}.{ending}"


def csv_link_header(*, described: str, canonical: str) -> str:
    """Where a CSV is explained, and the address at which it will stay the same."""
    explained = f'<{described}>; rel="describedby"; type="application/json"'
    return f'{explained}, <{canonical}>; rel="canonical"'

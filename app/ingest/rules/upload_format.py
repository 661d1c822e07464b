"""The file people upload: its columns as they are read, and the same file written."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TextIO

from app.csv_io.cell_parsers import (
    parse_day,
    parse_days,
    parse_month_cell,
    parse_openness,
    parse_origin,
    parse_status,
    parse_text,
)
from app.csv_io.column_names.words import COLUMN_WORDS
from app.csv_io.number_parser import parse_share, parse_value
from app.csv_io.schema import NOTE_MAX_LENGTH, ColumnRule
from app.domain.calendar import format_month
from app.domain.snapshot import Basis, Line, SnapshotFacts, SnapshotKey
from app.domain.vocabulary import Openness, Origin, Status


class UploadCells(NamedTuple):
    """The cells of a line as read, in the order of UPLOAD_COLUMNS; None where one is blank."""

    month: date
    source: str | None
    origin: Origin | None
    openness: Openness | None
    developer: str | None
    model: str | None
    share_pct: Decimal | None
    value: Decimal | None
    status: Status
    first_day: date | None
    last_day: date | None
    days: int | None
    note: str


_RULES: Final = (
    ColumnRule("month", parse_month_cell, ("period", "date"), required=True, filled=True),
    ColumnRule("source", parse_text),
    ColumnRule("origin", parse_origin),
    ColumnRule("openness", parse_openness),
    ColumnRule("developer", parse_text),
    ColumnRule("model", parse_text),
    ColumnRule("share_pct", parse_share, ("share", "percent", "share percent")),
    ColumnRule("value", parse_value, ("tokens", "downloads", "count")),
    ColumnRule("status", parse_status, blank=Status.FINAL),
    ColumnRule("first_day", parse_day),
    ColumnRule("last_day", parse_day),
    ColumnRule("days", parse_days),
    ColumnRule("note", parse_text, blank="", limit=NOTE_MAX_LENGTH, multiline=True),
)
_MEANINGS: Final = {
    "origin": "the home of a model's developer: chinese, us, european, other or unknown",
    "openness": "open, closed or unknown",
    "share_pct": "in percent of all usage",
}
UPLOAD_COLUMNS: Final = tuple(
    replace(rule, words=COLUMN_WORDS.get(rule.name, ()), meaning=_MEANINGS.get(rule.name, ""))
    for rule in _RULES
)


def write_snapshot_file(
    lines: Iterable[Line], out: TextIO, facts: Mapping[SnapshotKey, SnapshotFacts]
) -> None:
    """Write `lines` in the upload format, so that they are read back the same.

    `facts` are by source and month. Shares that were computed are left out, and computed again on
    reading.
    """
    plain = csv.writer(out, lineterminator="\n")
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow([column.name for column in UPLOAD_COLUMNS])
    for line in lines:
        basis, covered = facts[line.source, line.month]
        given = basis is Basis.SHARE
        share = f"{line.share_pct:f}" if given else ""
        value = _written(line.value)
        # Without quotes, digits after a whole number might be its decimals.
        writer = quoted if share.isdecimal() and value.isdecimal() else plain
        writer.writerow(
            [
                format_month(line.month),
                line.source,
                line.origin,
                line.openness,
                line.developer,
                line.model,
                share,
                value,
                line.status,
                *(covered or ("", "", "")),
                line.note,
            ]
        )


def _written(value: Decimal | None) -> str:
    # Three decimals would read as thousands too; a fourth makes that plain.
    if value is None:
        return ""
    digits = f"{value:f}"
    return digits + "0" if len(digits.partition(".")[2]) == 3 else digits

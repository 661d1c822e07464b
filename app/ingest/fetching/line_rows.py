"""From a line of a fetched file to the publisher's rows that it counts."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.catalogue.lookup import load_catalogue_index
from app.database.tables import Upload
from app.domain.calendar import parse_month
from app.domain.errors import NotFoundError
from app.domain.sources.source_terms import Statistic, Window
from app.ingest.fetchers.months import rows_by_month
from app.ingest.fetchers.registry import FETCHERS
from app.ingest.fetchers.rows import PublisherRow
from app.ingest.fetching.stored_answers import load_answers
from app.ingest.stored_files import open_stored_file
from app.queries.fetches import AnswerRecord, read_answers


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A publisher's row, and the answer that it stands in."""

    row: PublisherRow
    answer: AnswerRecord


@dataclass(frozen=True, slots=True)
class LineRows:
    """The rows behind a line of a fetched file, by day, and what they come to.

    `figure` is what the line says, in the unit of the rows; `total` is what they add up to, and
    `days` how many days the month had. Where `statistic` is the mean, `figure` is `total` over
    `days`, rounded.
    """

    source: str
    month: date
    name: str
    figure: Decimal
    rows: Sequence[CountedRow]
    total: Decimal
    days: int
    statistic: Statistic


def rows_behind_line(session: Session, upload_id: int, line: int) -> LineRows:
    """Return the publisher's rows that a line of an upload counts, the line counted from 1.

    Raises NotFoundError for an upload that was not fetched, or has no such line.
    """
    records = read_answers(session, upload_id)
    if not records:
        raise NotFoundError(f"Upload {upload_id} was sent as a file, not fetched")
    cells = _cells(session.get_one(Upload, upload_id), line)
    fetcher = FETCHERS[records[0].fetcher]
    reading = fetcher.read(load_answers(session, upload_id), load_catalogue_index(session))
    month = parse_month(cells["month"])
    if month is None:
        raise ValueError(f"upload {upload_id}, line {line}: no month")
    by_number = {(record.url, record.sha256): record for record in records}
    answer_of = {
        id(row): by_number[answer.answer.url, answer.answer.sha256.hex()]
        for answer in reading.answers
        for row in answer.rows
    }
    if fetcher.window is Window.MONTH:
        by_day = rows_by_month(reading).get((cells["source"], month), {})
        counted = [row for day in sorted(by_day) for row in by_day[day]]
    else:
        # What is read for the days before has rows of the day of reading alone.
        counted = [row for answer in reading.answers for row in answer.rows]
    rows = [CountedRow(row, answer_of[id(row)]) for row in counted if _counts(row, cells)]
    return LineRows(
        source=cells["source"],
        month=month,
        name=cells["model"] or cells["developer"] or cells["note"] or "what has no name",
        figure=Decimal(cells.get("value") or cells["share_pct"]),
        rows=rows,
        total=sum((counted.row.value for counted in rows), Decimal(0)),
        days=len({row.day for row in counted}),
        statistic=fetcher.statistic,
    )


def _counts(row: PublisherRow, cells: dict[str, str]) -> bool:
    """Return whether a row is counted in the line of these cells.

    A line is known by its model, or else by its developer: what the file leaves to the catalogue
    may have been filled otherwise on the day it was fetched.
    """
    if cells["model"] or row.cells.model:
        return row.cells.model == cells["model"]
    return row.cells.developer == cells["developer"]


def _cells(upload: Upload, line: int) -> dict[str, str]:
    """Return the cells of a line by column; files that were made here have a line a row."""
    with open_stored_file(upload) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        for number, cells in enumerate(csv.DictReader(text), 2):
            if number == line:
                return cells
    raise NotFoundError(f"Upload {upload.id} has no line {line}")

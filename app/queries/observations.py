"""Stored lines at a vintage, page by page in the order of source slug, month and line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select, true, tuple_
from sqlalchemy.orm import Session

from app.database.tables import Observation, Snapshot, Source
from app.database.vintages import current_snapshots, order_by_slug
from app.domain.questions.question import Question
from app.queries.answers.line_columns import is_selected, origin_column
from app.queries.lines import select_stored_lines


class LinePosition(NamedTuple):
    """The place of a line among all lines of a vintage: these three sort them, and name one."""

    source: str
    month: date
    line: int


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line of an upload's file as it was published.

    `source`, `developer` and `model` are slugs; `share_pct` is percent of all usage; `value` is in
    the source's metric; `line` is where it begins in the file of `upload`.
    """

    source: str
    month: date
    origin: str
    openness: str
    developer: str | None
    model: str | None
    share_pct: Decimal
    value: Decimal | None
    status: str
    note: str
    upload: int
    line: int

    @property
    def place(self) -> LinePosition:
        return LinePosition(self.source, self.month, self.line)


def read_observations(
    session: Session, question: Question, after: LinePosition | None, limit: int
) -> list[StoredLine]:
    """Return the next `limit` lines at the question's vintage that pass its filters.

    `after` is the place of the last line read before, None at the beginning.
    """
    # Snapshot by snapshot instead of one statement with OFFSET or a comparison of all three keys:
    # no index holds slug, month and line together, so that each page would sort every line.
    stored_lines: list[StoredLine] = []
    for snapshots in _portions(_snapshots(session, question, after)):
        statement = _lines(session, question, after, snapshots).limit(limit - len(stored_lines))
        stored_lines += [StoredLine(**row._asdict()) for row in session.execute(statement)]
        if len(stored_lines) == limit:
            break
    return stored_lines


_SnapshotList = Sequence[Row[int, str, date]]


def _snapshots(session: Session, question: Question, after: LinePosition | None) -> _SnapshotList:
    """Return id, slug and month of the snapshots that may hold lines after `after`, sorted."""
    current = current_snapshots(question.as_of).subquery()
    slug = order_by_slug()
    statement = (
        select(current.c.id, Source.slug.label("source"), current.c.month)
        .join(Source, Source.id == current.c.source_id)
        .where(Source.slug.in_(question.source) if question.source else true())
        .where(current.c.month >= question.from_ if question.from_ else true())
        .where(current.c.month <= question.to if question.to else true())
        .order_by(slug, current.c.month)
    )
    # Not only greater: the snapshot of the last page may have been read in part. The comparison
    # of rows uses the same collation as the order, else lines would be left out or given twice.
    if after:
        statement = statement.where(tuple_(slug, current.c.month) >= (after.source, after.month))
    return session.execute(statement).all()


def _portions(snapshots: _SnapshotList) -> Iterator[_SnapshotList]:
    """Cut the list into one, two, four snapshots and so on."""
    # A page of a large snapshot reads that one alone; filters that few lines pass do not cost a
    # statement for each of hundreds of snapshots.
    start = 0
    for size in (2**power for power in count()):
        if start >= len(snapshots):
            return
        yield snapshots[start : start + size]
        start += size


def _lines(
    session: Session, question: Question, after: LinePosition | None, snapshots: _SnapshotList
) -> Select[Any]:
    statement = (
        select_stored_lines()
        .add_columns(Snapshot.upload_id.label("upload"))
        .where(Observation.snapshot_id.in_([snapshot.id for snapshot in snapshots]))
        .where(is_selected(session, question, origin_column(session, question)))
    )
    if len(snapshots) > 1:
        return statement.order_by(order_by_slug(), Snapshot.month, Observation.line)
    # Only the first snapshot may have been read in part, and it is always in a portion of its own.
    # Its lines come by the primary key (snapshot, line), from where the last page ended.
    first = snapshots[0]
    begun = after and (first.source, first.month) == (after.source, after.month)
    line = after.line if after and begun else 0
    return statement.where(Observation.line > line).order_by(Observation.line)

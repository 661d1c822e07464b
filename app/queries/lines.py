"""The stored lines behind a number, and what the lines of a month add up to."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.database.sum_tables import OriginSum
from app.database.tables import Developer, Model, Observation, Snapshot, Source, Upload
from app.database.vintages import current_snapshots
from app.domain.calendar import format_month
from app.domain.errors import NotFoundError
from app.domain.questions.question import Question
from app.domain.snapshot import Line, SnapshotKey
from app.domain.vocabulary import Openness, Origin, Status
from app.queries.answers.line_columns import group_column, is_selected, origin_column

MonthlyTotals = dict[SnapshotKey, dict[tuple[Origin, Openness], Decimal]]
"""Maps source and month to the summed shares by origin and openness, in percent."""


def lines_of_snapshots(session: Session, snapshot_ids: Collection[int]) -> Iterator[Line]:
    """Yield the lines of these snapshots, sorted by source, month and line.

    The session must live until the last line is taken: they are read as they are asked for.
    """
    statement = (
        select_stored_lines()
        .where(Snapshot.id.in_(snapshot_ids))
        .order_by(Source.slug.collate("C"), Snapshot.month, Observation.line)
    )
    # A cursor of the server, 5,000 rows at a time: an upload by command line may have millions.
    rows = session.execute(statement, execution_options={"yield_per": 5_000})
    return (_line(row) for row in rows)


def line_counts(session: Session, snapshot_ids: Collection[int]) -> dict[int, int]:
    """Return how many lines each of these snapshots has, by its id."""
    counts = (
        select(Observation.snapshot_id, func.count())
        .where(Observation.snapshot_id.in_(snapshot_ids))
        .group_by(Observation.snapshot_id)
    )
    return dict(session.execute(counts).all())


StoredRow = tuple[
    str, date, int, str, str, str | None, str | None, Decimal, Decimal | None, str, str
]


def select_stored_lines() -> Select[*StoredRow]:
    """Return the select of every stored line, with columns named as the fields of a line."""
    # Outer joins: a line need name neither a developer nor a model, and must not be lost for that.
    return (
        select(
            Source.slug.label("source"),
            Snapshot.month,
            Observation.line,
            Observation.origin,
            Observation.openness,
            Developer.slug.label("developer"),
            Model.slug.label("model"),
            Observation.share_pct,
            Observation.value,
            Observation.status,
            Observation.note,
        )
        .select_from(Observation)
        .join(Snapshot, Snapshot.id == Observation.snapshot_id)
        .join(Source, Source.id == Snapshot.source_id)
        .outerjoin(Developer, Developer.id == Observation.developer_id)
        .outerjoin(Model, Model.id == Observation.model_id)
    )


def _line(row: Row[*StoredRow]) -> Line:
    return Line(
        source=row.source,
        month=row.month,
        line=row.line,
        origin=Origin(row.origin),
        openness=Openness(row.openness),
        developer=row.developer,
        model=row.model,
        share_pct=row.share_pct,
        value=row.value,
        status=Status(row.status),
        note=row.note,
    )


@dataclass(frozen=True, slots=True)
class SupportingLines:
    """The lines of one upload about one source's month, on which a published number rests.

    `lines` is one page of them in the order of the file; `line_count` counts them all.
    """

    upload_id: int
    filename: str
    published_at: datetime
    source: str
    month: date
    line_count: int
    lines: tuple[Line, ...]


def supporting_lines(
    session: Session,
    source: str,
    month: date,
    question: Question | None = None,
    group: str | None = None,
    *,
    limit: int = 1_000,
    after: int = 0,
) -> SupportingLines:
    """Return the upload and the lines behind a number, at most `limit` of them.

    With a question, only lines that it counts, as of its vintage; with one of its groups (any but
    the rest beyond its `top`), only lines of that group. `after` is the line of the file after
    which the page begins. Raise NotFoundError if nothing is published about the month.
    """
    line_question = question or Question(openness="all")
    source_month = _snapshot_behind(session, source, month, line_question)
    origin = origin_column(session, line_question)
    statement = select_stored_lines().where(
        Snapshot.id == source_month.id, is_selected(session, line_question, origin)
    )
    if group is not None:
        statement = statement.where(group_column(session, line_question, origin) == group)
    # All are counted, before the page is cut out: the count is what the number's page states.
    count = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    page = statement.where(Observation.line > after).order_by(Observation.line).limit(limit)
    lines = tuple(_line(row) for row in session.execute(page))
    return SupportingLines(
        source_month.upload_id, source_month.filename, source_month.at, source, month, count, lines
    )


@dataclass(frozen=True, slots=True)
class _SourceMonth:
    id: int
    upload_id: int
    filename: str
    at: datetime


def _snapshot_behind(
    session: Session, source: str, month: date, question: Question
) -> _SourceMonth:
    current = current_snapshots(question.as_of).subquery()
    row = session.execute(
        select(
            Snapshot.id,
            Upload.id.label("upload_id"),
            Upload.filename,
            Upload.published_at.label("at"),
        )
        .join(current, current.c.id == Snapshot.id)
        .join(Upload, Upload.id == Snapshot.upload_id)
        .join(Source, Source.id == Snapshot.source_id)
        .where(Source.slug == source, Snapshot.month == month)
    ).one_or_none()
    if row is None or row.at is None:
        raise NotFoundError(f"Nothing is published about {source} in {format_month(month)}")
    return _SourceMonth(**row._asdict())


def lines_of_upload(
    session: Session,
    upload_id: int,
    source: str,
    month: date,
    question: Question | None = None,
    *,
    limit: int = 1_000,
    after: int = 0,
) -> list[Line]:
    """Return an upload's own lines about a source's month, whether or not they are current.

    With a question, only lines that pass its openness and its filters. `after` is the line of the
    file after which they begin, `limit` how many they are at most.
    """
    line_question = question or Question(openness="all")
    statement = (
        select_stored_lines()
        .where(Snapshot.upload_id == upload_id, Source.slug == source, Snapshot.month == month)
        .where(is_selected(session, line_question, origin_column(session, line_question)))
        .where(Observation.line > after)
        .order_by(Observation.line)
        .limit(limit)
    )
    return [_line(row) for row in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """The sum of an upload's lines of one origin and openness; `lines` counts them."""

    origin: Origin
    openness: Openness
    lines: int
    share_pct: Decimal


def group_totals_of_upload(
    session: Session, upload_id: int, source: str, month: date
) -> list[GroupTotal]:
    """Return the sums of an upload's lines about a source's month, the largest sum first."""
    rows = session.execute(
        select(
            OriginSum.origin,
            OriginSum.openness,
            func.sum(OriginSum.lines),
            func.sum(OriginSum.share_pct),
        )
        .join(Snapshot, Snapshot.id == OriginSum.snapshot_id)
        .join(Source, Source.id == Snapshot.source_id)
        .where(Snapshot.upload_id == upload_id, Source.slug == source, Snapshot.month == month)
        .group_by(OriginSum.origin, OriginSum.openness)
        .order_by(func.sum(OriginSum.share_pct).desc(), OriginSum.origin, OriginSum.openness)
    )
    return [GroupTotal(Origin(row[0]), Openness(row[1]), row[2], row[3]) for row in rows]


def monthly_totals(session: Session, sources: Collection[str]) -> MonthlyTotals:
    """Return the sums of all current lines of these sources, given as slugs."""
    current = current_snapshots(None).subquery()
    rows = session.execute(
        select(
            Source.slug,
            current.c.month,
            OriginSum.origin,
            OriginSum.openness,
            func.sum(OriginSum.share_pct),
        )
        .select_from(OriginSum)
        .join(current, current.c.id == OriginSum.snapshot_id)
        .join(Source, Source.id == current.c.source_id)
        .where(Source.slug.in_(sources))
        .group_by(Source.slug, current.c.month, OriginSum.origin, OriginSum.openness)
    )
    summed: MonthlyTotals = defaultdict(dict)
    for slug, month, origin, openness, share_pct in rows:
        summed[slug, month][Origin(origin), Openness(openness)] = share_pct
    return summed

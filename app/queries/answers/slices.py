"""The slices of a question: lines summed by source, month, openness and group."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Row, Select, Subquery, case, func, or_, select
from sqlalchemy.orm import Session, outerjoin

from app.database.sum_tables import DeveloperSum, OriginSum
from app.database.tables import Developer, Model, Observation
from app.database.vintages import is_of_snapshots, read_current_months, vintage_at
from app.domain.answer import REST_GROUP, UNNAMED_GROUP
from app.domain.questions.question import Question
from app.domain.snapshot import SnapshotKey
from app.domain.vocabulary import NAMED_GROUPINGS
from app.queries.answers.grouping import can_answer
from app.queries.answers.line_columns import (
    LineTable,
    developer_column,
    group_column,
    is_anonymous,
    is_selectable,
    is_selected,
    origin_column,
    table_of_question,
)
from app.queries.answers.share_slice import ShareSlice
from app.queries.statuses import shared_note, status_of_sum, unsettledness

# The columns that the lines of a slice have in common, beside its group.
_KEYS: Final = (
    *("snapshot_id", "openness", "selected", "kept", "keepable", "anonymous", "developer"),
)


def read_slices(
    session: Session, question: Question, slugs: Sequence[str], months: Sequence[date]
) -> list[ShareSlice]:
    """Return summed shares per source, month, openness, group and whether the question counts them.

    `slugs` are those of the sources; `months` is every month of a range, and not empty. Lines that
    the question does not count come too: they make up the rest of the whole.
    """
    current = read_current_months(vintage_at(session, question.as_of))
    keys = {
        item.snapshot_id: key
        for key, item in current.items()
        if key[0] in slugs and months[0] <= key[1] <= months[-1]
    }
    table = table_of_question(session, question)
    lines = _select_lines(session, question, table, list(keys))
    if question.by in NAMED_GROUPINGS:
        telling = _snapshots_that_can_answer(session, question, list(keys))
        lines = _fold_rest(lines.cte("line"), question, telling)
    rows = session.execute(_sum_alike(lines.subquery()))
    return [_slice(row, keys[row.snapshot_id]) for row in rows]


def _slice(row: Row[Any], key: SnapshotKey) -> ShareSlice:
    return ShareSlice(
        source=key[0],
        month=key[1],
        openness=row.openness,
        selected=row.selected,
        group=row.group,
        share_pct=row.share_pct,
        status=status_of_sum(row.unsettledness),
        note=row.note or "",
        kept=row.kept,
        keepable=row.keepable,
        anonymous=row.anonymous,
        developer=row.developer,
    )


def _select_lines(
    session: Session, question: Question, table: LineTable, snapshot_ids: Collection[int]
) -> Select[Any]:
    """Select the snapshots' lines, or sums of them, with all that the question makes of a line."""
    origin = origin_column(session, question, table)
    everything = question.having(openness="all")
    columns: Mapping[str, ColumnElement[Any]] = {
        "snapshot_id": table.snapshot_id.expression,
        "openness": table.openness.expression,
        "selected": is_selected(session, question, origin, table),
        "kept": is_selected(session, everything, origin, table),
        "keepable": is_selectable(session, question, origin, table),
        "anonymous": is_anonymous(question, origin, table),
        "developer": developer_column(question, table),
        "group": group_column(session, question, origin, table),
    }
    return (
        select(
            *(column.label(name) for name, column in columns.items()),
            *(table.share_pct, table.status, table.note),
        )
        .select_from(_joined(table))
        .where(is_of_snapshots(table.snapshot_id, snapshot_ids))
    )


def _sum_alike(lines: Subquery) -> Select[Any]:
    """Select the sums of the lines that have everything but share, status and note in common."""
    keys = [lines.c[name] for name in (*_KEYS, "group")]
    # Shares are summed as NUMERIC: exactly, in whatever order.
    return select(
        *keys,
        func.sum(lines.c.share_pct).label("share_pct"),
        unsettledness(lines.c.status).label("unsettledness"),
        shared_note(lines.c.note).label("note"),
    ).group_by(*keys)


def _joined(table: LineTable) -> Any:
    """Return the table with what its rows name: a developer, and of lines a model."""
    # Outer joins: a line need name neither, and must not be lost for that.
    if table is OriginSum:
        return OriginSum
    if table is DeveloperSum:
        return outerjoin(DeveloperSum, Developer, Developer.id == DeveloperSum.developer_id)
    named = outerjoin(Observation, Developer, Developer.id == Observation.developer_id)
    return outerjoin(named, Model, Model.id == Observation.model_id)


def _snapshots_that_can_answer(
    session: Session, question: Question, snapshot_ids: Collection[int]
) -> list[int]:
    rows = session.execute(
        select(OriginSum.snapshot_id, func.array_agg(OriginSum.openness))
        .where(is_of_snapshots(OriginSum.snapshot_id, snapshot_ids))
        .group_by(OriginSum.snapshot_id)
    )
    return [number for number, opennesses in rows if can_answer(set(opennesses), question)]


def _fold_rest(lines: CTE, question: Question, telling: Collection[int]) -> Select[Any]:
    """Select the lines with the groups beyond the top as one, the rest.

    They are folded in the database: a source may name tens of thousands of models a month, each of
    which would else come as a slice.
    """
    leading = _select_leading(lines, question, telling).subquery()
    named = or_(leading.c.group.is_not(None), lines.c.group == UNNAMED_GROUP)
    return select(
        *(lines.c[name] for name in _KEYS),
        case((named, lines.c.group), else_=REST_GROUP).label("group"),
        *(lines.c.share_pct, lines.c.status, lines.c.note),
    ).select_from(lines.outerjoin(leading, leading.c.group == lines.c.group))


def _select_leading(lines: CTE, question: Question, telling: Collection[int]) -> Select[Any]:
    """Select the `top` groups with the highest share in any one month that can answer."""
    # Months that cannot answer are left out first: a leader of theirs would take the place of a
    # group that the chart shows.
    monthly = (
        select(lines.c.group, func.sum(lines.c.share_pct).label("share"))
        .where(
            lines.c.selected,
            lines.c.group != UNNAMED_GROUP,
            is_of_snapshots(lines.c.snapshot_id, telling),
        )
        .group_by(lines.c.snapshot_id, lines.c.group)
        .subquery()
    )
    # Equals are decided by the slug, in an order that does not depend on the database's locale:
    # `GroupedShares` sorts the same groups again in Python.
    name = monthly.c.group.collate("C")
    return (
        select(monthly.c.group)
        .group_by(monthly.c.group)
        .order_by(func.max(monthly.c.share).desc(), name)
        .limit(question.top)
    )

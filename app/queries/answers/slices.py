"""The slices of a question: stored lines summed by source, month, openness and group."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.catalogue.companies import company_column, developers_of
from app.catalogue.history import read_base_origins
from app.database.tables import Developer, Model, Observation, Source
from app.database.vintages import current_snapshots, source_months, vintage_at
from app.domain.answer import REST_GROUP, UNNAMED_GROUP
from app.domain.questions.question import Question
from app.domain.vocabulary import NAMED_GROUPINGS, Origin
from app.queries.answers.grouping import can_answer
from app.queries.answers.share_slice import ShareSlice
from app.queries.statuses import status_of_sum, unsettledness


def read_slices(
    session: Session, question: Question, slugs: Sequence[str], months: Sequence[date]
) -> list[ShareSlice]:
    """Return summed shares per source, month, openness, group and whether the question counts them.

    `slugs` are those of the sources; `months` is every month of a range, and not empty. Lines that
    the question does not count come too: they make up the rest of the whole.
    """
    lines = _lines(session, question, slugs, months).subquery()
    note = lines.c.note
    group: ColumnElement[str] = lines.c.group
    if question.by in NAMED_GROUPINGS:
        named = [*_leading(session, question, lines), UNNAMED_GROUP]
        # The rest beyond the top is folded in the database, before it is summed: a source may name
        # tens of thousands of models a month, each of which would else come as a slice.
        group = case((group.in_(named), group), else_=REST_GROUP)
    keys = (
        lines.c.source,
        lines.c.month,
        lines.c.openness,
        lines.c.selected,
        # As “group” it would be grouped by before the rest is folded: PostgreSQL takes a column's
        # name before a label.
        group.label("named"),
        lines.c.kept,
        lines.c.keepable,
        lines.c.anonymous,
        lines.c.developer,
    )
    # MIN and MAX are equal if all lines have the same note. Shares are summed as NUMERIC: exactly.
    summed = select(
        *keys,
        func.sum(lines.c.share_pct).label("share_pct"),
        unsettledness(lines.c.status).label("unsettledness"),
        case((func.min(note) == func.max(note), func.min(note)), else_="").label("note"),
    ).group_by(*keys)
    return [
        ShareSlice(
            source=row.source,
            month=row.month,
            openness=row.openness,
            selected=row.selected,
            group=row.named,
            share_pct=row.share_pct,
            status=status_of_sum(row.unsettledness),
            note=row.note,
            kept=row.kept,
            keepable=row.keepable,
            anonymous=row.anonymous,
            developer=row.developer,
        )
        for row in session.execute(summed)
    ]


def _leading(session: Session, question: Question, lines: Subquery) -> Sequence[str]:
    """Return the `top` groups with the highest share in any one month that can answer."""
    # Months that cannot answer are left out first: a leader of theirs would take the place of a
    # group that the chart shows.
    month = lines.c.source, lines.c.month
    opennesses = session.execute(
        select(*month, func.array_agg(lines.c.openness.distinct())).group_by(*month)
    )
    telling = source_months(
        (slug, then) for slug, then, counted in opennesses if can_answer(counted, question)
    )
    share = func.sum(lines.c.share_pct).label("share")
    monthly = (
        select(lines.c.group, share)
        .where(lines.c.selected, lines.c.group != UNNAMED_GROUP, tuple_(*month).in_(telling))
        .group_by(*month, lines.c.group)
        .subquery()
    )
    # Equals are decided by the slug, in an order that does not depend on the database's locale:
    # `GroupedShares` sorts the same groups again in Python.
    name = monthly.c.group.collate("C")
    return session.scalars(
        select(monthly.c.group)
        .group_by(monthly.c.group)
        .order_by(func.max(monthly.c.share).desc(), name)
        .limit(question.top)
    ).all()


def _lines(
    session: Session, question: Question, slugs: Sequence[str], months: Sequence[date]
) -> Select[Any]:
    """Select the current observations of the sources and months, each with its group."""
    origin = origin_column(session, question)
    current = current_snapshots(question.as_of).subquery()
    return (
        select(
            Source.slug.label("source"),
            current.c.month,
            Observation.openness,
            is_selected(session, question, origin).label("selected"),
            group_column(session, question, origin).label("group"),
            is_selected(session, question.having(openness="all"), origin).label("kept"),
            is_selectable(session, question, origin).label("keepable"),
            is_anonymous(question, origin).label("anonymous"),
            developer_column(question).label("developer"),
            Observation.share_pct,
            Observation.status,
            Observation.note,
        )
        .select_from(Observation)
        .join(current, current.c.id == Observation.snapshot_id)
        .join(Source, Source.id == current.c.source_id)
        .outerjoin(Developer, Developer.id == Observation.developer_id)
        .outerjoin(Model, Model.id == Observation.model_id)
        .where(Source.slug.in_(slugs), current.c.month.between(months[0], months[-1]))
    )


def origin_column(session: Session, question: Question) -> ColumnElement[str]:
    """Return the origin a line counts under, as a column.

    It is the one it was published with or, with `home=base`, that of the developer of the base
    model, where the catalogue knew one at the question's vintage.
    """
    # Not the origin that the developer has in the catalogue today: what is published stays as it
    # was classified then.
    published: ColumnElement[str] = Observation.origin.expression
    if question.home == "developer":
        return published
    bases = read_base_origins(vintage_at(session, question.as_of))
    cases = [(Observation.model_id.in_(ids), literal(origin)) for origin, ids in bases.items()]
    return case(*cases, else_=published) if cases else published


def group_column(
    session: Session, question: Question, origin: ColumnElement[str]
) -> ColumnElement[str]:
    """Return the key of a line's group, as a column; UNNAMED_GROUP for lines without a slug."""
    if question.by == "company":
        company = company_column(vintage_at(session, question.as_of))
        return func.coalesce(company, Developer.slug, UNNAMED_GROUP)
    columns: Mapping[str, Any] = {
        "origin": origin,
        "openness": Observation.openness,
        "developer": Developer.slug,
        "model": Model.slug,
    }
    return func.coalesce(columns[question.by], UNNAMED_GROUP)


def is_selected(
    session: Session, question: Question, origin: ColumnElement[str]
) -> ColumnElement[bool]:
    """Return whether the question counts a line, as a column that is never NULL."""
    # Lines without a developer or model have a NULL slug, and NULL IN (...) is NULL: as a key of
    # GROUP BY that would be a third value beside true and false.
    conditions: list[ColumnElement[bool]] = []
    if question.openness != "all":
        conditions.append(Observation.openness == question.openness)
    if question.origin:
        conditions.append(origin.in_(question.origin))
    if question.company:
        members = developers_of(vintage_at(session, question.as_of), question.company)
        conditions.append(func.coalesce(Developer.slug.in_(members), False))
    if question.developer:
        conditions.append(func.coalesce(Developer.slug.in_(question.developer), False))
    if question.model:
        conditions.append(func.coalesce(Model.slug.in_(question.model), False))
    return and_(true(), *conditions)


# --- what lines do not say

# A line of unknown origin is of an anonymous model, which stands under a name that hides its maker
# (“stealth”): it says no more of developer and model than one that leaves both out.
_HIDDEN: Final = Observation.origin == Origin.UNKNOWN


def is_selectable(
    session: Session, question: Question, origin: ColumnElement[str]
) -> ColumnElement[bool]:
    """Return whether a line passes the filters, or might if what it does not say were known.

    The filter on openness is left out. Of a line that names a developer and no model this says
    that it might be of any model: whose models those are is compared by `queries.answers.bounds`.
    """
    conditions: list[ColumnElement[bool]] = []
    if question.origin:
        conditions.append(or_(origin.in_(question.origin), origin == Origin.UNKNOWN))
    if question.company:
        members = developers_of(vintage_at(session, question.as_of), question.company)
        conditions.append(or_(func.coalesce(Developer.slug.in_(members), True), _HIDDEN))
    if question.developer:
        named = Developer.slug.in_(question.developer)
        conditions.append(or_(func.coalesce(named, True), _HIDDEN))
    if question.model:
        conditions.append(or_(func.coalesce(Model.slug.in_(question.model), True), _HIDDEN))
    return and_(true(), *conditions)


def is_anonymous(question: Question, origin: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a line might be of another group than `group_column` puts it in."""
    # An unknown openness is a group of its own, which `queries.answers.bounds` sees without this.
    columns: Mapping[str, ColumnElement[bool]] = {
        "origin": origin == Origin.UNKNOWN,
        "openness": false(),
        "company": or_(Developer.slug.is_(None), _HIDDEN),
        "developer": or_(Developer.slug.is_(None), _HIDDEN),
        "model": or_(Model.slug.is_(None), _HIDDEN),
    }
    return columns[question.by]


def developer_column(question: Question) -> ColumnElement[str]:
    """Return the developer that a line names, as a column; empty where it hides who that is.

    It is empty too where the question names no models: there nothing depends on it.
    """
    if question.by != "model" and not question.model:
        return literal("")
    return case((_HIDDEN, ""), else_=func.coalesce(Developer.slug, ""))

"""The columns that tell what a question makes of a line, or of a sum of lines."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, true
from sqlalchemy.orm import Session

from app.catalogue.companies import company_column, developers_of
from app.catalogue.history import read_base_origins
from app.database.sum_tables import DeveloperSum, OriginSum
from app.database.tables import Developer, Model, Observation
from app.database.vintages import vintage_at
from app.domain.answer import UNNAMED_GROUP
from app.domain.questions.question import Question
from app.domain.vocabulary import Origin

LineTable = type[Observation] | type[DeveloperSum] | type[OriginSum]
"""A table of lines, or of their sums by what a question may ask of them.

The columns below are of statements that join Developer to it, but for OriginSum, and Model to
lines.
"""


def table_of_question(session: Session, question: Question) -> LineTable:
    """Return the table with the fewest rows that tells all that the question asks of lines."""
    by_base = question.home == "base" and (question.by == "origin" or question.origin)
    if question.by == "model" or question.model:
        return Observation
    if by_base and read_base_origins(vintage_at(session, question.as_of)):
        return Observation
    if question.by in ("developer", "company") or question.developer or question.company:
        return DeveloperSum
    return OriginSum


def origin_column(
    session: Session, question: Question, lines: LineTable = Observation
) -> ColumnElement[str]:
    """Return the origin a line counts under, as a column.

    It is the one it was published with or, with `home=base`, that of the developer of the base
    model, where the catalogue knew one at the question's vintage.
    """
    # Not the origin that the developer has in the catalogue today: what is published stays as it
    # was classified then.
    published: ColumnElement[str] = lines.origin.expression
    # Sums are of no one model: they are read only where the base is no matter.
    if question.home == "developer" or lines is not Observation:
        return published
    bases = read_base_origins(vintage_at(session, question.as_of))
    cases = [(Observation.model_id.in_(ids), literal(origin)) for origin, ids in bases.items()]
    return case(*cases, else_=published) if cases else published


def group_column(
    session: Session,
    question: Question,
    origin: ColumnElement[str],
    lines: LineTable = Observation,
) -> ColumnElement[str]:
    """Return the key of a line's group, as a column; UNNAMED_GROUP for lines without a slug."""
    if question.by == "company":
        company = company_column(vintage_at(session, question.as_of))
        return func.coalesce(company, Developer.slug, UNNAMED_GROUP)
    columns: Mapping[str, Any] = {
        "origin": origin,
        "openness": lines.openness,
        "developer": Developer.slug,
        "model": Model.slug,
    }
    return func.coalesce(columns[question.by], UNNAMED_GROUP)


def is_selected(
    session: Session,
    question: Question,
    origin: ColumnElement[str],
    lines: LineTable = Observation,
) -> ColumnElement[bool]:
    """Return whether the question counts a line, as a column that is never NULL."""
    # Lines without a developer or model have a NULL slug, and NULL IN (...) is NULL: as a key of
    # GROUP BY that would be a third value beside true and false.
    conditions: list[ColumnElement[bool]] = []
    if question.openness != "all":
        conditions.append(lines.openness == question.openness)
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


def _is_hidden(lines: LineTable) -> ColumnElement[bool]:
    """Return whether a line is of an anonymous model, as a column.

    That stands under a name that hides its maker (“stealth”): the line says no more of developer
    and model than one that leaves both out.
    """
    return lines.origin == Origin.UNKNOWN


def is_selectable(
    session: Session, question: Question, origin: ColumnElement[str], lines: LineTable
) -> ColumnElement[bool]:
    """Return whether a line passes the filters, or might if what it does not say were known.

    The filter on openness is left out. Of a line that names a developer and no model this says
    that it might be of any model: whose models those are is compared by `queries.answers.bounds`.
    """
    conditions: list[ColumnElement[bool]] = []
    hidden = _is_hidden(lines)
    if question.origin:
        conditions.append(or_(origin.in_(question.origin), origin == Origin.UNKNOWN))
    if question.company:
        members = developers_of(vintage_at(session, question.as_of), question.company)
        conditions.append(or_(func.coalesce(Developer.slug.in_(members), True), hidden))
    if question.developer:
        named = Developer.slug.in_(question.developer)
        conditions.append(or_(func.coalesce(named, True), hidden))
    if question.model:
        conditions.append(or_(func.coalesce(Model.slug.in_(question.model), True), hidden))
    return and_(true(), *conditions)


def is_anonymous(
    question: Question, origin: ColumnElement[str], lines: LineTable
) -> ColumnElement[bool]:
    """Return whether a line might be of another group than `group_column` puts it in."""
    hidden = _is_hidden(lines)
    # An unknown openness is a group of its own, which `queries.answers.bounds` sees without this.
    columns: Mapping[str, ColumnElement[bool]] = {
        "origin": origin == Origin.UNKNOWN,
        "openness": false(),
        "company": or_(Developer.slug.is_(None), hidden),
        "developer": or_(Developer.slug.is_(None), hidden),
        "model": or_(Model.slug.is_(None), hidden),
    }
    return columns[question.by]


def developer_column(question: Question, lines: LineTable) -> ColumnElement[str]:
    """Return the developer that a line names, as a column; empty where it hides who that is.

    It is empty too where the question names no models: there nothing depends on it.
    """
    if question.by != "model" and not question.model:
        return literal("")
    return case((_is_hidden(lines), ""), else_=func.coalesce(Developer.slug, ""))

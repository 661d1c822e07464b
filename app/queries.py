"""Every read. A session goes in, plain values come out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.catalogue.history import base_origins_at, cells_at, developer_origins, sources_at
from app.changes import last_change
from app.database import vintages
from app.database.tables import Developer, Model, Observation, Source
from app.database.vintages import current_snapshots, order_by_slug, source_months
from app.domain.answer import REST_GROUP, UNNAMED_GROUP, Answer, SourceDefinition
from app.domain.calendar import format_month, months_between
from app.domain.errors import NoFiguresError
from app.domain.question import Question
from app.domain.question_parser import KnownSlugs
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Openness, Origin, Status
from app.tabulation import Slice, Table, tells

__all__ = [
    "Question",
    "answer",
    "main_source",
    "names",
    "reported",
    "silence",
    "sources_asked",
]


MAIN: Final = "openrouter-rankings"
"""The source of the founding story."""


def names(session: Session) -> KnownSlugs:
    """All slugs a question may name."""
    return KnownSlugs(
        *(
            tuple(sorted(session.scalars(select(table.slug))))
            for table in (Source, Developer, Model)
        )
    )


def main_source(session: Session, as_of: datetime | None = None) -> str | None:
    """What a question is about when it names none.

    That is MAIN wherever it has figures, so that no upload about another source changes the
    subject; else the source that covers most months.
    """
    current = current_snapshots(as_of).subquery()
    return session.scalar(
        select(Source.slug)
        .join(current, current.c.source_id == Source.id)
        .group_by(Source.slug)
        .order_by((Source.slug == MAIN).desc(), func.count().desc(), order_by_slug())
        .limit(1)
    )


def reported(session: Session, question: Question) -> Answer | None:
    """The estimated figures that other sources of the same metric report beside this question's.

    None where there are none, or where the question is not theirs: open models, of all, by origin.
    """
    if (question.by, question.openness, question.of) != ("origin", Openness.OPEN, "all"):
        return None
    asked = sources_asked(session, question)
    metrics = {source.metric for source in asked}
    known = sources_at(session, question.as_of)
    alike = {source.slug for source in known if source.metric in metrics} - {
        source.slug for source in asked
    }
    current = current_snapshots(question.as_of).subquery()
    others = session.scalars(
        select(Source.slug)
        .join(current, current.c.source_id == Source.id)
        .join(Observation, Observation.snapshot_id == current.c.id)
        .where(
            Observation.status == Status.ESTIMATED,
            Source.slug.in_(alike),
        )
        .distinct()
    ).all()
    if not others:
        return None
    try:
        found = answer(session, question.having(source=tuple(sorted(others))))
    except NoFiguresError:
        return None
    estimated = tuple(row for row in found.shares if row.status == Status.ESTIMATED)
    return replace(found, shares=estimated, complement_groups=(), complement=())


def answer(session: Session, question: Question) -> Answer:
    """The shares asked for. Raises NoFiguresError where nothing matches, saying why."""
    asked = sources_asked(session, question)
    slugs = [source.slug for source in asked]
    months = _months_asked(session, question, asked)
    table = Table(question, _slices(session, question, slugs, months))
    groups = table.groups(_labels(session, question, table.keys))
    if not groups:
        why = _why_nothing(table, asked) or _why_filtered(session, question, slugs, months)
        raise NoFiguresError("Nothing matches this question", why)
    outside = table.complement_groups()
    return Answer(
        sources=tuple(asked),
        groups=groups,
        months=tuple(months),
        shares=table.shares(slugs, months, groups, table.inside),
        complement_groups=outside,
        complement=table.shares(slugs, months, outside, table.outside),
        vintage=last_change(session, question.as_of),
        notes=tuple(_notes(table, asked)),
    )


def sources_asked(session: Session, question: Question) -> list[SourceDefinition]:
    slugs = question.source
    if not slugs:
        main = main_source(session, question.as_of)
        if main is None:
            raise NoFiguresError("There are no figures yet", _why_none(session, question))
        slugs = (main,)
    known = {source.slug: source for source in sources_at(session, question.as_of)}
    return [known[slug] for slug in slugs]


def _why_none(session: Session, question: Question) -> str:
    if withdrawn := vintages.withdrawals(session, question.source, question.as_of, 1):
        then = withdrawn[0].astimezone(UTC)
        return f"What had been published was withdrawn on {then:%Y-%m-%d at %H:%M} UTC."
    if question.as_of:
        return f"Nothing had been published by {question.as_of:%Y-%m-%d %H:%M} UTC."
    return "Nothing has been published so far."


def _months_asked(
    session: Session, question: Question, asked: Sequence[SourceDefinition]
) -> list[date]:
    """The months with data among the sources asked, narrowed to the range of the question."""
    current = current_snapshots(question.as_of).subquery()
    first, last = session.execute(
        select(func.min(current.c.month), func.max(current.c.month))
        .join(Source, Source.id == current.c.source_id)
        .where(Source.slug.in_([source.slug for source in asked]))
    ).one()
    if first is None:
        raise NoFiguresError(f"{_listed(asked)}: no figures", _why_none(session, question))
    begin, end = max(first, question.from_ or first), min(last, question.to or last)
    if begin > end:
        covered = (
            f"{format_month(first)} to {format_month(last)}"
            if first < last
            else format_month(first)
        )
        raise NoFiguresError("No figures in these months", f"{_listed(asked)} covers {covered}.")
    return list(months_between(begin, end))


def _listed(asked: Sequence[SourceDefinition]) -> str:
    return ", ".join(source.name for source in asked)


def _slices(
    session: Session, question: Question, slugs: Sequence[str], months: Sequence[date]
) -> list[Slice]:
    """Summed shares per source, month, openness, group and whether the question counts them."""
    lines = _lines(session, question, slugs, months).subquery()
    note = lines.c.note
    group: ColumnElement[str] = lines.c.group
    if question.by in ("developer", "model"):
        named = [*_leading(session, question, lines), UNNAMED_GROUP]
        # Before they are summed: a source may name tens of thousands of models a month.
        group = case((group.in_(named), group), else_=REST_GROUP)
    keys = (
        lines.c.source,
        lines.c.month,
        lines.c.openness,
        lines.c.selected,
        group.label("named"),
    )
    summed = select(
        *keys,
        func.sum(lines.c.share_pct),
        func.bool_or(lines.c.status == Status.ESTIMATED),
        func.bool_or(lines.c.status == Status.PROVISIONAL),
        case((func.min(note) == func.max(note), func.min(note)), else_=""),
    ).group_by(*keys)
    return [Slice(*row) for row in session.execute(summed)]


def _leading(session: Session, question: Question, lines: Subquery) -> Sequence[str]:
    """The `top` groups with the highest share in any one month that can answer."""
    month = lines.c.source, lines.c.month
    opennesses = session.execute(
        select(*month, func.array_agg(lines.c.openness.distinct())).group_by(*month)
    )
    telling = source_months(
        (slug, then) for slug, then, found in opennesses if tells(found, question)
    )
    share = func.sum(lines.c.share_pct).label("share")
    monthly = (
        select(lines.c.group, share)
        .where(lines.c.selected, lines.c.group != UNNAMED_GROUP, tuple_(*month).in_(telling))
        .group_by(*month, lines.c.group)
        .subquery()
    )
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
    """The observations of the sources and months, each with its group."""
    origin = home(session, question)
    current = current_snapshots(question.as_of).subquery()
    return (
        select(
            Source.slug.label("source"),
            current.c.month,
            Observation.openness,
            selected(question, origin).label("selected"),
            group_of(question, origin).label("group"),
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


def home(session: Session, question: Question) -> ColumnElement[str]:
    """The origin a line counts under: as published, or that of the base its model is built on."""
    published: ColumnElement[str] = Observation.origin.expression
    if question.home == "developer":
        return published
    bases = base_origins_at(session, question.as_of)
    cases = [(Observation.model_id.in_(ids), literal(origin)) for origin, ids in bases.items()]
    return case(*cases, else_=published) if cases else published


def group_of(question: Question, origin: ColumnElement[str]) -> ColumnElement[str]:
    columns: Mapping[str, Any] = {
        "origin": origin,
        "openness": Observation.openness,
        "developer": Developer.slug,
        "model": Model.slug,
    }
    return func.coalesce(columns[question.by], UNNAMED_GROUP)


def selected(question: Question, origin: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a line is part of what is asked for."""
    conditions: list[ColumnElement[bool]] = []
    if question.openness != "all":
        conditions.append(Observation.openness == question.openness)
    if question.origin:
        conditions.append(origin.in_(question.origin))
    if question.developer:
        conditions.append(func.coalesce(Developer.slug.in_(question.developer), False))
    if question.model:
        conditions.append(func.coalesce(Model.slug.in_(question.model), False))
    return and_(true(), *conditions)


def _labels(
    session: Session, question: Question, keys: Sequence[str]
) -> Mapping[str, tuple[str, str]]:
    """Group key to its label and the origin that gives its hue."""
    match question.by:
        case "origin":
            return {key: (ORIGIN_LABELS[Origin(key)], key) for key in keys}
        case "openness":
            return {key: (OPENNESS_LABELS[Openness(key)], key) for key in keys}
        case "developer":
            rows = select(Developer.slug, Developer.name, Developer.slug)
        case _:
            rows = select(Model.slug, Model.name, Developer.slug).join(
                Developer, Developer.id == Model.developer_id
            )
    found = session.execute(rows.where(rows.selected_columns[0].in_(keys)))
    then = cells_at(session, f"{question.by}s", question.as_of)
    homes = developer_origins(session, question.as_of)
    labels = {}
    for key, name, developer in found:
        cells: dict[str, str] = {"name": name, "developer": developer, **then.get(key, {})}
        labels[key] = (cells["name"], homes[cells["developer"]])
    return labels


def _why_nothing(table: Table, asked: Sequence[SourceDefinition]) -> str:
    if table.silent and not table.slices and table.openness != {Openness.UNKNOWN}:
        ask = "Ask for open models (openness=open) of all usage (of=all), by origin."
        return f"{silence(table.openness, asked)} {ask}"
    counted = {item.openness for item in table.slices}
    wanted = table.question.openness
    if table.openness == {Openness.UNKNOWN} and wanted != "all":
        return f"{silence(table.openness, asked)} Ask for all models: openness=all."
    if wanted != "all" and wanted not in counted:
        return f"{_listed(asked)} counts no {wanted} models in these months."
    return ""


def _why_filtered(
    session: Session, question: Question, slugs: Sequence[str], months: Sequence[date]
) -> str:
    if question.openness != "all":
        anyone = question.having(openness="all", of="all")
        slices = _slices(session, anyone, slugs, months)
        passing = {item.openness for item in slices if item.selected}
        if passing:
            found = " and ".join(word.value for word in Openness if word in passing)
            return f"What passes the filters is {found} models only. Ask for all: openness=all."
    return "No line of these sources and months passes the filters. Loosen one of them."


def _notes(table: Table, asked: Sequence[SourceDefinition]) -> Iterator[str]:
    """Which months of a source have lines that do not answer, and why."""
    for source in asked:
        months = sorted(month for slug, month in table.silent if slug == source.slug)
        if months:
            unanswered = ", ".join(map(format_month, months))
            openness = frozenset().union(*(table.silent[source.slug, month] for month in months))
            yield f"{silence(openness, [source])} No figure of {unanswered}."


def silence(openness: Collection[str], asked: Sequence[SourceDefinition]) -> str:
    """Why sources without a line of closed models do not tell what all open ones come to."""
    several = len(asked) > 1
    if openness == {Openness.UNKNOWN}:
        return f"{_listed(asked)} {'do' if several else 'does'} not say which models are open."
    named = "name" if several else "names"
    return f"{_listed(asked)} {named} some open models only, not what they all come to."

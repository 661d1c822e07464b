"""The answer to a question: the shares of its groups, month by month, at one vintage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from app.catalogue.companies import company_names, company_origins
from app.catalogue.history import read_cells, read_developer_origins, read_provenances, read_sources
from app.catalogue.name_index import load_name_index
from app.catalogue.withdrawn_names import read_unlisted_names
from app.database.name_tables import Company
from app.database.sum_tables import OriginSum
from app.database.tables import Developer, Model, Source
from app.database.vintages import Vintage, is_of_snapshots, read_current_months, vintage_at
from app.domain.answer import Answer, Share, SourceDefinition
from app.domain.calendar import format_month, months_between
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.domain.questions.question_parser import KnownSlugs
from app.domain.snapshot import SnapshotKey
from app.domain.sources.cadence import is_off_cycle, months_between_figures
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.domain.vocabulary import (
    NOT_RECOMPUTED,
    OPENNESS_GROUP_LABELS,
    ORIGIN_GROUP_LABELS,
    Openness,
    Origin,
)
from app.queries.answers.bounds import ShareBounds
from app.queries.answers.catalogue_slugs import CatalogueSlugs, slugs_of
from app.queries.answers.explanations import (
    list_sources,
    source_notes,
    why_filtered_out,
    why_no_figures,
    why_nothing_selected,
)
from app.queries.answers.grouping import GroupedShares
from app.queries.answers.partial_months import read_partial_months
from app.queries.answers.slices import read_slices
from app.queries.data_version import last_change
from app.queries.namesakes import namesake_notes
from app.queries.spans import covered_spans, main_source


def known_slugs(session: Session) -> KnownSlugs:
    """Return the slugs of all that questions may name in today's catalogue, sorted.

    They are read as they are looked at, so that a question which names nothing costs nothing.
    """
    # They are today's at any `as_of`, so that no past vintage refuses an address that is right
    # today.
    sources, developers, models = (
        CatalogueSlugs(session, slugs_of(table.slug)) for table in (Source, Developer, Model)
    )
    # A developer without a company stands for itself where companies are asked for.
    alone = Developer.slug, Developer.company.is_(None)
    companies = CatalogueSlugs(session, slugs_of(Company.slug), alone)
    return KnownSlugs(sources, developers, models, companies, partial(load_name_index, session))


def read_known_slugs(session: Session) -> KnownSlugs:
    """Return the same slugs, all of them read by now, for who lists them.

    Those that only withdrawn files named are left out.
    """
    tables = (Source, Developer, Model, Company)
    selects = [select(literal(table.__tablename__), table.slug) for table in tables]
    alone = select(literal("alone"), Developer.slug).where(Developer.company.is_(None))
    by_table: dict[str, set[str]] = {"alone": set()}
    by_table |= {table.__tablename__: set() for table in tables}
    for table_name, slug in session.execute(union_all(*selects, alone)):
        by_table[table_name].add(slug)
    unlisted = read_unlisted_names(vintage_at(session))
    by_table["developer"] -= unlisted.developers
    by_table["model"] -= unlisted.models
    by_table["company"] |= by_table["alone"] - unlisted.developers
    sources, developers, models, companies = (
        tuple(sorted(by_table[table.__tablename__])) for table in tables
    )
    return KnownSlugs(sources, developers, models, companies, partial(load_name_index, session))


def reported_figures(session: Session, question: Question) -> Answer | None:
    """Return what other sources report on the question's sources: figures not recomputed.

    None if there are none, or if the question is not about open models of all usage by origin.
    Raise NoFiguresError if the question names no source and none has figures.
    """
    # Reported figures ("1.2 percent in late 2024") speak of origins and of all usage only.
    if (question.by, question.openness, question.of) != ("origin", Openness.OPEN, "all"):
        return None
    asked_sources = sources_of_question(session, question)
    subjects = {source.slug for source in asked_sources}
    sources = read_sources(vintage_at(session, question.as_of))
    # The same metric is no kinship: only the catalogue says that one source is about another.
    reporting = {source.slug for source in sources if source.reports_on in subjects} - subjects
    if not reporting:
        return None
    others = _sources_not_recomputed(vintage_at(session, question.as_of), reporting)
    if not others:
        return None
    try:
        answer = answer_question(session, question.having(source=others))
    except NoFiguresError:
        return None
    # Of these sources only what they report is shown beside another's line: without the months
    # that they count themselves, and without what is left out of their whole.
    reported = tuple(row for row in answer.shares if row.status in NOT_RECOMPUTED)
    return replace(answer, shares=reported, complement_groups=(), complement=())


def _sources_not_recomputed(vintage: Vintage, slugs: Collection[str]) -> tuple[str, ...]:
    """Return those of the sources that have such figures, sorted by slug."""
    current = read_current_months(vintage)
    sources = {item.snapshot_id: slug for (slug, _), item in current.items() if slug in slugs}
    ids = vintage.session.scalars(
        select(OriginSum.snapshot_id).where(
            OriginSum.status.in_(NOT_RECOMPUTED), is_of_snapshots(OriginSum.snapshot_id, sources)
        )
    )
    return tuple(sorted({sources[number] for number in ids}))


def answer_question(session: Session, question: Question) -> Answer:
    """Return the shares asked for. Raise NoFiguresError, which says why, if nothing matches."""
    asked_sources = sources_of_question(session, question)
    slugs = [source.slug for source in asked_sources]
    months = _months_asked(session, question, asked_sources)
    partial = read_partial_months(vintage_at(session, question.as_of))
    table = GroupedShares(question, read_slices(session, question, slugs, months), partial)
    groups = table.groups(_group_labels(session, question, table.keys))
    # Why nothing matches is looked for only now: finding it takes another read of the slices.
    if not groups:
        why = why_nothing_selected(table, asked_sources) or why_filtered_out(
            session, question, slugs, months
        )
        raise NoFiguresError("Nothing matches this question", why)
    outside = table.complement_groups()
    skipped, bounds = _months_skipped(table, asked_sources, months), ShareBounds(table)
    provenances = read_provenances(vintage_at(session, question.as_of))
    return Answer(
        sources=tuple(
            replace(source, provenance=_latest_provenance(source, months, provenances))
            for source in asked_sources
        ),
        provenances=provenances,
        groups=groups,
        months=tuple(months),
        shares=_without(skipped, bounds.inside(table.shares(slugs, months, groups, table.inside))),
        complement_groups=outside,
        complement=_without(
            skipped, bounds.outside(table.shares(slugs, months, outside, table.outside))
        ),
        vintage=last_change(vintage_at(session, question.as_of)),
        notes=(*namesake_notes(session, question), *source_notes(table, asked_sources)),
    )


def _months_skipped(
    table: GroupedShares, sources: Sequence[SourceDefinition], months: Sequence[date]
) -> set[SnapshotKey]:
    """Return the months that quarterly and yearly sources leave out: they miss nothing there."""
    known = {*table.wholes, *table.silent}
    return {
        (source.slug, month)
        for source in sources
        if months_between_figures(source.cadence) not in (None, 1)
        for covered in [[then for slug, then in known if slug == source.slug]]
        for month in months
        if is_off_cycle(month, covered, source.cadence)
    }


def _without(skipped: Collection[SnapshotKey], shares: tuple[Share, ...]) -> tuple[Share, ...]:
    if not skipped:
        return shares
    return tuple(row for row in shares if (row.source, row.month) not in skipped)


def _latest_provenance(
    source: SourceDefinition,
    months: Sequence[date],
    provenances: Mapping[SnapshotKey, Provenance],
) -> Provenance:
    """Return where the figures of the source's last month among these come from."""
    known = (provenances.get((source.slug, month)) for month in reversed(months))
    return next((item for item in known if item is not None), UNKNOWN_PROVENANCE)


def sources_of_question(session: Session, question: Question) -> list[SourceDefinition]:
    """Return the sources that the question names, in its order, or the main source.

    Raise NoFiguresError if it names none and no source has figures at its vintage.
    """
    slugs = question.source
    vintage = vintage_at(session, question.as_of)
    if not slugs:
        main = main_source(vintage)
        if main is None:
            raise NoFiguresError("There are no figures yet", why_no_figures(session, question))
        slugs = (main,)
    by_slug = {source.slug: source for source in read_sources(vintage)}
    return [by_slug[slug] for slug in slugs]


def _months_asked(
    session: Session, question: Question, sources: Sequence[SourceDefinition]
) -> list[date]:
    """Return every month, gaps included, that the sources cover within the question's range."""
    # Months without data stay in: a chart shows a gap there, never a line drawn across.
    spans = covered_spans(vintage_at(session, question.as_of))
    covering = [spans[source.slug] for source in sources if source.slug in spans]
    if not covering:
        raise NoFiguresError(
            f"{list_sources(sources)}: no figures", why_no_figures(session, question)
        )
    first = min(span.first for span in covering)
    last = max(span.last for span in covering)
    begin, end = max(first, question.from_ or first), min(last, question.to or last)
    if begin > end:
        covered = (
            f"{format_month(first)} to {format_month(last)}"
            if first < last
            else format_month(first)
        )
        raise NoFiguresError(
            "No figures in these months", f"{list_sources(sources)} covers {covered}."
        )
    return list(months_between(begin, end))


def _group_labels(
    session: Session, question: Question, keys: Sequence[str]
) -> Mapping[str, tuple[str, str]]:
    """Return, by group key, the label and the origin that gives the hue."""
    match question.by:
        case "origin":
            return {key: (ORIGIN_GROUP_LABELS[Origin(key)], key) for key in keys}
        case "openness":
            return {key: (OPENNESS_GROUP_LABELS[Openness(key)], key) for key in keys}
        case "company":
            vintage = vintage_at(session, question.as_of)
            names, origins = company_names(vintage), company_origins(vintage)
            return {key: (names[key], origins[key]) for key in keys}
        case "developer":
            rows = select(Developer.slug, Developer.name, Developer.slug)
        case _:
            rows = select(Model.slug, Model.name, Developer.slug).join(
                Developer, Developer.id == Model.developer_id
            )
    # A name or a model's developer may have been corrected since: a pinned chart keeps the label
    # and the hue it had, so today's cells give way to those of the vintage.
    rows_found = session.execute(rows.where(rows.selected_columns[0].in_(keys)))
    vintage = vintage_at(session, question.as_of)
    then = read_cells(vintage, f"{question.by}s")
    homes = read_developer_origins(vintage)
    labels = {}
    for key, name, developer in rows_found:
        cells: dict[str, str] = {"name": name, "developer": developer, **then.get(key, {})}
        labels[key] = (cells["name"], homes[cells["developer"]])
    return labels

"""Rules between the columns of a source, and between a source and the one that it reports on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.csv_io.reader import CsvTable
from app.database.tables import Source
from app.domain.naming.matching import fold_name, nearest_match
from app.domain.sources.source_terms import Cadence


class CellFault(NamedTuple):
    """A cell that contradicts another: whose it is, which, what it says and what it should."""

    slug: str
    code: str
    column: str
    value: str
    expected: str
    suggestion: str | None = None


def check_sources(
    session: Session, table: CsvTable, written: Mapping[int, Mapping[str, Any]]
) -> None:
    """Add a problem for each contradiction among sources that were written, by line.

    It is looked for when all are written, since one may report on a source of a later line, and a
    file may have some of the columns only. A source that another reports on is checked with it.
    """
    lines = {values["slug"]: line for line, values in written.items()}
    # Autoflush would send what the database refuses in words of its own.
    with session.no_autoflush:
        sources = {source.slug: source for source in session.scalars(select(Source))}
    for added in session.new:
        if isinstance(added, Source):
            sources[added.slug] = added
    own = [fault for slug in lines for fault in _faults(sources[slug], sources)]
    for fault in own or _faults_of_subjects(lines, sources):
        place = (lines[fault.slug], table.header.position(fault.column), fault.column, fault.value)
        table.problems.add(fault.code, *place, fault.expected, fault.suggestion)


def _faults_of_subjects(slugs: Iterable[str], sources: Mapping[str, Source]) -> Iterator[CellFault]:
    """Yield what other sources forbid these to become, since they report on them."""
    for reporting in sources.values():
        subject = sources.get(reporting.reports_on or "")
        if subject is None or subject.slug not in slugs or reporting.slug in slugs:
            continue
        if subject.reports_on:
            expected = f"nothing: {reporting.slug} reports on {subject.slug}"
            yield CellFault(
                subject.slug, "not_a_subject", "reports_on", subject.reports_on, expected
            )
        if fold_name(reporting.metric) != fold_name(subject.metric):
            expected = f"{reporting.metric}: {reporting.slug} reports on {subject.slug}"
            yield CellFault(
                subject.slug, "other_metric", "metric", subject.metric, expected, reporting.metric
            )


def _faults(source: Source, sources: Mapping[str, Source]) -> Iterator[CellFault]:
    days = source.publishes_after_days
    if days is not None and source.cadence == Cadence.ONCE:
        expected = "nothing: a source that came once has no next figures to wait for"
        yield CellFault(source.slug, "contradiction", "publishes_after_days", str(days), expected)
    subject = source.reports_on
    if subject is None:
        return
    if subject == source.slug:
        expected = "another source, or nothing where it counts for itself"
        yield CellFault(source.slug, "own_subject", "reports_on", subject, expected)
    elif subject not in sources:
        expected = "the slug of a source in the catalogue or in this file"
        near = nearest_match(subject, sources)
        yield CellFault(source.slug, "unknown_source", "reports_on", subject, expected, near)
    elif beyond := sources[subject].reports_on:
        expected = f"a source that counts for itself; {subject} reports on {beyond}"
        yield CellFault(source.slug, "not_a_subject", "reports_on", subject, expected)
    elif fold_name(source.metric) != fold_name(sources[subject].metric):
        counts = sources[subject].metric
        expected = f"a source that counts {source.metric} too; {subject} counts {counts}"
        yield CellFault(source.slug, "other_metric", "reports_on", subject, expected)

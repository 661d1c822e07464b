"""Rules between the columns of a source, and between a source and the one that it reports on."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.tables import Source
from app.domain.matching import fold_name, nearest_match
from app.domain.source_terms import Cadence


class CellFault(NamedTuple):
    """A cell of a source that contradicts another: which, what it says, what it should say."""

    code: str
    column: str
    value: str
    expected: str
    suggestion: str | None = None


class SourceRules:
    """The rules that sources are checked by; knows the metric of each, those just read included."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Source.slug, Source.metric, Source.reports_on)).all()
        self._metrics = {slug: metric for slug, metric, _ in rows}
        self._reporting = {subject: slug for slug, _, subject in rows if subject}
        self._subjects = {slug: subject for slug, _, subject in rows}

    def faults(self, values: Mapping[str, Any]) -> Iterator[CellFault]:
        """Yield what is wrong between the values of a source, by column, and remember the source.

        Columns that the file lacks are not among them, and are not checked.
        """
        slug, metric = values["slug"], values.get("metric")
        metric = metric or self._metrics.get(slug)
        former = self._metrics.get(slug)
        self._metrics[slug] = metric or ""
        reporting = self._reporting.get(slug)
        if reporting and former and metric and fold_name(metric) != fold_name(former):
            expected = f"{former}, which {reporting} counts too: it reports on this source"
            yield CellFault("other_metric", "metric", metric, expected, former)
        if "reports_on" in values:
            self._subjects[slug] = values["reports_on"]
        yield from self._faults_of_report(slug, metric, values.get("reports_on"))
        days = values.get("publishes_after_days")
        if days is not None and values.get("cadence") is Cadence.ONCE:
            expected = "nothing: a source that came once has no next figures to wait for"
            yield CellFault("contradiction", "publishes_after_days", str(days), expected)

    def _faults_of_report(
        self, slug: str, metric: str | None, subject: str | None
    ) -> Iterator[CellFault]:
        if subject is None:
            return
        if subject == slug:
            expected = "another source, or nothing where it counts for itself"
            yield CellFault("own_subject", "reports_on", subject, expected)
        elif subject not in self._metrics:
            expected = "the slug of a source in the catalogue or above in this file"
            near = nearest_match(subject, self._metrics)
            yield CellFault("unknown_source", "reports_on", subject, expected, near)
        elif beyond := self._subjects.get(subject):
            expected = f"a source that counts for itself; {subject} reports on {beyond}"
            yield CellFault("not_a_subject", "reports_on", subject, expected)
        elif metric and fold_name(metric) != fold_name(self._metrics[subject]):
            expected = (
                f"a source that counts {metric} too; {subject} counts {self._metrics[subject]}"
            )
            yield CellFault("other_metric", "reports_on", subject, expected)

"""Sources side by side: each in its latest month, and the main one in the same months."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.catalogue.entries import sources_by_slug
from app.database.vintages import vintage_at
from app.domain.answer import Answer, Group, Share, SourceDefinition
from app.domain.comparison import missing_share, without_silent_sources
from app.domain.questions.question import Question
from app.domain.series import covered_months
from app.domain.vocabulary import View
from app.pages.answer_view import ChartView, chart_view
from app.queries.answers.latest import answer_latest_months
from app.queries.spans import covered_spans
from app.web.question_chart import QuestionChart
from app.wording.definitions import source_citation

SOURCES_MAX: Final = 12
"""Sources that stand side by side: more panels are no comparison any more."""


@dataclass(frozen=True, slots=True)
class Side:
    """One source in one month; `again`: it is the main one, for comparison in another's month.

    `alike`: the source that it is compared with has figures of the same window.
    """

    source: SourceDefinition
    month: date
    shares: Sequence[Share]
    again: bool
    alike: bool = True


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Sources compared: a chart with a panel for each, and the rows of a table.

    `groups` are the columns of the table. `silent` names the sources that have figures but none
    for this question; `more` counts those that there was no place for.
    """

    drawing: ChartView
    groups: Sequence[Group]
    sides: Sequence[Side]
    answer: Answer
    question: Question
    citations: Sequence[str]
    silent: Sequence[str]
    more: int


def side_by_side(
    session: Session, question: Question, main: Answer, reported: Answer | None
) -> SideBySide | None:
    """Return the sources beside the main one of the answer `main`, those with the newest months.

    None where the question names its sources, or where there is nothing to set beside. `reported`
    are the figures that the main chart already quotes: their sources are left out.
    """
    quoted = {source.slug for source in reported.sources} if reported else set()
    slug = main.sources[0].slug
    vintage = vintage_at(session, question.as_of)
    sources = sources_by_slug(vintage)
    covering = covered_spans(vintage)
    # What one source reports on another is a mark on the chart of that, and no count of its own.
    all_others = [
        other
        for other, source in sources.items()
        if other in covering and other not in quoted | {slug} and not source.reports_on
    ]
    newest_first = sorted(all_others, key=lambda other: covering[other].last, reverse=True)
    others = sorted(newest_first[: SOURCES_MAX - 1])
    if question.source or not others:
        return None
    # Every source is shown in its own latest month: a range of months would leave some out.
    question_of_all = question.having(source=(slug, *others), from_=None, to=None)
    answer = answer_latest_months(session, question_of_all)
    latest = without_silent_sources(answer)
    if len(latest.sources) < 2:
        return None
    slugs_shown = {source.slug for source in latest.sources}
    lines = [source_citation(source) for source in latest.sources]
    return SideBySide(
        chart_view(QuestionChart(question_of_all.having(view=View.LINES), latest), "beside"),
        latest.groups,
        list(_sides(latest, main)),
        latest,
        question_of_all,
        lines,
        [source.name for source in answer.sources if source.slug not in slugs_shown],
        len(all_others) - len(others),
    )


def _sides(latest: Answer, main: Answer) -> Iterator[Side]:
    first = latest.sources[0]
    for source in latest.sources:
        for month in covered_months(latest, source.slug):
            shares = _row(latest, source, month)
            yield Side(source, month, shares, again=False)
            again = _row(main, first, month)
            if source is not first and any(not share.missing for share in again):
                alike = source.window is first.window
                yield Side(first, month, _aligned(again, latest.groups), again=True, alike=alike)


def _row(answer: Answer, source: SourceDefinition, month: date) -> list[Share]:
    return [row for row in answer.shares_of(source.slug) if row.month == month]


def _aligned(shares: Sequence[Share], groups: Sequence[Group]) -> list[Share]:
    """The shares in the order of the groups; a group without a row is missing, not left out."""
    # `main` has other groups than `latest` where developers or models are ranked.
    share_by_group = {share.group: share for share in shares}
    first = shares[0]
    return [
        share_by_group.get(group.key) or missing_share(first, group.key, group.label)
        for group in groups
    ]

"""The parts of a page that show an answer: chart, tables and citation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from fastapi import Request
from markupsafe import Markup

from app.charts.chart import (
    NARROW_CHART,
    WIDE_CHART,
    Chart,
    ChartSeries,
    EventBadge,
    Panel,
)
from app.charts.geometry import chart_geometry
from app.charts.kinds import design_of_view
from app.charts.plotly.figure import figure_json, plotly_figure
from app.charts.svg.chart import render_svg
from app.domain.answer import Answer, Group, Share, SourceDefinition
from app.domain.comparison import change_in_points
from app.domain.questions.question import Question
from app.domain.series import covered_months
from app.domain.vocabulary import Status
from app.web.dependencies import site_of
from app.web.question_chart import QuestionChart
from app.wording.bibliography import Citation
from app.wording.citations import cite_answer, pinned_question
from app.wording.definitions import band_text
from app.wording.findings import chart_summary, headline_finding
from app.wording.formats import format_month_name, format_remark, join_names


def citation_of_answer(request: Request, answer: Answer, question: Question) -> Citation | None:
    """Return the citation of an answer, with links to this site; None where it has no figure."""
    return cite_answer(answer, question, site_of(request))


@dataclass(frozen=True)
class ChartView:
    """One chart as a template shows it, drawn when the template asks for it.

    `name` begins the ids of its elements. `marks` are the events on the chart.
    """

    # No slots: `cached_property` keeps its value in the dictionary of the object. Drawing takes as
    # long as reading the figures; so it waits until the page has given its connection back.

    chart: QuestionChart
    name: str

    @cached_property
    def _wide(self) -> Chart:
        return self.chart.lay_out(WIDE_CHART)

    @cached_property
    def _narrow(self) -> Chart:
        return self.chart.lay_out(NARROW_CHART)

    @property
    def _series(self) -> list[tuple[Panel, ChartSeries]]:
        return [(panel, item) for panel in self._wide.panels for item in panel.series]

    @cached_property
    def pictures(self) -> Markup:
        """The SVG for wide and for narrow screens; the style sheet shows one of them."""
        title = headline_finding(self.chart.answer, self.chart.question)
        drawn = (
            render_svg(chart, f"{self.name}-{width}", title, f"{self.name}-words")
            for chart, width in ((self._wide, "wide"), (self._narrow, "narrow"))
        )
        return Markup("".join(drawn))  # noqa: S704 - elements whose words are escaped

    @cached_property
    def figure(self) -> Markup:
        """Plotly's JSON for a script element."""
        figure = plotly_figure(self._wide, self._narrow)
        return Markup(figure_json(figure))  # noqa: S704 - "<" is escaped there

    @cached_property
    def summary(self) -> str:
        """The text alternative."""
        return chart_summary(self.chart.answer, self.chart.question)

    @property
    def marks(self) -> Sequence[EventBadge]:
        return self._wide.marks

    @cached_property
    def unsettled(self) -> str:
        """What the marks of figures that are not final mean; empty where there are none."""
        timed = (item for panel, item in self._series if panel.traits.timed)
        unsettled = any(point.unsettled for item in timed for point in item.points)
        return design_of_view(self.chart.question.view).unsettled_note if unsettled else ""

    @cached_property
    def band(self) -> str:
        """What is shaded; empty where nothing is."""
        answer = self.chart.answer
        keys = {panel.band.key for panel in self._wide.panels if panel.band}
        groups = [group for group in answer.groups if group.key in keys]
        return band_text(groups, self.chart.question) if groups else ""

    @property
    def hatched(self) -> bool:
        """Whether some areas are textured."""
        filled = design_of_view(self.chart.question.view).traits.filled
        return filled and any(item.look.hatch for _, item in self._series)

    @property
    def silent(self) -> Sequence[str]:
        """The names of the sources without a figure."""
        sources_drawn = [panel.source for panel in self._wide.panels]
        return [item.name for item in self.chart.answer.sources if item not in sources_drawn]

    @property
    def dated(self) -> bool:
        """Whether a panel may show events."""
        return any(panel.traits.annotated for panel in self._wide.panels)

    @property
    def height(self) -> int:
        """The height of the wide picture, in pixels."""
        return chart_geometry(self._wide).height

    @property
    def cite(self) -> str:
        """The path that leads to the page of a number, once its month and group are added.

        It is empty where nothing was published.
        """
        answer = self.chart.answer
        return (
            pinned_question(self.chart.question, answer).address("/cite") if answer.vintage else ""
        )


def chart_view(chart: QuestionChart, name: str = "") -> ChartView:
    """Return the chart for a page.

    `name` must be its own there; without it that is the view.
    """
    return ChartView(chart, name or chart.question.view)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a table: its shares, the rest of the whole, and the status where all share one.

    `status` is empty for a final month, and where the cells differ.
    """

    month: date
    status: str
    shares: Sequence[Share]
    rest: Sequence[Share]


NOTES_SHOWN_MAX = 12  # below a table; a source may note something else of every month


@dataclass(frozen=True)
class ShareTable:
    """One source's shares as a table, the latest month first.

    `groups` and `rest_groups` are its columns: only those that the source has a figure of.
    """

    # No slots: `cached_property` keeps its value in the dictionary of the object.

    source: SourceDefinition
    groups: Sequence[Group]
    rest_groups: Sequence[Group]
    rows: Sequence[MonthRow]
    vintage: datetime | None

    @property
    def gaps(self) -> bool:
        return any(share.missing for row in self.rows for share in (*row.shares, *row.rest))

    @property
    def notes(self) -> list[tuple[str, str]]:
        """The notes of the source, each with the months it is about as words."""
        # From the oldest month on, so that the months of a note are in order.
        months: dict[str, list[date]] = {}
        for row in reversed(self.rows):
            for note in dict.fromkeys(filter(None, map(format_remark, row.shares))):
                months.setdefault(note, []).append(row.month)
        return [
            (note, join_names(format_month_name(month) for month in months_noted))
            for note, months_noted in list(months.items())[:NOTES_SHOWN_MAX]
        ]

    def change(self, share: Share, months: int) -> Decimal | None:
        """Return the change in percentage points since `months` before.

        None where either month has no figure.
        """
        return change_in_points(self._series[share.group, share.label], share.month, months)

    @cached_property
    def _series(self) -> Mapping[tuple[str, str], Mapping[date, Decimal | None]]:
        """The shares by month, under group and label."""
        # The key of a group is not enough: one that is asked for and one of the rest may share it,
        # as `unknown` is a home and an openness.
        shares: dict[tuple[str, str], dict[date, Decimal | None]] = defaultdict(dict)
        for row in self.rows:
            for share in (*row.shares, *row.rest):
                shares[share.group, share.label][share.month] = share.share_pct
        return shares


def share_tables(answer: Answer) -> list[ShareTable]:
    """Return a table for each source that has a figure."""
    return [table for source in answer.sources if (table := _table(answer, source)).rows]


def _table(answer: Answer, source: SourceDefinition) -> ShareTable:
    """The table of a source, from its first month with a figure to its last."""
    # Months in between without a figure stay as rows: a gap is to be seen.
    of_source, left_out = answer.shares_of(source.slug), answer.complement_of(source.slug)
    groups = _groups_with_shares(answer.groups, of_source)
    rest = _groups_with_shares(answer.complement_groups, left_out)
    shares = _by_month(of_source, groups)
    complement = _by_month(left_out, rest)
    covered = covered_months(answer, source.slug)
    told = {row.month for row in (*of_source, *left_out)}
    months = [month for month in sorted(told) if covered and covered[0] <= month <= covered[-1]]
    rows = [_row(month, shares[month], complement[month]) for month in reversed(months)]
    return ShareTable(source, groups, rest, rows, answer.vintage)


def _groups_with_shares(groups: Sequence[Group], rows: Sequence[Share]) -> list[Group]:
    keys_with_shares = {row.group for row in rows if not row.missing}
    return [group for group in groups if group.key in keys_with_shares]


def _by_month(rows: Sequence[Share], groups: Sequence[Group]) -> Mapping[date, list[Share]]:
    keys = {group.key for group in groups}
    shares: dict[date, list[Share]] = defaultdict(list)
    for row in rows:
        if row.group in keys:
            shares[row.month].append(row)
    return shares


def _row(month: date, shares: Sequence[Share], rest: Sequence[Share]) -> MonthRow:
    statuses = {share.status for share in (*shares, *rest) if not share.missing}
    common = statuses.pop() if len(statuses) == 1 else ""
    return MonthRow(month, "" if common == Status.FINAL else common, shares, rest)

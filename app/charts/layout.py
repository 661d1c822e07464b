"""Layout of an answer as a chart: panels, series, labels and scales."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.charts.callouts import ReportedFigure, event_badges, reported_callouts
from app.charts.chart import (
    WIDE_CHART,
    Chart,
    ChartBand,
    ChartPoint,
    ChartSeries,
    ChartSize,
    Panel,
)
from app.charts.kinds import BARS, design_of_view
from app.charts.kinds.design import PanelDesign
from app.charts.scales import TimeAxis, balance_lines, month_ticks
from app.charts.style import series_styles
from app.domain.answer import Answer, ChartEvent, Group, Share, SourceDefinition
from app.domain.naming.matching import fold_name
from app.domain.rounding import rounded_share
from app.domain.series import covered_months
from app.domain.vocabulary import NOT_RECOMPUTED, Openness, Origin, Status, View
from app.wording.findings import leading_series
from app.wording.formats import (
    format_bounds,
    format_share,
    format_share_with_status,
    isolate_direction,
)


@dataclass(frozen=True, slots=True)
class PanelDraft:
    """A panel before it knows its frame and the scale it shares with others of its kind."""

    design: PanelDesign
    source: SourceDefinition
    series: Sequence[ChartSeries]
    band: ChartBand | None = None

    @property
    def peak(self) -> float:
        highest = max(
            (p.share for item in self.series for p in item.points if p.share), default=0.0
        )
        return max(highest, self.band.peak) if self.band else highest


def lay_out_chart(
    answer: Answer,
    view: View,
    frame: ChartSize = WIDE_CHART,
    reported: Answer | None = None,
    events: Sequence[ChartEvent] = (),
    *,
    banded: bool = True,
    drafts: Sequence[PanelDraft] | None = None,
) -> Chart:
    """Return the chart of an answer, with one panel for each source that has a figure.

    `reported` holds figures that a publisher stated, drawn beside the lines of the source that they
    are about. Those of `events` that lie within the axis are numbered from 1 as they come; the
    list below the chart takes the numbers from `Chart.marks`. `banded`: what the leading group of
    each source might be is shaded, where the kind of chart has bands. `drafts` are those
    of the same answer and view, and spare making them anew. Raises KeyError for a view that is no
    chart.
    """
    design = design_of_view(view)
    if drafts is None:
        drafts = draft_panels(answer, view, banded=banded)
    points = _by_subject(reported) if reported and design.traits.annotated else {}
    panels = tuple(_panels(drafts, frame))
    # A figure reported for a month before the first one widens the axis instead of being cut off.
    about_shown = (points.get(panel.source.slug, ()) for panel in panels)
    reported_months = [point.share.month for figures in about_shown for point in figures]
    first = min([answer.months[0], *reported_months])
    last = max([answer.months[-1], *reported_months])
    drawn = Chart(frame, first, last, month_ticks(first, last, frame.ticks), panels)
    if not any(panel.traits.timed for panel in panels):
        return drawn
    # How wide the plot is depends on the longest label, so panels and labels come first; the words
    # of reported figures and the badges need the axis and come after.
    axis = TimeAxis(first, last, frame.width - frame.left - drawn.right)
    called = (
        replace(panel, callouts=tuple(reported_callouts(panel, points, frame, axis)))
        for panel in panels
    )
    # Plotly stretches a chart to the room there is, while badges keep their size: their rows are
    # those that the narrowest room needs.
    tight = TimeAxis(first, last, frame.least - frame.left - drawn.right)
    return replace(drawn, panels=tuple(called), marks=tuple(event_badges(events, tight)))


def _by_subject(reported: Answer) -> dict[str, list[ReportedFigure]]:
    """The reported figures by the slug of the source that they are about."""
    sources = {source.slug: source for source in reported.sources}
    figures: dict[str, list[ReportedFigure]] = {}
    for row in reported.shares:
        if not row.missing:
            source = sources[row.source]
            figures.setdefault(source.reports_on, []).append(ReportedFigure(source, row))
    return figures


# --- panels


def _panels(drafts: Sequence[PanelDraft], frame: ChartSize) -> Iterator[Panel]:
    for draft in drafts:
        # Panels have one scale, bars and lines alike, or a source of small shares looks like one of
        # large. Stacks always reach to the whole.
        peak = max(other.peak for other in drafts if other.design.whole is draft.design.whole)
        top, step = draft.design.scale(peak)
        height = draft.design.height(len(draft.series), len(drafts), frame)
        yield Panel(
            traits=draft.design.traits,
            source=draft.source,
            title=_title(draft, frame),
            series=tuple(draft.series),
            labels=tuple(draft.design.labels(draft.series, height / top, height, frame)),
            top=top,
            step=step,
            height=height,
            band=draft.band,
        )


def draft_panels(answer: Answer, view: View, *, banded: bool = True) -> Sequence[PanelDraft]:
    """Return what the panels of a chart have in common in every frame, as `lay_out_chart` does."""
    return tuple(_drafts(answer, design_of_view(view), banded=banded))


def _drafts(answer: Answer, design: PanelDesign, *, banded: bool) -> Iterator[PanelDraft]:
    """A draft for each source with a figure; a source with a single month is drawn as bars."""
    # Groups that a source never tells of are left out of its panel: "no figure" is not zero.
    for source in answer.sources:
        months = covered_months(answer, source.slug)
        series = list(_series(answer.shares_of(source.slug), answer.groups, answer.months))
        if design.whole:
            left_out = _series(answer.complement_of(source.slug), _short(answer), answer.months)
            series += [replace(item, left_out=True) for item in left_out]
        series_with_figures = [item for item in series if item.last]
        if series_with_figures and len(months) == 1:
            yield PanelDraft(BARS, source, [_only(item, months[0]) for item in series_with_figures])
        elif series_with_figures:
            shaded = banded and design.traits.banded
            band = _band(answer, source, series_with_figures) if shaded else None
            yield PanelDraft(design, source, series_with_figures, band)


def _band(
    answer: Answer, source: SourceDefinition, series: Iterable[ChartSeries]
) -> ChartBand | None:
    """The band of the group that leads; None where it might be nothing but what it is."""
    leader = leading_series(answer, source.slug)
    if leader is None:
        return None
    # Only of that group: the same unknown models might be of any, so that the bands of several
    # would lie over each other and claim them more than once.
    key = leader.group.key
    look = next(item.look for item in series if item.key == key)
    runs: list[list[tuple[date, float, float]]] = []
    joined = False
    # All its months: the series that leads ends with the last settled one.
    for row in answer.series(source.slug, key):
        if row.low_pct is None or row.high_pct is None or row.status in NOT_RECOMPUTED:
            joined = False
            continue
        # A missing month parts the band as it parts the line; a quarterly source misses none.
        if not joined:
            runs.append([])
        joined = True
        bounds = float(rounded_share(row.low_pct)), float(rounded_share(row.high_pct))
        runs[-1].append((row.month, *bounds))
    wide = [tuple(run) for run in runs if any(low < high for _, low, high in run)]
    return ChartBand(key, look, tuple(wide)) if wide else None


def _title(draft: PanelDraft, frame: ChartSize) -> tuple[str, ...]:
    # Four characters less than fit: the title is bold, and `text_width` counts the regular weight.
    when = draft.design.title_end(draft.series, draft.source)
    room = int((frame.width - frame.left) / frame.text_width("0")) - 4
    name, metric = draft.source.name, draft.source.metric
    # A publisher of several measures has the metric in the names of its sources.
    counted = "" if fold_name(metric) in fold_name(name) else f", {metric}"
    return balance_lines(f"{isolate_direction(name)}{counted}{when}", room)


def _short(answer: Answer) -> list[Group]:
    """The groups of the complement with names short enough for labels."""
    # "Unknown" alone would say neither what: where the homes have one of their own, what the source
    # does not break down gets words of its own. The table below the chart says it in full.
    taken = any(group.key == Origin.UNKNOWN for group in answer.groups)
    short = {Openness.UNKNOWN.value: "Not broken down" if taken else "Openness unknown"}
    return [
        replace(group, label=short.get(group.key, group.label))
        for group in answer.complement_groups
    ]


def _only(series: ChartSeries, month: date) -> ChartSeries:
    return replace(series, points=tuple(item for item in series.points if item.month == month))


def _series(
    shares: Iterable[Share], groups: Sequence[Group], months: Sequence[date]
) -> Iterator[ChartSeries]:
    rows = {(row.group, row.month): row for row in shares}
    for group, look in zip(groups, series_styles(groups), strict=True):
        # The months that a quarterly source leaves out have no rows: its points are joined.
        shown = (rows[key] for month in months if (key := (group.key, month)) in rows)
        points = tuple(_point(row, group.label) for row in shown)
        yield ChartSeries(group.key, group.label, look, points)


def _point(row: Share, label: str) -> ChartPoint:
    share = None if row.share_pct is None else float(rounded_share(row.share_pct))
    # chart-reading.js cuts the name off the beginning of these words to read the figure alone.
    words = f"{isolate_direction(label)} {format_share_with_status(row, 2)}"
    if bounds := format_bounds(row):
        words += f", {bounds}"
    return ChartPoint(
        row.month,
        share,
        row.status != Status.FINAL,
        format_share(row),
        words,
        None if row.low_pct is None else float(rounded_share(row.low_pct)),
        None if row.high_pct is None else float(rounded_share(row.high_pct)),
    )

"""The stretch of time that a figure is of, in words: its source's window and statistic."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.domain.answer import SourceDefinition
from app.domain.sources.source_terms import STATISTIC_LABELS, WINDOW_LABELS, Statistic, Window
from app.wording.formats import (
    format_month_name,
    format_month_short,
    format_month_span,
    lowercase_first,
)

# By window, with `{}` for the name of the month.
_STRETCHES: Final = {
    Window.MONTH: "{}",
    Window.WEEK: "week of {}",
    Window.DAY: "day of {}",
    Window.TRAILING_30_DAYS: "thirty days to the end of {}",
    Window.TRAILING_12_MONTHS: "twelve months to {}",
}
_SHORT_STRETCHES: Final = _STRETCHES | {
    Window.TRAILING_30_DAYS: "30 days to {}",
    Window.TRAILING_12_MONTHS: "12 months to {}",
}
# A month has many weeks and days: the statistic says which of them.
_ARTICLES: Final = {
    Statistic.SUM: "one",
    Statistic.MEAN: "an average",
    Statistic.LOW: "the lowest",
    Statistic.HIGH: "the highest",
    Statistic.POINT: "one",
}


def in_period(source: SourceDefinition, month: date) -> str:
    """Return when a figure is of: `in August 2025` or `in the twelve months to March 2026`.

    A statistic other than the sum is told: `in August 2026 (mean of the days)`.
    """
    stretch = period_name(source, month)
    match source.window:
        case Window.WEEK:
            return f"in {_ARTICLES[source.statistic]} {stretch}"
        case Window.DAY:
            return f"on {_ARTICLES[source.statistic]} {stretch}"
        case Window.MONTH:
            return f"in {stretch}{_statistic_remark(source)}"
    return f"in the {stretch}{_statistic_remark(source)}"


def _statistic_remark(source: SourceDefinition) -> str:
    if source.statistic is Statistic.SUM:
        return ""
    return f" ({lowercase_first(STATISTIC_LABELS[source.statistic])})"


def period_name(source: SourceDefinition, month: date) -> str:
    """Return the window as a noun: `March 2026` or `twelve months to March 2026`."""
    return period_of(source, format_month_name(month))


def period_of(source: SourceDefinition, month: str) -> str:
    """Return the window as a noun, with the month as it is written in `month`."""
    return _STRETCHES[source.window].format(month)


def period_short(source: SourceDefinition, month: date) -> str:
    """Return the window for a narrow cell: `Mar 2026` or `12 months to Mar 2026`."""
    return _SHORT_STRETCHES[source.window].format(format_month_short(month))


def period_span(source: SourceDefinition, months: Sequence[date]) -> str:
    """Return the windows of months in order, at least one: `January 2025 to September 2026`.

    Such as `single weeks of December 2024 to August 2025`. Windows longer than the month overlap,
    and are told by their ends.
    """
    if len(months) == 1:
        return period_name(source, months[0])
    span = format_month_span(months)
    match source.window:
        case Window.MONTH:
            return span
        case Window.WEEK | Window.DAY:
            return f"single {source.window}s of {span}"
    return period_of(source, f"each month of {span}")


def figure_terms(source: SourceDefinition) -> str:
    """Return what each figure of a source is of, empty for the plain sum of a month.

    Such as `twelve months to the end of the month` or `the calendar month, mean of the days`.
    """
    if source.window is Window.MONTH and source.statistic is Statistic.SUM:
        return ""
    terms = [WINDOW_LABELS[source.window]]
    if source.statistic is not Statistic.SUM:
        terms.append(STATISTIC_LABELS[source.statistic])
    return ", ".join(map(lowercase_first, terms))

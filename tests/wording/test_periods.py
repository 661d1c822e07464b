"""Of what time a figure is, in words: the window and the statistic of its source."""

from datetime import date

import pytest

from app.domain.answer import SourceDefinition
from app.domain.sources.source_terms import Statistic, Window
from app.wording.formats import NO_BREAK_SPACE
from app.wording.periods import (
    figure_terms,
    in_period,
    period_name,
    period_of,
    period_short,
    period_span,
)
from tests.answers import source

MARCH = date(2026, 3, 1)
MAY = date(2026, 5, 1)


def of(window: str, statistic: str = "sum") -> SourceDefinition:
    return source(window=Window(window), statistic=Statistic(statistic))


def spaced(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize(
    ("window", "statistic", "when"),
    [
        ("month", "sum", "in March 2026"),
        ("month", "mean", "in March 2026 (mean of the days)"),
        ("month", "low", "in March 2026 (lowest value)"),
        ("month", "high", "in March 2026 (highest value)"),
        ("month", "point", "in March 2026 (one value)"),
        ("week", "sum", "in one week of March 2026"),
        ("week", "mean", "in an average week of March 2026"),
        ("week", "low", "in the lowest week of March 2026"),
        ("week", "high", "in the highest week of March 2026"),
        ("week", "point", "in one week of March 2026"),
        ("day", "sum", "on one day of March 2026"),
        ("day", "mean", "on an average day of March 2026"),
        ("day", "low", "on the lowest day of March 2026"),
        ("day", "high", "on the highest day of March 2026"),
        ("day", "point", "on one day of March 2026"),
        ("trailing-30-days", "sum", "in the thirty days to the end of March 2026"),
        (
            "trailing-30-days",
            "mean",
            "in the thirty days to the end of March 2026 (mean of the days)",
        ),
        ("trailing-30-days", "low", "in the thirty days to the end of March 2026 (lowest value)"),
        ("trailing-30-days", "high", "in the thirty days to the end of March 2026 (highest value)"),
        ("trailing-30-days", "point", "in the thirty days to the end of March 2026 (one value)"),
        ("trailing-12-months", "sum", "in the twelve months to March 2026"),
        ("trailing-12-months", "mean", "in the twelve months to March 2026 (mean of the days)"),
        ("trailing-12-months", "low", "in the twelve months to March 2026 (lowest value)"),
        ("trailing-12-months", "high", "in the twelve months to March 2026 (highest value)"),
        ("trailing-12-months", "point", "in the twelve months to March 2026 (one value)"),
    ],
)
def test_a_sentence_says_the_window_and_every_statistic_but_the_sum(
    window: str, statistic: str, when: str
) -> None:
    assert spaced(in_period(of(window, statistic), MARCH)) == when


@pytest.mark.parametrize(
    ("window", "noun", "short"),
    [
        ("month", "March 2026", "Mar 2026"),
        ("week", "week of March 2026", "week of Mar 2026"),
        ("day", "day of March 2026", "day of Mar 2026"),
        ("trailing-30-days", "thirty days to the end of March 2026", "30 days to Mar 2026"),
        ("trailing-12-months", "twelve months to March 2026", "12 months to Mar 2026"),
    ],
)
def test_a_window_is_a_noun_too_and_a_shorter_one_in_narrow_cells(
    window: str, noun: str, short: str
) -> None:
    assert spaced(period_name(of(window), MARCH)) == noun
    assert spaced(period_short(of(window), MARCH)) == short


@pytest.mark.parametrize(
    ("window", "span"),
    [
        ("month", "March 2026 to May 2026"),
        ("week", "single weeks of March 2026 to May 2026"),
        ("day", "single days of March 2026 to May 2026"),
        ("trailing-30-days", "thirty days to the end of each month of March 2026 to May 2026"),
        ("trailing-12-months", "twelve months to each month of March 2026 to May 2026"),
    ],
)
def test_windows_that_are_not_months_are_told_one_by_one_over_a_span(
    window: str, span: str
) -> None:
    assert spaced(period_span(of(window), [MARCH, MAY])) == span


def test_a_span_of_one_month_is_that_month_s_window() -> None:
    assert spaced(period_span(of("month"), [MARCH])) == "March 2026"
    year = of("trailing-12-months")
    assert spaced(period_span(year, [MARCH])) == "twelve months to March 2026"


def test_a_month_already_written_is_put_into_the_window_as_it_is() -> None:
    # Plotly fills in the month itself, from such a pattern.
    assert period_of(of("trailing-12-months"), "%{x|%B %Y}") == "twelve months to %{x|%B %Y}"
    assert period_of(of("month"), "%{x|%B %Y}") == "%{x|%B %Y}"


@pytest.mark.parametrize(
    ("window", "statistic", "terms"),
    [
        ("month", "sum", ""),
        ("month", "mean", "the calendar month, mean of the days"),
        ("week", "sum", "one week of the month"),
        ("week", "high", "one week of the month, highest value"),
        ("day", "point", "one day of the month, one value"),
        ("trailing-30-days", "sum", "thirty days to the end of the month"),
        ("trailing-12-months", "sum", "twelve months to the end of the month"),
        ("trailing-12-months", "low", "twelve months to the end of the month, lowest value"),
    ],
)
def test_a_title_says_what_each_figure_is_of_unless_it_is_the_sum_of_a_month(
    window: str, statistic: str, terms: str
) -> None:
    assert figure_terms(of(window, statistic)) == terms

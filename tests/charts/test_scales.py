"""Ticks, scales and room for words: the arithmetic of charts."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts.labels import LABEL_GAP
from app.charts.scales import (
    balance_lines,
    month_ticks,
    share_scale,
    shorten_name,
    shorten_names_apart,
    spread_apart,
)


@given(st.dates(max_value=date(3000, 1, 1)), st.dates(max_value=date(3000, 1, 1)))
def test_any_range_of_months_gets_a_few_ticks(day: date, other: date) -> None:
    first, last = sorted((day.replace(day=1), other.replace(day=1)))
    assert 1 <= len(month_ticks(first, last, 9)) <= 10


@given(st.lists(st.floats(0, 360), max_size=20))
def test_spread_labels_never_touch_and_keep_their_order(heights: list[float]) -> None:
    placed = spread_apart(sorted(heights), LABEL_GAP, 366)
    assert all(b - a >= LABEL_GAP - 1e-6 for a, b in itertools.pairwise(placed))


def test_labels_that_would_touch_stand_around_their_middle() -> None:
    assert spread_apart([100, 100, 300], 15, 366) == [92.5, 107.5, 300]


@given(st.lists(st.floats(0, 360), min_size=1, max_size=20))
def test_spread_labels_stay_in_the_plot_where_they_fit(heights: list[float]) -> None:
    placed = spread_apart(sorted(heights), LABEL_GAP, 366)
    assert placed[0] >= 0
    assert placed[-1] <= 366 + 1e-6


@given(st.floats(0.001, 100))
def test_a_scale_holds_its_peak_in_few_steps(peak: float) -> None:
    top, step = share_scale(peak)
    assert top >= peak
    assert top / step <= 8.001


def test_long_names_lose_their_middle_and_not_their_end() -> None:
    assert shorten_name("deepseek-v4-flash-20260731", 17) == "deepseek-v4…60731"


def test_lines_of_text_are_as_even_as_their_number_allows() -> None:
    assert balance_lines("1.2 %, reported as “late 2024”", 24) == (
        "1.2 %, reported",
        "as “late 2024”",
    )


NAME = "deepseek-v4-flash"


@pytest.mark.parametrize("limit", range(1, len(NAME) + 1))
def test_a_shortened_name_is_never_longer_than_its_limit(limit: int) -> None:
    assert len(shorten_name(NAME, limit)) <= limit
    assert all(len(name) <= limit for name in shorten_names_apart([NAME, f"{NAME[:-1]}t"], limit))

"""Months and words of closed lists."""

from datetime import date

import pytest

from app.domain.vocabulary import Openness
from tests.csv_io.builders import cell_problem, read, value_of


@pytest.mark.parametrize(
    ("cell", "origin"),
    [
        ("China", "chinese"),
        ("PRC", "chinese"),
        ("U.S.", "us"),
        ("united-states", "us"),
        ("EU", "european"),
    ],
)
def test_an_origin_may_be_said_by_its_synonyms(cell: str, origin: str) -> None:
    assert value_of("origin", cell) == origin


def test_openness_may_be_said_by_its_synonyms() -> None:
    assert value_of("openness", "Open-Weight") is Openness.OPEN
    assert value_of("openness", "proprietary") is Openness.CLOSED


@pytest.mark.parametrize("cell", ["2025-08", "2025-08-01"])
def test_a_month_is_year_and_month_or_its_first_day(cell: str) -> None:
    assert read(f"month,share_pct\n{cell},1\n")[1][0]["month"] == date(2025, 8, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2025/08", "2025.08", "202508", "2025-8", "2025/8/15", "2025-08-15", "2025-08-15T00:00:00Z",
        "08-2025", "08/2025", "8/2025", "Aug 2025", "August 2025", "Aug-25", "2025 Aug", "45870",
    ],
)  # fmt: skip
def test_other_shapes_of_a_month_are_refused_with_the_month_they_mean(cell: str) -> None:
    problem = cell_problem("month", cell)
    assert (problem.code, problem.suggestion) == ("not_a_month", "2025-08")


@pytest.mark.parametrize(
    "cell", ["2025-13", "2025-00", "0000-01", "soon", "15/08/1025", "25-08", "25-Aug", "jui 2025"]
)
def test_what_is_no_month_is_refused_without_a_guess(cell: str) -> None:
    problem = cell_problem("month", cell)
    assert (problem.code, problem.suggestion) == ("not_a_month", None)


def test_a_month_in_the_future_or_in_the_last_century_is_refused() -> None:
    assert cell_problem("month", "2999-01").code == "future_month"
    assert cell_problem("month", "1025-08").code == "too_early"


def test_a_blank_month_is_refused_where_the_line_says_anything() -> None:
    problem = cell_problem("month", " ")
    assert (problem.code, problem.column) == ("blank", 1)


@pytest.mark.parametrize(
    ("column", "cell", "suggestion"),
    [
        ("origin", "chinesse", "chinese"),
        ("origin", "Germany", "european"),
        ("origin", "India", "other"),
        ("origin", "xyz", None),
        ("openness", "opne", "open"),
        ("status", "provisonal", "provisional"),
        ("origin", "États-Unis", "us"),
        ("origin", "中国", "chinese"),
        ("openness", "offen", "open"),
        ("openness", "geschlossen", "closed"),
        ("openness", "开源", "open"),
        ("status", "vorläufig", "provisional"),
    ],
)
def test_a_word_outside_a_closed_list_is_refused_with_the_nearest(
    column: str, cell: str, suggestion: str | None
) -> None:
    problem = cell_problem(column, cell)
    assert (problem.code, problem.suggestion) == ("unknown_word", suggestion)
    assert problem.expected.startswith("one of ")

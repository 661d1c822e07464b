"""The days a month covers: the same on all lines, within the month, and over before it is final."""

from datetime import date

import pytest

from app.domain.calendar import format_month, this_month
from app.domain.snapshot import DaysCovered
from tests.ingest.rules.builders import checked, only_problem

HEADER = "month,origin,share_pct,status,first_day,last_day,days\n"
AUGUST = date(2025, 8, 1)


def covered(*cells: str) -> DaysCovered | None:
    result = checked(f"{HEADER}2025-08,us,4,final,{','.join(cells)}\n")
    assert not result.problem_count, result.problems
    return result.months["hub", AUGUST].days


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("", "", ""), None),
        (("2025-08-01", "2025-08-31", "31"), DaysCovered(AUGUST, date(2025, 8, 31), 31)),
        (("2025-08-01", "2025-08-31", "30"), DaysCovered(AUGUST, date(2025, 8, 31), 30)),
        (("2025-08-05", "2025-08-09", ""), DaysCovered(date(2025, 8, 5), date(2025, 8, 9), 5)),
        (("2025-08-05", "", ""), DaysCovered(date(2025, 8, 5), date(2025, 8, 31), 27)),
        (("", "2025-08-09", ""), DaysCovered(AUGUST, date(2025, 8, 9), 9)),
        (("", "", "13"), DaysCovered(AUGUST, date(2025, 8, 31), 13)),
    ],
)
def test_what_is_left_out_is_filled_in(
    cells: tuple[str, str, str], expected: DaysCovered | None
) -> None:
    assert covered(*cells) == expected


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ("2025-07-31,,", "outside_month", 5),
        (",2025-09-01,", "outside_month", 6),
        ("2025-08-09,2025-08-05,", "days_reversed", 6),
        ("2025-08-05,2025-08-09,6", "too_many_days", 7),
        (",,32", "not_days", 7),
        (",,0", "not_days", 7),
        (",,2.5", "not_days", 7),
        ("August,,", "not_a_day", 5),
    ],
)
def test_days_that_cannot_be_are_refused_in_their_place(cells: str, code: str, column: int) -> None:
    problem = only_problem(f"{HEADER}2025-08,us,4,final,{cells}\n")
    assert (problem.code, problem.line, problem.column) == (code, 2, column)


def test_lines_of_one_month_that_say_other_days_are_refused_with_the_first_line() -> None:
    lines = "2025-08,us,4,final,,2025-08-09,9\n2025-08,chinese,4,final,,2025-08-09,8\n"
    problem = only_problem(HEADER + lines)
    assert (problem.code, problem.line, problem.column) == ("other_days", 3, 7)
    assert problem.expected == "9, as line 2 says of 2025-08 of hub"


def test_a_decimal_comma_is_not_read_as_a_number_of_days() -> None:
    header = "month,origin,share_pct,days\n"
    problem = only_problem(f"{header}2025-08,us,29,7\n")
    assert (problem.code, problem.column, problem.suggestion) == ("split_number", 3, "29.7")
    assert not checked(f'{header}2025-08,us,29,"7"\n').problem_count


def test_other_months_may_have_other_days() -> None:
    lines = "2025-08,us,4,final,,,9\n2025-07,us,4,final,,,8\n"
    assert not checked(HEADER + lines).problem_count


def test_a_month_that_is_not_over_can_only_be_provisional() -> None:
    month = format_month(this_month())
    problem = only_problem(f"{HEADER}{month},us,4,final,,,\n")
    assert (problem.code, problem.column, problem.suggestion) == ("not_over", 4, "provisional")
    assert not checked(f"{HEADER}{month},us,4,provisional,,,\n").problem_count


def test_neither_can_the_days_of_it_that_are_over_be_final() -> None:
    month = format_month(this_month())
    problem = only_problem(f"{HEADER}{month},us,4,final,{month}-01,{month}-01,1\n")
    assert (problem.code, problem.column) == ("not_over", 4)


@pytest.mark.parametrize(
    ("cells", "column"),
    [("2025-08-01,,", "first_day"), (",2025-08-31,", "last_day"), (",,31", "days")],
)
def test_a_figure_of_another_window_than_the_month_has_no_days_of_one(
    cells: str, column: str
) -> None:
    header = "month,origin,share_pct,first_day,last_day,days\n"
    problem = only_problem(f"{header}2025-08,us,4,{cells}\n", source="yearly")
    assert (problem.code, problem.field) == ("other_window", column)
    assert "twelve months to the end of the month" in problem.expected

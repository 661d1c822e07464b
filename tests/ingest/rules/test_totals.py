"""Values, the shares computed from them, and shares that stand beside them."""

from decimal import Decimal

import pytest

from app.domain.snapshot import Basis
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.rules.days import NOTHING_SAID
from app.ingest.rules.resolver import LineSlice
from app.ingest.rules.totals import MonthTotals, ResolvedLine
from tests.ingest.rules.builders import AUGUST, checked, lines, only_problem

VALUES = "month,origin,share_pct,value\n"


def test_shares_are_computed_from_values_exactly() -> None:
    text = VALUES + "2025-08,us,,1\n2025-08,chinese,,1.5\n2025-08,other,,0.5\n2025-09,us,,7\n"
    result = checked(text)
    assert [line.share_pct for line in result.lines()] == [
        Decimal("33.3333333333"), Decimal(50), Decimal("16.6666666667"), Decimal(100),
    ]  # fmt: skip
    assert result.months["hub", AUGUST].basis is Basis.VALUE
    assert result.months["hub", AUGUST].lines == 3


def test_the_largest_values_are_added_without_rounding() -> None:
    about = LineSlice("hub", Origin.US, Openness.OPEN, None, None, ())
    tally = MonthTotals(first_line=2)
    for value in (Decimal(10**18 - 1), Decimal("0.000001")) * 20_000:
        tally.add(ResolvedLine(2, AUGUST, about, None, value, Status.FINAL, NOTHING_SAID, ""))
    assert tally.value_sum == Decimal("19999999999999999980000.020000")
    assert tally.share_of(Decimal(10**18 - 1)) == Decimal("0.0050000000")


def test_values_that_are_all_zero_are_refused() -> None:
    assert only_problem(VALUES + "2025-08,us,,0\n2025-08,other,,0\n").code == "sum_is_zero"


def test_a_month_has_shares_throughout_or_values_throughout() -> None:
    problem = only_problem(VALUES + "2025-08,us,4,\n2025-08,other,,5\n")
    assert (problem.code, problem.line) == ("mixed_figures", 3)
    assert problem.found == "no share_pct in line 3, no value in line 2"


def test_one_month_may_have_shares_and_the_next_one_values() -> None:
    result = checked(VALUES + "2025-08,us,4,\n2025-09,us,,5\n")
    assert [month.basis for month in result.months.values()] == [Basis.SHARE, Basis.VALUE]


def test_a_share_that_disagrees_with_its_value_is_refused() -> None:
    problem = only_problem(VALUES + "2025-08,us,60.2,60\n2025-08,other,39.95,40\n")
    assert (problem.code, problem.line, problem.found) == ("figures_disagree", 2, "60.2")


def test_shares_and_values_of_part_of_the_whole_agree_in_proportion() -> None:
    rows = "2025-08,us,36.5,365\n2025-08,chinese,41,410\n"
    assert [line.share_pct for line in lines(VALUES + rows)] == [Decimal("36.5"), Decimal(41)]


def test_a_share_beside_computed_ones_must_agree_too() -> None:
    problem = only_problem(VALUES + "2025-08,us,70,60\n2025-08,other,,40\n")
    assert (problem.code, problem.line) == ("figures_disagree", 2)


def test_a_value_that_may_be_a_shares_decimals_is_refused_where_other_lines_have_none() -> None:
    head = "month,source,origin,openness,developer,model,share_pct,value,status,note\n"
    problem = only_problem(
        f"{head}2025-08,hub,chinese,open,,,41,5,,\n2025-08,hub,us,open,,,29,,,\n"
    )
    assert (problem.code, problem.line, problem.column) == ("split_number", 2, 7)
    assert (problem.field, problem.found, problem.suggestion) == ("share_pct", "41,5", "41.5")


@pytest.mark.parametrize(
    "rows", ["2025-08,us,41,5", "2025-08,us,30,5\n2025-08,chinese,30,5"], ids=["alone", "alike"]
)
def test_a_value_that_says_nothing_of_its_share_may_be_the_shares_decimals(rows: str) -> None:
    result = checked(f"month,origin,share_pct,value\n{rows}\n")
    assert {problem.code for problem in result.problems} == {"split_number"}
    assert result.problem_count == len(rows.splitlines())


@pytest.mark.parametrize(
    "rows",
    [
        "2025-08,us,40,400\n2025-08,chinese,60,600",
        '2025-08,us,"40",400\n2025-08,chinese,60,',
        '2025-08,us,40,"400"\n2025-08,chinese,60,',
        "2025-08,us,40.0,400\n2025-08,chinese,60,",
        "2025-08,us,41,500\n2025-09,us,41.5,500",
    ],
    ids=["in proportion", "a quoted share", "a quoted value", "a point", "a point elsewhere"],
)
def test_a_value_that_is_no_decimals_stands_beside_its_whole_share(rows: str) -> None:
    assert lines(f"month,origin,share_pct,value\n{rows}\n")[0].value

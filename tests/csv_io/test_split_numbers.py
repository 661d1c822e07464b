"""Commas inside numbers, where commas divide cells."""

from decimal import Decimal

import pytest

from tests.csv_io.builders import only_problem, read


@pytest.mark.parametrize(
    ("text", "cells", "suggestion"),
    [
        ("month,share_pct,note\n2025-08,29,7\n", "29,7", "29.7"),
        ("month,share_pct,note\n2025-08, 29,65 \n", "29,65", "29.65"),
        ("month,share_pct,note\n2025-08,28,653919000000002\n", None, "28.653919000000002"),
        ("month,share_pct,developer\n2025-08,29,7\n", "29,7", "29.7"),
        ("month,value,note\n2025-08,1,5\n", "1,5", "1.5"),
        ("month,value,note\n2025-08,1,234\n", "1,234", None),
        ("month,value,model,status\n2025-08,1,234,final\n", "1,234", None),
        ('month,developer,share_pct,note\n2025-08,"a, ""b""",29,7\n', "29,7", "29.7"),
    ],
)
def test_digits_after_a_whole_number_may_be_its_decimals(
    text: str, cells: str | None, suggestion: str | None
) -> None:
    problem = only_problem(text)
    assert (problem.code, problem.line, problem.suggestion) == ("split_number", 2, suggestion)
    assert problem.field
    assert problem.column == text.partition("\n")[0].split(",").index(problem.field) + 1
    if cells is not None:
        assert problem.found == cells
    assert "quotes" in problem.expected


@pytest.mark.parametrize(
    "cells",
    ["29.0,7", '29,"7"', '"29",7', "29, 7", "29,7th", "29,x7", "29,", "100,5", "29,²", "0.3,7"],
)
def test_what_cannot_be_one_number_is_two_cells(cells: str) -> None:
    table, rows = read(f"month,share_pct,note\n2025-08,{cells}\n")
    assert not table.problems.count
    assert rows[0]["share_pct"] == Decimal(cells.partition(",")[0].strip('"'))


def test_no_day_is_the_decimals_of_a_value() -> None:
    assert read("month,value,note\n2025-08,1,20250801\n")[1][0]["note"] == "20250801"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_between_other_delimiters_a_comma_divides_nothing(delimiter: str) -> None:
    text = "month,share_pct,note\n2025-08,29,7\n".replace(",", delimiter)
    assert read(text)[1][0]["note"] == "7"

"""Months as spreadsheets and programs spell them: what they can mean, and what is said of them."""

import pytest

from app.domain.errors import Problem
from tests.csv_io.builders import cell_problem, read


def month_problems(*cells: str, delimiter: str = ";") -> list[Problem]:
    """The problems of a column of months, one cell a line."""
    rows = "".join(f"{cell}{delimiter}us{delimiter}1\n" for cell in cells)
    table, _ = read(f"month{delimiter}origin{delimiter}share_pct\n{rows}")
    return table.problems.first


def suggestions(*cells: str) -> list[str | None]:
    return [problem.suggestion for problem in month_problems(*cells)]


SPREADSHEET = "a spreadsheet turned it into a date: format the column there as text, or as yyyy-mm"


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        # As Excel and LibreOffice export a month, by the language they speak.
        ("Aug-25", "2025-08"), ("Sep-25", "2025-09"), ("Sept-25", "2025-09"),
        ("01.09.2025", "2025-09"), ("30.09.2025", "2025-09"), ("1.9.25", "2025-09"),
        ("Mrz 25", "2025-03"), ("Mär 25", "2025-03"), ("Okt 25", "2025-10"), ("Dez 25", "2025-12"),
        ("août-25", "2025-08"), ("févr.-25", "2025-02"), ("fevr-25", "2025-02"),
        ("juil.-25", "2025-07"), ("ene-25", "2025-01"), ("dic-25", "2025-12"),
        ("giu-25", "2025-06"), ("lug-25", "2025-07"), ("gen-25", "2025-01"), ("set/25", "2025-09"),
        ("out/25", "2025-10"), ("fev/25", "2025-02"),
        ("8月-25", "2025-08"), ("2025年8月", "2025-08"),
        # Long dates, with and without weekdays and ordinals.
        ("Friday, August 1, 2025", "2025-08"), ("1st August 2025", "2025-08"),
        ("Freitag, 1. August 2025", "2025-08"), ("vendredi 1er août 2025", "2025-08"),
        ("mar. 30 sept. 2025", "2025-09"), ("domingo, 31 de agosto de 2025", "2025-08"),
        ("sexta-feira, 1 de agosto de 2025", "2025-08"), ("domenica 31 agosto 2025", "2025-08"),
        ("2025年8月31日（星期日）", "2025-08"),
        ("1st Aug 25", "2025-08"), ("二〇二五年十二月", "2025-12"),
        # Numbers.
        ("45870", "2025-08"), ("45900", "2025-08"), ("45870.0", "2025-08"), ("1/8/2025 0:00", None),
        ("13/09/2025", "2025-09"), ("09/30/2025", "2025-09"), ("8/31/2025 12:00:00 AM", "2025-08"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_makes_of_a_month_is_told_as_its_doing(
    cell: str, month: str | None
) -> None:
    (problem,) = month_problems(cell)
    assert problem.code == "not_a_month"
    assert SPREADSHEET in problem.expected
    if month:
        assert problem.suggestion == month


@pytest.mark.parametrize(
    "cell",
    [
        "2025M08", "2025-M8", "M08 2025", "2025m8", "2025.08", "2025 08", "082025", "20250801",
        "1754006400", "1754006400000", "2025–08", "2025‑08", "２０２５-08", "'2025-08",
        "August, 2025", "agosto de 2025", "2025 août", "2025aug", "Aug '25",
        "25年8月", "2025 年 八月",
    ],
)  # fmt: skip
def test_other_spellings_with_one_reading_have_it_as_suggestion(cell: str) -> None:
    assert suggestions(cell) == ["2025-08"]


@pytest.mark.parametrize("cell", ["2025-08-31", "2025-08-01 00:00:00", "2025-08-31T23:59:59.999Z",
    "2025-08-01T00:00:00+02:00", "2025-08-01T04:00:00.000Z"])  # fmt: skip
def test_what_a_program_writes_is_told_as_such(cell: str) -> None:
    (problem,) = month_problems(cell)
    assert problem.suggestion == "2025-08"
    assert "a program wrote the day with it: write it by strftime('%Y-%m')" in problem.expected


# --- two readings


@pytest.mark.parametrize(
    ("cell", "both", "ways"),
    [
        ("01/09/2025", "2025-09 or 2025-01", "2025-09 (the day first), 2025-01 (the month first)"),
        ("09/01/2025", "2025-01 or 2025-09", "2025-01 (the day first), 2025-09 (the month first)"),
        ("9-1-25", "2025-01 or 2025-09", "2025-01 (the day first), 2025-09 (the month first)"),
        ("09012025", "2025-01 or 2025-09", "2025-01 (the day first), 2025-09 (the month first)"),
        ("20/09/25", "2025-09 or 2020-09", "2025-09 (the day first), 2020-09 (the year first)"),
        # A spreadsheet that takes 2025.10 for a number drops its last digit.
        ("2025.1", "2025-01 or 2025-10", "2025-01 (January), 2025-10 (October)"),
        # Midnight of 1 August in Berlin.
        ("2025-07-31T22:00:00Z", "2025-07 or 2025-08", "midnight of the next day elsewhere"),
    ],
)
def test_two_readings_are_both_told(cell: str, both: str, ways: str) -> None:
    (problem,) = month_problems(cell)
    assert problem.suggestion == both
    assert ways in problem.expected
    assert "no other row of the file decides" in problem.expected


@pytest.mark.parametrize(
    ("deciding", "month"), [("13/09/2025", "2025-01"), ("09/13/2025", "2025-09")]
)
def test_another_row_decides_wherever_it_stands(deciding: str, month: str) -> None:
    assert suggestions(deciding, "09/01/2025") == ["2025-09", month]
    assert suggestions("09/01/2025", deciding) == [month, "2025-09"]
    after = month_problems("09/01/2025", deciding)[0]
    assert "other rows of the file show that it has the" in after.expected


def test_rows_that_contradict_each_other_decide_nothing() -> None:
    assert suggestions("09/01/2025", "13/09/2025", "09/13/2025")[0] == "2025-01 or 2025-09"


@pytest.mark.parametrize("beside", ["08/08/2025", "13.09.2025", "2025-09-13", "31/13/2025"])
def test_a_row_that_proves_no_order_decides_nothing(beside: str) -> None:
    assert suggestions("09/01/2025", beside)[0] == "2025-01 or 2025-09"


def test_a_day_column_can_decide_too() -> None:
    text = "month,origin,share_pct,last_day\n09/01/2025,us,1,09/30/2025\n"
    table, _ = read(text)
    hints = [(problem.field, problem.suggestion) for problem in table.problems.first]
    assert hints == [("month", "2025-09"), ("last_day", "2025-09-30")]


def test_the_same_day_and_month_in_either_order_is_one_reading() -> None:
    assert suggestions("08/08/2025") == ["2025-08"]


# --- no reading


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2025-Q3", "is a quarter, 2025-07, 2025-08, 2025-09: one line for each month"),
        ("Q3 2025", "2025-07, 2025-08, 2025-09"), ("3T2025", "2025-07, 2025-08, 2025-09"),
        ("3. Quartal 2025", "2025-07, 2025-08, 2025-09"),
        ("T3 2025", "2025-07, 2025-08, 2025-09"), ("3º trimestre de 2025", "2025-07, 2025-08"),
        ("2025年第三季度", "2025-07, 2025-08, 2025-09"),
        ("2025年3季度", "2025-07, 2025-08, 2025-09"),
        ("H1 2025", "is a half of a year, 2025-01 to 2025-06"), ("2025-S2", "2025-07 to 2025-12"),
        ("2025", "is a year, 2025-01 to 2025-12"), ("FY2025", "2025-01 to 2025-12"),
        ("2025-W40", "is a week, 2025-09, 2025-10"),
    ],
)  # fmt: skip
def test_a_longer_or_shorter_stretch_is_told_with_its_months(cell: str, words: str) -> None:
    (problem,) = month_problems(cell)
    assert problem.suggestion is None
    assert words in problem.expected


@pytest.mark.parametrize("cell", ["25-Aug", "25-août", "08/25", "25-08", "8-25"])
def test_two_numbers_that_can_be_day_or_year_are_asked_about(cell: str) -> None:
    (problem,) = month_problems(cell)
    assert problem.suggestion is None
    assert "can be a month with its year, or a day without one" in problem.expected


@pytest.mark.parametrize(
    "cell",
    [
        "jui 2025", "Augustus 2025", "August", "soon", "2025-13", "32.08.2025", "30.02.2025",
        "13/13/2025", "Aug 2025 Sep", "5 6 7 8", "Aug-99", "Mon 2025", "2025-08-09-10", "-", "年",
        "99999", "1" * 300, "2999-01-31", "31/12/1999", "9" * 10, "月", "m2025", "99:99", "Q5 2025",
        "2025-W60", "do 2025", "Aug 25th", "25th August", "1 2",
    ],
)  # fmt: skip
def test_what_is_no_month_since_2000_until_now_is_not_guessed(cell: str) -> None:
    assert suggestions(cell) == [None]


def test_a_day_within_a_month_is_its_month_only_if_the_figure_is_of_all_of_it() -> None:
    (problem,) = month_problems("2025-08-15")
    assert problem.suggestion == "2025-08"
    assert "this is one day: write its month only if the figure is of all of it" in problem.expected


# --- days


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ("20.01.2025", "2025-01-20"), ("January 20, 2025", "2025-01-20"),
        ("2025/1/20", "2025-01-20"), ("01/02/2025", "2025-02-01 or 2025-01-02"),
        ("45677", "2025-01-20"), ("2025-01", None), ("20 janvier", None), ("1/2/2999", None),
    ],
)  # fmt: skip
def test_days_have_the_same_spellings(cell: str, suggestion: str | None) -> None:
    problem = cell_problem("first_day", cell)
    assert (problem.code, problem.suggestion) == ("not_a_day", suggestion)


def test_spellings_of_two_shapes_in_one_column_are_two_kinds() -> None:
    table, _ = read("month,share_pct\nAug-25,1\n45901,1\nOct-25,1\n2025-08-15,1\n2025-08-31,1\n")
    kinds = [(group.count, group.lines) for group in table.problems.groups]
    assert kinds == [(2, "2, 4"), (1, "3"), (1, "5"), (1, "6")]


def test_of_very_many_texts_only_the_first_get_suggestions_and_all_are_refused() -> None:
    rows = "".join(f"Aug-25 {number}x,1\n" for number in range(4_000))
    table, _ = read(f"month,share_pct\n{rows}Aug-25,1\n")
    assert table.problems.count == 4_001
    assert [group.count for group in table.problems.groups] == [4_001]

"""Headers, and lines that do not fit under them."""

import pytest

from app.csv_io.schema import FileLimits
from tests.csv_io.builders import GOOD, codes, only_problem, read


def test_an_unknown_column_is_named_with_the_nearest_known_one() -> None:
    problem = only_problem("month,orgin,share_pct\n2025-08,us,1\n")
    assert (problem.code, problem.line, problem.column) == ("unknown_column", 1, 2)
    assert (problem.found, problem.suggestion) == ("orgin", "origin")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Country", "origin"), ("Land", "origin"), ("国家", "origin"), ("Open?", "openness"),
        ("Pct", "share_pct"), ("Share (%)", "share_pct"), ("Anteil", "share_pct"),
        ("%", "share_pct"), ("Open", None), ("Closed", None), ("Data", None),
        ("Vendor", "developer"), ("Organisation", "developer"), ("Organizaton", "developer"),
        ("Company", "developer"), ("author", "developer"), ("observation_date", "month"),
        ("Fecha", "month"), ("model_permaslug", "model"), ("total_tokens", "value"),
        ("Comments", "note"), ("Rank", None), ("id", None), ("Total", None), ("Chinese", None),
        ("Other", None), ("Change", None), ("URL", None), ("Provider", None), ("Year", None),
    ],
)  # fmt: skip
def test_a_column_is_never_suggested_to_be_one_of_another_kind(
    name: str, column: str | None
) -> None:
    beside = "period,share" if column != "share_pct" else "period,tokens"
    (problem,) = read(f"{beside},{name}\n2025-08,1,1\n")[0].problems.first
    assert (problem.code, problem.found, problem.suggestion) == ("unknown_column", name, column)
    assert ("the home of a model's developer" in problem.expected) == (column == "origin")


def test_a_header_in_another_language_is_one_with_a_suggestion_for_each_column() -> None:
    table, _ = read("Monat;Herkunft;Anteil\n2025-08;us;1\n")
    suggestions = [(problem.code, problem.suggestion) for problem in table.problems.first]
    assert suggestions == [
        ("unknown_column", "month"),
        ("unknown_column", "origin"),
        ("unknown_column", "share_pct"),
        ("missing_column", None),
    ]


def test_a_column_may_be_there_once_even_under_two_names() -> None:
    problem = only_problem("month,share_pct,Percent\n2025-08,1,1\n")
    assert (problem.code, problem.column, problem.field) == ("duplicate_column", 3, "share_pct")
    assert "share_pct in column 2" in problem.found


def test_a_missing_required_column_is_said_with_its_other_names() -> None:
    problem = only_problem("share_pct\n1\n")
    assert (problem.code, problem.field) == ("missing_column", "month")
    assert "period" in problem.expected


def test_a_column_without_a_name_between_others_is_refused() -> None:
    problem = only_problem("month,,share_pct\n2025-08,,1\n")
    assert (problem.code, problem.column) == ("unnamed_column", 2)


def test_a_file_that_begins_with_data_is_told_that_the_header_is_missing() -> None:
    problem = only_problem("2025-08,chinese,open,28.65\n2025-08,us,open,3.74\n")
    assert (problem.code, problem.line) == ("no_header", 1)
    assert "month" in problem.expected


@pytest.mark.parametrize("separator", ["|", ":"])
def test_another_delimiter_is_refused_by_name(separator: str) -> None:
    problem = only_problem(GOOD.replace(",", separator))
    assert (problem.code, problem.found) == ("unknown_delimiter", separator)


def test_another_delimiter_in_a_sep_line_is_refused() -> None:
    assert only_problem("sep=|\n" + GOOD).code == "unknown_delimiter"


def test_a_hundred_thousand_columns_are_one_error() -> None:
    text = "month" + ",x" * 99_999 + "\n" + "1," * 99_999 + "1\n"
    problem = only_problem(text, FileLimits())
    assert (problem.code, problem.found) == ("too_many_columns", "100000 columns")


def test_a_hundred_thousand_cells_in_a_line_are_one_error() -> None:
    problem = only_problem("month,share_pct\n" + "1," * 99_999 + "1\n")
    assert (problem.code, problem.line, problem.found) == ("long_row", 2, "100000 cells")


def test_a_line_with_too_many_or_too_few_cells_is_refused() -> None:
    table, rows = read("month,share_pct,note\n2025-08,29,a\n2025-08,1\n2025-08,1,a,b\n")
    assert [(p.code, p.line) for p in table.problems.first] == [("short_row", 3), ("long_row", 4)]
    assert len(rows) == 1


def test_an_empty_cell_beyond_the_header_tells_of_a_comma_too_many() -> None:
    table, rows = read("month,share_pct,value,note\n2025-08,41,5,,\n")
    assert codes(table) == ["long_row"]
    assert not rows

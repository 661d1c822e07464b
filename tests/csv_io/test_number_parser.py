"""Shares and values: read exactly, or refused with a suggestion where that is safe."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.csv_io.number_parser import parse_share, parse_value
from app.csv_io.schema import CellContext
from app.domain.text import UnreadableCellError
from tests.csv_io.builders import cell_problem, only_problem, read, value_of


@pytest.mark.parametrize("cell", ["0", "100", "29.7", "0.30000000001", "007", "100.000000000000"])
def test_a_plain_share_is_read_exactly(cell: str) -> None:
    assert value_of("share_pct", cell) == Decimal(cell)


@pytest.mark.parametrize(
    "cell", ["0", "918849571429", "9" * 18, "9" * 18 + ".999999", "1.2340", "0.5"]
)
def test_a_plain_value_is_read_exactly(cell: str) -> None:
    assert str(value_of("value", cell)) == cell


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        ("29.7 %", "not_a_number", "29.7"),
        ("29.7%", "not_a_number", "29.7"),
        ("29.7\xa0%", "not_a_number", "29.7"),
        ("+5", "not_a_number", "5"),
        ("-0", "negative_number", "0"),
        ("-0.0", "negative_number", "0"),
        ("-3", "negative_number", None),
        ("\u22123", "negative_number", None),
        ("1e1", "not_a_number", "10"),
        ("2.5E-1", "not_a_number", "0.25"),
        ("1e400", "not_a_number", None),
        ("1e99", "not_a_number", None),
        (".5", "not_a_number", "0.5"),
        ("5.", "not_a_number", "5"),
        ("\uff12\uff19", "not_a_number", "29"),
        ("٢٩", "not_a_number", "29"),
        ("5²", "not_a_number", None),
        ("1_0", "not_a_number", None),
        ("NaN", "not_a_number", None),
        ("inf", "not_a_number", None),
        ("0x10", "not_a_number", None),
        ("n/a", "not_a_number", None),
        ("#DIV/0!", "not_a_number", None),
        ("29,7", "decimal_comma", "29.7"),
        ("1,234", "decimal_comma", "1.234"),
        ("100.1", "out_of_range", None),
        ("1000", "out_of_range", None),
        ("0.1234567890123456789012345", "too_precise", "0.123456789012345678901234"),
    ],
)
def test_any_other_share_is_refused_with_a_suggestion_where_that_is_safe(
    cell: str, code: str, suggestion: str | None
) -> None:
    problem = cell_problem("share_pct", cell)
    assert (problem.code, problem.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        ("1_000", "not_a_number", "1000"),
        ("1 000 000", "not_a_number", "1000000"),
        ("1\u202f000", "not_a_number", "1000"),
        ("1'000'000", "not_a_number", "1000000"),
        ("1,234,567", "not_a_number", "1234567"),
        ("1,234.5", "not_a_number", "1234.5"),
        ("+1,234", "not_a_number", None),
        ("1,234", "decimal_comma", None),
        ("1,5", "decimal_comma", "1.5"),
        ("12 %", "not_a_number", None),
        ("1.2B", "not_a_number", None),
        ("1e400", "not_a_number", None),
        ("1e12", "not_a_number", "1000000000000"),
        ("-0", "negative_number", "0"),
        ("1" + "0" * 18, "out_of_range", None),
        ("0.1234567", "too_precise", "0.123457"),
    ],
)
def test_any_other_value_is_refused_with_a_suggestion_where_that_is_safe(
    cell: str, code: str, suggestion: str | None
) -> None:
    problem = cell_problem("value", cell)
    assert (problem.code, problem.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    ("cell", "delimiter"),
    [(cell, mark) for mark in ";\t" for cell in ("1.234", "1,234", "12.345", "999,000")]
    + [("1.234", ","), ("999.000", ",")],
)
def test_a_value_that_may_hold_a_thousands_separator_is_ambiguous(
    cell: str, delimiter: str
) -> None:
    problem = cell_problem("value", cell, delimiter)
    assert problem.code == "ambiguous_number"
    assert cell.replace(".", "").replace(",", "") in problem.expected
    assert cell + "0" in problem.expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("before", ["share_pct", "value"])
def test_a_cell_above_settles_which_mark_is_the_decimal_one(before: str, delimiter: str) -> None:
    text = f"month|{before}|value\n2025-08|29.7|1.234\n2025-08|29.8|1.235\n"
    if before == "value":
        text = "month|value\n2025-08|29.7\n2025-08|1.234\n"
    table, rows = read(text.replace("|", delimiter))
    assert not table.problems.count, table.problems.first
    assert Decimal("1.234") in [row["value"] for row in rows]


def test_the_other_mark_above_makes_a_thousands_separator_no_decimal_mark() -> None:
    problem = only_problem("month;share_pct;value\n2025-08;29,7;1.234\n")
    assert (problem.code, problem.field) == ("ambiguous_number", "value")


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,2345", "1.2345"), ("0,123", "0.123"), ("1234,567", "1234.567"), ("1234", "1234")],
)
def test_other_values_with_a_decimal_comma_read_one_way(cell: str, number: str) -> None:
    assert value_of("value", cell, ";") == Decimal(number)


def test_grouped_numbers_with_a_decimal_comma_are_suggested_in_the_files_own_mark() -> None:
    assert cell_problem("value", "1.234.567,5", ";").suggestion == "1234567,5"
    assert cell_problem("share_pct", "29,7 %", ";").suggestion == "29,7"


def test_a_share_with_three_decimals_reads_one_way() -> None:
    assert value_of("share_pct", "1,234", ";") == Decimal("1.234")


def test_a_share_as_floats_are_written_out_is_kept_to_the_last_digit() -> None:
    assert value_of("share_pct", "28.653919000000002", ",") == Decimal("28.653919000000002")


def test_one_file_has_one_decimal_mark() -> None:
    problem = only_problem("month;share_pct\n2025-08;29,7\n2025-09;29,8\n2025-10;29.9\n")
    assert (problem.code, problem.line, problem.suggestion) == ("mixed_decimal_marks", 4, "29,9")


@settings(max_examples=300, deadline=None)
@given(
    st.decimals(0, 100, places=24),
    st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", ",")]),
)
def test_every_share_is_read_as_exactly_what_is_written(
    number: Decimal, marks: tuple[str, str]
) -> None:
    delimiter, mark = marks
    assert value_of("share_pct", f"{number:f}".replace(".", mark), delimiter) == number


@settings(max_examples=300, deadline=None)
@given(
    st.text("0123456789.,' _%+-eE\xa0", max_size=12),
    st.sampled_from(",;\t"),
    st.sampled_from(["share_pct", "value"]),
)
def test_a_suggested_number_is_one_the_reader_accepts(
    cell: str, delimiter: str, column: str
) -> None:
    parse = parse_share if column == "share_pct" else parse_value
    context = CellContext(delimiter)
    try:
        parse(cell, context)
    except UnreadableCellError as error:
        if (suggestion := error.suggestion()) is not None:
            parse(suggestion, CellContext(delimiter))


@pytest.mark.parametrize(
    ("cell", "suggestion"), [("12,5", "12.5"), ("1234,5", None), ("101,5", None)]
)
def test_a_comma_between_commas_is_no_point_where_the_number_would_be_too_large(
    cell: str, suggestion: str | None
) -> None:
    with pytest.raises(UnreadableCellError) as error:
        parse_share(cell, CellContext(","))
    assert (error.value.code, error.value.suggestion()) == ("decimal_comma", suggestion)

"""Sheets of workbooks: the same figures as in the cells, or refused at the cell."""

import io
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.csv_io.reader import CsvTable, open_csv_table
from app.csv_io.schema import FileLimits, TableChoices
from app.domain.errors import Problem
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from tests.workbook_files import Cell, CellError, Formula, Percent, Rows, ods, xlsx

Write = Callable[[Mapping[str, Rows]], bytes]
HEADER: list[Cell] = ["month", "origin", "openness", "share_pct", "note"]
AUGUST = date(2025, 8, 1)
FIVE_ROWS: list[list[Cell]] = [[AUGUST, "us", "open", 1, None]] * 5
BOTH = pytest.mark.parametrize("write", [xlsx, ods])


def read(content: bytes, sheet: str = "") -> tuple[CsvTable, list[dict[str, Any]]]:
    """The table of a workbook and its rows, each as a dict of what it says."""
    file, choices = io.BytesIO(content), TableChoices(sheet)
    table = open_csv_table(file, UPLOAD_COLUMNS, FileLimits(), choices=choices)
    names = [column.name for column in UPLOAD_COLUMNS]
    return table, [dict(zip(names, row.values, strict=True)) for row in table]


def problems(content: bytes, sheet: str = "") -> list[Problem]:
    table, _ = read(content, sheet)
    assert table.problems.count == len(table.problems.first)
    return table.problems.first


def only_problem(content: bytes, sheet: str = "") -> Problem:
    (problem,) = problems(content, sheet)
    return problem


def share(write: Write, cell: Cell) -> Decimal:
    table, rows = read(write({"A": [HEADER, [AUGUST, "chinese", "open", cell, None]]}))
    assert not table.problems.count, table.problems.first
    value = rows[0]["share_pct"]
    assert isinstance(value, Decimal)
    return value


@BOTH
def test_dates_numbers_and_formulas_are_read_as_their_values(write: Write) -> None:
    rows: Rows = [
        HEADER,
        [AUGUST, "chinese", "open", Decimal("29.7"), "a"],
        ["2025-08", Formula("us"), "open", Formula(Decimal("12.25")), None],
    ]
    table, read_rows = read(write({"Figures": rows}))
    assert not table.problems.count, table.problems.first
    assert [row["month"] for row in read_rows] == [AUGUST, AUGUST]
    assert [row["origin"] for row in read_rows] == ["chinese", "us"]
    assert [row["share_pct"] for row in read_rows] == [Decimal("29.7"), Decimal("12.25")]
    assert table.reading.sheet == "Figures"


def test_the_days_of_an_old_mac_are_counted_from_1904() -> None:
    table, rows = read(xlsx({"A": [HEADER, [AUGUST, "us", "open", 1, None]]}, date1904=True))
    assert not table.problems.count
    assert rows[0]["month"] == AUGUST


@BOTH
def test_what_the_sheet_shows_as_percent_is_read_as_it_is_shown(write: Write) -> None:
    assert share(write, Percent(Decimal("29.7"))) == Decimal("29.7")
    assert share(write, Percent(Decimal("0.07"))) == Decimal("0.07")
    assert share(write, Decimal("0.297")) == Decimal("0.297")


@BOTH
def test_the_rounding_of_a_double_is_no_part_of_a_number(write: Write) -> None:
    assert share(write, Formula(Decimal("0.30000000000000004"))) == Decimal("0.3")


@BOTH
def test_three_decimals_of_a_number_are_no_group_of_thousands(write: Write) -> None:
    rows: Rows = [["month", "origin", "tokens"], [AUGUST, "us", Decimal("1.234")]]
    table, read_rows = read(write({"A": rows}))
    assert not table.problems.count
    assert read_rows[0]["value"] == Decimal("1.234")


@BOTH
def test_a_number_that_lost_its_last_digits_is_refused(write: Write) -> None:
    rows: Rows = [["month", "origin", "tokens"], [AUGUST, "us", 9007199254740993]]
    problem = only_problem(write({"A": rows}))
    assert (problem.code, problem.cell) == ("number_too_long", "C2")
    assert "text" in problem.expected


@BOTH
def test_formulas_that_fail_or_were_never_computed_are_told_at_their_cells(write: Write) -> None:
    rows: Rows = [
        HEADER,
        [AUGUST, "chinese", "open", CellError("#N/A"), None],
        [AUGUST, CellError("#REF!"), "open", 1, None],
        [AUGUST, "us", "open", Formula(None), None],
    ]
    assert [(item.cell, item.code, item.found) for item in problems(write({"A": rows}))] == [
        ("D2", "cell_error", "#N/A"),
        ("B3", "cell_error", "#REF!"),
        ("D4", "formula_without_value", ""),
    ]


@BOTH
def test_a_day_made_of_a_name_is_refused(write: Write) -> None:
    rows: Rows = [["month", "model", "tokens"], [AUGUST, date(2025, 3, 5), 1]]
    problem = only_problem(write({"A": rows}))
    assert (problem.code, problem.cell) == ("date_as_text", "B2")


@BOTH
def test_a_bad_cell_has_the_name_it_has_in_the_sheet(write: Write) -> None:
    rows: Rows = [HEADER, *FIVE_ROWS, [AUGUST, "Atlantis", "open", 1]]
    rows = [[*row, None][:5] for row in rows]
    problem = only_problem(write({"A": rows}))
    assert (problem.cell, problem.line, problem.column) == ("B7", 7, 2)


def test_a_table_may_stand_anywhere_in_its_sheet() -> None:
    rows: Rows = [HEADER, [AUGUST, "Atlantis", "open", 1, None]]
    assert only_problem(xlsx({"A": rows}, at=(6, 3))).cell == "D7"


@BOTH
def test_of_several_sheets_one_has_to_be_chosen(write: Write) -> None:
    rows: Rows = [HEADER, [AUGUST, "us", "open", 1, None]]
    content = write({"Figures": rows, "Notes": [["Read me"]], "Empty": [[None]]})
    table, _ = read(content)
    (problem,) = table.problems.first
    assert problem.code == "which_sheet"
    assert "Figures" in problem.found
    assert [(sheet.name, sheet.rows) for sheet in table.reading.sheets] == [
        ("Figures", 2),
        ("Notes", 1),
    ]
    assert table.reading.sheets[1].first_row == ("Read me",)
    assert not read(content, "Figures")[0].problems.count
    unknown = only_problem(content, "figures")
    assert (unknown.code, unknown.suggestion) == ("unknown_sheet", "Figures")


def test_hidden_sheets_are_not_asked_about_and_hidden_rows_are_counted() -> None:
    rows: Rows = [HEADER, *FIVE_ROWS[:3]]
    content = xlsx({"A": rows, "B": rows}, hidden=["B"], hidden_rows=[3])
    table, read_rows = read(content)
    assert not table.problems.count
    assert (table.reading.sheet, table.reading.hidden_rows, len(read_rows)) == ("A", 1, 3)


def test_prefixed_elements_and_cells_without_a_place_are_read() -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:sheetData><x:row><x:c t="str"><x:v>month</x:v></x:c><x:c t="str"><x:v>origin</x:v>'
        '</x:c><x:c t="str"><x:v>share</x:v></x:c></x:row><x:row><x:c s="1"><x:v>45870</x:v></x:c>'
        '<x:c t="str"><x:v>us</x:v></x:c><x:c s="3"><x:v>0.5</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    table, rows = read(xlsx({"A": []}, parts={"xl/worksheets/sheet1.xml": sheet}))
    assert not table.problems.count, table.problems.first
    assert (rows[0]["month"], rows[0]["share_pct"]) == (AUGUST, Decimal(50))


shares = st.decimals(0, 100, places=6, allow_nan=False)
values = st.integers(0, 10**15 - 1)
months = st.integers(2000 * 12, 2026 * 12 - 1).map(lambda n: date(n // 12, n % 12 + 1, 1))
notes = st.text("abc XYZ019 äéß中文,;<>&'\"=", max_size=20).filter(
    lambda text: text == text.strip() and not text.startswith(("'", "="))
)
figures = st.lists(
    st.tuples(months, st.sampled_from(["chinese", "us"]), shares, values, notes),
    min_size=1,
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=figures,
    write=st.sampled_from([xlsx, ods]),
    percent=st.booleans(),
    formulas=st.booleans(),
)
def test_known_figures_come_back_exactly(
    rows: list[tuple[date, str, Decimal, int, str]], write: Write, percent: bool, formulas: bool
) -> None:
    def shown(figure: Decimal) -> Cell:
        if percent:
            return Percent(figure)
        return Formula(figure) if formulas else figure

    written: list[list[Cell]] = [
        [month, origin, shown(figure), value, note] for month, origin, figure, value, note in rows
    ]
    header: list[Cell] = ["month", "origin", "share_pct", "value", "note"]
    table, came_back = read(write({"A": [header, *written]}))
    assert not table.problems.count, table.problems.first
    names = ("month", "origin", "share_pct", "value", "note")
    assert [tuple(row[name] for name in names) for row in came_back] == [
        (month, origin, figure, value, note) for month, origin, figure, value, note in rows
    ]

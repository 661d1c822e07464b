"""Tables of another shape: named, and read exactly once it is said what they are."""

import csv
import io
import time
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.csv_io.reader import CsvTable, open_csv_table
from app.csv_io.schema import FileLimits, TableChoices
from app.domain.calendar import format_month
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from tests.workbook_files import Cell, ods, xlsx

AUGUST, SEPTEMBER = date(2025, 8, 1), date(2025, 9, 1)
HOMES = """"Date","Chinese","US","European","Other"
2025-08,29.72,12.31,2.05,0.4
2025-09,16.2,14.1,,0.5
"""
SHARES = TableChoices(wide="origin", figures="share_pct")


def read(content: str | bytes, choices: TableChoices) -> tuple[CsvTable, list[dict[str, Any]]]:
    data = content.encode() if isinstance(content, str) else content
    table = open_csv_table(io.BytesIO(data), UPLOAD_COLUMNS, FileLimits(), choices=choices)
    names = [column.name for column in UPLOAD_COLUMNS]
    return table, [dict(zip(names, row.values, strict=True)) for row in table]


def codes(content: str | bytes, choices: TableChoices = TableChoices()) -> list[str]:  # noqa: B008
    table, _ = read(content, choices)
    return [problem.code for problem in table.problems.first]


def figures(
    content: str | bytes, choices: TableChoices, names: str = "month origin share_pct"
) -> list[tuple[Any, ...]]:
    table, rows = read(content, choices)
    assert not table.problems.count, table.problems.first
    return [tuple(row[name] for name in names.split()) for row in rows]


def test_a_file_with_a_column_for_each_home_is_named_and_shown_turned() -> None:
    table, rows = read(HOMES, TableChoices())
    (problem,) = table.problems.first
    assert (problem.code, problem.line, rows) == ("wide_table", 1, [])
    assert "Chinese, US, European, Other" in problem.found
    assert "2025-08, Chinese, 29.72; 2025-08, US, 12.31" in problem.expected
    assert "--wide origin" in problem.expected
    offer = table.reading.shape
    assert offer is not None
    assert (offer.wide, offer.first_lines[1]) == ("origin", ("2025-08", "US", "12.31"))


def test_it_is_read_exactly_once_its_columns_are_confirmed() -> None:
    assert figures(HOMES, SHARES) == [
        (AUGUST, "chinese", Decimal("29.72")),
        (AUGUST, "us", Decimal("12.31")),
        (AUGUST, "european", Decimal("2.05")),
        (AUGUST, "other", Decimal("0.4")),
        (SEPTEMBER, "chinese", Decimal("16.2")),
        (SEPTEMBER, "us", Decimal("14.1")),
        (SEPTEMBER, "other", Decimal("0.5")),
    ]


@pytest.mark.parametrize(
    "header", ["Date,Vendor,Usage", "Month,Country,Open?,Pct", "date,model,volume"]
)
def test_a_long_file_with_other_names_is_no_wide_one(header: str) -> None:
    row = ",".join([*["2025-08", "DeepSeek", "open", "29.7"][: header.count(",")], "12"])
    assert "wide_table" not in codes(f"{header}\n{row}\n{row}\n")


def test_a_column_for_each_developer_is_recognised_by_the_numbers_below() -> None:
    text = "month,DeepSeek,OpenAI,Mistral AI\n2025-08,300,100,\n2025-09,301,n/a,5\n"
    assert codes(text) == ["wide_table"]
    developers = TableChoices(wide="developer", figures="value")
    came_back = figures(text.replace("n/a", ""), developers, "month developer value")
    assert came_back[2:] == [(SEPTEMBER, "DeepSeek", 301), (SEPTEMBER, "Mistral AI", 5)]


def test_what_the_cells_are_is_asked_and_never_guessed() -> None:
    assert codes(HOMES, TableChoices(wide="origin")) == ["wide_table"]
    lines = HOMES.replace("Date", "Row Labels").replace("2025-0", "Model ")
    months = lines.replace("Chinese", "2025-08").replace("US", "2025-09")
    months = "\n".join(",".join(line.split(",")[:3]) for line in months.splitlines())
    assert codes(months, TableChoices(wide="month", figures="value")) == ["wide_table"]


def test_problems_of_turned_lines_stand_at_the_cells_of_the_file() -> None:
    table, _ = read(HOMES.replace("US", "Atlantis").replace("14.1", "many"), SHARES)
    assert [(item.line, item.column, item.field) for item in table.problems.first] == [
        (1, 3, "origin"),
        (1, 3, "origin"),
        (3, 3, "share_pct"),
    ]
    bad = xlsx({"A": [["month", "China", "USA"], [AUGUST, 1, "x"]]}, at=(3, 2))
    table, _ = read(bad, SHARES)
    assert [problem.cell for problem in table.problems.first] == ["D4"]


def test_a_number_that_a_comma_has_split_moves_no_figure_to_another_column() -> None:
    assert codes(HOMES.replace("14.1", "14,1"), SHARES) == ["long_row"]
    assert codes(HOMES.replace(",0.5", ""), SHARES) == ["short_row"]


def test_one_column_a_month_is_turned_the_same_way() -> None:
    text = "Origin;2025-08;2025-09\nChinese;29,7;30,1\nUS;12,3;\n"
    assert codes(text) == ["wide_table"]
    assert figures(text, TableChoices(wide="month", figures="share_pct")) == [
        (AUGUST, "chinese", Decimal("29.7")),
        (SEPTEMBER, "chinese", Decimal("30.1")),
        (AUGUST, "us", Decimal("12.3")),
    ]


def test_a_pivot_table_is_turned_without_its_titles_and_totals() -> None:
    rows: list[list[Cell]] = [
        ["Sum of tokens", "Column Labels", None, None],
        ["Row Labels", "Chinese", "US", "Grand Total"],
        [AUGUST, 3, 1, 4],
        [SEPTEMBER, 5, 1, 6],
        ["Grand Total", 8, 2, 10],
    ]
    for content in (xlsx({"Pivot": rows}), ods({"Pivot": rows})):
        assert codes(content) == ["title_rows", "wide_table"]
        half = TableChoices(wide="origin", figures="value")
        assert codes(content, half) == ["title_rows", "total_column", "total_row"]
        whole = TableChoices(wide="origin", figures="value", leave_out="yes")
        assert figures(content, whole, "month origin value") == [
            (AUGUST, "chinese", 3),
            (AUGUST, "us", 1),
            (SEPTEMBER, "chinese", 5),
            (SEPTEMBER, "us", 1),
        ]


RANKING = """"Date","OpenAI","Alibaba","Other"
2025-08,40.1,29.7,30.2
"""


@pytest.mark.parametrize("rest", ["Other", "Others", "Sonstige", "Autres", "Otros", "其他"])
def test_the_rest_of_a_ranking_is_no_developer_and_left_out_when_that_is_confirmed(
    rest: str,
) -> None:
    text = RANKING.replace("Other", rest)
    half = TableChoices(wide="developer", figures="share_pct")
    assert codes(text, half) == ["rest_column"]
    whole = TableChoices(wide="developer", figures="share_pct", leave_out="yes")
    assert figures(text, whole, "developer share_pct") == [
        ("OpenAI", Decimal("40.1")),
        ("Alibaba", Decimal("29.7")),
    ]
    offer = read(text, whole)[0].reading.shape
    assert offer is not None
    assert offer.columns == ("OpenAI", "Alibaba")


def test_no_count_is_left_out_of_the_whole_and_no_home_is_a_rest() -> None:
    counts = TableChoices(wide="developer", figures="value", leave_out="yes")
    assert len(figures(RANKING, counts, "developer value")) == 3
    homes = TableChoices(wide="origin", figures="share_pct", leave_out="yes")
    assert ("other", Decimal("0.4")) in figures(HOMES, homes, "origin share_pct")


LONG = "month,origin,openness,share_pct\n2025-08,chinese,open,29.7\n2025-08,us,open,12\n"
PLAIN = [(AUGUST, "chinese", Decimal("29.7")), (AUGUST, "us", Decimal(12))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Shares of tokens\nSource: us; them\n\n" + LONG, "title_rows"),
        (LONG + "\nSource: our own count\n", "note_row"),
        (LONG + "Total,,,41.7\n", "total_row"),
        (LONG + "Gesamtergebnis,,,41.7\n", "total_row"),
        (
            "\n".join(
                f"{number},{line}" if number >= 0 else f",{line}"
                for number, line in enumerate(LONG.splitlines(), -1)
            ),
            "index_column",
        ),
        (
            "\n".join(
                f'"{number}",{line}' if number else f'"",{line}'
                for number, line in enumerate(LONG.splitlines())
            ),
            "index_column",
        ),
    ],
)
def test_what_is_no_line_is_named_and_left_out_once_confirmed(text: str, code: str) -> None:
    table, _ = read(text, TableChoices())
    assert [problem.code for problem in table.problems.first] == [code]
    assert "--leave-out" in table.problems.first[0].expected
    assert list(table.reading.may_be_left_out) == [code]
    assert figures(text, TableChoices(leave_out="yes")) == PLAIN
    again, _ = read(text, TableChoices(leave_out="yes"))
    assert list(again.reading.left_out) == [code]


def test_a_column_without_a_name_that_does_not_count_on_is_no_index() -> None:
    rows = "".join(f"{number},2025-08,chinese,open,1\n" for number in range(40))
    text = ",month,origin,openness,share_pct\n" + rows.replace("\n38,", "\n83,")
    assert codes(text, TableChoices(leave_out="yes"))[0] == "not_an_index"
    early = ",month,origin,openness,share_pct\nx,2025-08,chinese,open,1\n"
    assert "unnamed_column" in codes(early, TableChoices(leave_out="yes"))


def test_problems_stand_where_they_are_beside_a_column_that_is_left_out() -> None:
    text = ",month,origin,openness,share_pct\n0,2025-08,nowhere,open,1\n"
    table, _ = read(text, TableChoices(leave_out="yes"))
    assert [(item.line, item.column) for item in table.problems.first] == [(2, 3)]
    assert [column.position for column in table.reading.columns_in_file] == [2, 3, 4, 5]


homes = st.lists(
    st.sampled_from(["China", "USA", "European", "Unknown"]), min_size=2, max_size=4, unique=True
)
months = st.lists(
    st.integers(2000 * 12, 2026 * 12 - 1).map(lambda n: date(n // 12, n % 12 + 1, 1)),
    min_size=2,
    max_size=5,
    unique=True,
)
ORIGINS: Mapping[str, str] = {
    "China": "chinese", "USA": "us", "European": "european", "Unknown": "unknown",
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    homes=homes,
    months=months,
    by_month=st.booleans(),
    title=st.booleans(),
    index=st.booleans(),
    total=st.booleans(),
    delimiter=st.sampled_from(",;\t"),
)
def test_known_figures_come_back_from_every_shape(  # noqa: PLR0917 - Hypothesis draws each
    data: Any,
    homes: list[str],
    months: list[date],
    by_month: bool,
    title: bool,
    index: bool,
    total: bool,
    delimiter: str,
) -> None:
    shares = st.none() | st.decimals(0, 100, places=3, allow_nan=False)
    names = [format_month(month) for month in months]
    known = {(name, home): data.draw(shares) for name in names for home in homes}
    across, down = (names, homes) if by_month else (homes, names)

    def cell(row: str, column: str) -> str:
        figure = known[(column, row) if by_month else (row, column)]
        return "" if figure is None else f"{figure:f}"

    rows = [["Origin" if by_month else "Month", *across]]
    rows += [[name, *(cell(name, column) for column in across)] for name in down]
    if not any(any(row[1:]) for row in rows[1:]):
        return
    if index:
        rows = [[str(number - 1) if number else "", *row] for number, row in enumerate(rows)]
    if total:
        rows.append([*[""] * (len(rows[0]) - len(across) - 1), "Total", *["1"] * len(across)])
    out = io.StringIO()
    if title:
        out.write("Shares by home and month\n\n")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    wide = TableChoices(
        wide="month" if by_month else "origin", figures="share_pct", leave_out="yes"
    )
    came_back = {(format_month(a), b): c for a, b, c in figures(out.getvalue(), wide)}
    assert came_back == {
        (name, ORIGINS[home]): figure
        for (name, home), figure in known.items()
        if figure is not None
    }


@settings(max_examples=100, deadline=None)
@given(
    text=st.text('ab Total,;\n"2025-08013.origin', max_size=80),
    choices=st.builds(
        TableChoices,
        wide=st.sampled_from(["", "origin", "developer", "month"]),
        figures=st.sampled_from(["", "share_pct", "value"]),
        names=st.sampled_from(["", "month", "model"]),
        leave_out=st.sampled_from(["", "yes"]),
    ),
)
def test_no_table_is_a_fault_of_ours(text: str, choices: TableChoices) -> None:
    for header in ("", "month,origin,share_pct\n", "Date,China,USA\n", ",2025-08,2025-09\n"):
        read(header + text, choices)


@pytest.mark.parametrize(
    "content",
    [
        b"a," * 5_000_000,
        b"month,origin\n" + b"," * 10_000_000,
        (b"," * 300_000 + b"\n") * 30,
        b"Total,1,2\n" * 900_000,
        b"Date," + b",".join(b"c%d" % number for number in range(900)) + b"\n" + b"x 1\n" * 900_000,
        b"Date,China,USA\n" + b"2025-08,1,2\n" * 100_000,
        b"2025-08,2025-09\n" * 600_000,
    ],
    ids=["a line", "commas", "lines of commas", "totals", "notes", "wide", "months"],
)
@pytest.mark.parametrize("wide", ["", "origin"])
def test_large_files_end_in_time(content: bytes, wide: str) -> None:
    begin = time.process_time()
    choices = TableChoices(wide=wide, figures="value", leave_out="yes" if wide else "")
    table = open_csv_table(io.BytesIO(content), UPLOAD_COLUMNS, FileLimits(), choices=choices)
    for _ in table:
        pass
    # It takes a second or two, four where coverage is measured; a square of the length, minutes.
    assert time.process_time() - begin < 15

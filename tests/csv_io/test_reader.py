"""Whole files: read the same however they are written, or refused with their place."""

import io
from datetime import date
from decimal import Decimal

import pytest

from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.csv_io.reader import open_csv_table
from app.csv_io.schema import FileLimits
from app.domain.vocabulary import Origin, Status
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from tests.csv_io.builders import GOOD, WAYS, codes, only_problem, read


@pytest.mark.parametrize("way", WAYS)
def test_the_same_table_is_read_however_it_is_written(way: str) -> None:
    table, rows = read(WAYS[way])
    assert not table.problems.count, table.problems.first
    assert [(row["month"], row["origin"], row["share_pct"], row["note"]) for row in rows] == [
        (date(2025, 8, 1), Origin.CHINESE, Decimal("28.65"), ""),
        (date(2025, 8, 1), Origin.US, Decimal("3.74"), "a"),
    ]


def test_the_reading_says_how_the_file_was_read() -> None:
    text = "sep=;\r\nPeriod;Share pct;origin;;\r\n2025-08;29,7;China;;\r\n;;;;\r\n"
    table, _ = read(b"\xff\xfe" + text.encode("utf-16-le"))
    reading = table.reading
    assert (reading.encoding, reading.bom) == ("UTF-16 LE", True)
    assert (reading.delimiter, reading.delimiter_name) == (";", "semicolon")
    assert (reading.decimal_mark, reading.header_line) == (",", 2)
    assert [(c.position, c.header, c.field) for c in reading.columns] == [
        (1, "Period", "month"),
        (2, "Share pct", "share_pct"),
        (3, "origin", "origin"),
    ]
    assert (reading.lines, reading.blank_lines, reading.empty_columns) == (1, 1, 2)
    assert reading.bytes == 2 + 2 * len(text)


def test_a_line_number_is_the_physical_line_on_which_the_row_begins() -> None:
    text = (
        'month,share_pct,note\r\n2025-08,1,"one\r\ntwo\rthree"\r\n\r\n2025-08,2,"x\n"\n2025-08,3,\n'
    )
    table = open_csv_table(io.BytesIO(text.encode()), UPLOAD_COLUMNS)
    assert [row.line for row in table] == [2, 6, 8]


def test_line_breaks_in_a_note_are_kept_as_one_kind() -> None:
    assert read('month,note\n2025-08,"a\r\nb\rc\td"\n')[1][0]["note"] == "a\nb\nc\td"


def test_absent_columns_and_blank_cells_take_their_blank_value() -> None:
    _, rows = read("month,status\n2025-08,\n")
    assert rows[0]["status"] is Status.FINAL
    assert (rows[0]["share_pct"], rows[0]["note"], rows[0]["origin"]) == (None, "", None)


def test_progress_is_told_in_bytes_and_ends_at_the_size() -> None:
    data = (GOOD + "2025-08,other,open,1,\n" * 10_000).encode()
    seen: list[int] = []
    table = open_csv_table(io.BytesIO(data), UPLOAD_COLUMNS, progress=seen.append)
    assert sum(1 for _ in table) == 10_002
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert seen[-1] == len(data)


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\n\r\n", b"sep=;\n", b"\xff\xfe", b";;;\n"]
)
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert only_problem(content).code == "empty_file"


@pytest.mark.parametrize("rest", ["", "\n", ",,,,\n\n"])
def test_a_header_alone_is_refused(rest: str) -> None:
    assert only_problem(GOOD.partition("\n")[0] + "\n" + rest).code == "no_lines"


def test_a_file_larger_than_the_limit_is_not_read() -> None:
    problem = only_problem(b"x" * (10 * 2**20 + 1), FileLimits())
    assert (problem.code, problem.expected) == ("file_too_large", "at most 10 MiB")


def test_more_lines_than_the_limit_are_one_error_where_they_begin() -> None:
    problem = only_problem(GOOD + "2025-08,other,open,1,\n", FileLimits(lines=2))
    assert (problem.code, problem.line) == ("too_many_lines", 4)


def test_a_line_without_an_end_stops_the_reading() -> None:
    table, _ = read(b"month,note\n2025-08," + b"x" * (17 * 2**20) + b"\n2025-08,y\n")
    assert codes(table) == ["too_long", "line_too_long"]


# --- quotes


def test_a_quote_that_is_never_closed_is_placed_where_its_cell_begins() -> None:
    text = 'month,note,developer\n2025-08,"a\nb",ok\n2025-08,"two\nlines","open\n2025-08,c,d\n'
    problem = only_problem(text)
    assert (problem.code, problem.line, problem.column) == ("broken_quotes", 5, 3)
    assert (problem.field, problem.found[:5]) == ("developer", '"open')


def test_text_after_a_closing_quote_is_refused_and_later_lines_are_still_read() -> None:
    table, rows = read('month,note\n2025-08,"a" b\n2025/08,ok\n2025-09,ok\n')
    assert [(p.code, p.line) for p in table.problems.first] == [
        ("broken_quotes", 2),
        ("not_a_month", 3),
    ]
    assert len(rows) == 1


def test_broken_quotes_in_the_header_are_refused() -> None:
    assert only_problem('month,"note\n2025-08,x\n').code == "broken_quotes"


def test_doubled_quotes_are_quotes() -> None:
    assert read('month,note\n2025-08,"say ""so"""\n')[1][0]["note"] == 'say "so"'


def test_an_endless_quoted_cell_does_not_gather_the_whole_file() -> None:
    problem = only_problem('month,note\n2025-08,"' + "x\n" * 50_000)
    assert (problem.code, problem.line) == ("broken_quotes", 2)


# --- many problems


def test_all_problems_are_found_at_once_in_their_order() -> None:
    table, rows = read(
        "month,origin,share_pct\n2025/08,martian,29 %\n2025-08,us,1\n2025-08,us,-1\n"
    )
    assert [(p.line, p.column, p.field) for p in table.problems.first] == [
        (2, 1, "month"), (2, 2, "origin"), (2, 3, "share_pct"), (4, 3, "share_pct"),
    ]  # fmt: skip
    assert len(rows) == 1


def test_the_first_hundred_problems_are_kept_and_all_are_counted() -> None:
    table, _ = read("month,share_pct\n" + "2025-08,x\n" * 5_000)
    assert (len(table.problems.first), table.problems.count) == (PROBLEMS_KEPT_MAX, 5_000)


def test_a_second_reading_of_the_same_file_is_the_same() -> None:
    file = io.BytesIO(GOOD.encode())
    assert list(open_csv_table(file, UPLOAD_COLUMNS)) == list(open_csv_table(file, UPLOAD_COLUMNS))
    assert not file.closed

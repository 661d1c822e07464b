"""Files as spreadsheets and scripts write them: read exactly, or refused with their place."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.csv_io.cell_parsers import parse_country, parse_day, parse_slug, parse_url, parse_yes
from app.csv_io.number_parser import parse_share, parse_value
from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.csv_io.reader import CsvTable, open_csv_table
from app.csv_io.schema import NO_FILE_LIMITS, CellContext, ColumnRule, FileLimits
from app.domain.errors import Problem
from app.domain.text import UnreadableCellError
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.rules.upload_format import UPLOAD_COLUMNS

NAMES = [column.name for column in UPLOAD_COLUMNS]
GOOD = "month,origin,openness,share_pct,note\n2025-08,chinese,open,28.65,\n2025-08,us,open,3.74,a\n"


def read(
    content: str | bytes,
    limits: FileLimits = NO_FILE_LIMITS,
    columns: Sequence[ColumnRule] = UPLOAD_COLUMNS,
) -> tuple[CsvTable, list[dict[str, object]]]:
    """The table and its rows, each as a dict of what it says."""
    data = content.encode() if isinstance(content, str) else content
    table = open_csv_table(io.BytesIO(data), columns, limits)
    names = [column.name for column in columns]
    return table, [dict(zip(names, row.values, strict=True)) for row in table]


def only_problem(content: str | bytes, limits: FileLimits = NO_FILE_LIMITS) -> Problem:
    table, _ = read(content, limits)
    assert [problem.code for problem in table.problems.first] == [table.problems.first[0].code]
    return table.problems.first[0]


def codes(table: CsvTable) -> list[str]:
    return [problem.code for problem in table.problems.first]


def cell_problem(column: str, cell: str, delimiter: str = ",") -> Problem:
    """The problem of one cell in an otherwise good file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    names = dict.fromkeys(["month", "share_pct", column])
    row = {"month": "2025-08", "share_pct": "1", column: cell}
    writer.writerows([names, [row[name] for name in names]])
    problem = only_problem(out.getvalue())
    assert (problem.line, problem.field) == (2, column)
    return problem


def value_of(column: str, cell: str, delimiter: str = ",") -> object:
    table, rows = read(f"month{delimiter}{column}\n2025-08{delimiter}{cell}\n")
    assert not table.problems.count, table.problems.first
    return rows[0][column]


# --- how a file is written -----------------------------------------------------------------------

WAYS = {
    "UTF-8": GOOD.encode(),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "UTF-16 little-endian": b"\xff\xfe" + GOOD.encode("utf-16-le"),
    "UTF-16 big-endian": b"\xfe\xff" + GOOD.encode("utf-16-be"),
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "CR": GOOD.replace("\n", "\r").encode(),
    "a mix of line ends": GOOD.replace("\n", "\r\n", 1).replace("\n2", "\r2", 1).encode(),
    "no last line end": GOOD.rstrip("\n").encode(),
    "a space after each comma": GOOD.replace(",", ", ").encode(),
    "everything in quotes": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in GOOD.splitlines()
    ).encode(),
    "quotes after a space": "\n".join(
        ", ".join(f'"{cell}"' for cell in line.split(",")) for line in GOOD.splitlines()
    ).encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "semicolons and decimal commas": GOOD.replace(",", ";").replace(".", ",").encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "a sep= line": b"sep=;\r\n" + GOOD.replace(",", ";").encode(),
    "a sep= line after a byte order mark": b"\xef\xbb\xbfsep=,\r\n" + GOOD.encode(),
    "names in other letters": GOOD.replace("share_pct", "Share Pct")
    .replace("origin", "ORIGIN")
    .encode(),
    "an alias": GOOD.replace("share_pct", "percent").replace("month", "Period").encode(),
    "trailing empty columns": GOOD.replace("\n", ",,\n").encode(),
    "trailing empty columns that some lines leave out": GOOD.replace("note\n", "note,,\n")
    .replace("28.65,\n", "28.65,,\n")
    .encode(),
    "blank lines": GOOD.replace("\n", "\n\n  \n,,,,\n").encode(),
    "blank lines above": b"\n,,\n" + GOOD.encode(),
}


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


@pytest.mark.parametrize(
    "name",
    [
        "</script>",
        "=cmd()",
        "{{7*7}}",
        "a\u2028b",
        "شركة",
        "Müller",
        "月之暗面",
        "+1",
        "@x",
        "'--",
        "🦙",
    ],
)
def test_odd_names_are_text(name: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["month", "developer"], ["2025-08", name]])
    table, rows = read(out.getvalue())
    assert not table.problems.count
    assert rows[0]["developer"] == name


def test_two_ways_to_write_an_accent_are_one_name() -> None:
    assert value_of("developer", "Mu\u0308ller") == "M\xfcller"


def test_progress_is_told_in_bytes_and_ends_at_the_size() -> None:
    data = (GOOD + "2025-08,other,open,1,\n" * 10_000).encode()
    seen: list[int] = []
    table = open_csv_table(io.BytesIO(data), UPLOAD_COLUMNS, progress=seen.append)
    assert sum(1 for _ in table) == 10_002
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert seen[-1] == len(data)


# --- the header ----------------------------------------------------------------------------------


def test_an_unknown_column_is_named_with_the_nearest_known_one() -> None:
    problem = only_problem("month,orgin,share_pct\n2025-08,us,1\n")
    assert (problem.code, problem.line, problem.column) == ("unknown_column", 1, 2)
    assert (problem.found, problem.suggestion) == ("orgin", "origin")


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


# --- commas inside numbers -----------------------------------------------------------------------


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


# --- files that are no CSV -----------------------------------------------------------------------


def zipped(name: str, content: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zipped("[Content_Types].xml"), "Excel workbook"),
        (zipped("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
        (zipped("data.csv"), "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old Excel"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"PAR1\x15", "Parquet"),
        (b"\n<!DOCTYPE html><html>", "HTML"),
        (b"<?xml version='1.0'?>", "XML"),
        (b'{"data": []}', "JSON"),
        (b"\xef\xbb\xbf [1, 2]", "JSON"),
        (b"\xff\xfe" + '{"a": 1}'.encode("utf-16-le"), "JSON"),
        (GOOD.encode("utf-16-le"), "UTF-16 text without"),
        (GOOD.encode("utf-16-be"), "UTF-16 text without"),
        (GOOD.encode("utf-32"), "UTF-32"),
        (b"\x00\x00\xfe\xff" + GOOD.encode("utf-32-be"), "UTF-32"),
    ],
)
def test_other_kinds_of_file_are_refused_by_name(content: bytes, name: str) -> None:
    problem = only_problem(content)
    assert problem.code == "not_csv"
    assert name in problem.found
    assert problem.expected


def test_a_spreadsheet_is_told_to_be_saved_as_csv() -> None:
    assert "CSV UTF-8" in only_problem(zipped("xl/workbook.xml")).expected


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


# --- quotes --------------------------------------------------------------------------------------


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


# --- characters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\0", "U+0000"),
        ("\x07", "U+0007"),
        ("\x1f", "U+001F"),
        ("\x85", "U+0085"),
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "LEFT-TO-RIGHT ISOLATE"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE"),
        ("\xad", "SOFT HYPHEN"),
        ("\ufdd0", "U+FDD0"),
        ("\U0001ffff", "U+1FFFF"),
        ("\U000e0041", "TAG LATIN CAPITAL LETTER A"),
    ],
)
@pytest.mark.parametrize("column", ["developer", "note"])
def test_characters_that_nobody_sees_are_refused_with_their_code_point(
    column: str, char: str, name: str
) -> None:
    problem = cell_problem(column, f"Deep{char}Seek")
    assert (problem.code, problem.column, problem.suggestion) == (
        "forbidden_character",
        3,
        "DeepSeek",
    )
    assert name in problem.expected
    assert "character 5" in problem.expected
    assert problem.found.isprintable()


@pytest.mark.parametrize("cell", ["\u2800", "\u2800 \u2028\u2800", "\u3164", "\ufe0f", "\u0301"])
@pytest.mark.parametrize("column", ["developer", "note"])
def test_a_text_that_shows_nothing_at_all_is_refused(column: str, cell: str) -> None:
    assert cell_problem(column, cell).code == "forbidden_character"


@pytest.mark.parametrize("name", ["a\u2800b", "a\u2029b", "1\ufe0f\u20e3", "e\u0301"])
def test_what_shows_nothing_may_stand_between_what_does(name: str) -> None:
    assert value_of("developer", name)


def test_a_control_character_at_the_edge_of_a_cell_is_not_trimmed_away() -> None:
    assert cell_problem("developer", "DeepSeek\x1c").code == "forbidden_character"


@pytest.mark.parametrize("space", [" ", "\t", "\xa0", "\u3000", "\n"])
def test_white_space_around_a_cell_is_trimmed(space: str) -> None:
    _, rows = read(f'month,developer\n2025-08,"{space}Deep Seek{space}"\n')
    assert rows[0]["developer"] == "Deep Seek"


@pytest.mark.parametrize("char", ["\n", "\t", "\r"])
def test_a_name_is_one_line(char: str) -> None:
    problem = cell_problem("developer", f"Deep{char}Seek")
    assert (problem.code, problem.suggestion) == ("line_break", "Deep Seek")


def test_windows_1252_is_refused_with_line_column_and_byte() -> None:
    problem = only_problem("month,developer\n2025-08,ok\n2025-08,Müller\n".encode("cp1252"))
    assert (problem.code, problem.line, problem.column) == ("not_utf8", 3, 2)
    assert "0xFC" in problem.expected
    assert "“ü”" in problem.expected
    assert problem.found == "M\\xfcller"


def test_windows_1252_in_the_header_is_refused() -> None:
    table, _ = read("month,Größe\n2025-08,1\n".encode("cp1252"))
    assert [(p.code, p.line, p.column) for p in table.problems.first] == [("not_utf8", 1, 2)]


def test_every_undecodable_cell_is_counted() -> None:
    data = b"month,developer,note\n" + b"2025-08,\xe9,\xff\n" * 200
    table, _ = read(data)
    assert (table.problems.count, len(table.problems.first)) == (400, PROBLEMS_KEPT_MAX)


def test_lone_surrogates_are_refused_in_every_encoding() -> None:
    assert only_problem(b"month,developer\n2025-08,a\xed\xa0\x80b\n").code == "not_utf8"
    text = "month,developer\n2025-08,a\ud800b\n".encode("utf-16-le", "surrogatepass")
    assert only_problem(b"\xff\xfe" + text).code == "damaged_text"


def test_half_a_character_at_the_end_of_utf_16_is_refused() -> None:
    data = b"\xff\xfe" + "month,developer\n2025-08,ab".encode("utf-16-le")
    assert only_problem(data[:-1]).code == "damaged_text"


def test_a_note_of_140_kb_is_refused_with_its_place() -> None:
    problem = cell_problem("note", "x" * 140_000)
    assert (problem.code, problem.column) == ("too_long", 3)
    assert "at most 500" in problem.expected
    assert len(problem.found) <= 80


def test_a_name_of_200_characters_is_read_and_one_of_201_refused() -> None:
    assert value_of("model", "ü" * 200) == "ü" * 200
    assert cell_problem("model", "ü" * 201).code == "too_long"


# --- numbers -------------------------------------------------------------------------------------


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


# --- months and words ----------------------------------------------------------------------------


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
    "cell", ["2025-13", "2025-00", "0000-01", "soon", "15/08/2025", "２０２５-08", "25-08"]
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
    ],
)
def test_a_word_outside_a_closed_list_is_refused_with_the_nearest(
    column: str, cell: str, suggestion: str | None
) -> None:
    problem = cell_problem(column, cell)
    assert (problem.code, problem.suggestion) == ("unknown_word", suggestion)
    assert problem.expected.startswith("one of ")


# --- many problems -------------------------------------------------------------------------------


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


# --- catalogue files -----------------------------------------------------------------------------

CATALOGUE = (
    ColumnRule("model", parse_slug, required=True, filled=True),
    ColumnRule("country", parse_country),
    ColumnRule("url", parse_url, blank=""),
    ColumnRule("date", parse_day),
    ColumnRule("headline", parse_yes, blank=False),
)


def test_the_same_engine_reads_catalogue_files() -> None:
    text = "model,country,url,date,headline\nQwen/Qwen3-0.6B,CN,https://qwen.ai/,2025-01-20,yes\nx,,,,\n"
    table, rows = read(text, columns=CATALOGUE)
    assert not table.problems.count
    assert list(rows[0].values()) == [
        "qwen/qwen3-0.6b",
        "CN",
        "https://qwen.ai/",
        date(2025, 1, 20),
        True,
    ]
    assert list(rows[1].values()) == ["x", None, "", None, False]


def test_what_a_catalogue_file_gets_wrong_is_placed_like_in_any_other() -> None:
    text = "model,country,url,date,headline\nDeep Seek!,cn,javascript:1,20.1.2025,maybe\n"
    table, _ = read(text, columns=CATALOGUE)
    assert [(p.column, p.code, p.suggestion) for p in table.problems.first] == [
        (1, "not_a_slug", "deep-seek"),
        (2, "not_a_country", "CN"),
        (3, "not_an_address", None),
        (4, "not_a_day", None),
        (5, "unknown_word", None),
    ]


@pytest.mark.parametrize("cell", ["2025-02-30", "2025-W01-1", "20250120", "2025-1-2"])
def test_a_day_is_a_date_of_the_calendar(cell: str) -> None:
    table, _ = read(f"model,date\nx,{cell}\n", columns=CATALOGUE)
    assert codes(table) == ["not_a_day"]


# --- whatever comes ------------------------------------------------------------------------------


def check_sound(content: bytes) -> None:
    """Reading ended without an exception, and every problem can be shown."""
    table, rows = read(content, FileLimits())
    assert rows or table.problems.count
    assert table.problems.count >= len(table.problems.first)
    for problem in table.problems.first:
        assert len(problem.found) <= 80
        text = problem.found + (problem.field or "") + (problem.suggestion or "") + problem.expected
        assert text.isprintable(), text
        assert problem.expected
    for row in rows:
        for number in (row["share_pct"], row["value"]):
            assert number is None or (isinstance(number, Decimal) and number >= 0)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(content: bytes) -> None:
    check_sound(content)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(WAYS.values())),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=4), st.integers(0, 3)), max_size=6),
)
def test_no_damaged_file_makes_the_reader_raise(
    content: bytes, damage: list[tuple[int, bytes, int]]
) -> None:
    for place, inserted, removed in damage:
        content = content[:place] + inserted + content[place + removed :]
    check_sound(content)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.text(max_size=40), st.sampled_from(",;\t"))
def test_no_cell_makes_the_reader_raise(column: str, cell: str, delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [
            NAMES,
            [
                "2025-08" if name == "month" != column else cell if name == column else ""
                for name in NAMES
            ],
        ]
    )
    check_sound(out.getvalue().encode("utf-8", "surrogatepass"))


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

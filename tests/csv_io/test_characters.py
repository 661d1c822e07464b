"""Characters of cells: odd ones kept, unseen and undecodable ones refused with their place."""

import csv
import io

import pytest

from app.csv_io.problems import PROBLEMS_KEPT_MAX
from tests.csv_io.builders import cell_problem, only_problem, read, value_of


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

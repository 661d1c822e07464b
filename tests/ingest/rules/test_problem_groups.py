"""Problems gathered: one entry a kind, with all its lines, and every fault of a line."""

import io

from app.domain.errors import ProblemGroup
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.file_rules import check_lines
from tests.ingest.rules.builders import KNOWN, checked

HEADER = "Date,origin,openness,developer,tokens\n"


def groups(text: str) -> dict[str, ProblemGroup]:
    """The groups of a file by code and column, such as `not_a_month Date`."""
    result = checked(text)
    assert sum(group.count for group in result.problem_groups) == result.problem_count
    return {f"{item.code} {item.header or item.field}": item for item in result.problem_groups}


def test_six_hundred_cells_of_one_kind_are_one_entry_and_a_rare_kind_shows_beside_it() -> None:
    rows = ["Aug-25,us,open,,5\n"] * 300 + ["Sep-25,us,open,,5\n"] * 300
    rows[450:450] = ["2025-10,us,opne,,5\n"]
    found = groups(HEADER + "".join(rows))
    assert list(found) == ["not_a_month Date", "unknown_word openness"]
    months = found["not_a_month Date"]
    assert (months.count, months.lines) == (600, "2-451, 453-602")
    assert [(cell.found, cell.suggestion, cell.count) for cell in months.cells] == [
        ("Aug-25", "2025-08", 300),
        ("Sep-25", "2025-09", 300),
    ]
    assert months.cells[1].row == "Sep-25,us,open,,5"
    assert found["unknown_word openness"].lines == "452"


def test_every_fault_of_a_line_is_told_with_the_line_as_it_stands() -> None:
    text = HEADER + '"Aug-25",,opne,Nobody Knows,\n'
    result = checked(text)
    assert [(problem.code, problem.header) for problem in result.problems] == [
        ("not_a_month", "Date"),
        ("unknown_word", "openness"),
        ("no_figure", "tokens"),
    ]
    assert {problem.row for problem in result.problems} == {'"Aug-25",,opne,Nobody Knows,'}


def test_a_line_with_an_unknown_source_and_no_figure_has_both_faults() -> None:
    text = "month,source,origin,share_pct\n2025-08,nowhere,us,\n2025-08,nowhere,,3\n"
    codes = [(problem.line, problem.code) for problem in checked(text, source=None).problems]
    assert codes == [
        (2, "unknown_source"),
        (2, "no_figure"),
        (3, "unknown_source"),
        (3, "no_origin"),
    ]


def test_what_may_follow_from_an_unreadable_cell_is_no_fault_of_its_own() -> None:
    # Whether the line lacks a home depends on the developer, which cannot be read.
    text = "month,developer,share_pct\n2025-08,deep\u200bseek,3\n"
    assert [problem.code for problem in checked(text).problems] == ["forbidden_character"]
    text = "month,origin,share_pct,value\n2025-08,us,,x\n"
    assert [problem.code for problem in checked(text).problems] == ["not_a_number"]


def test_the_file_s_own_names_of_its_columns_are_told() -> None:
    text = "Period,origin,Percent,Downloads\n2025-08,us,5,\n2025-08,chinese,,5\n"
    (problem,) = checked(text).problems
    assert problem.found == "no Percent in line 3, no Downloads in line 2"
    assert problem.header == "Percent"
    (problem,) = checked("Period,origin,Downloads\n,us,5\n").problems
    assert (problem.code, problem.header, problem.field) == ("blank", "Period", "month")
    assert "month" not in problem.expected


def test_a_row_over_two_lines_is_told_by_its_first_and_a_long_one_by_its_beginning() -> None:
    text = 'month,origin,share_pct,note\n2025-08,xyz,1,"a\nb"\n2025-08,zyx,1,' + "n" * 400 + "\n"
    rows = [problem.row or "" for problem in checked(text).problems]
    assert rows[0] == '2025-08,xyz,1,"a'
    assert rows[1].startswith("2025-08,zyx,1,nnn")
    assert (len(rows[1]), rows[1][-1]) == (200, "…")


def test_the_lines_are_those_of_the_file_whatever_its_encoding_and_line_ends() -> None:
    text = "sep=;\r\nmonth;origin;share_pct\r\r\n2025-08;señor;1\r"
    result = check_lines(io.BytesIO(text.encode("utf-16")), KNOWN, CheckOptions("hub"))
    assert [(problem.line, problem.row) for problem in result.problems] == [
        (4, "2025-08;señor;1"),
    ]


def test_texts_and_stretches_of_a_kind_are_bounded_and_all_are_counted() -> None:
    rows = "".join(f"2025-08,land{i},open,,5\n2025-08,us,open,,5\n" for i in range(150))
    found = groups(HEADER + rows)["unknown_word origin"]
    assert (found.count, len(found.cells), len(found.spans), found.more_lines) == (
        150, 20, 100, True,
    )  # fmt: skip
    assert found.lines.endswith("200, …")

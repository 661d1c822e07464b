"""Files against themselves: lines there twice, lines that are totals, and files without a whole."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.csv_io.schema import FileLimits
from app.domain.errors import BadFileError
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.file_rules import check_lines
from tests.ingest.rules.builders import KNOWN, SHARES, checked, lines, notices, only_problem


@pytest.mark.parametrize(
    "rows",
    [
        "2025-08,us,open,,,4\n2025-08,USA,open,,,5\n",
        "2025-08,us,open,meta-llama,,4\n2025-08,,open,Meta (Llama),,5\n",
        "2025-08,chinese,open,deepseek,deepseek/r1,4\n2025-08,,,,DeepSeek R1,5\n",
        "2025-08,chinese,open,,deepseek/r1,4\n2025-08,chinese,closed,,deepseek/r1,5\n",
    ],
)
def test_no_slice_may_be_there_twice_in_a_month(rows: str) -> None:
    problem = only_problem(SHARES + rows)
    assert (problem.code, problem.line) == ("line_twice", 3)
    assert "line 2 has it for 2025-08 of hub" in problem.expected


def test_the_same_slice_in_another_month_or_source_is_another_line() -> None:
    text = "month,source,origin,share_pct\n2025-08,hub,us,4\n2025-09,hub,us,4\n"
    assert len(lines(text + "2025-08,openrouter-rankings,us,4\n", source=None)) == 3


def test_very_many_lines_that_are_there_twice_are_counted() -> None:
    text = SHARES + "2025-08,us,open,,,0.001\n" * 3_000
    result = checked(text)
    assert (len(result.problems), result.problem_count) == (PROBLEMS_KEPT_MAX, 2_999)


def test_a_developer_is_under_one_origin_in_a_month() -> None:
    problem = only_problem(SHARES + "2025-08,us,open,qwen,,4\n2025-08,chinese,closed,qwen,,5\n")
    assert (problem.code, problem.line, problem.suggestion) == ("two_origins", 3, "us")


def test_a_rest_beside_named_developers_is_no_cause_for_a_notice() -> None:
    rows = "2025-08,chinese,open,deepseek,,30\n2025-08,chinese,open,,,20\n2025-08,us,open,,,50\n"
    assert notices(SHARES + rows) == {}


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("2025-08,chinese,open,deepseek,,20\n2025-08,chinese,open,,,20\n", 3),
        ("2025-08,us,open,,,50\n2025-08,us,open,meta-llama,,50.4\n", 2),
        ("2025-08,,open,deepseek,,20\n2025-08,,,,deepseek/r1,10\n2025-08,,,,deepseek/v3,10\n", 2),
    ],
)
def test_a_line_that_may_be_the_total_of_others_is_noticed(rows: str, line: int) -> None:
    assert notices(SHARES + rows)["maybe_total"].line == line


def test_a_large_remainder_of_unknown_origin_is_no_cause_for_a_notice() -> None:
    rows = "2025-08,unknown,open,Stealth,,5\n2025-08,unknown,open,,,95\n"
    assert "maybe_total" not in notices(SHARES + rows)


def test_problems_of_cells_lines_and_months_come_together() -> None:
    result = checked(
        SHARES
        + "2025/08,us,open,,,4\n2025-08,us,open,,,90\n2025-08,us,open,,,20\n2025-08,,,nobody,,1\n"
    )
    assert [(p.code, p.line) for p in result.problems] == [
        ("not_a_month", 2), ("no_origin", 5), ("sum_above_100", 4), ("line_twice", 4),
    ]  # fmt: skip


def test_a_file_with_problems_gives_no_lines_and_no_months() -> None:
    result = checked(SHARES + "2025-08,us,open,,,4\n2025-08,us,open,,,4\n")
    assert result.months == {}
    with pytest.raises(BadFileError) as caught:
        result.lines()
    assert caught.value.problems == result.problems


def test_a_file_that_changes_after_its_check_gives_the_lines_that_were_checked() -> None:
    file = io.BytesIO((SHARES + "2025-08,us,open,,,4\n").encode())
    result = check_lines(file, KNOWN, CheckOptions("hub"))
    file.seek(0)
    file.write(b"broken\n")
    assert [(line.line, line.share_pct) for line in result.lines()] == [(2, Decimal(4))]


def test_a_chunk_of_nonsense_is_refused_with_the_limits_of_the_form() -> None:
    assert checked("\0\x01\x02" * 100, limits=FileLimits()).problem_count == 1


CELLS = st.sampled_from(
    ["", "2025-08", "2025-09", "us", "China", "open", "closed", "deepseek", "qwen", "deepseek/r1",
     "Qwen3 Max", "New One", "new-one", "月", "--", "0", "0.5", "50", "100", "1e9", "x" * 201]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=8))
def test_no_lines_make_the_check_raise(rows: list[list[str]]) -> None:
    out = io.StringIO()
    header = ["month", "source", "origin", "openness", "developer", "model", "share_pct", "value"]
    csv.writer(out).writerows([header, *rows])
    result = checked(out.getvalue())
    if not result.problem_count:
        assert all(0 <= line.share_pct <= 100 for line in result.lines())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_check_raise(content: bytes) -> None:
    assert check_lines(io.BytesIO(content), KNOWN, CheckOptions("hub")).problem_count

"""The lines of a checked file: kept once, given as often as asked, in this process and another."""

import csv
import io
import pickle
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.rules.builders import checked

HEADER = ["month", "origin", "openness", "developer", "value", "status", "note"]
rows = st.lists(
    st.tuples(
        st.sampled_from(["2025-08", "2025-09", "2025-10"]),
        st.just("us"),
        st.sampled_from(["open", "closed", "unknown"]),
        st.integers(0, 99).map("lab {}".format),
        st.decimals(min_value=0, max_value=10**17, places=6).filter(bool).map("{:f}".format),
        st.sampled_from(["final", "provisional", "estimated"]),
        st.text("aé漢'\"=;,\n\\N", max_size=20),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:4],
)


def written(table: Sequence[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *table])
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(rows)
def test_the_lines_are_those_of_the_file_with_their_share_of_the_month(
    table: Sequence[tuple[str, ...]],
) -> None:
    result = checked(written(table))
    assert not result.problem_count, result.problems
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in table:
        sums[row[0]] += Decimal(row[4])
    lines = list(result.lines())
    assert [
        (f"{line.month:%Y-%m}", line.origin, line.openness, line.value, line.status, line.note)
        for line in lines
    ] == [(*row[:3], Decimal(row[4]), row[5], row[6].strip()) for row in table]
    for line, row in zip(lines, table, strict=True):
        assert abs(line.share_pct - 100 * Decimal(row[4]) / sums[row[0]]) <= Decimal("1e-10")
    # As often as asked, and as a process of its own hands them back.
    assert list(result.lines()) == lines
    assert list(pickle.loads(pickle.dumps(result)).lines()) == lines


def test_two_may_read_the_lines_of_a_large_file_in_turns() -> None:
    table = [
        (month, "us", "open", f"lab {number}", "1", "final", "n" * 400)
        for month in ("2025-08", "2025-09")
        for number in range(7_000)
    ]
    result = checked(written(table))
    pairs = zip(result.lines(), result.lines(), strict=True)
    numbers = [(first.line, second.line) for first, second in pairs]
    assert numbers == [(number, number) for number in range(2, len(table) + 2)]


def test_the_meaning_changes_with_the_catalogue_and_not_with_its_reading() -> None:
    text = "month,openness,developer,share_pct\n2025-08,open,qwen,4\n2025-08,open,deepseek,5\n"
    assert checked(text).meaning == checked(text).meaning
    assert checked(text).meaning != checked(text.replace("qwen", "Mistral AI")).meaning

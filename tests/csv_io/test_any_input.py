"""Whatever comes: the reader ends without an exception, and every problem can be shown."""

import csv
import io
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.csv_io.schema import FileLimits
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from tests.csv_io.builders import WAYS, read

NAMES = [column.name for column in UPLOAD_COLUMNS]


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

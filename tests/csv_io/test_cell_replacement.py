"""Cells of a file replaced in a copy: the rest of its bytes stays as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.csv_io.cell_replacement import replace_cells
from app.csv_io.reader import open_csv_table
from app.csv_io.schema import NO_FILE_LIMITS
from app.ingest.rules.upload_format import UPLOAD_COLUMNS


def replaced(data: bytes, column: int, texts: dict[int, str]) -> tuple[bytes, frozenset[int]]:
    file = io.BytesIO(data)
    table = open_csv_table(file, UPLOAD_COLUMNS, NO_FILE_LIMITS)
    for _ in table:
        pass
    return replace_cells(file, table.reading, column, texts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("month,origin\nAug-25,us\nSep-25,us\n", "month,origin\n2025-08,us\nSep-25,us\n"),
        ('month,origin\n "Aug-25",us\n', 'month,origin\n"2025-08",us\n'),
        ("month,origin\r\n  Aug-25,us\r\n", "month,origin\r\n2025-08,us\r\n"),
        ("month;origin\rAug-25;us", "month;origin\r2025-08;us"),
        ("month\torigin\nAug-25\t\n\n\tx\n", "month\torigin\n2025-08\t\n\n\tx\n"),
        ('month,note\nAug-25,"a, ""b""\nc"\n', 'month,note\n2025-08,"a, ""b""\nc"\n'),
    ],
)
def test_one_cell_is_replaced_and_nothing_else(before: str, after: str) -> None:
    assert replaced(before.encode(), 1, {2: "2025-08"}) == (after.encode(), frozenset({2}))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_the_byte_order_mark_and_the_encoding_stay(codec: str) -> None:
    before = "sep=;\r\n;;\r\nmonth;note\r\naoû-25;ä\r\n"
    data, lines = replaced(before.encode(codec), 1, {4: "2025-08"})
    assert data.decode(codec) == before.replace("aoû-25", "2025-08")
    assert lines == {4}


def test_bytes_that_are_no_text_stay() -> None:
    data = b"month,note\nAug-25,\xff\xe9\n"
    assert replaced(data, 1, {2: "2025-08"})[0] == b"month,note\n2025-08,\xff\xe9\n"


def test_rows_that_cannot_be_read_or_are_too_short_stay() -> None:
    text = 'month,origin\n"Aug"-25,us\nAug-25\nAug-25,us\n'
    data, lines = replaced(text.encode(), 2, {2: "x", 3: "x", 4: "x"})
    assert data.decode() == 'month,origin\n"Aug"-25,us\nAug-25\nAug-25,x\n'
    assert lines == {4}


def test_a_new_text_is_quoted_where_it_must_be() -> None:
    assert replaced(b"month,note\n1,a\n", 2, {2: 'b, "c"'})[0] == b'month,note\n1,"b, ""c"""\n'


cells = st.text(alphabet='ab,;"\n é', max_size=6)
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5)


@given(
    rows, st.sampled_from(",;\t"), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.integers(1, 3), cells, st.data(),
)  # fmt: skip
def test_only_the_chosen_cell_reads_differently(  # noqa: PLR0917 - one of each draw
    content: list[tuple[str, str, str]],
    delimiter: str,
    quoting: int,
    column: int,
    new: str,
    data: st.DataObject,
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(["month", "origin", "note"])
    begins = []
    for row in content:
        begins.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    number = data.draw(st.integers(0, len(content) - 1))
    copy, lines = replaced(out.getvalue().encode(), column, {begins[number]: new})
    expected = [list(row) for row in content]
    if lines:
        expected[number][column - 1] = new
    # A cell that begins with a space is read without it.
    found = list(csv.reader(io.StringIO(copy.decode(), newline=""), delimiter=delimiter))
    assert [[cell.lstrip(" ") for cell in row] for row in found[1:] if row] == [
        [cell.lstrip(" ") for cell in row] for row in expected
    ]

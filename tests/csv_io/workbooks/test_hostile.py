"""Workbooks that would fill a machine, or are none: refused in words, soon and in little memory."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from app.csv_io.reader import open_csv_table
from app.csv_io.schema import FileLimits, TableChoices
from app.domain.errors import Problem
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from app.paths import PROJECT
from tests.workbook_files import Rows, ods, packed, xlsx

MEMORY_MAX_KIB = 150 * 1024
TIME_MAX_S = 3
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SOUND: dict[str, Rows] = {"A": [["month", "origin", "share_pct"], ["2025-08", "us", 1]]}
SHEET = "xl/worksheets/sheet1.xml"


def only_problem(content: bytes) -> Problem:
    table = open_csv_table(
        io.BytesIO(content), UPLOAD_COLUMNS, FileLimits(), choices=TableChoices()
    )
    assert not list(table)
    (problem,) = table.problems.first
    return problem


@contextmanager
def in_time() -> Iterator[None]:
    # Of the processor, ours and that of processes which have ended: others may use the machine.
    begin = sum(os.times()[:4])
    yield
    assert sum(os.times()[:4]) - begin < TIME_MAX_S


def sheet_of(body: str) -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return xlsx(SOUND, parts={SHEET: sheet})


def test_one_cell_in_the_far_corner_is_no_sheet_of_sixteen_thousand_million_cells() -> None:
    with in_time():
        far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        problem = only_problem(sheet_of(f'<row r="1"><c r="A1"><v>1</v></c></row>{far}'))
    assert problem.code == "workbook_too_large"
    assert "1,048,576 rows" in problem.found


def test_cells_out_of_all_bounds_are_refused() -> None:
    for place in ("ZZZ9999999", "A0", "XFE1"):
        with in_time():
            only_problem(sheet_of(f'<row r="1"><c r="{place}"><v>1</v></c></row>'))


def test_an_archive_that_unpacks_to_gigabytes_is_refused() -> None:
    with in_time():
        problem = only_problem(xlsx(SOUND, parts={"xl/sharedStrings.xml": b" " * (60 << 20)}))
    assert problem.code == "workbook_too_large"
    assert "60 MiB" in problem.found


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    content = bytearray(xlsx(SOUND, parts={"xl/sharedStrings.xml": b" " * (60 << 20)}))
    # The directory at the end says how long each part is when unpacked, and so does its own head.
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        length = 22 if start == b"PK\x03\x04" else 24
        place = -1
        while (place := content.find(start, place + 1)) >= 0:
            size = int.from_bytes(content[place + length : place + length + 4], "little")
            if size == 60 << 20:
                content[place + length : place + length + 4] = (100).to_bytes(4, "little")
    with in_time():
        assert only_problem(bytes(content)).code == "damaged_workbook"


def test_repeated_cells_of_a_spreadsheet_are_counted_before_they_are_made() -> None:
    cell = (
        '<table:table-cell office:value-type="percentage" office:value="0.5"'
        ' table:number-columns-repeated="16384"><text:p>50%</text:p></table:table-cell>'
    )
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    body = f'<table:table table:name="B">{rows}</table:table>'
    with in_time():
        assert only_problem(ods(SOUND, body=body)).code == "workbook_too_large"
    with in_time():
        floats = body.replace("percentage", "float")
        assert only_problem(ods(SOUND, body=floats)).code == "workbook_too_large"


READ_AND_MEASURE = """
import io, resource, sys
from app.csv_io.reader import open_csv_table
from app.csv_io.schema import FileLimits, TableChoices
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
file = io.BytesIO(sys.stdin.buffer.read())
list(open_csv_table(file, UPLOAD_COLUMNS, FileLimits(), choices=TableChoices()))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
# Not RUSAGE_SELF: a process begins with what the one that started it had.
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize(
    "content",
    [
        sheet_of('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'),
        xlsx(
            SOUND, parts={"xl/sharedStrings.xml": f"<sst>{'<si><t>a</t></si>' * 2_500_000}</sst>"}
        ),
        sheet_of("<row>" + "".join(f"<c><v>{n}</v></c>" for n in range(600_000)) + "</row>"),
        sheet_of("<row><c><v>1</v></c></row>" * 500_000),
    ],
    ids=["far corner", "shared strings", "wide", "long"],
)
def test_neither_process_takes_more_than_a_workbook_may(content: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_AND_MEASURE],
        input=content,
        capture_output=True,
        check=True,
        cwd=PROJECT,
    )
    assert all(int(kib) < MEMORY_MAX_KIB for kib in done.stdout.split()), done.stdout


def test_thousands_of_parts_are_refused() -> None:
    parts = {f"xl/media/{number}": b"" for number in range(5_000)}
    with in_time():
        assert only_problem(xlsx(SOUND, parts=dict(parts))).code == "workbook_too_large"


def test_entities_that_grow_are_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "cccccccccc">]><worksheet>&b;</worksheet>'
    with in_time():
        assert only_problem(xlsx(SOUND, parts={SHEET: bomb})).code == "damaged_workbook"


@pytest.mark.parametrize("rows", [10_000, 60_000])
def test_as_many_cells_as_there_may_be_and_a_million_end_in_time(rows: int) -> None:
    row = "".join(f"<c><v>{number}</v></c>" for number in range(40))
    with in_time():
        only_problem(sheet_of(f"<row>{row}</row>" * rows))


@pytest.mark.parametrize(
    "content",
    [
        packed({"xl/workbook.xml": ""}),
        packed({"xl/workbook.xml": "<workbook/>"}),
        packed({"[Content_Types].xml": ""}),
        xlsx(SOUND, parts={SHEET: "<worksheet"}),
        xlsx(SOUND, parts={"xl/styles.xml": "no"}),
        xlsx(SOUND)[:-30],
        ods(SOUND)[:300],
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "x"}),
    ],
)
def test_damaged_workbooks_are_refused(content: bytes) -> None:
    assert only_problem(content).code in {"damaged_workbook", "not_csv"}


def test_a_workbook_without_a_figure_is_refused() -> None:
    assert only_problem(xlsx({"A": []})).code == "empty_file"


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_broken_workbook_is_a_fault_of_ours(data: DataObject) -> None:
    content = bytearray(xlsx(SOUND) if data.draw(st.booleans()) else ods(SOUND))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = io.BytesIO(bytes(content))
    list(open_csv_table(file, UPLOAD_COLUMNS, FileLimits(), choices=TableChoices()))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_broken_sheet_is_a_fault_of_ours(data: DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(SOUND))) as archive:
        sheet = bytearray(archive.read(SHEET))
    for _ in range(data.draw(st.integers(1, 6))):
        sheet[data.draw(st.integers(0, len(sheet) - 1))] = data.draw(st.integers(1, 126))
    file = io.BytesIO(xlsx(SOUND, parts={SHEET: bytes(sheet)}))
    list(open_csv_table(file, UPLOAD_COLUMNS, FileLimits(), choices=TableChoices()))

"""Files that are no CSV, refused by name."""

import io
import zipfile

import pytest

from tests.csv_io.builders import GOOD, only_problem


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
    ("content", "name", "way_out"),
    [
        (zipped("Index/Document.iwa"), "Numbers", "Export To"),
        (b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}', ".gsheet", "Download"),
        (b"%PDF-1.7\n", "PDF", "ask the publisher"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG", "ask the publisher"),
        (b"\0\0\0\x18ftypheic", "HEIC", "ask the publisher"),
        (zipped("word/document.xml"), "Word", "copy the figures"),
        (zipped("xl/workbook.bin"), ".xlsb", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, ".xls", ".xlsx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
            "take the password off",
        ),
        (
            b'<html xmlns:x="urn:schemas-microsoft-com:office:excel">',
            "for Excel",
            "save as .xlsx",
        ),
    ],
)
def test_each_kind_gets_its_own_way_out(content: bytes, name: str, way_out: str) -> None:
    problem = only_problem(content)
    assert name in problem.found
    assert way_out in problem.expected


def test_a_picture_or_document_is_not_told_to_be_a_workbook_by_a_name_within() -> None:
    assert "zip archive" in only_problem(zipped("passwords/list.csv")).found

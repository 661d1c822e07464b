"""What a file is by its first bytes: text in which encoding, or something that is no CSV."""

from typing import Final, NamedTuple


class Encoding(NamedTuple):
    """How a text is written: its name for people, Python's codec and error handler for it.

    `bom` is the length of its byte order mark in bytes, 0 without one.
    """

    name: str
    codec: str
    errors: str
    bom: int


# With `surrogateescape` a bad byte becomes a lone surrogate, which no cell may hold: decoding goes
# on, and the byte is refused in its own cell, with line and column.
_UTF8: Final = Encoding("UTF-8", "utf-8", "surrogateescape", 0)


def detect_encoding(head: bytes) -> Encoding:
    """Return the encoding that the byte order mark names; without one it is UTF-8.

    It does not know UTF-32, which `detect_file_type` must have ruled out before: the mark of
    UTF-32 LE begins with that of UTF-16 LE.
    """
    if head.startswith(b"\xef\xbb\xbf"):
        return _UTF8._replace(bom=3)
    # Half units and lone surrogates become U+FFFD, which no cell may hold either.
    if head.startswith(b"\xff\xfe"):
        return Encoding("UTF-16 LE", "utf-16-le", "replace", 2)
    if head.startswith(b"\xfe\xff"):
        return Encoding("UTF-16 BE", "utf-16-be", "replace", 2)
    return _UTF8


class FileType(NamedTuple):
    """What a file is that is no CSV, and what is expected in its place."""

    name: str
    remedy: str


_SAVE_AS = "a CSV file: open it in the spreadsheet and save as “CSV UTF-8”"
_PLAIN = "a CSV file in UTF-8"
_ENCODE = "UTF-8, or UTF-16 with a byte order mark: save as “CSV UTF-8”"
_UNPACK = "the CSV file itself: unpack it first"
# The first bytes by which each format is recognised; a header of a CSV begins with none of them.
_SIGNATURES: Final = (
    (b"\xff\xfe\x00\x00", FileType("UTF-32 text", _ENCODE)),
    (b"\x00\x00\xfe\xff", FileType("UTF-32 text", _ENCODE)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType("an old Excel workbook (.xls)", _SAVE_AS)),
    (b"\x89PNG\r\n\x1a\n", FileType("a PNG picture", _PLAIN)),
    (b"\xff\xd8\xff", FileType("a JPEG picture", _PLAIN)),
    (b"GIF8", FileType("a GIF picture", _PLAIN)),
    (b"%PDF", FileType("a PDF document", _PLAIN)),
    (b"{\\rtf", FileType("an RTF document", _PLAIN)),
    (b"\x1f\x8b", FileType("a gzip archive", _UNPACK)),
    (b"BZh", FileType("a bzip2 archive", _UNPACK)),
    (b"\xfd7zXZ\x00", FileType("an xz archive", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", FileType("a 7-Zip archive", _UNPACK)),
    (b"Rar!", FileType("a RAR archive", _UNPACK)),
    (b"\x28\xb5\x2f\xfd", FileType("a Zstandard archive", _UNPACK)),
    (b"PAR1", FileType("a Parquet file", _PLAIN)),
    (b"ARROW1", FileType("an Arrow file", _PLAIN)),
    (b"SQLite format 3", FileType("an SQLite database", _PLAIN)),
)


def detect_file_type(head: bytes) -> FileType | None:
    """Return what a file that begins with `head` is, or None where it may be a CSV.

    A few kilobytes are enough: the names that tell an .xlsx from a zip stand near its beginning.
    """
    if head.startswith(b"PK\x03\x04"):
        return _type_of_zip(head)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    encoding = detect_encoding(head)
    if not encoding.bom and _many_nuls(head):
        return FileType("UTF-16 text without a byte order mark, or no text at all", _ENCODE)
    begins = head[encoding.bom :].decode(encoding.codec, "ignore").lstrip()[:1]
    if begins == "<":
        return FileType("an HTML or XML document", _PLAIN)
    if begins and begins in "{[":
        return FileType("a JSON document", _PLAIN)
    return None


def _type_of_zip(head: bytes) -> FileType:
    if b"opendocument.spreadsheet" in head:
        return FileType("an OpenDocument spreadsheet (.ods)", _SAVE_AS)
    if b"[Content_Types].xml" in head or b"xl/" in head:
        return FileType("an Excel workbook (.xlsx)", _SAVE_AS)
    return FileType("a zip archive", _UNPACK)


def _many_nuls(head: bytes) -> bool:
    # Of Latin text in UTF-16 every second byte is zero. A fifth leaves room for other scripts, and
    # a stray zero in UTF-8 is refused in its cell.
    return head.count(0) * 5 > len(head)

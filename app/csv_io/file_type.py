"""What a file is by its first bytes: text in which encoding, or something that is no CSV."""

import io
from typing import BinaryIO, Final, NamedTuple


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
    """What a file is that is no CSV, and what is expected; a `workbook` can be read."""

    name: str
    remedy: str
    workbook: bool = False


_SAVE_AS = "a CSV file: open it in the spreadsheet and save as “CSV UTF-8”"
_SAVE_WORKBOOK = (
    "a workbook or CSV file: open it in the spreadsheet and save as .xlsx or “CSV UTF-8”"
)
_UNLOCK = (
    "a workbook without a password: open it, take the password off (File, Info, Protect), and save"
)
_NUMBERS = "a file that Numbers exports: File, Export To, Excel or CSV"
_GOOGLE = "the figures themselves: in Google Sheets File, Download, .xlsx or .csv"
_TABLE = "a table: copy the figures into a spreadsheet and save it as .xlsx or “CSV UTF-8”"
_PRINTED = (
    "a table: figures cannot be read from pages or pictures without guessing; ask the publisher"
    " for the table behind them, or type the figures into a spreadsheet and save it as .xlsx or"
    " “CSV UTF-8”"
)
_EXPORT = (
    "a CSV file in UTF-8: write one with to_csv (pandas), COPY (DuckDB) or write_csv (R, polars)"
)
_ENCODE = "UTF-8, or UTF-16 with a byte order mark: save as “CSV UTF-8”"
_UNPACK = "the CSV file itself: unpack it first"
# The first bytes by which each format is recognised; a header of a CSV begins with none of them.
_SIGNATURES: Final = (
    (b"\xff\xfe\x00\x00", FileType("UTF-32 text", _ENCODE)),
    (b"\x00\x00\xfe\xff", FileType("UTF-32 text", _ENCODE)),
    (b"\x89PNG\r\n\x1a\n", FileType("a PNG picture", _PRINTED)),
    (b"\xff\xd8\xff", FileType("a JPEG picture", _PRINTED)),
    (b"GIF8", FileType("a GIF picture", _PRINTED)),
    (b"II*\x00", FileType("a TIFF picture", _PRINTED)),
    (b"MM\x00*", FileType("a TIFF picture", _PRINTED)),
    (b"%PDF", FileType("a PDF document", _PRINTED)),
    (b"{\\rtf", FileType("an RTF document", _TABLE)),
    (b"\x1f\x8b", FileType("a gzip archive", _UNPACK)),
    (b"BZh", FileType("a bzip2 archive", _UNPACK)),
    (b"\xfd7zXZ\x00", FileType("an xz archive", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", FileType("a 7-Zip archive", _UNPACK)),
    (b"Rar!", FileType("a RAR archive", _UNPACK)),
    (b"\x28\xb5\x2f\xfd", FileType("a Zstandard archive", _UNPACK)),
    (b"PAR1", FileType("a Parquet file", _EXPORT)),
    (b"ARROW1", FileType("an Arrow file", _EXPORT)),
    (b"SQLite format 3", FileType("an SQLite database", _EXPORT)),
)
_TAIL_BYTES: Final = 2**16
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The names of their parts tell one zip archive from another; the first that occurs decides.
_ZIP_PARTS: Final = (
    (
        b"opendocument.spreadsheet",
        FileType("an OpenDocument spreadsheet (.ods)", _SAVE_AS, workbook=True),
    ),
    (b"opendocument.", FileType("an OpenDocument document", _TABLE)),
    (b"xl/workbook.bin", FileType("an Excel binary workbook (.xlsb)", _SAVE_WORKBOOK)),
    (b"xl/workbook.xml", FileType("an Excel workbook (.xlsx)", _SAVE_AS, workbook=True)),
    (b"word/document.xml", FileType("a Word document", _TABLE)),
    (b"ppt/presentation.xml", FileType("a PowerPoint presentation", _TABLE)),
    (b".iwa", FileType("a Numbers document", _NUMBERS)),
    (b"Index.zip", FileType("a Numbers document", _NUMBERS)),
    (b"xl/", FileType("an Excel workbook (.xlsx)", _SAVE_AS, workbook=True)),
    (b"[Content_Types].xml", FileType("an Excel workbook (.xlsx)", _SAVE_AS, workbook=True)),
)


def detect_file_type(head: bytes, tail: bytes = b"") -> FileType | None:
    """Return what a file that begins with `head` is, or None where it may be a CSV.

    A few kilobytes are enough: a zip archive names its parts in them or in its `tail`.
    """
    if head.startswith(b"PK\x03\x04"):
        return _type_of_zip(head + tail)
    if head.startswith(_OLE):
        return _type_of_ole(head + tail)
    if (kind := _type_of_signature(head)) is not None:
        return kind
    encoding = detect_encoding(head)
    if not encoding.bom and _many_nuls(head):
        return FileType("UTF-16 text without a byte order mark, or no text at all", _ENCODE)
    return _type_of_markup(head[encoding.bom :].decode(encoding.codec, "ignore").lstrip())


def _type_of_signature(head: bytes) -> FileType | None:
    # Two letters alone could begin a header, too.
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return FileType("a BMP picture", _PRINTED)
    if head[4:8] == b"ftyp":
        return FileType("a HEIC or AVIF picture, or a film", _PRINTED)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileType("a WebP picture", _PRINTED)
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def read_ends(file: BinaryIO) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file, which is left at its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read()
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    return head, tail


def is_workbook(file: BinaryIO) -> bool:
    """Return whether a file is a workbook that can be read; it is left at its beginning."""
    kind = detect_file_type(*read_ends(file))
    return kind is not None and kind.workbook


def _type_of_markup(text: str) -> FileType | None:
    if text.startswith("<"):
        if "<svg" in text:
            return FileType("an SVG picture", _PRINTED)
        # Web applications offer a table of HTML as a download that is called .xls.
        if "urn:schemas-microsoft-com:office" in text:
            return FileType("a web page or XML for Excel, called .xls", _SAVE_WORKBOOK)
        return FileType("an HTML or XML document", _TABLE)
    if text.startswith(("{", "[")):
        if "docs.google.com" in text or '"doc_id"' in text:
            return FileType("a link to a Google sheet (.gsheet), not the sheet", _GOOGLE)
        return FileType("a JSON document", _EXPORT)
    return None


def _type_of_zip(names: bytes) -> FileType:
    return next(
        (kind for part, kind in _ZIP_PARTS if part in names), FileType("a zip archive", _UNPACK)
    )


def _type_of_ole(content: bytes) -> FileType:
    # Its directory is in UTF-16. A workbook with a password lies encrypted in such a file.
    if "EncryptedPackage".encode("utf-16-le") in content:
        return FileType("a workbook with a password", _UNLOCK)
    if "WordDocument".encode("utf-16-le") in content:
        return FileType("an old Word document (.doc)", _TABLE)
    return FileType("an old Excel workbook (.xls)", _SAVE_WORKBOOK)


def _many_nuls(head: bytes) -> bool:
    # Of Latin text in UTF-16 every second byte is zero. A fifth leaves room for other scripts, and
    # a stray zero in UTF-8 is refused in its cell.
    return head.count(0) * 5 > len(head)

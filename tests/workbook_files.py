"""Workbooks written by hand, cell by cell: .xlsx and .ods as spreadsheets write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

EXCEL_DAY_ZERO = date(1899, 12, 30)
DATE_1904_DAY_ZERO = date(1904, 1, 1)


@dataclass(frozen=True)
class Percent:
    """A number that the sheet shows as percent: 29.7 is kept as 0.297."""

    shown: Decimal


@dataclass(frozen=True)
class Formula:
    """A formula and the value it was computed to; None where it was never computed."""

    value: "str | int | float | Decimal | None"


@dataclass(frozen=True)
class CellError:
    """What a spreadsheet shows where a formula failed, such as `#N/A`."""

    text: str


Cell = str | int | float | Decimal | bool | date | Percent | Formula | CellError | None
Rows = Sequence[Sequence[Cell]]

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_DOCUMENT_TYPE}"/>
</Types>"""
_RELS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"""
_STYLES = """<?xml version="1.0" encoding="UTF-8"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="1"><numFmt numFmtId="164" formatCode="0.0&quot; of &quot;%"/></numFmts>
<cellXfs count="4">
<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/>
</cellXfs>
</styleSheet>"""  # the styles 0 to 3: general, a date, percent, percent of one's own


def column_name(position: int) -> str:
    letters = ""
    while position:
        position, index = divmod(position - 1, 26)
        letters = chr(ord("A") + index) + letters
    return letters


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # The type of an OpenDocument file stands readable at its beginning.
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, content, stored)
    return out.getvalue()


def xlsx(
    sheets: Mapping[str, Rows],
    *,
    at: tuple[int, int] = (1, 1),
    hidden: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    date1904: bool = False,
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An Excel workbook; `at` is the row and column where each table begins."""
    names = list(sheets)
    state = dict.fromkeys(hidden, ' state="hidden"')
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"'
        f"{state.get(name, '')}/>"
        for number, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(names) + 1)
    )
    relations += f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    properties = '<workbookPr date1904="1"/>' if date1904 else ""
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELS,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"{properties}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships">{relations}</Relationships>',
        "xl/styles.xml": _STYLES,
    }
    for number, name in enumerate(names, 1):
        content[f"xl/worksheets/sheet{number}.xml"] = _xlsx_sheet(
            sheets[name], at, hidden_rows, date1904=date1904
        )
    return packed(content | dict(parts or {}))


def _xlsx_sheet(
    rows: Rows, at: tuple[int, int], hidden_rows: Sequence[int], *, date1904: bool
) -> str:
    first_row, first_column = at
    day_zero = DATE_1904_DAY_ZERO if date1904 else EXCEL_DAY_ZERO
    written = []
    for row, cells in enumerate(rows, first_row):
        hidden = ' hidden="1"' if row in hidden_rows else ""
        body = "".join(
            _xlsx_cell(f"{column_name(column)}{row}", cell, day_zero)
            for column, cell in enumerate(cells, first_column)
        )
        written.append(f'<row r="{row}"{hidden}>{body}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(written)}</sheetData></worksheet>'


def _xlsx_cell(  # noqa: PLR0911 - a form for each kind of cell
    place: str, cell: Cell, day_zero: date
) -> str:
    match cell:
        case None | "":
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        case str():
            text = escape(cell)
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(cell - day_zero).days}</v></c>'
        case Percent(shown):
            return f'<c r="{place}" s="2"><v>{shown / 100}</v></c>'
        case CellError(text):
            return f'<c r="{place}" t="e"><f>A1/0</f><v>{text}</v></c>'
        case Formula(None):
            return f'<c r="{place}"><f>A1+1</f></c>'
        case Formula(str() as text):
            return f'<c r="{place}" t="str"><f>A1</f><v>{escape(text)}</v></c>'
        case Formula(value):
            return f'<c r="{place}"><f>A1+1</f><v>{value}</v></c>'
        case _:
            return f'<c r="{place}"><v>{cell}</v></c>'


_ODS_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods(sheets: Mapping[str, Rows], *, body: str = "") -> bytes:
    """An OpenDocument spreadsheet, with the empty rows that programs write below a table."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_ods_row, rows))}"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell'
        ' table:number-columns-repeated="1024"/></table:table-row></table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_SPACES}'
        f' office:version="1.3"><office:body><office:spreadsheet>{tables}{body}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
        "</manifest:manifest>"
    )
    return packed({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_row(cells: Sequence[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>"


def _ods_cell(  # noqa: C901, PLR0911 - a form for each kind of cell
    cell: Cell,
) -> str:
    def typed(kind: str, attributes: str, text: object) -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" {attributes}>'
            f"<text:p>{escape(str(text))}</text:p></table:table-cell>"
        )

    match cell:
        case None | "":
            return "<table:table-cell/>"
        case bool():
            return typed("boolean", f'office:boolean-value="{str(cell).lower()}"', cell)
        case str():
            return typed("string", "", cell)
        case date():
            return typed("date", f'office:date-value="{cell}"', cell)
        case Percent(shown):
            return typed("percentage", f'office:value="{shown / 100}"', f"{shown}%")
        case CellError(text):
            return typed("string", 'table:formula="of:=1/0" calcext:value-type="error"', text)
        case Formula(None):
            return '<table:table-cell table:formula="of:=A1"/>'
        case Formula(str() as text):
            return typed("string", 'table:formula="of:=A1"', text)
        case Formula(value):
            return typed("float", f'table:formula="of:=A1" office:value="{value}"', value)
        case _:
            return typed("float", f'office:value="{cell}"', cell)

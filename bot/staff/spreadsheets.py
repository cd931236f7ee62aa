"""Tables out and in: XLSX and CSV that run no formula and keep phones whole, and tables that offices send, read as plain text.

Traps: openpyxl stores a text with a leading "=" as a formula; programs also take "+", "-", "@", a tab or a carriage return, and their
full-width forms, for the start of one; a phone written as a number loses its plus or its zero; an XLSX is a ZIP that may unpack to
gigabytes, and its parts are XML, in which a DOCTYPE may define entities that unfold without end or name files of this machine.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.errors import BotError

Cell = str | int | float | None
MOST_BYTES = 8 * 1024 * 1024
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_COLUMNS = 60
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
_WIDEST = 60
_CHUNK = 64 * 1024


class BadTable(BotError):
    """Raised when a file holds no table that can be read; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, what each column is called, and the rows. `notes` stand above the header."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=tuple)


def safe_text(value: str) -> str:
    """`value` without control characters, with an apostrophe before what a spreadsheet would take for a formula.

    A phone (a plus and digits) stays as it is: it is written as text.
    """
    text = "".join(c for c in value if c in "\n\t" or c >= " ")
    start = text.lstrip(" \u00a0")
    if start.startswith("+") and start[1:].isdecimal():
        return text
    return f"'{text}" if start.startswith(_STARTS) or value[:1] in _STARTS else text


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook; texts are stored as texts whatever they begin with, numbers as numbers."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(safe_name(sheet.name))
        for note in sheet.notes:
            page.append([safe_text(note)])
            page.cell(page.max_row, 1).data_type = "s"
        page.append([safe_text(h) for h in sheet.header])
        at = page.max_row
        for column, head in enumerate(sheet.header, 1):
            cell = page.cell(at, column)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3F0F4")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            longest = max([len(head), *(len(str(r[column - 1] or "")) for r in sheet.rows)], default=8)
            page.column_dimensions[get_column_letter(column)].width = min(_WIDEST, longest + 3)
        page.freeze_panes = page.cell(at + 1, 1)
        for number, row in enumerate(sheet.rows, at + 1):
            for column, value in enumerate(row, 1):
                cell = page.cell(number, column)
                if isinstance(value, str):
                    cell.value = safe_text(value)
                    cell.data_type, cell.number_format = "s", "@"
                else:
                    cell.value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows it, every text in quotes."""
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([safe_text(h) for h in header])
    for row in rows:
        # a phone in a CSV has an apostrophe too: nothing else keeps Excel from making it a number
        writer.writerow([_csv_cell(value) for value in row])
    return made.getvalue().encode("utf-8-sig")


def read_table(name: str, content: bytes, *, most_rows: int = 5_000) -> list[list[str]]:
    """The rows of the first sheet of an XLSX, or of a CSV, as texts; formulas come as what they say, never worked out.

    Raises BadTable for a file that is too large, of another kind, damaged, or has more rows.
    """
    if not content:
        raise BadTable(f"Tệp {name} trống.", "Chọn lại tệp.")
    if len(content) > MOST_BYTES:
        raise BadTable(f"Tệp {name} lớn quá {MOST_BYTES // 2**20} MB.", "Chia thành nhiều tệp.")
    rows = _xlsx_rows(name, content, most_rows) if content[:2] == b"PK" else _csv_rows(name, content, most_rows)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise BadTable(f"Tệp {name} không có dòng nào.", "Chọn lại tệp.")
    return rows


def safe_name(name: str) -> str:
    """A name that a sheet may have."""
    return ("".join(" " if c in r"[]:*?/\'" or c < " " else c for c in name).strip() or "Bảng")[:31]


def _csv_cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = safe_text(value)
    return f"'{text}" if text.startswith("+") else text


def _xlsx_rows(name: str, content: bytes, most_rows: int) -> list[list[str]]:
    broken = BadTable(f"Tệp {name} hỏng hoặc không phải bảng tính.", "Mở lại bằng Excel rồi lưu dạng .xlsx hoặc .csv.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise BadTable(f"Tệp {name} bung ra quá lớn.", "Chỉ giữ lại trang có danh sách.")
            if any(_has_doctype(packed.open(part).read()) for part in packed.infolist()):
                raise BadTable(
                    f"Tệp {name} có phần khai báo DOCTYPE nên không nhận.", "Mở lại bằng Excel rồi lưu dạng .xlsx."
                )
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        page = book.worksheets[0]
        rows: list[list[str]] = []
        for row in page.iter_rows(max_col=_MOST_COLUMNS, values_only=True):
            if len(rows) >= most_rows:
                raise BadTable(f"Tệp {name} có quá {most_rows:,} dòng.".replace(",", "."), "Chia thành nhiều tệp.")
            cells = [_written(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            rows.append(cells)
        book.close()
    except BadTable:
        raise
    except Exception as error:  # a damaged workbook fails in any way its parts can
        raise broken from error
    return rows


def _has_doctype(part: bytes) -> bool:
    """Whether a part of a workbook is XML with a DOCTYPE. Read as far as the root element, before which alone one may stand.

    Expat tells the encoding as readers of XML do; looking for the letters would miss a part in UTF-16.
    """
    found: list[bool] = []
    parser = expat.ParserCreate()

    def ends(has: bool) -> None:
        found.append(has)
        raise _ReadEnough

    parser.StartDoctypeDeclHandler = lambda *declared: ends(True)
    parser.StartElementHandler = lambda *element: ends(False)
    try:
        for at in range(0, len(part), _CHUNK):
            parser.Parse(part[at : at + _CHUNK])
        parser.Parse(b"", True)
    except _ReadEnough:
        return found[0]
    except expat.ExpatError:
        return (
            b"<!DOCTYPE" in part
        )  # no XML that expat knows, such as a picture; a reader that knows it will say what is wrong
    return False


class _ReadEnough(Exception):
    """Raised to end reading: what was looked for is known."""


def _csv_rows(name: str, content: bytes, most_rows: int) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(f"Tệp {name} không phải UTF-8.", "Lưu lại dạng “CSV UTF-8” hoặc .xlsx.") from None
    if "\x00" in text:
        raise BadTable(f"Tệp {name} không phải bảng tính.", "Chọn tệp .xlsx hoặc .csv.")
    comma = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=comma, strict=True):
            if len(rows) >= most_rows:
                raise BadTable(f"Tệp {name} có quá {most_rows:,} dòng.".replace(",", "."), "Chia thành nhiều tệp.")
            rows.append([cell.strip() for cell in row[:_MOST_COLUMNS]])
    except csv.Error as error:
        raise BadTable(f"Tệp {name}, dòng {len(rows) + 1}: không đọc được.", "Kiểm tra dấu ngoặc kép.") from error
    return rows


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

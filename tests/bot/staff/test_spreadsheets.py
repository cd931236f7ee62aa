"""Tables out and in: no cell is a formula, phones stay whole, bad files are one clear line."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from bot.staff.spreadsheets import BadTable, Sheet, read_table, write_csv, write_xlsx

STARTS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\x00",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "\u00a0=",
    "\n=",
    "\x00=",
    "=+",
    "@=",
    "\t=",
    "+-",
    "--",
]
RESTS = [
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://evil","x")',
    "SUM(A1:A9)",
    "2+5",
    "A1",
    "x",
    "IMPORTXML(1)",
    "DDE(1)",
    "9-9",
]
CELLS = [start + rest for start in STARTS for rest in RESTS]


def test_two_hundred_cells_hold_no_formula() -> None:
    assert len(CELLS) == 200
    page = load_workbook(io.BytesIO(write_xlsx([Sheet("Bảng", ["Ô"], [[cell] for cell in CELLS])]))).active
    assert page is not None
    stored = [row[0] for row in page.iter_rows(min_row=2)]
    assert len(stored) == 200 and {cell.data_type for cell in stored} == {"s"}
    read = list(csv.reader(io.StringIO(write_csv(["Ô"], [[cell] for cell in CELLS]).decode("utf-8-sig"))))
    assert len(read) == 201
    for (cell,) in read[1:]:
        assert not cell.lstrip(" \u00a0").startswith(
            ("=", "+", "-", "@", "\t", "\r", "\x00", "＝", "＋", "－", "＠")
        ), cell


def test_phones_numbers_and_words_keep_their_value() -> None:
    row = ["+84900123456", "0900 123 456", "Nguyễn Thị Lan", 1_234, 12.5, None, "hai\ndòng"]
    page = load_workbook(
        io.BytesIO(write_xlsx([Sheet("Người / quan tâm?", list("abcdefg"), [row], ["Ghi chú"])]))
    ).active
    assert page is not None and page.title == "Người   quan tâm"
    assert [cell.value for cell in page[3]] == row
    text = write_csv(list("abcdefg"), [row]).decode("utf-8-sig")
    assert "'+84900123456" in text and '"0900 123 456"' in text and "1234" in text


def test_what_was_written_is_read_again() -> None:
    rows = [["xã Ba Tơ", "120"], ["phường Cẩm Thành", "90"]]
    for name, content in (
        ("a.xlsx", write_xlsx([Sheet("A", ["Xã", "Chỉ tiêu"], rows)])),
        ("a.csv", write_csv(["Xã", "Chỉ tiêu"], rows)),
    ):
        assert read_table(name, content) == [["Xã", "Chỉ tiêu"], *rows]
    assert read_table("a.csv", "Xã;Số\nBa Tơ;1,5\n".encode()) == [["Xã", "Số"], ["Ba Tơ", "1,5"]]


def test_a_formula_is_read_as_what_it_says() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["=1+1", 12.0, True])
    made = io.BytesIO()
    book.save(made)
    assert read_table("a.xlsx", made.getvalue()) == [["=1+1", "12", "True"]]


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (65 * 2**20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "trống"),
        (b"PK\x03\x04 rubbish", "hỏng"),
        (b"\xff\xfe\x00a", "UTF-8"),
        (b"a\x00b", "không phải bảng tính"),
        (b'a,"b\n' + b'"x"y', "không đọc được"),
        (b"a\n" * 20, "quá 10 dòng"),
        (b"\n\n\n", "không có dòng"),
        (b"x" * (9 * 2**20), "lớn quá"),
        (bomb(), "bung ra quá lớn"),
        (write_xlsx([Sheet("A", ["a"], [["b"]] * 30)]), "quá 10 dòng"),
    ],
    ids=range(10),
)
def test_a_bad_file_is_one_clear_line(content: bytes, why: str) -> None:
    with pytest.raises(BadTable, match=why) as caught:
        read_table("danh-sach.xlsx", content, most_rows=10)
    assert "danh-sach.xlsx" in str(caught.value) and caught.value.remedy


def with_doctype(part: str, encoding: str = "utf-8") -> bytes:
    """A workbook as Excel reads it, one part of which defines an entity and uses it; a cell says it where that part holds the cells."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["Xã", "BATO", 120])
    plain, made = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as packed, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as again:
        for item in packed.infolist():
            content = packed.read(item)
            if item.filename == part:
                text = content.decode().partition("?>")[2] if content.startswith(b"<?xml") else content.decode()
                root = text.lstrip()[1:].split(" ")[0].split(">")[0]
                head = f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- a --><!DOCTYPE {root} [<!ENTITY x "đã nở ra">]>\n'
                content = (head + text.lstrip().replace("BATO", "&x;")).encode(encoding)
            again.writestr(item.filename, content)
    return made.getvalue()


PARTS = ("xl/theme/theme1.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml",
         "xl/_rels/workbook.xml.rels", "docProps/core.xml")  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_defines_entities_is_refused_before_anybody_reads_it(part: str, encoding: str) -> None:
    with zipfile.ZipFile(io.BytesIO(with_doctype("none"))) as packed:
        assert part in packed.namelist()
    assert read_table("a.xlsx", with_doctype("none")) == [["Xã", "BATO", "120"]], "the same file without it is read"
    with pytest.raises(BadTable, match="DOCTYPE") as caught:
        read_table("a.xlsx", with_doctype(part, encoding))
    assert "a.xlsx" in str(caught.value) and caught.value.remedy

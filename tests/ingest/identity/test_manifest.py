from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from ingest.manifest import BadManifest, ManifestRow, read_manifest

HEAD = "file,title,number,date_issued,effective_date,source,completeness\n"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "manifest.csv").write_bytes(text.encode(encoding))
    return folder


def test_a_folder_without_a_manifest_has_no_rows(tmp_path: Path) -> None:
    assert read_manifest(tmp_path).row_for("vuon.md") is None


def test_a_row_is_found_by_file_name(tmp_path: Path) -> None:
    manifest = read_manifest(
        written(tmp_path, HEAD + 'vuon.md,"Nghị định, về cây",901/2026/NĐ-CP,2026-02-03,2026-03-15,đâu đó,TOÀN VĂN\n')
    )
    row = manifest.row_for("vuon.md")
    assert row is not None
    assert (row.title, row.official_number, row.issued_on) == ("Nghị định, về cây", "901/2026/NĐ-CP", date(2026, 2, 3))
    assert row.in_force == (date(2026, 3, 15), None)
    assert manifest.row_for("khac.md") is None


def test_a_file_is_found_whatever_unicode_form_or_case_its_name_is_in(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, "file\nthư/Đếm-Cây.MD\n"))
    assert manifest.row_for(unicodedata.normalize("NFD", "đếm-cây.md")) is not None


def test_columns_may_be_missing(tmp_path: Path) -> None:
    row = read_manifest(written(tmp_path, "number,file\n7/2026/TT-BTC,vuon.md\n")).row_for("vuon.md")
    assert row == ManifestRow("vuon.md", number="7/2026/TT-BTC")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("file;number\nvuon.md;7/2026/TT-BTC\n", "utf-8"),
        ("file\tnumber\nvuon.md\t7/2026/TT-BTC\n", "utf-16"),
        ("\ufefffile,number\r\nvuon.md,7/2026/TT-BTC\r\n", "utf-8"),
        ("Tên tệp,Số hiệu\nvuon.md,7/2026/TT-BTC\n", "utf-8"),
    ],
)
def test_what_spreadsheets_save_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    row = read_manifest(written(tmp_path, text, encoding)).row_for("vuon.md")
    assert row is not None and row.official_number == "7/2026/TT-BTC"


@pytest.mark.parametrize(
    ("cell", "since", "until"),
    [
        ("2026-03-15", date(2026, 3, 15), None),
        ("15/3/2026", date(2026, 3, 15), None),
        ("2015-01-01 (hết hiệu lực 2026-01-01)", date(2015, 1, 1), date(2025, 12, 31)),
        ("2026-08-15 đến 2027-02-28", date(2026, 8, 15), date(2027, 2, 28)),
        ("15/8/2026 - 28/2/2027", date(2026, 8, 15), date(2027, 2, 28)),
        ("2009-07-01 (nhiều phần đã thay thế)", date(2009, 7, 1), None),
        ("khi ký", None, None),
        ("", None, None),
    ],
)
def test_the_effective_date_may_carry_words(cell: str, since: date | None, until: date | None) -> None:
    assert ManifestRow("vuon.md", effective_date=cell).in_force == (since, until)


@pytest.mark.parametrize(
    ("cell", "day", "latest"),
    [
        ("2026-02-03", date(2026, 2, 3), date(2026, 2, 3)),
        ("2025-12 hoặc 2026-01 (suy ra)", None, date(2026, 1, 31)),
        ("tháng 2/2028", None, date(2028, 2, 29)),
        ("2026-02-03 hoặc 2026-02-05", None, date(2026, 2, 5)),
        ("không rõ", None, None),
    ],
)
def test_the_day_of_issue_may_be_a_span(cell: str, day: date | None, latest: date | None) -> None:
    row = ManifestRow("vuon.md", date_issued=cell)
    assert (row.issued_on, row.issued_by) == (day, latest)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("25/2008/QH12 (+ văn bản hướng dẫn)", "25/2008/QH12"),
        ("33/2023/NĐ- CP", "33/2023/NĐ-CP"),
        ("(không có; dẫn Tờ trình 372/TTr-SNV)", ""),
        ("", ""),
    ],
)
def test_the_number_in_a_cell(cell: str, number: str) -> None:
    assert ManifestRow("vuon.md", number=cell).official_number == number


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "dòng 1"),
        ("tên,số\nvuon.md,7\n", "thiếu cột file"),
        ("file,number\nvuon.md,7,8\n", "dòng 2, cột thứ 3"),
        ("file,number\na.md,7\n,8\n", "dòng 3, cột file"),
        ("file,number\na.md,7\nA.md,8\n", "dòng 3, cột file"),
        ("file,date_issued\na.md,2026-02-30\n", "dòng 2, cột date_issued"),
        ("file,effective_date\na.md,1/7/2026\nb.md,32/1/2026\n", "dòng 3, cột effective_date"),
        ('file,title\n"a\nb.md",x\nc.md,"x" y\n', "dòng 4"),
        ("file,số hiệu,number\n", "cột number"),
        ("file\na\0.md\n", "ký tự rỗng"),
    ],
)
def test_a_broken_table_is_one_line_that_names_the_place(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(BadManifest) as error:
        read_manifest(written(tmp_path, text))
    assert where in str(error.value)
    assert "manifest.csv" in str(error.value) and "\n" not in str(error.value)


def test_letters_of_another_encoding_are_told_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match=r"dòng 2.*UTF-8"):
        read_manifest(written(tmp_path, "file,title\nvuon.md,Nghị ñịnh\n".replace("ị", "i"), "latin-1"))

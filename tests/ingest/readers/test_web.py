"""HTML pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.readers import read_document
from ingest.readers.model import Line, ReadDocument

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="so-hieu" content="12/QĐ-UBND"><title>Tiêu đề trình duyệt</title>
<style>p { color: red }</style></head>
<body onload="alert('tải')"><form id="aspnetForm"><nav>Trang chủ</nav>
<h2>Điều 1. Giao <i>việc</i></h2>
<p>1. Tổ vận động
   đến từng hộ<script>alert("mã")</script>.</p>
<p onclick="alert('bấm')">2. Ghi sổ <!-- chú thích -->hằng ngày.<br>3. Báo cáo hằng tháng.</p>
<noscript>Bật JavaScript</noscript><template><p>mẫu ẩn</p></template>
<p style="display: none">ẩn một</p><p hidden>ẩn hai</p><div aria-hidden="true">ẩn ba</div>
<span style="font-size:0">ẩn bốn</span><p style="visibility:hidden">ẩn năm</p><textarea>ẩn sáu</textarea>
<span><b>4. Đậm</b><br>5. Trong một thẻ.</span>
<pre>Dòng bị cắt ở lề được
nối lại.</pre>
<ol type="a"><li>Việc thứ nhất;</li><li>Việc thứ hai.</li></ol>
<ol start="4"><li>Việc thứ tư.</li></ol>
<ul><li>Lưu: VT.</li></ul>
<p><b>Nơi nhận:</b></p>
<blockquote>Lời người nhập.</blockquote>
<table><caption>Bảng mức</caption><tr><th>Nhóm</th><th>Tỷ lệ</th></tr><tr><td>Hộ nghèo</td><td><p>50%</p></td></tr></table>
</form></body></html>"""


def _read(folder: Path, page: str | bytes) -> ReadDocument:
    path = folder / "trang.html"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return read_document(path)


@pytest.fixture
def page(tmp_path: Path) -> ReadDocument:
    return _read(tmp_path, PAGE)


def test_a_page_reads_as_it_looks(page: ReadDocument) -> None:
    assert page.media == "html"
    assert [line.text for line in page.lines] == [
        "Điều 1. Giao việc",
        "1. Tổ vận động đến từng hộ.",
        "2. Ghi sổ hằng ngày.",
        "3. Báo cáo hằng tháng.",
        "4. Đậm",
        "5. Trong một thẻ.",
        "Dòng bị cắt ở lề được nối lại.",
        "a) Việc thứ nhất;",
        "b) Việc thứ hai.",
        "4. Việc thứ tư.",
        "- Lưu: VT.",
        "Nơi nhận:",
        "Lời người nhập.",
        "Bảng mức",
        "Nhóm | Tỷ lệ",
        "Hộ nghèo | 50%",
    ]


def test_lines_know_what_they_are(page: ReadDocument) -> None:
    by_text = {line.text: line for line in page.lines}
    assert by_text["Điều 1. Giao việc"].heading == 2
    assert by_text["Nơi nhận:"].bold
    assert by_text["Lời người nhập."].quote
    assert by_text["a) Việc thứ nhất;"].list_item
    assert by_text["Nhóm | Tỷ lệ"] == Line("Nhóm | Tỷ lệ", table=True)


@pytest.mark.parametrize(
    "hidden", ["alert", "mã", "chú thích", "Bật JavaScript", "mẫu", "ẩn", "color", "bấm", "tải", "Trang chủ"]
)
def test_what_a_browser_does_not_show_is_no_text(page: ReadDocument, hidden: str) -> None:
    assert hidden not in page.text


def test_metadata_is_front_matter(page: ReadDocument) -> None:
    assert page.front_matter == {"so-hieu": "12/QĐ-UBND"}


def test_a_table_that_only_lays_out_the_page_is_read_as_text(tmp_path: Path) -> None:
    inner = "<table><tr><td>Nhóm</td><td>Tỷ lệ</td></tr></table>"
    document = _read(tmp_path, f"<table><tr><td><p>Điều 1. Xin chào</p>{inner}</td></tr></table>")
    assert [(line.text, line.table) for line in document.lines] == [("Điều 1. Xin chào", False), ("Nhóm | Tỷ lệ", True)]


def test_a_declared_character_set_is_used(tmp_path: Path) -> None:
    page = '<html><head><meta charset="windows-1252"></head><body><p>Café du marché, déjà fermé.</p></body></html>'
    assert _read(tmp_path, page.encode("cp1252")).text == "Café du marché, déjà fermé."


def test_a_wrongly_declared_character_set_is_not(tmp_path: Path) -> None:
    page = '<html><head><meta charset="windows-1252"></head><body><p>Hộ nghèo được hỗ trợ.</p></body></html>'
    assert _read(tmp_path, page).text == "Hộ nghèo được hỗ trợ."


def test_elements_in_a_thousand_levels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        _read(tmp_path, "<div>" * 1000 + "Xin chào" + "</div>" * 1000)
    assert caught.value.reason == "too_complex"

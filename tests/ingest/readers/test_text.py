"""Plain text and Markdown."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ingest.encodings import to_tcvn3, to_vni
from ingest.errors import UnreadableFile
from ingest.readers import read_document
from ingest.readers.marked import front_matter, plain
from tests.ingest.readers import papers

WRAPPED = "\n".join(line for paragraph in papers.DECISION for line in papers.wrapped(paragraph, 70))


def _texts(path: Path) -> list[str]:
    return [line.text for line in read_document(path).lines]


def test_lines_broken_at_the_margin_become_paragraphs(tmp_path: Path) -> None:
    assert _texts(papers.text_file(tmp_path / "a.txt", WRAPPED)) == papers.DECISION


def test_a_file_without_an_ending_is_text(tmp_path: Path) -> None:
    assert _texts(papers.text_file(tmp_path / "thong-bao", WRAPPED)) == papers.DECISION


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(WRAPPED.replace("\n", ending).encode())
    assert _texts(path) == papers.DECISION


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_decomposed_letters_become_one_text_with_composed_ones(tmp_path: Path, name: str) -> None:
    text = (
        "\n\n".join(papers.DECISION) if not name.endswith("html") else "".join(f"<p>{t}</p>" for t in papers.DECISION)
    )
    (tmp_path / "c").mkdir()
    composed = read_document(papers.text_file(tmp_path / "c" / name, text))
    decomposed = read_document(papers.text_file(tmp_path / name, text, "NFD"))
    assert decomposed.lines == composed.lines
    assert unicodedata.is_normalized("NFC", decomposed.text)
    assert decomposed.sha256 != composed.sha256


@pytest.mark.parametrize("encode", [to_tcvn3, to_vni])
def test_old_encodings_are_read_and_noted(tmp_path: Path, encode: object) -> None:
    path = tmp_path / "cu.txt"
    path.write_bytes(encode(WRAPPED))  # type: ignore[operator]
    document = read_document(path)
    assert [line.text.lower() for line in document.lines] == [
        text.lower().replace("–", "–") for text in papers.DECISION
    ]
    assert "Unicode" in document.notes[0]


def test_a_web_page_saved_as_text_is_read_as_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("<!DOCTYPE html><html><body><p>Xin chào</p><script>x()</script></body></html>", encoding="utf-8")
    document = read_document(path)
    assert (document.media, document.text) == ("html", "Xin chào")


MARKDOWN = """\
---
title: Sổ tay thôn
ngay: 2026-03-01
the: [xã, thôn]
long: {a: 1}
---
# Điều 1. **Giao** việc

1. Tổ vận động đến từng hộ, ghi *nguyện vọng* của người dân
vào sổ theo dõi.
2. Xem [hướng dẫn](https://example.org/a_(b)) trước.

a) Việc `thứ nhất`;
đ) Việc thứ hai.

**Nơi nhận:**

> Ghi chú của người nhập liệu.

| Nhóm | Tỷ lệ |
|:-----|------:|
| Hộ nghèo | 50% |

---

Giữ <b>nguyên</b> 5 \\* 3 và ten_tep_dai. <!-- không đọc -->
<script>không đọc</script>
"""


def test_markdown_keeps_words_and_labels_and_loses_marks(tmp_path: Path) -> None:
    document = read_document(papers.text_file(tmp_path / "a.md", MARKDOWN))
    assert document.media == "markdown"
    assert [line.text for line in document.lines] == [
        "Điều 1. Giao việc",
        "1. Tổ vận động đến từng hộ, ghi nguyện vọng của người dân vào sổ theo dõi.",
        "2. Xem hướng dẫn trước.",
        "a) Việc thứ nhất;",
        "đ) Việc thứ hai.",
        "Nơi nhận:",
        "Ghi chú của người nhập liệu.",
        "Nhóm | Tỷ lệ",
        "Hộ nghèo | 50%",
        "",
        "Giữ nguyên 5 * 3 và ten_tep_dai.",
    ]
    heading, *_, rule, _ = document.lines
    assert heading.heading == 1
    assert rule.rule
    assert [line.text for line in document.lines if line.quote] == ["Ghi chú của người nhập liệu."]
    assert [line.text for line in document.lines if line.table] == ["Nhóm | Tỷ lệ", "Hộ nghèo | 50%"]
    assert [line.text for line in document.lines if line.bold] == ["Nơi nhận:"]


def test_bold_type_that_goes_on_over_lines_cut_at_a_column_is_one_heading(tmp_path: Path) -> None:
    text = "**Chương IV. BẾN ĐÒ VÀ\nNGƯỜI GIỮ BẾN\nỞ XÃ**\n\nGiữ **sổ và\nvé** cẩn thận.\n\nDấu ** lẻ loi\nở đây.\n"
    document = read_document(papers.text_file(tmp_path / "a.md", text))
    assert [(line.text, line.bold) for line in document.lines] == [
        ("Chương IV. BẾN ĐÒ VÀ NGƯỜI GIỮ BẾN Ở XÃ", True),
        ("Giữ sổ và vé cẩn thận.", False),
        ("Dấu ** lẻ loi ở đây.", False),
    ]


def test_front_matter_is_about_the_file_and_not_its_text(tmp_path: Path) -> None:
    document = read_document(papers.text_file(tmp_path / "a.md", MARKDOWN))
    assert document.front_matter == {"title": "Sổ tay thôn", "ngay": "2026-03-01", "the": "xã, thôn"}
    assert "Sổ tay thôn" not in document.text


def test_front_matter_that_is_no_yaml_stays_out_of_the_text() -> None:
    assert front_matter("---\na: [b\n---\nĐiều 1. Xin chào\n") == ({}, "Điều 1. Xin chào\n")


def test_a_rule_further_down_is_no_front_matter() -> None:
    text = "Điều 1. Xin chào\n---\na: b\n---\n"
    assert front_matter(text) == ({}, text)


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("**Điều 2.** _Phạm vi_", "Điều 2. Phạm vi"),
        ("***Chú ý***: đọc kỹ", "Chú ý: đọc kỹ"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a_b_c", "a_b_c"),
        (r"1\. Giữ số", "1. Giữ số"),
        ("![Con dấu](dau.png) đỏ", "Con dấu đỏ"),
        ("dòng một<br/>dòng hai", "dòng một dòng hai"),
        ("mức < 5 và > 3", "mức < 5 và > 3"),
    ],
)
def test_marks_inside_a_line(marked: str, shown: str) -> None:
    assert plain(marked) == shown


def test_text_without_vietnamese_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = papers.text_file(tmp_path / "hong.txt", "B\ufffdo hi\ufffdm x\ufffd h\ufffdi " * 30)
    with pytest.raises(UnreadableFile) as caught:
        read_document(path)
    assert (caught.value.reason, caught.value.file) == ("garbled", "hong.txt")
    assert "Unicode" in caught.value.remedy

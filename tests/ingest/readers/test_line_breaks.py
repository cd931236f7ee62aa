"""Where a printed line ends and a paragraph does not, and where both do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import read_document
from ingest.readers.paragraphs import continues, join_wrapped
from tests.ingest import convert

FULL = "1. Người bán hàng ở chợ phiên được mượn ghế, bạt và một chiếc cân đã kiểm định;"


def test_a_page_number_between_two_paragraphs_belongs_to_neither() -> None:
    lines = [
        "a) Ghế được trả lại trước khi tan chợ và không được mang ra khỏi khu vực chợ.",
        "20",
        "",
        "b) Cân được trả lại ngay.",
    ]
    assert join_wrapped(lines) == [lines[0], "20", lines[3]]


def test_a_page_number_inside_a_sentence_is_not_read_as_an_amount() -> None:
    joined = join_wrapped(
        [
            "2. Người mượn ghế phải báo cho tổ quản lý chợ khi ghế hỏng, nếu không báo thì lần sau",
            "45",
            "không được mượn nữa.",
        ]
    )
    assert not any("sau 45" in paragraph for paragraph in joined)


def test_a_number_that_ends_a_sentence_stays_in_it() -> None:
    lines = [
        "3. Người mượn cân ghi tên vào sổ của tổ quản lý chợ theo quy định tại khoản 2 Điều",
        "14 của Quy chế này.",
    ]
    assert join_wrapped(lines) == [" ".join(lines)]


@pytest.mark.parametrize("gap", ["[...]", "[…]", "[... khoản 2: người bán rong]"])
def test_a_mark_that_something_is_left_out_is_a_paragraph_of_its_own(gap: str) -> None:
    assert join_wrapped([FULL, gap, "3. Người mượn ghế ký tên vào sổ."]) == [
        FULL,
        gap,
        "3. Người mượn ghế ký tên vào sổ.",
    ]


def test_a_gap_inside_a_sentence_stays_in_it() -> None:
    lines = [
        "2. Người bán hàng ở chợ phiên được mượn ghế, bạt và một chiếc cân đã kiểm định",
        "[...] trước khi tan chợ.",
    ]
    assert join_wrapped(lines) == [" ".join(lines)]


def test_a_note_between_brackets_stands_alone() -> None:
    note = "(Điều 2 Quyết định số 12/2019/QĐ-UBND, có hiệu lực thi hành kể từ ngày 01/03/2019)"
    assert join_wrapped([note, "Sổ thăm hỏi được giữ mười năm."]) == [note, "Sổ thăm hỏi được giữ mười năm."]
    cut = [
        "(Điều 2 Quyết định số 12/2019/QĐ-UBND ngày 04 tháng 02",
        "năm 2019, có hiệu lực từ ngày 01/03/2019)",
        "Sổ được giữ mười năm.",
    ]
    assert join_wrapped(cut) == [" ".join(cut[:2]), cut[2]]


def test_a_page_goes_on_only_where_its_last_line_was_full() -> None:
    page = ["Ghế, bạt và cân của chợ phiên do tổ quản lý chợ giữ và cho người bán hàng mượn", "trong ngày"]
    assert not continues(page, "Người mượn ký tên vào sổ.")
    assert continues(page, "họp chợ.")
    assert continues(page[:1], "Việt Nam trong ngày họp chợ.")


def test_a_title_at_the_foot_of_a_page_does_not_swallow_the_text_on_the_next(tmp_path: Path) -> None:
    """The title takes two lines, the second one short; the page ends there."""
    title = "Điều 2. Trách nhiệm của tổ quản lý chợ phiên trong việc cho người bán hàng mượn ghế, bạt và cân"
    filler = [convert.Paragraph(f"{n}. {FULL[3:]} ghế thứ {n} đặt cạnh lối vào.") for n in range(1, 40)]
    body = "Tổ quản lý chợ lập sổ mượn."
    text = [convert.Paragraph("Điều 1. Số ghế"), *filler, convert.Paragraph(title), convert.Paragraph(body)]
    for cut in range(len(filler)):  # one of these lengths puts the page break between title and text
        made = [text[0], *filler[: len(filler) - cut], *text[-2:]]
        lines = read_document(convert.pdf(tmp_path / f"{cut}.pdf", made)).lines
        texts = {line.text: line.page for line in lines}
        assert title in texts
        assert body in texts
        if texts[title] != texts[body]:
            return
    pytest.fail("no length puts the page break between title and text")

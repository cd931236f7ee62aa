from __future__ import annotations

import pytest

from ingest.body import legal_body
from tests.ingest.identity.makers import ARTICLES, SIGNATURE, decree, effect, header, lines

BEFORE = (
    "# Nghị định 901/2026/NĐ-CP về đếm cây",
    "## THÔNG TIN VĂN BẢN",
    "| Số hiệu | 901/2026/NĐ-CP |",
    "### Căn cứ pháp lý (các văn bản được viện dẫn)",
    "- Luật Làm vườn số 900/2025/QH15;",
    "---",
    "## TRÍCH YẾU",
    "Thêm: điểm nhấn là đếm cây nhanh hơn.",
    "1. Thêm: cây được đếm lại mỗi năm.",
    "## NỘI DUNG TOÀN VĂN",
)
AFTER = (
    "## BẢNG TỔNG HỢP",
    "| Thêm | 10 cây |",
    "Ghi chú: Thêm vào cho dễ nhớ.",
    "## GHI CHÚ SỐ HÓA",
    "- Thêm: sửa lỗi nhận dạng.",
    "Điều 2 được sửa hai chữ. Thêm.",
)
OFFICIAL = decree()


def texts(kept: list[str] | object) -> list[str]:
    return [line.text for line in kept if line.text]  # type: ignore[attr-defined]


def unmarked(*given: str) -> list[str]:
    """The same lines as a PDF or plain text gives them: no heading is marked."""
    return [line.text for line in lines(*given) if line.text and not line.table]


def test_an_official_text_stays_whole() -> None:
    body, added = legal_body(lines(*OFFICIAL))
    assert texts(body) == list(OFFICIAL)
    assert added == []


def test_what_was_added_before_and_after_is_cut_off() -> None:
    body, added = legal_body(lines(*BEFORE, *OFFICIAL, *AFTER))
    assert texts(body) == list(OFFICIAL)
    assert len(added) == len(BEFORE) + len(AFTER)


def test_no_line_is_lost_or_doubled() -> None:
    given = lines(*BEFORE, *OFFICIAL, *AFTER)
    body, added = legal_body(given)
    assert sorted(map(repr, body + added)) == sorted(map(repr, given))


def test_additions_are_cut_off_where_no_heading_is_marked() -> None:
    body, _ = legal_body(lines(*unmarked(*BEFORE), *OFFICIAL, *unmarked(*AFTER)))
    kept = texts(body)
    assert kept[: len(OFFICIAL)] == list(OFFICIAL)
    articles = kept[: kept.index(SIGNATURE[0])]
    assert not any("Thêm" in text for text in articles)


def test_facts_put_between_header_and_first_article_are_cut_out() -> None:
    inside = (
        "## THÔNG TIN VĂN BẢN",
        "| Số hiệu | 901/2026/NĐ-CP |",
        "### Văn bản thay thế / liên quan",
        "- Thêm: Nghị định số 1/2001/NĐ-CP.",
        "## VĂN BẢN",
    )
    body, added = legal_body(lines(*header(), *inside, *ARTICLES, *effect(), *SIGNATURE))
    assert texts(body) == list(OFFICIAL)
    assert len(added) == len(inside)


def test_appendices_and_forms_stay_and_a_summary_below_them_goes() -> None:
    appendix = (
        "## Phụ lục I",
        "(Kèm theo Nghị định số 901/2026/NĐ-CP)",
        "| Cây | Số |",
        "Mẫu số 01. Phiếu đếm cây",
        "Họ và tên: …",
    )
    summary = ("## Tóm tắt nội dung chính", "Thêm: 3 điều.", "### Tác động", "- Thêm: nhanh hơn.")
    body, added = legal_body(lines(*OFFICIAL, *appendix, *summary))
    assert texts(body) == [line.text for line in lines(*OFFICIAL, *appendix)]
    assert len(added) == len(summary)


def test_a_summary_below_an_appendix_goes_without_marked_headings_too() -> None:
    body, added = legal_body(lines(*OFFICIAL, "PHỤ LỤC I", "Cây: 10", "Tóm tắt nội dung chính", "Thêm: 3 điều."))
    assert texts(body)[-1] == "Cây: 10"
    assert texts(added) == ["Tóm tắt nội dung chính", "Thêm: 3 điều."]


def test_a_stray_page_below_the_signature_goes() -> None:
    stray = "c) Nhà kính không có cửa sổ theo quy định của pháp luật;"
    body, added = legal_body(lines(*OFFICIAL, stray))
    assert texts(added) == [stray]
    assert texts(body) == list(OFFICIAL)


def test_recipients_run_into_the_last_article_are_cut_off_from_it() -> None:
    last = "Điều 3. Hiệu lực thi hành 1. Nghị định này có hiệu lực từ ngày 15 tháng 3 năm 2026. 2. Các bộ thi hành Nghị định này"
    tail = " Nơi nhận: TM. CHÍNH PHỦ - Ban Bí thư; Thêm 1. 2. PHÍ 10.000đ Thêm"
    body, _ = legal_body(lines(*header(), *ARTICLES, last + tail + " x" * 300))
    assert last in texts(body)
    assert not any("Thêm" in text for text in texts(body))


def test_an_excerpt_without_header_and_signature_begins_at_its_first_chapter() -> None:
    body, added = legal_body(
        lines(
            "# LUẬT LÀM VƯỜN số 900/2025/QH15 — TRÍCH", "Bản trích, chép tay.", "## Chương I. QUY ĐỊNH CHUNG", *ARTICLES
        )
    )
    assert texts(body) == ["Chương I. QUY ĐỊNH CHUNG", *ARTICLES]
    assert len(added) == 2


@pytest.mark.parametrize("heading", ["## Ghi chú của người tổng hợp", "## Nguồn tham khảo", "## Phân tích"])
def test_notes_below_the_last_article_go_although_nobody_signed(heading: str) -> None:
    body, added = legal_body(lines(*header(), *ARTICLES, heading, "Thêm."))
    assert texts(body) == [*header(), *ARTICLES]
    assert len(added) == 2


def test_a_letter_begins_at_its_addressee_and_ends_with_its_signature() -> None:
    letter = (
        "Kính gửi: Các phòng",
        "1. Phòng Cây xanh",
        "- Đếm cây.",
        "Nơi nhận:",
        "- Như trên;",
        "CHỦ TỊCH",
        "Nguyễn Văn Mẫu",
    )
    body, added = legal_body(lines("Ghi chú của người gửi", *letter, "## Tóm tắt", "Thêm."))
    assert texts(body) == list(letter)
    assert len(added) == 3


def test_a_head_of_office_named_in_an_article_ends_nothing() -> None:
    more = (
        "Điều 3. Người đếm",
        "CHỦ TỊCH",
        "1. Đếm trước.",
        "2. Nhân viên đếm sau.",
        "Điều 4. Kết thúc",
        "Đếm xong thì nghỉ.",
    )
    body, _ = legal_body(lines(*header(), *ARTICLES, *more, *SIGNATURE))
    assert texts(body) == [*header(), *ARTICLES, *more, *SIGNATURE]


def test_an_article_in_a_note_below_the_signature_is_no_article() -> None:
    body, added = legal_body(lines(*OFFICIAL, "## Nhận xét", "Điều 30. Người đăng nghĩ rằng nên đếm cả cây con."))
    assert texts(body) == list(OFFICIAL)
    assert len(added) == 2

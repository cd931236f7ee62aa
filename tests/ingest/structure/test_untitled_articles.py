"""Articles without titles, titles that only look like text, and marks that margins and scans leave."""

from __future__ import annotations

from ingest import structure
from ingest.marks import LOWER, UPPER, article_mark
from ingest.readers.model import Line
from ingest.repairs import guess_title, open_lines
from knowledge.law import DocumentKind, Provision, ProvisionKind

NUMBER = "17/2031/QĐ-UBND"


def parse(*texts: str | Line) -> structure.Parsed:
    lines = [text if isinstance(text, Line) else Line(text) for text in texts]
    return structure.parse(lines, NUMBER, DocumentKind.DECISION)


def place(provision: Provision) -> tuple[str, str, str]:
    return provision.coordinate.article, provision.coordinate.clause, provision.coordinate.point


RULE = (
    "Ban hành kèm theo Quyết định này Quy chế cho mượn ghế, bạt và cân tại các chợ phiên trên địa bàn huyện, áp dụng cho "
    "tổ quản lý chợ, người bán hàng và Chủ tịch Ủy ban nhân dân các xã có chợ."
)


def test_the_sentence_of_an_article_without_title_is_its_rule() -> None:
    parsed = parse(
        "QUYẾT ĐỊNH:",
        f"Điều 1. {RULE}",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
        "Điều 3. Trưởng các thôn chịu trách nhiệm thi hành Quyết định này./.",
        "Nơi nhận:",
    )
    assert [(place(p), p.heading, p.text) for p in parsed.provisions] == [
        (("1", "", ""), "", RULE),
        (("2", "", ""), "", "Quyết định này có hiệu lực kể từ ngày ký."),
        (("3", "", ""), "", "Trưởng các thôn chịu trách nhiệm thi hành Quyết định này./."),
    ]
    assert not parsed.warnings


def test_words_that_announce_clauses_are_text_and_not_a_title() -> None:
    parsed = parse("Điều 1. Mức cho mượn tại mỗi chợ như sau:", "1. Ghế: ba chiếc.", "2. Cân: một chiếc.")
    assert [(place(p), p.text) for p in parsed.provisions] == [
        (("1", "", ""), "Mức cho mượn tại mỗi chợ như sau:"),
        (("1", "1", ""), "Ghế: ba chiếc."),
        (("1", "2", ""), "Cân: một chiếc."),
    ]


def test_a_lone_closing_article_of_a_document_with_titles_keeps_its_sentence() -> None:
    parsed = parse("Điều 1. Phạm vi", "Quy chế này nói về ghế.", "Điều 2. Quy chế này có hiệu lực từ ngày ký.")
    assert parsed.provisions[1].text == "Quy chế này có hiệu lực từ ngày ký."


def test_a_title_that_ends_with_a_full_stop_above_clauses_is_still_a_title() -> None:
    parsed = parse("Điều 1. Phạm vi điều chỉnh.", "1. Quy chế này nói về ghế.", "Điều 2. Số ghế.", "1. Ba chiếc.")
    assert [p.heading.rstrip(".") for p in parsed.provisions] == ["Phạm vi điều chỉnh", "Số ghế"]


def test_names_in_a_long_title_do_not_begin_its_text() -> None:
    title = (
        "Trách nhiệm của Bộ Quốc phòng, Bộ Công an và các cơ quan đang quản lý chợ phiên gần biên giới trong việc cho mượn "
        "ghế theo quy định tại khoản 6 Điều 32 của Nghị định số 28/2031/NĐ-CP"
    )
    assert guess_title(title) == (title, "")
    text = "Tổ quản lý chợ lập sổ mượn và đọc sổ trước khi tan chợ."
    assert guess_title(f"{title} {text}") == (title, text) or guess_title(f"{title} {text}") == (f"{title} {text}", "")


def test_the_text_of_a_run_in_title_begins_at_its_capital() -> None:
    title = "Trách nhiệm của tổ quản lý chợ đối với ghế, bạt, cân và các thứ khác cho người bán hàng mượn trong ngày họp chợ"
    text = "Tổ quản lý chợ lập sổ mượn và đọc sổ trước khi tan chợ; đồ hỏng được ghi riêng."
    assert guess_title(f"{title} {text}") == (title, text)


def test_small_letters_with_marks_are_no_capitals() -> None:
    assert not set("àảãáạăâđêôơưýỹỵợứ") & set(UPPER)
    assert not set("ÀẢÃÁẠĂÂĐÊÔƠƯÝỸỴỢỨ") & set(LOWER)
    assert article_mark("Điều 12 được áp dụng cho chợ đêm") is None
    assert article_mark("Điều 12 Ủy ban nhân dân xã") is not None


def test_points_that_a_margin_cut_apart_are_all_found() -> None:
    lines = [Line("1. Người mượn ghế nộp các thứ sau: a) Giấy hẹn của tổ quản lý chợ;"), Line("b) Tiền cọc.")]
    assert [line.text for line in open_lines(lines)] == [
        "1. Người mượn ghế nộp các thứ sau:",
        "a) Giấy hẹn của tổ quản lý chợ;",
        "b) Tiền cọc.",
    ]


def test_a_reference_in_brackets_before_point_b_is_not_point_a() -> None:
    lines = [Line("a) Người mượn ghế quy định tại Phụ lục (mục a) được mượn cả cân;"), Line("b) Người khác.")]
    assert [line.text for line in open_lines(lines)] == [line.text for line in lines]


def test_a_stray_letter_before_a_point_is_not_part_of_its_text() -> None:
    parsed = parse(
        "Điều 1. Đồ cho mượn",
        "1. Gồm có:",
        "c) Bạt;",
        "d) Cân;",
        "Ĩ đ) Không cho mượn dao;",
        "e) Đèn.",
    )
    texts = {place(p): p.text for p in parsed.provisions}
    assert texts["1", "1", "đ"] == "Không cho mượn dao;"


def test_recipients_and_signature_in_a_table_close_the_document() -> None:
    for row in (
        "Nơi nhận: - Như Điều 2; - Lưu: VT. | TM. ỦY BAN NHÂN DÂN CHỦ TỊCH Lò Thị Mơ",
        " | KT. CHỦ TỊCH PHÓ CHỦ TỊCH Lò Thị Mơ",
    ):
        parsed = parse("Điều 1. Phạm vi", "Quy chế này nói về ghế.", Line(row, table=True))
        assert [p.kind for p in parsed.provisions] == [ProvisionKind.ARTICLE]
        assert [line.text for line in parsed.closing] == [row]


def test_a_table_of_the_last_article_is_not_taken_for_the_signature() -> None:
    parsed = parse(
        "Điều 1. Số ghế", "Theo bảng sau:", Line("Chợ | Số ghế", table=True), Line("Chợ Mơ | 30", table=True)
    )
    assert [p.kind for p in parsed.provisions] == [ProvisionKind.ARTICLE, ProvisionKind.TABLE]


def test_recipients_in_a_table_close_a_letter() -> None:
    lines = [Line("1. Đề nghị các xã cho mượn ghế."), Line(" | TM. ỦY BAN NHÂN DÂN", table=True)]
    parsed = structure.parse(lines, "Công văn", DocumentKind.LETTER)
    assert [p.text for p in parsed.provisions] == ["Đề nghị các xã cho mượn ghế."]

"""Phần, Chương, Mục, Điều, Khoản, Điểm and the repairs that real files need."""

from __future__ import annotations

import pytest

from ingest.structure import parse
from knowledge.law import Coordinate, DocumentKind, ProvisionKind
from tests.ingest.structure.makers import NUMBER, assert_verbatim, at, codes, decree, lines, places

PLAIN = """
CHÍNH PHỦ
Căn cứ Luật Bến bãi số 3/2030/QH99;
Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi điều chỉnh
Nghị định này quy định về bến thuyền.
Điều 2. Giải thích từ ngữ
1. Bến thuyền là nơi thuyền đậu.
2. Chủ bến có các quyền sau đây:
a) Thu tiền đậu;
b) Từ chối thuyền hỏng.
Chương II
CHỦ BẾN
Mục 1
CẤP PHÉP
Điều 3. Hồ sơ
1. Hồ sơ gồm đơn và bản vẽ.
Nơi nhận:
- Lưu: VT.
TM. CHÍNH PHỦ
"""


def test_articles_clauses_and_points_stand_at_their_coordinates() -> None:
    parsed = decree(PLAIN)
    assert places(parsed.provisions) == [
        "Điều 1",
        "Điều 2 · khoản 1",
        "Điều 2 · khoản 2",
        "Điều 2 · khoản 2 · điểm a",
        "Điều 2 · khoản 2 · điểm b",
        "Điều 3 · khoản 1",
    ]
    assert at(parsed, "2", "2", "b").text == "Từ chối thuyền hỏng."
    assert at(parsed, "2", "2").kind is ProvisionKind.CLAUSE
    assert parsed.warnings == []


def test_a_provision_knows_its_heading_and_what_it_stands_in() -> None:
    parsed = decree(PLAIN)
    assert at(parsed, "3", "1").heading == "Hồ sơ"
    assert at(parsed, "3", "1").breadcrumb == ("Chương II. CHỦ BẾN", "Mục 1. CẤP PHÉP", "Điều 3. Hồ sơ")
    assert at(parsed, "2", "2", "a").breadcrumb[-1] == "Khoản 2. Chủ bến có các quyền sau đây:"


def test_chapter_titles_never_run_into_the_clause_before_them() -> None:
    assert at(decree(PLAIN), "2", "2", "b").text.endswith("hỏng.")


def test_grounds_are_the_preamble_and_recipients_the_closing() -> None:
    parsed = decree(PLAIN)
    assert [line.text for line in parsed.preamble] == ["CHÍNH PHỦ", "Căn cứ Luật Bến bãi số 3/2030/QH99;"]
    assert [line.text for line in parsed.closing] == ["Nơi nhận:", "- Lưu: VT.", "TM. CHÍNH PHỦ"]


def test_every_word_stands_in_the_source() -> None:
    assert_verbatim(decree(PLAIN).provisions, lines(PLAIN))


@pytest.mark.parametrize(
    "printed", ["Điều 10.", "Điều l0.", "Điều 1O.", "Điều 1 0.", "Điêu 10.", "Ðiều 10.", "Đíều 10 ."]
)
def test_article_numbers_broken_by_a_scan_are_read_in_their_run(printed: str) -> None:
    before = "\n".join(f"Điều {n}. Tên điều\nLời của điều thứ {n} đây." for n in range(1, 10))
    after = f"{printed} Trách nhiệm\nĐược đọc ở đây.\nĐiều 11. Hiệu lực\nTừ nay."
    parsed = decree(f"{before}\n{after}")
    assert [p.coordinate.article for p in parsed.provisions] == [str(n) for n in range(1, 12)]
    assert at(parsed, "10").text == "Được đọc ở đây."
    assert at(parsed, "10").heading == "Trách nhiệm"


def test_references_at_the_start_of_a_line_are_not_headings() -> None:
    parsed = decree(
        """
        Điều 1. Phạm vi
        Chủ bến làm theo quy định tại
        Điều 2 và Điều 3 của Luật Bến bãi; trường hợp khác theo
        Điều 3. Luật này không cấm.
        Điều 2. Hiệu lực
        Từ nay.
        """
    )
    assert places(parsed.provisions) == ["Điều 1", "Điều 2"]
    assert "Điều 3. Luật này không cấm." in at(parsed, "1").text


def test_a_heading_in_running_text_is_found_where_it_goes_on() -> None:
    parsed = decree(
        """
        Điều 1. Phạm vi
        Nghị định này quy định về bến. Điều 2. Đối tượng áp dụng
        1. Chủ bến theo khoản 4. Điều 3. của quy chế cũ không áp dụng.
        Điều 3. Hiệu lực
        Từ nay.
        """
    )
    assert places(parsed.provisions) == ["Điều 1", "Điều 2 · khoản 1", "Điều 3"]
    assert at(parsed, "1").text == "Nghị định này quy định về bến."


def test_a_clause_that_does_not_go_on_stays_text() -> None:
    parsed = decree(
        """
        Điều 1. Mức tiền
        1. Mức thứ nhất theo khoản
        7. Nghị định cũ được thay.
        2. Mức thứ hai.
        """
    )
    assert places(parsed.provisions) == ["Điều 1 · khoản 1", "Điều 1 · khoản 2"]


def test_several_clauses_and_points_in_one_line_are_taken_apart() -> None:
    text = """
    Điều 1. Phát triển bến số 1. Chủ bến ghi sổ thuyền; giữ sổ năm năm. 2. Chủ bến được: a) Thu tiền; b) Bán vé. 3. Xã giám sát.
    """
    parsed = decree(text)
    assert places(parsed.provisions) == [
        "Điều 1 · khoản 1",
        "Điều 1 · khoản 2",
        "Điều 1 · khoản 2 · điểm a",
        "Điều 1 · khoản 2 · điểm b",
        "Điều 1 · khoản 3",
    ]
    assert at(parsed, "1", "1").heading == "Phát triển bến số"
    assert_verbatim(parsed.provisions, lines(text))


def test_a_number_that_counts_something_does_not_start_a_clause() -> None:
    parsed = decree(
        "Điều 1. Lệ phí\n1. Nộp theo mẫu số 2. Mẫu này do xã phát. Xem bảng số 3. Bảng này ở cuối.\n2. Xong."
    )
    assert places(parsed.provisions) == ["Điều 1 · khoản 1", "Điều 1 · khoản 2"]


def test_a_lost_letter_between_two_known_ones_is_filled_in_and_told() -> None:
    parsed = decree(
        """
        Điều 1. Quyền
        1. Chủ bến được:
        a) Thu tiền;
        bÒ) Bán vé;
        c) Cho thuê;
        & Nghỉ lễ;
        đ) Đóng cửa;
        e) Sửa bến.
        2.:Chủ thuyền được đậu.
        3. Xã được thu thuế.
        """
    )
    assert [p.coordinate.point for p in parsed.provisions if p.coordinate.clause == "1"] == ["", *"abcdđe"]
    assert at(parsed, "1", "1", "d").text == "Nghỉ lễ;"
    assert at(parsed, "1", "2").text == "Chủ thuyền được đậu."
    assert codes(parsed) == ["label_repaired"] * 2
    assert "điểm d" in parsed.warnings[1].where


def test_a_repaired_label_is_told_with_what_is_printed() -> None:
    parsed = decree("Điều 1. Quyền\n1. Được:\n2) Thu tiền;\nb) Bán vé.")
    assert at(parsed, "1", "1", "a").text == "Thu tiền;"
    (warning,) = parsed.warnings
    assert (warning.code, warning.where) == ("label_repaired", "Điều 1 khoản 1 điểm a")
    assert "“2”" in warning.message


def test_a_first_clause_without_its_number_is_inferred_from_the_second() -> None:
    parsed = decree("Điều 1. Quyền\nChủ bến được thu tiền.\n2. Chủ thuyền được đậu.")
    assert places(parsed.provisions) == ["Điều 1 · khoản 1", "Điều 1 · khoản 2"]
    assert codes(parsed) == ["clause_inferred"]


def test_missing_clauses_and_articles_are_told() -> None:
    parsed = decree("Điều 2. Quyền\n1. Một.\n3. Ba.\nĐiều 6. Hiệu lực\nTừ nay.")
    told = {w.code: w.message for w in parsed.warnings}
    assert "khoản 2" in told["missing_clause"]
    assert "Điều 1, 3–5;" in told["missing_article"]


def test_an_excerpt_may_jump_without_a_warning_for_each_gap() -> None:
    parsed = decree("Điều 1. Quyền\n[...]\n4. Bốn gồm:\na) Một;\n[...]\nđ) Năm.\n[...]\n7. Bảy.")
    assert places(parsed.provisions) == [
        "Điều 1 · khoản 4",
        "Điều 1 · khoản 4 · điểm a",
        "Điều 1 · khoản 4 · điểm đ",
        "Điều 1 · khoản 7",
    ]
    assert parsed.warnings == []
    assert all("[" not in p.text for p in parsed.provisions)


def test_the_clause_named_behind_a_heading_is_where_the_text_lands() -> None:
    parsed = decree("Điều 1. (khoản 7, đoạn 2)\nĐược đóng tiếp.\nĐiều 2. Hồ sơ (khoản 2)\na) Đơn;\nb) Ảnh.")
    assert places(parsed.provisions) == ["Điều 1 · khoản 7", "Điều 2 · khoản 2 · điểm a", "Điều 2 · khoản 2 · điểm b"]
    assert at(parsed, "1", "7").heading == ""
    assert at(parsed, "2", "2", "a").heading == "Hồ sơ"


def test_a_sentence_cut_by_a_page_is_joined_and_the_page_number_left_out() -> None:
    parsed = decree("Điều 1. Quyền\n1. Chủ bến được thu tiền\n14\ncủa thuyền đậu.\n2. Mức thu bằng\n= 60%\ncủa giá vé.")
    assert at(parsed, "1", "1").text == "Chủ bến được thu tiền của thuyền đậu."
    assert "60%" in at(parsed, "1", "2").text


def test_the_new_text_of_another_law_stays_inside_the_clause_that_amends_it() -> None:
    parsed = decree(
        """
        Điều 1. Sửa đổi, bổ sung một số điều của Nghị định số 5/2029/NĐ-CP
        1. Sửa đổi Điều 5 như sau:
        “Điều 5. Vé đậu
        1. Vé ngày do xã bán.
        2. Vé tháng do chủ bến bán.”.
        2. Bổ sung khoản 3 Điều 8 như sau:
        “3. Thuyền nhỏ không mua vé.”.
        Điều 2. Hiệu lực
        Từ nay.
        """
    )
    assert places(parsed.provisions) == ["Điều 1 · khoản 1", "Điều 1 · khoản 2", "Điều 2"]
    assert "Vé tháng do chủ bến bán." in at(parsed, "1", "1").text


def test_a_quotation_mark_that_a_scan_lost_does_not_swallow_the_next_article() -> None:
    parsed = decree(
        """
        # Điều 1. Sửa đổi
        1. Sửa đổi khoản 2 như sau:
        “2. Vé ngày do xã bán.
        # Điều 2. Hiệu lực
        Từ nay.
        """
    )
    assert at(parsed, "2").text == "Từ nay."


def test_tables_are_units_of_their_own_under_their_clause() -> None:
    parsed = decree("Điều 1. Giá vé\n1. Giá như bảng:\n| Thuyền | Giá\n| Nhỏ | 5\n2. Giá đã gồm thuế.")
    assert places(parsed.provisions) == ["Điều 1 · khoản 1", "Bảng 1 · Điều 1 · khoản 1", "Điều 1 · khoản 2"]
    table = at(parsed, "1", "1", section="Bảng 1")
    assert (table.kind, table.text) == (ProvisionKind.TABLE, "Thuyền | Giá\nNhỏ | 5")


def test_appendices_and_forms_are_kept_but_never_quotable() -> None:
    parsed = decree(
        PLAIN
        + """
        PHỤ LỤC I
        DANH MỤC BẾN
        Điều 9. Không phải điều của nghị định
        Mẫu số 02
        Đơn xin mở bến
        """
    )
    kept = {p.coordinate.section: p for p in parsed.provisions if not p.quotable}
    assert {name: p.kind for name, p in kept.items()} == {
        "Phụ lục I": ProvisionKind.APPENDIX,
        "Mẫu số 02": ProvisionKind.FORM,
    }
    assert "DANH MỤC BẾN" in kept["Phụ lục I"].text
    assert "9" not in {p.coordinate.article for p in parsed.provisions}


def test_an_appendix_without_a_signature_before_it_is_no_part_of_the_last_article() -> None:
    parsed = decree("Điều 1. Hiệu lực\nTừ nay.\nPHỤ LỤC\nBảng kê.")
    assert at(parsed, "1").text == "Từ nay."
    assert not at(parsed, section="Phụ lục").quotable


def test_the_articles_of_an_attached_regulation_do_not_clash_with_the_decision() -> None:
    parsed = decree(
        """
        Điều 1. Ban hành kèm theo Quyết định này Quy chế đậu thuyền.
        Điều 2. Quyết định này có hiệu lực từ nay.
        Nơi nhận:
        TM. ỦY BAN NHÂN DÂN
        QUY CHẾ
        ĐẬU THUYỀN
        (Ban hành kèm theo Quyết định số 7/2031/QĐ-UBND)
        Điều 1. Giờ đậu
        Đậu từ sáng đến chiều.
        """,
        DocumentKind.DECISION,
    )
    rule = at(parsed, "1", section="Quy chế kèm theo")
    assert (rule.text, rule.quotable) == ("Đậu từ sáng đến chiều.", True)
    assert "Quy chế đậu thuyền" in (at(parsed, "1").heading + at(parsed, "1").text)


def test_recipients_run_into_the_last_article_are_no_part_of_it() -> None:
    parsed = decree(
        "Điều 1. Hiệu lực 1. Có hiệu lực từ nay. 2. Chủ bến thi hành. Nơi nhận: TM. CHÍNH PHỦ - Lưu: VT. Phụ lục II DANH MỤC BẾN Bến Đông."
    )
    assert at(parsed, "1", "2").text == "Chủ bến thi hành."
    assert not at(parsed, section="Phụ lục II").quotable


def test_no_coordinate_is_used_twice() -> None:
    parsed = decree(PLAIN + "PHỤ LỤC I\nMột.\nPHỤ LỤC I\nHai.")
    coordinates = [p.coordinate for p in parsed.provisions]
    assert len(coordinates) == len(set(coordinates))
    assert Coordinate(NUMBER, section="Phụ lục I (2)") in coordinates


@pytest.mark.parametrize("text", ["", "Không có gì.", "Điều", "Điều 1.", "a) b) c)", "“Điều 1. Mở", "[...]", "PHỤ LỤC"])
@pytest.mark.parametrize(
    "kind", [DocumentKind.DECREE, DocumentKind.HANDBOOK, DocumentKind.CODIFICATION, DocumentKind.PLAN]
)
def test_odd_documents_never_raise(text: str, kind: DocumentKind) -> None:
    parsed = parse(lines(text), NUMBER, kind)
    assert_verbatim(parsed.provisions, lines(text))


@pytest.mark.parametrize("filler", ["." * 50_000, "a) " * 20_000, "1. A " * 10_000, "(" * 50_000, "; 2. Ab" * 8_000])
def test_endless_lines_are_read_and_keep_their_words(filler: str) -> None:
    """Work that grew with the square of a line would not end here."""
    text = f"Điều 1. Tên điều\n1. Lời đầu {filler} x\n2. Lời cuối."
    parsed = decree(text)
    assert parsed.provisions[-1].text.endswith("Lời cuối.")
    assert_verbatim(parsed.provisions, lines(text))


def test_clauses_and_points_put_in_between_by_an_amendment() -> None:
    parsed = decree("""
        Điều 3a. Cấp lại thẻ
        1. Thẻ hỏng được cấp lại:
        a) trong năm ngày;
        a1) trong ba ngày ở xã đảo;
        b) trong một ngày khi khẩn cấp.
        1a. Người xin cấp lần hai nộp lệ phí.
        2. Đơn nộp tại xã.
    """)
    assert places(parsed.provisions) == [
        "Điều 3a · khoản 1", "Điều 3a · khoản 1 · điểm a", "Điều 3a · khoản 1 · điểm a1", "Điều 3a · khoản 1 · điểm b",
        "Điều 3a · khoản 1a", "Điều 3a · khoản 2",
    ]  # fmt: skip
    assert at(parsed, "3a", "1", "a1").text == "trong ba ngày ở xã đảo;"


def test_footnote_marks_of_a_consolidated_text_belong_to_no_label() -> None:
    parsed = decree("""
        Điều 2. Vốn góp[2]
        1. Mỗi người góp một phần.
        2.[3] Người nghèo góp bằng ngày công:
        a)[4] của mình;
        b) của con.
    """)
    assert at(parsed, "2", "2").text == "Người nghèo góp bằng ngày công:"
    assert at(parsed, "2", "2", "a").text == "của mình;"
    assert at(parsed, "2", "1").heading == "Vốn góp"


def test_points_of_a_clause_whose_opening_an_excerpt_left_out_stand_in_it() -> None:
    parsed = decree("""
        Điều 4. Cách tính
        1. [...]
        a) theo tháng;
        b) theo quý.
        2. Làm tròn lên.
    """)
    assert places(parsed.provisions) == ["Điều 4 · khoản 1 · điểm a", "Điều 4 · khoản 1 · điểm b", "Điều 4 · khoản 2"]


def test_a_reference_at_the_start_of_the_next_line_goes_on_with_the_sentence() -> None:
    parsed = decree("""
        Điều 1. Hỗ trợ
        1. Tiền mua máy được trả theo quy định tại
        Điều 5 và Điều 6 của Nghị định khác.
    """)
    assert at(parsed, "1", "1").text == "Tiền mua máy được trả theo quy định tại Điều 5 và Điều 6 của Nghị định khác."


def test_a_title_that_stops_short_goes_on_below() -> None:
    parsed = decree(
        "Điều 1. Người nước ngoài giữ bến tại\nViệt Nam\n1. Có giấy phép.\n2. Có nhà.\nĐiều 2. Vé\nVé do xã bán."
    )
    assert places(parsed.provisions) == ["Điều 1 · khoản 1", "Điều 1 · khoản 2", "Điều 2"]
    assert at(parsed, "1", "1").heading == "Người nước ngoài giữ bến tại Việt Nam"


def test_a_short_title_run_into_what_announces_its_points_is_found() -> None:
    parsed = decree(
        "Điều 1. Vé đậu\n1. Vé do xã bán.\nĐiều 2. Phạt chủ bến lười Phạt tiền người có một trong các việc sau đây:\na) Bỏ bến;\nb) Bỏ sổ."
    )
    assert at(parsed, "2").heading == "Phạt chủ bến lười"
    assert at(parsed, "2").text == "Phạt tiền người có một trong các việc sau đây:"


def test_a_reference_that_somebody_marked_as_a_chapter_stays_in_its_sentence() -> None:
    parsed = decree(
        "Điều 1. Mức phạt\n1. Phạt theo quy định tại Chương II và\n## Chương IV\ncủa Nghị định này.\n2. Phạt gấp đôi.\n"
        "## Chương II\n## BẾN\nĐiều 2. Bến\n1. Có người giữ."
    )
    assert at(parsed, "1", "1").text == "Phạt theo quy định tại Chương II và Chương IV của Nghị định này."
    assert at(parsed, "1", "2").text == "Phạt gấp đôi."
    assert at(parsed, "2", "1").breadcrumb[0] == "Chương II. BẾN"


def test_clauses_that_follow_points_in_one_line_are_found() -> None:
    parsed = decree(
        "Điều 1. Việc của xã về công dân số 1. Xã làm những việc sau: a) Giữ sổ; b) Bán vé;\n"
        "c) Quét bến. 2. Chủ bến làm những việc sau: a) Giữ bến;\nb) Trả lời. - 3. Người đi đò mua vé trước khi lên bến."
    )
    assert places(parsed.provisions) == [
        *("Điều 1 · khoản 1", "Điều 1 · khoản 1 · điểm a", "Điều 1 · khoản 1 · điểm b", "Điều 1 · khoản 1 · điểm c"),
        *("Điều 1 · khoản 2", "Điều 1 · khoản 2 · điểm a", "Điều 1 · khoản 2 · điểm b", "Điều 1 · khoản 3"),
    ]
    assert at(parsed, "1", "1").heading == "Việc của xã về công dân số"


def test_specks_behind_the_last_sentence_are_not_quoted() -> None:
    parsed = decree("Điều 1. Bến\n1. Có người giữ. __\n2. Có sổ, có vé; '\n3. Mức là 5 - 7.")
    assert [p.text for p in parsed.provisions] == ["Có người giữ.", "Có sổ, có vé;", "Mức là 5 - 7."]


def test_an_appendix_with_a_long_title_in_small_letters_is_one_where_its_note_follows() -> None:
    title = "Phụ lục: Biểu tổng hợp số thuyền, số người giữ bến và số vé đã bán trong năm của các xã ven sông"
    text = f"Điều 1. Bến\n1. Có người giữ.\nNơi nhận:\n- Lưu: VT.\nKT. BỘ TRƯỞNG\n{title}\n(Kèm theo Thông tư số 7/2031/TT-BBB)\nSố thuyền"
    (appendix,) = [p for p in decree(text).provisions if not p.quotable]
    assert appendix.coordinate.section == "Phụ lục"
    assert appendix.text.startswith(title)

"""Letters and plans without articles, and handbooks."""

from __future__ import annotations

from knowledge.law import DocumentKind, ProvisionKind
from tests.ingest.structure.makers import assert_verbatim, at, decree, lines, places

LETTER = """
Kính gửi:
- Các sở, ngành.
Thực hiện Kế hoạch số 9/KH-UBND về bến thuyền, Chủ tịch tỉnh yêu cầu:
1. Sở Bến bãi
- Hướng dẫn các xã mở bến; hoàn thành trước ngày
12. Báo cáo gửi về tỉnh.
- Kiểm tra bến mỗi quý.
2. Đề nghị Hội Thuyền tỉnh, các tổ chức chính trị
- xã hội: Vận động hội viên đậu đúng bến.
3. Ủy ban nhân dân các xã, phường
- Lập tổ bến thuyền.
- Báo cáo hằng năm./.
Nơi nhận:
- Như trên;
KT. CHỦ TỊCH
Nguyễn Văn Thử
"""

PLAN = """
KẾ HOẠCH
I. MỤC TIÊU
1. Mục tiêu chung
Mỗi xã có một bến.
1.1. Năm đầu
Mười xã có bến.
2. Mục tiêu riêng
a) Thuyền nhỏ có chỗ đậu;
b) Thuyền lớn có cầu.
II. TỔ CHỨC THỰC HIỆN
1. Sở Bến bãi
Chủ trì thực hiện.
"""


def test_each_addressee_has_a_section_with_its_dashes() -> None:
    parsed = decree(LETTER, DocumentKind.LETTER)
    assert places(parsed.provisions) == ["mục 1", "mục 2", "mục 3"]
    communes = at(parsed, section="3")
    assert communes.kind is ProvisionKind.SECTION
    assert communes.heading == "Ủy ban nhân dân các xã, phường"
    assert communes.text == "Ủy ban nhân dân các xã, phường\n- Lập tổ bến thuyền.\n- Báo cáo hằng năm./."


def test_the_addressee_in_front_of_a_colon_is_the_heading() -> None:
    parsed = decree(LETTER, DocumentKind.LETTER)
    assert at(parsed, section="2").heading == "Đề nghị Hội Thuyền tỉnh, các tổ chức chính trị - xã hội"


def test_a_line_that_only_starts_with_a_number_opens_no_section() -> None:
    assert "12. Báo cáo gửi về tỉnh." in at(decree(LETTER, DocumentKind.LETTER), section="1").text


def test_salutation_and_signature_are_no_provisions() -> None:
    parsed = decree(LETTER, DocumentKind.LETTER)
    assert parsed.preamble[0].text == "Kính gửi:"
    assert [line.text for line in parsed.closing] == ["Nơi nhận:", "- Như trên;", "KT. CHỦ TỊCH", "Nguyễn Văn Thử"]
    assert_verbatim(parsed.provisions, lines(LETTER))


def test_sections_below_roman_numbers_carry_both() -> None:
    parsed = decree(PLAN, DocumentKind.PLAN)
    assert [p.coordinate.section for p in parsed.provisions] == ["I.1", "I.1.1", "I.2", "II.1"]
    assert at(parsed, section="I.1.1").breadcrumb == ("MỤC TIÊU", "Mục tiêu chung", "I.1.1. Năm đầu")
    assert "b) Thuyền lớn có cầu." in at(parsed, section="I.2").text


def test_two_parts_that_both_begin_with_the_same_number_do_not_clash() -> None:
    parsed = decree("KẾ HOẠCH\nI. Một\nLời một.\nI. Hai\nLời hai.", DocumentKind.PLAN)
    assert [p.coordinate.section for p in parsed.provisions] == ["I", "I (2)"]


def test_a_letter_without_sections_is_one_section_without_its_signature() -> None:
    parsed = decree("Kính gửi: Các xã.\nĐề nghị mở bến trong tháng này.\nNơi nhận:\n- Lưu: VT.", DocumentKind.LETTER)
    (only,) = parsed.provisions
    assert only.coordinate.section == "1"
    assert only.text.endswith("trong tháng này.")
    assert len(parsed.closing) == 2


def test_each_heading_of_a_handbook_is_a_question_with_its_grounds() -> None:
    parsed = decree(
        """
        # Cẩm nang bến thuyền
        Loại: cẩm nang
        Hiệu lực từ: 1/1/2031
        ## Tiền vé
        ### Vé tháng giá bao nhiêu?
        Vé tháng giá 5 đồng.
        Căn cứ: Nghị định 7/2031/NĐ-CP, Điều 3.
        ## Mua vé ở đâu?
        Mua tại bến.
        """,
        DocumentKind.HANDBOOK,
    )
    first, second = parsed.provisions
    assert (first.coordinate.section, first.heading) == ("1", "Vé tháng giá bao nhiêu?")
    assert first.text == "Vé tháng giá 5 đồng.\nCăn cứ: Nghị định 7/2031/NĐ-CP, Điều 3."
    assert first.breadcrumb == ("Tiền vé", "Vé tháng giá bao nhiêu?")
    assert (second.heading, second.breadcrumb) == ("Mua vé ở đâu?", ("Mua vé ở đâu?",))


def handbook(text: str) -> list[tuple[str, str]]:
    return [(p.heading, p.text) for p in decree(text, DocumentKind.HANDBOOK).provisions]


def test_a_handbook_without_headings_has_numbered_questions() -> None:
    assert handbook(
        "Cẩm nang\nCâu 1. Vé giá bao nhiêu?\nAnh/chị hỏi giá ư?\nVé giá 5 đồng.\nCâu 2. Mua ở đâu?\nMua tại bến."
    ) == [("Vé giá bao nhiêu?", "Anh/chị hỏi giá ư?\nVé giá 5 đồng."), ("Mua ở đâu?", "Mua tại bến.")]


def test_a_handbook_without_headings_or_numbers_has_bold_questions() -> None:
    assert handbook("** Cẩm nang\n** Vé giá bao nhiêu?\nCó đắt không?\nVé giá 5 đồng.") == [
        ("Vé giá bao nhiêu?", "Có đắt không?\nVé giá 5 đồng.")
    ]


def test_a_handbook_with_nothing_but_words_has_lines_that_ask() -> None:
    assert handbook("Cẩm nang\nVé giá bao nhiêu?\nVé giá 5 đồng.\nMua ở đâu?\nMua tại bến.") == [
        ("Vé giá bao nhiêu?", "Vé giá 5 đồng."),
        ("Mua ở đâu?", "Mua tại bến."),
    ]

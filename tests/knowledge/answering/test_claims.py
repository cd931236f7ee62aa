"""The claim check: what may be said on which grounds, and what is held back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge.answering.claims import ClaimKind, Grounds, groups_named, unfounded
from knowledge.calculators import contribution, pension, retirement
from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.law import Coordinate, parse_coordinate
from knowledge.rates import Rate, load_rates

ON = date(2026, 11, 22)
RATES = load_rates()
LAW = "41/2024/QH15"


def wrong(text: str, grounds: Grounds) -> list[str]:
    return [claim.text for claim in unfounded(text, grounds)]


def share(group: str, value: str) -> Rate:
    return Rate("subsidy_share", "Hỗ trợ", "phần", Decimal(value), date(2025, 7, 1), where={"group": group})


def row(unit: str, value: int | str | date, title: str = "Tham số") -> Rate:
    return Rate("key", title, unit, Decimal(value) if isinstance(value, str) else value, date(2025, 7, 1))


# --- texts ---------------------------------------------------------------------------------------------------------------------

CLAUSE = "Người lao động đóng 22% thu nhập, thấp nhất 1.500.000 đồng, đủ 15 năm, từ ngày 01 tháng 7 năm 2025."


@pytest.mark.parametrize(
    "text",
    [
        "Anh/chị đóng 22 phần trăm.",
        "Ít nhất 1,5 triệu đồng/tháng.",
        "Cần 180 tháng.",
        "Cần mười lăm năm.",
        "Từ 1/7/2025.",
        "Từ tháng 7/2025, tức năm 2025.",
        "Không có con số nào cả, một lần cũng được.",
    ],
)
def test_what_a_text_says_may_be_said_in_other_words(text: str) -> None:
    assert wrong(text, Grounds.of(texts=[CLAUSE])) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Anh/chị đóng 23%.", "23%"),
        ("Ít nhất 1.600.000 đồng.", "1.600.000 đồng"),
        ("Ít nhất 150.000 đồng.", "150.000 đồng"),
        ("Ít nhất 1.500.00 đồng.", "1.500.00 đồng"),
        ("Cần 15 tháng.", "15 tháng"),
        ("Cần 15 tuổi.", "15 tuổi"),
        ("Đóng 15%.", "15%"),
        ("Cần hai mươi năm.", "hai mươi năm"),
        ("Từ 1/8/2025.", "1/8/2025"),
        ("Từ năm 2026.", "năm 2026"),
        ("Theo Nghị định 159/2025/NĐ-CP.", "159/2025/NĐ-CP"),
        ("Theo Điều 36.", "Điều 36"),
        ("Dành cho hộ nghèo.", "hộ nghèo"),
        ("Gọi 1900 9069.", "1900 9069"),
        ("Vào vi-du.com.", "vi-du.com"),
    ],
)
def test_what_no_ground_says_is_held_back(text: str, claim: str) -> None:
    assert wrong(text, Grounds.of(texts=[CLAUSE])) == [claim]


def test_twelve_months_do_not_support_twelve_percent() -> None:
    grounds = Grounds.of(texts=["Đóng 12 tháng một lần."])
    assert wrong("Đóng 12 tháng.", grounds) == []
    assert wrong("Đóng 12%.", grounds) == ["12%"]
    assert wrong("Đóng 12 triệu đồng.", grounds) == ["12 triệu đồng"]


def test_a_number_out_of_its_place_in_a_quoted_sentence_is_held_back() -> None:
    source = "Nữ đóng đủ 15 năm được 45%, đủ 20 năm được 55%. Nam đóng đủ 15 năm được 40%."
    grounds = Grounds.of(texts=[source])
    assert wrong(source, grounds) == []
    assert wrong(source.replace("45%", "55%"), grounds) == ["55%"]
    assert wrong("Nữ đóng đủ 20 năm được 45%, đủ 15 năm được 55%.", grounds) == ["20 năm", "15 năm"]


def test_a_filled_card_keeps_numbers_in_place_but_supports_none() -> None:
    card = "Mức đóng thấp nhất là 330.000 đồng/tháng, bằng 22% của 1.500.000 đồng."
    given = [330_000, 1_500_000, Decimal("0.22")]
    swapped = card.replace("330.000", "…").replace("1.500.000", "330.000").replace("…", "1.500.000")
    assert wrong(swapped, Grounds.of(results=given)) == []
    assert wrong(swapped, Grounds.of(results=given, wording=[card])) == ["1.500.000 đồng", "330.000 đồng"]
    assert wrong(card, Grounds.of(results=given, wording=[card])) == []
    assert wrong(card, Grounds.of(results=given[:2], wording=[card])) == ["22%"]


def test_a_row_of_a_table_keeps_its_own_numbers() -> None:
    source = "| Năm | Nữ |\n| 15 năm | 45% |\n| 20 năm | 55% |"
    assert wrong("| 20 năm | 45% |", Grounds.of(texts=[source])) == ["45%"]
    assert wrong("| 20 năm | 55% |", Grounds.of(texts=[source])) == []


def test_bare_numbers_of_a_formula_or_table_are_the_amounts_told_in_words() -> None:
    grounds = Grounds.of(texts=["22% × 1.500.000 = 330.000"])
    assert wrong("Mức đóng 330.000 đồng/tháng, bằng 22% của 1.500.000 đồng.", grounds) == []


# --- rates ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (row("đồng/tháng", 1_500_000), "1.500.000 đồng/tháng"),
        (row("phần", "0.22"), "22%"),
        (row("phần", "0.0031"), "0,31%"),
        (row("tháng", 60), "5 năm (60 tháng)"),
        (row("tháng", 738, "Tuổi nghỉ hưu"), "61 tuổi 6 tháng"),
        (row("năm", 15), "15 năm"),
        (row("ngày làm việc", 5), "5 ngày làm việc"),
        (row("tuổi", 75), "75 tuổi"),
        (row("lần", 20), "20 lần mức tham chiếu"),
        (row("lần", "1.5"), "1,5 lần"),
        (row("hệ số", "1.32"), "hệ số 1,32"),
        (row("số đơn vị", 96), "96 xã, phường"),
        (row("người", 2_444_500), "2.444.500 người"),
        (row("mốc", date(2014, 1, 1)), "từ năm 2014"),
    ],
)
def test_a_rate_supports_its_value_in_its_unit(rate: Rate, text: str) -> None:
    assert wrong(text, Grounds.of(rates=[rate])) == []
    assert wrong(text, Grounds.of()) != []


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (row("tháng", 12), "12%"),
        (row("tháng", 12), "12 năm"),
        (row("tháng", 60), "60 tuổi"),
        (row("ngày", 5), "5 ngày làm việc"),
        (row("phần", "0.22"), "22 năm"),
        (row("đồng", 330_000), "33.000 đồng"),
    ],
)
def test_a_rate_supports_nothing_of_another_unit(rate: Rate, text: str) -> None:
    assert wrong(text, Grounds.of(rates=[rate])) == [text]


def test_a_rate_brings_its_days_and_its_clauses() -> None:
    line = RATES.at("poverty_line_rural", date(2027, 1, 1))
    grounds = Grounds.of(rates=[line])
    assert wrong("Từ ngày 1/1/2027 theo Nghị định 351/2025/NĐ-CP.", grounds) == []
    assert wrong("Từ ngày 1/2/2027.", grounds) == ["1/2/2027"]


# --- results of calculators --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (330_000, "330.000 đồng"),
        (738, "61 tuổi 6 tháng"),
        (180, "15 năm"),
        (Decimal("0.22"), "22%"),
        (Decimal("17.5"), "17,5 năm"),
        (date(2027, 1, 1), "1/1/2027"),
        ("Hà Nội hỗ trợ thêm 60%", "60%"),
        (HouseholdGroup.POOR, "hộ nghèo"),
    ],
)
def test_a_result_supports_what_its_type_says(result: int | Decimal | date | str, text: str) -> None:
    assert wrong(text, Grounds.of(results=[result])) == []


def test_a_bare_number_never_supports_a_percentage_and_a_small_one_no_amount() -> None:
    grounds = Grounds.of(results=[45, 330_000])
    assert wrong("45%", grounds) == ["45%"]
    assert wrong("45 đồng", grounds) == ["45 đồng"]


def test_bare_months_are_no_years_where_they_are_told_as_months() -> None:
    assert wrong("20 năm", Grounds.of(results=[20])) == []
    assert wrong("12 năm", Grounds.of(results=[12, 0], rates=[row("tháng", 12)])) == ["12 năm"]


def test_a_whole_result_of_a_calculator_supports_its_fields_by_what_they_are() -> None:
    done = pension(sex=Sex.FEMALE, months=208, average_income=4_000_000, rates=RATES, on=ON)
    grounds = Grounds.of(results=[done])
    assert wrong("Đóng 17 năm 4 tháng thì 50%, tức 2.000.000 đồng/tháng.", grounds) == []
    assert wrong("208 năm", grounds) == ["208 năm"]
    assert wrong("51%", grounds) == ["51%"]
    assert wrong("200.000 đồng", grounds) == ["200.000 đồng"]


def test_a_retirement_supports_its_age_and_month_only() -> None:
    done = retirement(sex=Sex.FEMALE, born_year=1970, born_month=9, rates=RATES)
    grounds = Grounds.of(results=[done])
    month = f"{done.from_month}/{done.from_year}"
    assert wrong(f"{done.years} tuổi {done.months} tháng, từ tháng {month}", grounds) == []
    assert wrong(f"từ tháng {done.from_month}/{done.from_year + 1}", grounds) != []


# --- coordinates -----------------------------------------------------------------------------------------------------------------

PLACES = [parse_coordinate(f"{LAW} · Điều 36 · khoản 2 · điểm đ"), parse_coordinate("159/2025/NĐ-CP · Điều 5")]


@pytest.mark.parametrize(
    "text",
    [
        "điểm đ khoản 2 Điều 36 Luật BHXH 41/2024/QH15",
        "khoản 2 Điều 36 Luật BHXH 41/2024/QH15",
        "Luật BHXH 41/2024/QH15, Điều 36",
        "Điều 36 Luật BHXH 2024",
        "Điều 5 Nghị định 159/2025/NĐ-CP",
        "Nghị định 159/2025/ND-CP",
        "Nghị định 159",
    ],
)
def test_a_coordinate_may_be_cited_no_more_precisely_than_it_is(text: str) -> None:
    assert wrong(text, Grounds.of(coordinates=PLACES)) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("khoản 3 Điều 36 Luật BHXH 41/2024/QH15", "khoản 3 Điều 36"),
        ("điểm e khoản 2 Điều 36 Luật BHXH 41/2024/QH15", "điểm e khoản 2 Điều 36"),
        ("Điều 36 Nghị định 159/2025/NĐ-CP", "Điều 36"),
        ("Điều 5 Luật BHXH 41/2024/QH15", "Điều 5"),
        ("khoản 1 Điều 5 Nghị định 159/2025/NĐ-CP", "khoản 1 Điều 5"),
        ("Nghị định 158/2025/NĐ-CP", "158/2025/NĐ-CP"),
        ("Luật BHXH 2014", "Luật BHXH 2014"),
        ("Nghị định 15", "Nghị định 15"),
    ],
)
def test_document_article_clause_and_point_must_agree(text: str, claim: str) -> None:
    assert wrong(text, Grounds.of(coordinates=PLACES)) == [claim]


def test_points_and_clauses_printed_in_a_text_may_be_cited() -> None:
    grounds = Grounds.of(
        texts=["Người tham gia đóng theo một trong các phương thức:\na) Hằng tháng;\nb) Một lần."],
        coordinates=[parse_coordinate(f"{LAW} · Điều 36 · khoản 2")],
    )
    assert wrong(f"điểm b khoản 2 Điều 36 Luật {LAW}", grounds) == []
    assert wrong(f"điểm c khoản 2 Điều 36 Luật {LAW}", grounds) == ["điểm c khoản 2 Điều 36"]


@pytest.mark.parametrize(
    ("section", "text", "claim"),
    [
        ("3", "mục 3", "mục 4"),
        ("II.3", "mục II.3", "mục II.4"),
        ("II.3", "II.3", "II.4"),
        ("Phụ lục 2", "Phụ lục 2", "Phụ lục 5"),
    ],
)
def test_a_section_of_a_letter_may_be_cited_as_it_is_numbered(section: str, text: str, claim: str) -> None:
    grounds = Grounds.of(coordinates=[Coordinate("Công văn của UBND tỉnh", section=section)])
    assert wrong(f"{text} Công văn của UBND tỉnh", grounds) == []
    assert wrong(f"{claim} Công văn của UBND tỉnh", grounds) != []


def test_a_document_without_a_number_is_known_by_the_day_in_its_title() -> None:
    grounds = Grounds.of(coordinates=[Coordinate("Nghị quyết HĐND thành phố ngày 9/7/2025")])
    assert wrong("theo Nghị quyết HĐND thành phố ngày 9/7/2025", grounds) == []


# --- the citizen's own words --------------------------------------------------------------------------------------------------------


def test_what_the_citizen_said_of_himself_may_be_repeated() -> None:
    said = "Tôi 52 tuổi, hộ cận nghèo, đóng 8 năm từ 1/2018, thu nhập 3 triệu"
    text = "Anh/chị 52 tuổi, thuộc hộ cận nghèo, đã đóng 96 tháng từ tháng 1/2018 với 3.000.000 đồng."
    assert wrong(text, Grounds.of(said=said)) == []


def test_a_percentage_or_a_law_is_not_true_because_somebody_says_it() -> None:
    grounds = Grounds.of(said="Nghe nói Nhà nước hỗ trợ 10% theo Nghị định 134/2015/NĐ-CP, Điều 14?")
    assert wrong("Nhà nước hỗ trợ 10%.", grounds) == ["10%"]
    assert wrong("Theo Nghị định 134/2015/NĐ-CP.", grounds) == ["134/2015/NĐ-CP"]
    assert wrong("Theo Điều 14.", grounds) == ["Điều 14"]


def test_a_percentage_the_citizen_named_may_be_denied() -> None:
    assert wrong("Nhà nước hỗ trợ không phải 10%.", Grounds.of(said="hỗ trợ 10% phải không?")) == []
    assert wrong("Nhà nước hỗ trợ không phải 15%.", Grounds.of(said="hỗ trợ 10% phải không?")) == ["15%"]


def test_an_amount_the_citizen_named_supports_that_amount_only() -> None:
    grounds = Grounds.of(said="tôi đóng 500k mỗi tháng")
    assert wrong("Anh/chị đóng 500.000 đồng.", grounds) == []
    assert wrong("Anh/chị đóng 600.000 đồng.", grounds) == ["600.000 đồng"]
    assert wrong("Anh/chị đóng 500 tháng.", grounds) == ["500 tháng"]


# --- contacts --------------------------------------------------------------------------------------------------------------------


def test_only_contacts_on_the_list_may_be_given() -> None:
    assert wrong("Gọi 1900 9068 hoặc vào dichvucong.gov.vn.", Grounds.of()) == []
    assert wrong("Vào dichvucong.gov.vn.vi-du.com.", Grounds.of()) == ["dichvucong.gov.vn.vi-du.com"]
    grounds = Grounds.of(contacts=["1900 0000"])
    assert wrong("Gọi 1900 0000.", grounds) == []
    assert wrong("Gọi 1900 9068.", grounds) == ["1900 9068"]


def test_no_number_of_a_citizen_is_given_back_as_a_contact() -> None:
    assert wrong("Gọi 0900 000 000.", Grounds.of(said="số tôi là 0900 000 000")) == ["0900 000 000"]


# --- household groups --------------------------------------------------------------------------------------------------------------

SHARES = [share("poor", "0.50"), share("near_poor", "0.40"), share("ethnic_minority", "0.30"), share("other", "0.20")]


@pytest.mark.parametrize(
    "text",
    [
        "Hộ nghèo được hỗ trợ 50%.",
        "Hộ nghèo được 50%, hộ cận nghèo được 40%, người dân tộc thiểu số 30%.",
        "Hộ nghèo được 50%; các đối tượng khác được 20%.",
        "Nhà nước hỗ trợ 50%, 40%, 30%, 20% cho hộ nghèo, hộ cận nghèo, người dân tộc thiểu số, đối tượng khác.",
        "Người không thuộc hộ nghèo, hộ cận nghèo được hỗ trợ 20%.",
        "Hộ nghèo được 50%, không phải 40%.",
        "Hộ nghèo đóng 22% thu nhập.",
    ],
)
def test_a_share_stands_with_its_own_group(text: str) -> None:
    assert wrong(text, Grounds.of(rates=[*SHARES, row("phần", "0.22")])) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Hộ nghèo được hỗ trợ 40%.", "40%"),
        ("Được hỗ trợ 20% nếu là hộ cận nghèo.", "20%"),
        ("Hộ nghèo được 40%, hộ cận nghèo được 50%.", "40%"),
        ("Người không thuộc hộ nghèo được hỗ trợ 50%.", "50%"),
        ("Người khác được hỗ trợ 30%.", "30%"),
    ],
)
def test_a_share_with_another_group_is_held_back(text: str, claim: str) -> None:
    assert claim in wrong(text, Grounds.of(rates=SHARES))


def test_amounts_of_a_calculation_stand_with_the_group_they_were_worked_out_for() -> None:
    results = [contribution(income=1_500_000, group=g, rates=RATES, on=ON) for g in HouseholdGroup]
    grounds = Grounds.of(results=results)
    assert wrong("Hộ cận nghèo còn đóng 198.000 đồng, hộ nghèo còn 165.000 đồng.", grounds) == []
    assert wrong("Hộ cận nghèo còn đóng 165.000 đồng.", grounds) == ["165.000 đồng"]
    assert wrong("Hộ cận nghèo đóng 330.000 đồng khi chưa trừ hỗ trợ.", grounds) == []


def test_a_sentence_quoted_whole_is_right_about_its_groups() -> None:
    quoted = "Hộ nghèo trước đây được 40% mức đóng."
    assert wrong(quoted, Grounds.of(texts=[quoted], rates=SHARES)) == []


def test_a_group_needs_a_ground_and_the_words_of_a_card_are_one() -> None:
    text = "Người từ đủ 70 tuổi thuộc hộ nghèo cũng được nhận."
    assert wrong(text, Grounds.of(results=[70])) == ["hộ nghèo"]
    assert groups_named(text) == {HouseholdGroup.POOR}
    assert wrong(text, Grounds.of(results=[70, *groups_named(text)])) == []


def test_who_is_of_no_group_is_one_of_the_others() -> None:
    text = "Anh/chị không thuộc hộ nghèo hay hộ cận nghèo."
    assert wrong(text, Grounds.of(rates=[share("other", "0.20")])) == []
    assert wrong(text, Grounds.of()) == ["hộ nghèo", "hộ cận nghèo"]


# --- whole answers -----------------------------------------------------------------------------------------------------------------


def test_an_answer_from_a_calculator_passes_and_each_alteration_of_it_does_not() -> None:
    done = contribution(income=1_500_000, group=HouseholdGroup.NEAR_POOR, rates=RATES, on=ON)
    answer = (
        "Mức đóng là 330.000 đồng/tháng, bằng 22% của 1.500.000 đồng. Hộ cận nghèo được hỗ trợ 40% tức 132.000 đồng, còn tự đóng"
        " 198.000 đồng/tháng, nhiều nhất 10 năm (120 tháng).\nCăn cứ: khoản 1 Điều 36 Luật BHXH 41/2024/QH15; Điều 5 Nghị định"
        " 159/2025/NĐ-CP; theo quy định có hiệu lực ngày 22/11/2026. Gọi 1900 9068."
    )
    grounds = Grounds.of(results=[done, ON], said="nhà tôi cận nghèo đóng bao nhiêu")
    assert wrong(answer, grounds) == []
    for old, new in [
        ("330.000", "33.000"),
        ("22%", "20%"),
        ("1.500.000", "1.800.000"),
        ("40%", "50%"),
        ("132.000", "123.000"),
        ("198.000", "264.000"),
        ("10 năm", "12 năm"),
        ("120 tháng", "120 năm"),
        ("Điều 36", "Điều 37"),
        ("41/2024", "58/2014"),
        ("159/2025", "158/2025"),
        ("22/11/2026", "22/12/2026"),
        ("1900 9068", "1900 9086"),
        ("Hộ cận nghèo", "Người dân tộc thiểu số"),
    ]:
        assert wrong(answer.replace(old, new), grounds), (old, new)


def test_claims_held_back_come_once_and_in_order() -> None:
    found = unfounded("Từ 1/1/2030 đóng 99% của 1 triệu đồng.", Grounds.of())
    assert [c.kind for c in found] == [ClaimKind.DATE, ClaimKind.PERCENT, ClaimKind.AMOUNT]

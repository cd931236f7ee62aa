"""What the reader of claims sees in Vietnamese text, and what it leaves alone."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest

from knowledge.answering.claims import ClaimKind, read_claims
from knowledge.vietnamese import nfc

A, P, D, M, Y, T, N = (
    ClaimKind.AMOUNT,
    ClaimKind.PERCENT,
    ClaimKind.DATE,
    ClaimKind.MONTH,
    ClaimKind.YEAR,
    ClaimKind.TERM,
    ClaimKind.NUMBER,
)


def said(text: str) -> list[tuple[ClaimKind, object]]:
    return [(c.kind, c.value) for c in read_claims(text)]


def values(text: str, kind: ClaimKind) -> list[object]:
    return [c.value for c in read_claims(text) if c.kind is kind]


def months(*numbers: str | int) -> list[object]:
    return [("tháng", Decimal(n)) for n in numbers]


@pytest.mark.parametrize(
    ("text", "dong"),
    [
        ("330.000 đồng/tháng", 330_000),
        ("330.000 đồng một tháng", 330_000),
        ("330.000đ", 330_000),
        ("330 nghìn đồng", 330_000),
        ("330k", 330_000),
        ("1,5 triệu đồng", 1_500_000),
        ("1.5 triệu", 1_500_000),
        ("1.500.000 VNĐ", 1_500_000),
        ("1 500 000 đồng", 1_500_000),
        ("1500000 đồng", 1_500_000),
        ("3tr5", 3_500_000),
        ("2 triệu rưỡi", 2_500_000),
        ("2 triệu 200 nghìn đồng", 2_200_000),
        ("hai triệu năm trăm nghìn đồng", 2_500_000),
        ("một trăm nghìn đồng", 100_000),
        ("ba triệu rưỡi", 3_500_000),
        ("2,5 tỷ đồng", 2_500_000_000),
    ],
)
def test_an_amount_is_read_in_dong_however_it_is_written(text: str, dong: int) -> None:
    assert said(text) == [(A, Decimal(dong))]


@pytest.mark.parametrize("text", ["22%", "22 %", "22 phần trăm", "hai mươi hai phần trăm", "22,0%"])
def test_a_percentage_is_one_value_in_digits_and_words(text: str) -> None:
    assert said(text) == [(P, Decimal(22))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/7/2025", (2025, 7, 1)),
        ("ngày 01/07/2025", (2025, 7, 1)),
        ("1-7-2025", (2025, 7, 1)),
        ("ngày 01 tháng 7 năm 2025", (2025, 7, 1)),
        ("2025-07-01", (2025, 7, 1)),
        ("ngày 31/12", (0, 12, 31)),
        ("31/2/2026", (2026, 2, 31)),
        ("ngày 10 hằng tháng", (0, 0, 10)),
    ],
)
def test_a_day_is_year_month_day(text: str, value: tuple[int, int, int]) -> None:
    assert said(text) == [(D, value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tháng 7/2025", [(M, (2025, 7))]),
        ("tháng 7 năm 2025", [(M, (2025, 7))]),
        ("từ tháng 1 đến tháng 8/1972", [(M, (0, 1)), (M, (1972, 8))]),
        ("10/1964 đến 6/1965", [(M, (1964, 10)), (M, (1965, 6))]),
        ("năm 2025, 2026 và 2027", [(Y, 2025), (Y, 2026), (Y, 2027)]),
        ("giai đoạn 2026–2030", [(Y, 2026), (Y, 2030)]),
        ("trước 2014", [(Y, 2014)]),
        ("Năm 2026 người dân tộc thiểu số", [(Y, 2026), (ClaimKind.GROUP, "ethnic_minority")]),
    ],
)
def test_months_and_years_are_claims_of_their_own(text: str, expected: list[tuple[ClaimKind, object]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 năm", ("tháng", 60)),
        ("60 tháng", ("tháng", 60)),
        ("17 năm 4 tháng", ("tháng", 208)),
        ("3 năm rưỡi", ("tháng", 42)),
        ("17,5 năm", ("tháng", 210)),
        ("61 tuổi 6 tháng", ("tháng tuổi", 738)),
        ("61 tuổi", ("tháng tuổi", 732)),
        ("5 ngày làm việc", ("ngày làm việc", 5)),
        ("05 (năm) ngày làm việc", ("ngày làm việc", 5)),
        ("60 ngày", ("ngày", 60)),
        ("22 tuần tuổi", ("tuần", 22)),
        ("1,5 lần", ("lần", Decimal("1.5"))),
        ("29.334.000 người", ("người", 29_334_000)),
        ("2,4 triệu người", ("người", 2_400_000)),
        ("mười lăm năm", ("tháng", 180)),
        ("ba tháng", ("tháng", 3)),
        ("năm năm", ("tháng", 60)),
        ("đủ năm tháng", ("tháng", 5)),
        ("hai mươi mốt tuổi", ("tháng tuổi", 252)),
        ("một trăm hai mươi tháng", ("tháng", 120)),
        ("một năm sáu tháng", ("tháng", 18)),
        ("bảy ngày làm việc", ("ngày làm việc", 7)),
        ("mười lăm (15) năm", ("tháng", 180)),
    ],
)
def test_a_term_has_its_unit_and_months_are_months(text: str, value: tuple[str, object]) -> None:
    assert said(text) == [(T, (value[0], Decimal(str(value[1]))))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("từ 15 đến dưới 20 năm", months(180, 240)),
        ("24–60 tháng", months(24, 60)),
        ("3, 6 hoặc 12 tháng", months(3, 6, 12)),
        ("16, 17 tuổi", [("tháng tuổi", Decimal(192)), ("tháng tuổi", Decimal(204))]),
    ],
)
def test_the_unit_of_a_range_or_list_holds_for_all_its_numbers(text: str, expected: list[object]) -> None:
    assert values(text, T) == expected
    assert len(read_claims(text)) == len(expected)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("45%, 50% hoặc 55%", P, [45, 50, 55]),
        ("45, 50 hoặc 55%", P, [45, 50, 55]),
        ("50/40/30/20%", P, [50, 40, 30, 20]),
        ("từ 45 đến 75%", P, [45, 75]),
        ("1–2 triệu đồng", A, [1_000_000, 2_000_000]),
        ("từ 1.500.000 đến 50.600.000 đồng", A, [1_500_000, 50_600_000]),
    ],
)
def test_lists_of_shares_and_amounts_are_read_whole(text: str, kind: ClaimKind, expected: list[int]) -> None:
    assert values(text, kind) == [Decimal(n) for n in expected]


@pytest.mark.parametrize(
    "text",
    [
        "một lần",
        "đóng 1 lần",
        "hai cách",
        "cả hai bên",
        "hai loại",
        "năm nay",
        "mỗi năm một lần",
        "những năm tháng ấy",
        "một năm",
        "một hai năm nữa",
        "ba mẹ",
        "tháng ba",
        "hàng triệu người",
        "1. Người tham gia",
        "2) Nộp hồ sơ\n3) Nhận sổ",
        "a) Hằng tháng\nđ) Một lần cho nhiều năm",
        "Bước 1: gọi tổng đài",
        "UBND xã, phường, đặc khu",
        "chuẩn hộ nghèo khu vực nông thôn",
        "mức chuẩn nghèo",
        "nhờ người khác nộp",
        "trình độ A4",
        "Gồm: (1) tờ khai, (2) giấy tờ tùy thân và (3) ảnh",
        "ở TP.HCM",
        "",
    ],
)
def test_words_and_markers_that_state_nothing_are_no_claims(text: str) -> None:
    assert read_claims(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("khoản 2 Điều 36", [("36", "2", "")]),
        ("điểm đ khoản 2 Điều 36", [("36", "2", "đ")]),
        ("Điều 36 khoản 2 điểm đ", [("36", "2", "đ")]),
        ("Điều 36, khoản 2, điểm đ", [("36", "2", "đ")]),
        ("khoản 1, 2 Điều 36", [("36", "1", ""), ("36", "2", "")]),
        ("khoản 1 và khoản 2 Điều 36", [("36", "1", ""), ("36", "2", "")]),
        ("điểm a khoản 1, điểm b khoản 2 Điều 36", [("36", "1", "a"), ("36", "2", "b")]),
        ("các điểm a, b và đ khoản 1 Điều 102", [("102", "1", "a"), ("102", "1", "b"), ("102", "1", "đ")]),
        ("Điều 98 và Điều 99", [("98", "", ""), ("99", "", "")]),
        ("Điều 31, khoản 1 Điều 36", [("31", "", ""), ("36", "1", "")]),
        ("Điều 31 khoản 2 và Điều 36", [("31", "2", ""), ("36", "", "")]),
        ("khoản 2 Điều này", [("", "2", "")]),
        ("mục 3", [("mục 3", "", "")]),
    ],
)
def test_articles_clauses_and_points_are_put_together(text: str, expected: list[object]) -> None:
    assert values(text, ClaimKind.ARTICLE) == expected
    assert len(read_claims(text)) == len(expected)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("khoản 2 Điều 36 Luật BHXH 41/2024/QH15", "41/2024/QH15"),
        ("Luật BHXH 41/2024/QH15, Điều 36 khoản 2", "41/2024/QH15"),
        ("Điều 36 của Luật Bảo hiểm xã hội số 41/2024/QH15", "41/2024/QH15"),
        ("Nghị định 159/2025/NĐ-CP (Điều 36)", "159/2025/ND-CP"),
        ("Điều 36 Luật Bảo hiểm xã hội 2024", "luật 2024"),
        ("Điều 36 Bộ luật Lao động", ""),
    ],
)
def test_an_article_belongs_to_the_document_named_beside_it(text: str, document: str) -> None:
    assert [c.document for c in read_claims(text) if c.kind is ClaimKind.ARTICLE] == [document]


def test_each_part_of_a_basis_belongs_to_its_own_document() -> None:
    text = "Căn cứ: Luật BHXH 41/2024/QH15, Điều 31 khoản 2; Nghị định 159/2025/NĐ-CP, Điều 5; khoản 1 Điều 3 Nghị định 161/2026/NĐ-CP"
    assert [(c.value, c.document) for c in read_claims(text) if c.kind is ClaimKind.ARTICLE] == [
        (("31", "2", ""), "41/2024/QH15"),
        (("5", "", ""), "159/2025/ND-CP"),
        (("3", "1", ""), "161/2026/ND-CP"),
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("41/2024/QH15", "41/2024/QH15"),
        ("159/2025/NĐ-CP", "159/2025/ND-CP"),
        ("66.22/2026/NQ-CP", "66.22/2026/NQ-CP"),
        ("321/KH-UBND", "321/KH-UBND"),
        ("Nghị định 159/2025", "159/2025"),
        ("Nghị quyết số 403", "403"),
        ("Luật Bảo hiểm xã hội năm 2024", "luật 2024"),
        ("mẫu 02-TK", "02-TK"),
    ],
)
def test_official_numbers_and_forms_are_documents_and_their_years_no_claims(text: str, number: str) -> None:
    assert said(text) == [(ClaimKind.DOCUMENT, number)]


def test_a_law_that_holds_from_a_year_is_not_named_by_it() -> None:
    assert said("Luật này có hiệu lực từ năm 2025") == [(Y, 2025)]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("hộ nghèo, cận nghèo", ["poor", "near_poor"]),
        ("người dân tộc thiểu số", ["ethnic_minority"]),
        ("xã đảo", ["island"]),
        ("người dân đặc khu Lý Sơn", ["island"]),
        ("các đối tượng khác", ["other"]),
    ],
)
def test_household_groups_are_read(text: str, groups: list[str]) -> None:
    assert values(text, ClaimKind.GROUP) == groups


def test_a_group_and_a_share_may_be_denied() -> None:
    denied = [(c.value, c.negated) for c in read_claims("Anh/chị không thuộc hộ nghèo hay cận nghèo, không phải 10%.")]
    assert denied == [("poor", True), ("near_poor", True), (Decimal(10), True)]
    assert [c.negated for c in read_claims("Hộ nghèo được 50%.")] == [False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gọi 1900 9068", (ClaimKind.PHONE, "19009068")),
        ("gọi 1900.9068", (ClaimKind.PHONE, "19009068")),
        ("số 0255.000.0000", (ClaimKind.PHONE, "02550000000")),
        ("tại dichvucong.gov.vn.", (ClaimKind.LINK, "dichvucong.gov.vn")),
        ("https://www.vi-du.com/nop?so=5", (ClaimKind.LINK, "vi-du.com")),
        ("vào vi-du.cf nhé", (ClaimKind.LINK, "vi-du.cf")),
        ("gửi a.b@vi-du.vn", (ClaimKind.LINK, "a.b@vi-du.vn")),
    ],
)
def test_contacts_are_claims_whole(text: str, expected: tuple[ClaimKind, str]) -> None:
    assert said(text) == [expected]


def test_a_numeral_that_is_none_is_kept_as_it_stands() -> None:
    assert said("1.500.00 đồng") == [(A, "1.500.00")]


def test_what_stands_beside_what_in_a_formula() -> None:
    assert said("45% + 2,5 × 2% = 50%; 3 × 4.000.000 = 12.000.000 đồng") == [
        (P, Decimal(45)),
        (N, Decimal("2.5")),
        (P, Decimal(2)),
        (P, Decimal(50)),
        (N, Decimal(3)),
        (N, Decimal(4_000_000)),
        (A, Decimal(12_000_000)),
    ]


def test_spans_are_the_places_of_the_claims_in_order() -> None:
    text = nfc("Đóng 22% của 1.500.000 đồng trong 15 năm theo khoản 1 Điều 36 từ 1/7/2025, gọi 1900 9068.")
    claims = read_claims(text)
    assert [text[slice(*c.span)] for c in claims] == [c.text for c in claims]
    assert [c.text for c in claims] == [
        "22%",
        "1.500.000 đồng",
        "15 năm",
        "khoản 1 Điều 36",
        "1/7/2025",
        "1900 9068",
    ]


def test_decomposed_letters_read_like_composed_ones() -> None:
    text = "mười lăm năm, 5 tháng, hộ nghèo"
    assert said(unicodedata.normalize("NFD", text)) == said(text) != []

"""What a question says about the person, with marks and without."""

from __future__ import annotations

import unicodedata
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calculators.model import HouseholdGroup, Method, Sex
from knowledge.shorthand import write_out
from knowledge.understanding.facts import Facts, read_facts, without_facts
from knowledge.understanding.situation import Ground, asks_yes_or_no, is_open_question

TODAY = date(2026, 11, 22)
POOR, NEAR, MINORITY = HouseholdGroup.POOR, HouseholdGroup.NEAR_POOR, HouseholdGroup.ETHNIC_MINORITY
ISLAND, OTHER = HouseholdGroup.ISLAND, HouseholdGroup.OTHER
F, M = Sex.FEMALE, Sex.MALE

CASES: list[tuple[str, dict[str, Any]]] = [
    ("Tôi 52 tuổi đóng 8 năm rồi", {"age": 52, "months_paid": 96}),
    ("toi 52 tuoi dong 8 nam roi thi sao", {"age": 52, "months_paid": 96}),
    ("Nữ 55 tuổi, đã đóng BHXH 15 năm", {"age": 55, "sex": F, "months_paid": 180}),
    ("nu 55 tuoi da dong bhxh 15 nam", {"age": 55, "sex": F, "months_paid": 180}),
    ("nam 55 tuoi dong duoc 12 nam", {"age": 55, "sex": M, "months_paid": 144}),
    ("Năm nay tôi 48, đóng được chục năm", {"age": 48, "months_paid": 120}),
    ("Tôi sinh tháng 9/1970", {"born_year": 1970, "born_month": 9}),
    ("em sinh tháng 3 năm 1975 là nữ", {"born_year": 1975, "born_month": 3, "sex": F}),
    ("sn 1968 thì bao giờ về hưu", {"born_year": 1968}),
    ("Mẹ tôi sinh năm 1968", {"born_year": 1968, "sex": F, "for_whom": "mother"}),
    ("Ba tôi đóng 15 năm", {"months_paid": 180, "sex": M, "for_whom": "father"}),
    ("Bố đóng 6 năm rồi mất", {"months_paid": 72, "sex": M, "for_whom": "father"}),
    ("Vợ tôi đóng được 11 năm bắt buộc, nghỉ 2 năm rồi", {"compulsory_months": 132, "stopped_months": 24, "sex": F}),
    ("Đóng bắt buộc 8 năm 3 tháng thì nghỉ việc", {"compulsory_months": 99, "months_paid": 99}),
    ("8 năm bắt buộc và 5 năm tự nguyện", {"compulsory_months": 96, "voluntary_months": 60, "months_paid": 156}),
    ("3 năm trước 2014 và 7 năm sau 2014, bình quân 2 triệu", {"months_before_2014": 36, "months_from_2014": 84}),
    ("nữ đóng 17 năm 4 tháng bình quân 4 triệu", {"months_paid": 208, "income": 4_000_000, "sex": F}),
    ("nam 22 năm 8 tháng thu nhập 3tr5", {"months_paid": 272, "income": 3_500_000, "sex": M}),
    ("Nam đóng đủ 15 năm thì lương hưu bao nhiêu phần trăm", {"years_planned": 15, "sex": M}),
    ("nếu đóng 20 năm với mức 5 triệu", {"years_planned": 20, "income": 5_000_000}),
    ("Tôi còn thiếu 5 năm", {"missing_months": 60}),
    ("đủ tuổi mà thiếu 4 tháng", {"missing_months": 4}),
    ("ngừng đóng 14 tháng rồi rút được chưa", {"stopped_months": 14}),
    ("đóng từ năm 2017, ngừng đóng từ tháng 10/2025", {"started_year": 2017, "stopped_months": 13}),
    ("chọn thu nhập 3tr thì đóng bao nhiêu", {"income": 3_000_000}),
    ("lương 7 triệu đóng bao nhiêu", {"income": 7_000_000}),
    ("hai triệu rưỡi thì đóng bao nhiêu", {"income": 2_500_000}),
    ("đóng mức 5tr 1 tháng", {"income": 5_000_000}),  # not 5.1 million
    ("thu nhập 3 triệu 2 người", {"income": 3_000_000}),
    ("lương 2 tr 5 thì đóng mấy", {"income": 2_500_000}),
    (
        "Năm đóng 22 năm 8 tháng mức 3tr",
        {"sex": M, "months_paid": 272, "income": 3_000_000},
    ),  # marks put in make a year of a man
    ("Năm 45 tuổi giờ mới đóng", {"sex": M, "age": 45}),
    ("đóng mức 10 triệu trong 20 năm", {"years_planned": 20, "income": 10_000_000}),
    ("nếu đóng 14 năm 11 tháng thì sao", {"months_paid": 179}),
    ("3 năm trước 2014 và 7 năm sau, bình quân 2 triệu", {"months_before_2014": 36, "months_from_2014": 84}),
    ("em đóng từ tháng 8/2025", {"started_year": 2025, "started_month": 8}),
    ("đóng từ năm 2019", {"started_year": 2019}),
    ("tham gia tháng 7/2025", {"started_year": 2025, "started_month": 7}),
    ("người thường được bao nhiêu", {"groups": frozenset({OTHER})}),
    ("người Thượng ở Ba Tơ", {"groups": frozenset({MINORITY}), "province": "Quảng Ngãi"}),
    ("thai 24 tuần bị mất", {"weeks": 24}),
    ("đang hưởng lương hưu thì chết sau 14 tháng", {"pension_months": 14}),
    ("tôi nữ đóng bù 5 năm", {"sex": F, "method": Method.BACK, "months_at_once": 60}),  # "bù" is no mother
    ("bà ngoại em 58 tuổi đóng được 8 năm", {"age": 58, "sex": F, "months_paid": 96, "for_whom": "grandmother"}),
    ("được hỗ trợ 80% phải không", {"percent": 80}),
    ("hộ nghèo được 30 phần trăm hả", {"percent": 30, "groups": frozenset({POOR})}),
    ("ba tôi bị ung thư, rút được không", {"ground": Ground.ILLNESS, "sex": M, "for_whom": "father"}),
    ("sắp đi định cư nước ngoài", {"ground": Ground.ABROAD}),
    ("nữ 30 tuổi đóng tới lúc nghỉ hưu", {"sex": F, "age": 30, "until_retirement": True}),
    ("nữ 1990 mấy tuổi về hưu", {"sex": F, "born_year": 1990}),
    ("đóng mức 330 ngàn", {"payment": 330_000}),  # below every income that may be chosen
    ("nộp trước 2 năm", {"method": Method.AHEAD, "months_at_once": 24}),
    ("em người Kor ở Trà Bồng", {"groups": frozenset({MINORITY}), "province": "Quảng Ngãi"}),
    ("thế 5 triệu?", {"income": 5_000_000}),
    ("mức 1.500.000đ", {"income": 1_500_000}),
    ("mỗi tháng đóng 500k được không", {"payment": 500_000}),
    ("mỗi tháng để ra được 500 nghìn để đóng", {"payment": 500_000}),
    ("nop 1 trieu mot thang", {"payment": 1_000_000}),
    ("muốn lương hưu 3 triệu một tháng", {"wished_pension": 3_000_000}),
    ("về già muốn nhận 4 triệu mỗi tháng", {"wished_pension": 4_000_000}),
    ("đóng 3 tháng một lần mức 2 triệu", {"method": Method.QUARTERLY, "income": 2_000_000}),
    ("đóng theo quý", {"method": Method.QUARTERLY}),
    ("đóng 6 tháng một lần", {"method": Method.HALF_YEARLY}),
    ("đóng cả năm hết bao nhiêu", {"method": Method.YEARLY}),
    ("đóng một lần cho 5 năm về sau", {"method": Method.AHEAD, "months_at_once": 60}),
    ("tôi muốn đóng trước 3 năm", {"method": Method.AHEAD, "months_at_once": 36}),
    ("đóng bù 4 năm", {"method": Method.BACK, "months_at_once": 48}),
    ("sinh đôi được bao nhiêu tiền", {"children": 2}),
    ("bố tôi mất khi hưởng lương hưu được 14 tháng", {"pension_months": 14, "sex": M}),
    ("Tôi là người Hrê ở xã Ba Tơ, không phải hộ nghèo", {"groups": {MINORITY}, "province": "Quảng Ngãi"}),
    ("hộ nghèo ở Hà Nội", {"groups": {POOR}, "province": "Hà Nội"}),
    ("can ngheo thi giam bao nhieu", {"groups": {NEAR}}),
    ("tôi không thuộc hộ nghèo", {"groups": {OTHER}}),
    ("người Kinh bình thường", {"groups": {OTHER}}),
    ("dan ly son", {"groups": {ISLAND}, "province": "Quảng Ngãi"}),
    ("đồng bào Xơ Đăng thuộc hộ nghèo", {"groups": {MINORITY, POOR}}),
    ("ở Quảng Nam cũ", {"province": "Đà Nẵng"}),
    ("ở sài gòn", {"province": "Thành phố Hồ Chí Minh"}),
    ("từ 1/1/2027 đóng bao nhiêu", {"on": date(2027, 1, 1)}),
    ("Ba tôi mất tháng 5/2026", {"happened": date(2026, 5, 28), "sex": M, "for_whom": "father"}),
]
# What must not be read into a question.
NOTHING: list[tuple[str, str]] = [
    ("Mức đóng thấp nhất là bao nhiêu?", "province"),
    ("muc dong thap nhat la bao nhieu", "province"),
    ("đóng cao bằng mức lương", "province"),
    ("Năm 2026 nam bao nhiêu tuổi nghỉ hưu", "months_paid"),
    ("muốn lương hưu 3 triệu một tháng", "months_paid"),
    ("đóng từ năm 2017 đến nay", "months_paid"),
    ("từ trước năm 2021", "started_year"),
    ("Công ty ở Việt Nam", "sex"),
    ("miền nam có khác không", "sex"),
    ("chuẩn nghèo nông thôn là bao nhiêu", "groups"),
    ("người có thu nhập thấp", "groups"),
    ("người mà không có việc", "groups"),
    ("bao nhiêu tuổi thì được hưu", "age"),
    ("đóng mấy năm thì có lương hưu", "months_paid"),
    ("7 năm sau 2014", "on"),
]


@pytest.mark.parametrize(("text", "said"), CASES, ids=[text for text, _ in CASES])
def test_what_is_said_is_read(text: str, said: dict[str, Any]) -> None:
    facts = read_facts(write_out(text), TODAY)
    assert {name: getattr(facts, name) for name in said} == said


@pytest.mark.parametrize(("text", "name"), NOTHING)
def test_what_is_not_said_is_not_read(text: str, name: str) -> None:
    assert getattr(read_facts(write_out(text), TODAY), name) in (None, frozenset())


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_unicode_form_capitals_and_blanks_make_no_difference(text: str) -> None:
    base = read_facts(write_out(text.lower()), TODAY)
    for other in (unicodedata.normalize("NFD", text), f"  {text.replace(' ', '   ')} "):
        assert read_facts(write_out(unicodedata.normalize("NFC", other).lower()), TODAY) == base


def test_several_groups_give_the_highest_subsidy() -> None:
    assert Facts(groups=frozenset({MINORITY, NEAR})).group is NEAR
    assert Facts(groups=frozenset({ISLAND, OTHER})).group is ISLAND
    assert Facts().group is None


def test_age_comes_from_the_birth_when_it_is_not_told() -> None:
    assert Facts(born_year=1970).age_in(TODAY) == 56
    assert Facts(born_year=1970, born_month=12).age_in(TODAY) == 55
    assert Facts(age=40, born_year=1970).age_in(TODAY) == 40


def test_without_facts_keeps_what_is_asked() -> None:
    assert without_facts("Tôi 52 tuổi đóng 8 năm rồi") == "tôi tuổi đóng năm rồi"
    assert without_facts("mức đóng thấp nhất") == "mức đóng thấp nhất"
    assert without_facts("đóng 3 tháng một lần ở Hà Nội") == "đóng tháng một lần ở"


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    facts = read_facts(text, TODAY)
    assert all(hasattr(facts, f.name) for f in fields(facts))
    without_facts(text)


@pytest.mark.parametrize(
    ("text", "open_", "yes_no"),
    [
        ("Hộ cận nghèo đóng bao nhiêu một tháng?", True, False),
        ("Nên tham gia bây giờ hay chờ sang năm?", True, False),
        ("Em được hỗ trợ 80% phải không ạ?", False, True),
        ("Phải đóng đủ 20 năm mới có lương hưu hả", False, True),
        ("Có được cấp thẻ không hay phải mua?", False, False),
        ("Có được hỗ trợ không, bao nhiêu?", False, False),
        ("Nhà không thuộc hộ nghèo thì nộp mấy đồng?", True, False),
    ],
)
def test_whether_a_question_wants_yes_or_no(text: str, open_: bool, yes_no: bool) -> None:
    assert (is_open_question(text), asks_yes_or_no(text)) == (open_, yes_no)


def test_when_somebody_joined_is_compared_by_month_where_it_was_said() -> None:
    change = date(2025, 7, 1)
    assert read_facts("đóng từ tháng 8/2025", TODAY).started_before(change) is False
    assert read_facts("đóng từ tháng 6/2025", TODAY).started_before(change) is True
    assert read_facts("đóng từ năm 2025", TODAY).started_before(change) is None
    assert read_facts("đóng từ năm 2019", TODAY).started_before(change) is True
    assert read_facts("đóng được 5 năm", TODAY).started_before(change) is None

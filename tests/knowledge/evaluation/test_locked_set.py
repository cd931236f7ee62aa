"""The locked questions: nobody tunes on them, so nothing but their own soundness is tested here.

Every amount that a question expects is worked out twice: from the dated rates by the formulas of the law, restated below, and by
`knowledge.calculators`. Neither may be used to change a question: when a test fails, the law decides who is wrong.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import knowledge
from knowledge.rates import Rates, load_rates

LOCKED = Path(knowledge.__file__).parent / "evaluation" / "questions" / "locked.jsonl"
# fmt: off
FIELDS = {
    "id", "question", "variant_of", "topic", "in_scope", "expected_behavior", "route",
    "expected_facts", "forbidden_facts", "clauses", "on", "kind",
}
BEHAVIOURS = {"answer", "answer_with_uncertainty", "clarify", "refuse", "handoff", "correct", "deescalate", "redirect"}
TOPICS = {
    "muc_dong", "ho_tro", "ho_tro_dia_phuong", "doi_tuong", "phuong_thuc", "dong_bu", "chuyen_doi", "luong_huu",
    "tuoi_nghi_huu", "rut_mot_lan", "bao_luu", "thai_san", "tu_tuat", "tai_nan", "huu_tri_xa_hoi",
    "tro_cap_hang_thang", "dang_ky", "tra_cuu", "hoan_tra", "chi_tra", "bhyt", "bhtn", "bat_buoc", "trien_khai",
    "lien_he", "lua_dao", "vi_pham", "quyen_loi", "gioi_han",
}
# fmt: on
LEAST = {"plain": 40, "situation": 40, "false_premise": 15, "outdated_law": 12, "boundary": 10}
_CLAUSE = re.compile(r"[^#]+(#\d{1,3}[a-zđ]?)?")
_AMOUNT = re.compile(r"\d{1,3}(\.\d{3})+")
TODAY = date(2026, 11, 22)
JANUARY = date(2027, 1, 5)


@cache
def rows() -> dict[str, dict[str, Any]]:
    read = [json.loads(line) for line in LOCKED.read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in read}) == len(read), "an id stands twice"
    return {row["id"]: row for row in read}


@cache
def rates() -> Rates:
    return load_rates()


def by_question(words: str) -> dict[str, Any]:
    """The one row, not a variant, whose question begins with `words`."""
    found = [row for row in rows().values() if row["question"].startswith(words)]
    assert len(found) == 1, f"{words!r}: {len(found)} questions"
    return found[0]


def money(amount: Decimal | int) -> str:
    assert amount == int(amount), f"{amount} is not a whole amount"
    return f"{int(amount):,}".replace(",", ".")


def age(months: int) -> str:
    years, odd = divmod(months, 12)
    return f"{years} tuổi" + (f" {odd} tháng" if odd else "")


def test_every_row_has_the_fields_and_the_values_of_the_set() -> None:
    for name, row in rows().items():
        assert set(row) == FIELDS, name
        assert re.fullmatch(r"L\d{3}", name), name
        assert row["expected_behavior"] in BEHAVIOURS, name
        assert row["topic"] in TOPICS, name
        assert isinstance(row["in_scope"], bool), name
        assert row["route"] == "", name
        date.fromisoformat(row["on"])
        assert row["question"] == unicodedata.normalize("NFC", row["question"].strip()), name
        assert all(_CLAUSE.fullmatch(clause) for clause in row["clauses"]), name


def test_no_question_is_asked_twice() -> None:
    texts = Counter(row["question"].lower() for row in rows().values())
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_kind_has_its_share() -> None:
    kinds = Counter(row["kind"] for row in rows().values())
    assert len(rows()) >= 160
    assert {kind: kinds[kind] for kind, least in LEAST.items() if kinds[kind] < least} == {}
    assert kinds["no_accents"] + kinds["teencode"] >= 35
    assert kinds["out_of_scope"] + kinds["hostile"] >= 25
    assert set(kinds) == {*LEAST, "no_accents", "teencode", "out_of_scope", "hostile"}


def test_every_topic_is_asked_about() -> None:
    assert {row["topic"] for row in rows().values()} == TOPICS


def test_a_short_answer_can_hold_what_is_expected() -> None:
    for name, row in rows().items():
        shortest = [min(fact.split("|"), key=len) for fact in row["expected_facts"]]
        assert len(shortest) <= 3, name
        assert len(", ".join(shortest)) <= 80, name
        assert all(wording.strip() for fact in row["expected_facts"] for wording in fact.split("|")), name


def test_nothing_is_both_expected_and_forbidden() -> None:
    for name, row in rows().items():
        wanted = {wording.strip() for fact in row["expected_facts"] for wording in fact.split("|")}
        assert not wanted & set(row["forbidden_facts"]), name


def test_an_echo_of_the_question_never_gives_the_amount() -> None:
    for name, row in rows().items():
        asked = row["question"].lower()
        for fact in row["expected_facts"]:
            for amount in filter(_AMOUNT.fullmatch, fact.split("|")):
                millions = Decimal(amount.replace(".", "")) / 1_000_000
                spoken = f"{millions.normalize():f}".replace(".", ",")
                assert amount not in asked and not re.search(rf"(?<![\d,]){spoken} (triệu|tr)\b", asked), name


def test_a_variant_is_the_same_question_without_accents() -> None:
    variants = [row for row in rows().values() if row["variant_of"]]
    assert len(variants) >= 25
    for row in variants:
        base = rows()[row["variant_of"]]
        assert base["variant_of"] is None, row["id"]
        kept = FIELDS - {"id", "question", "variant_of", "kind"}
        assert {field: row[field] for field in kept} == {field: base[field] for field in kept}, row["id"]


@pytest.mark.parametrize("kind", ["no_accents", "teencode"])
def test_questions_without_accents_have_none(kind: str) -> None:
    for row in rows().values():
        if row["kind"] == kind:
            bare = unicodedata.normalize("NFD", row["question"])
            assert not any(unicodedata.combining(mark) for mark in bare) and "đ" not in bare, row["id"]


def test_what_is_uncertain_is_never_expected_as_an_amount() -> None:
    for name, row in rows().items():
        if row["expected_behavior"] == "answer_with_uncertainty":
            assert not re.search(r"\d\.\d{3}(?!\d)|\d%", " ".join(row["expected_facts"]).replace("1900.9068", "")), name


def test_what_must_not_be_answered_owes_no_clause() -> None:
    for name, row in rows().items():
        if row["expected_behavior"] in {"refuse", "handoff", "deescalate", "redirect", "clarify"}:
            assert row["clauses"] == [], name
        if not row["in_scope"]:
            assert row["expected_behavior"] in {"refuse", "handoff", "deescalate", "redirect"}, name


# ---- the amounts, by the law's own formulas ------------------------------------------------------------------------------------


def value(key: str, on: date = TODAY, **where: str) -> Any:
    return rates().at(key, on, **where).value


def net(group: str, income: int = 0, months: int = 1, on: date = TODAY, province: str = "") -> Decimal:
    """22% of the income minus the State's (and a province's) share of 22% of the poverty line. Decree 159/2025, Art 5."""
    line = value("poverty_line_rural", on)
    share = value("subsidy_share", on, group=group)
    share += value("local_topup", on, group=group, province=province) if province else 0
    return Decimal(months * value("contribution_rate", on) * ((income or line) - share * line))


def years(months: int) -> Decimal:
    """Odd months: 1 to 6 are half a year, 7 to 11 a year. Law 41/2024, Art 5(6)."""
    whole, odd = divmod(months, 12)
    return whole + (Decimal(0) if not odd else Decimal("0.5") if odd <= 6 else Decimal(1))


def pension_share(sex: str, months: int) -> Decimal:
    """Law 41/2024, Art 99(1)."""
    counted = years(months)
    if sex == "male" and counted < 20:
        return value("pension_short_share", sex="male") + (counted - 15) * value("pension_short_step", sex="male")
    start = value("pension_base_share", sex=sex) + (counted - value("pension_base_years", sex=sex)) * value(
        "pension_step"
    )
    return min(start, value("pension_cap"))


def pension(sex: str, months: int, income: int) -> Decimal:
    return pension_share(sex, months) * income


def by_years(key: str, before: int, since: int, income: int) -> Decimal:
    return (value(f"{key}_before_2014") * before + value(key) * since) * Decimal(income)


def retirement(sex: str, born_year: int, born_month: int) -> tuple[int, int]:
    """Age in months and the year of reaching it: the first year whose own age is reached within it. Labour Code, Art 169(2)."""
    for year in range(2021, 2060):
        months = value("retirement_age", date(year, 1, 1), sex=sex)
        reached = born_year * 12 + born_month - 1 + months
        if reached // 12 == year:
            return months, year
    raise AssertionError("no year fits")


@dataclass(frozen=True, slots=True)
class Case:
    """A question by its first words, the fact it expects, the amount by the rates, and by the calculators."""

    asked: str
    fact: str
    work_out: Callable[[], Decimal | int]
    calculator: str = ""
    arguments: tuple[tuple[str, Any], ...] = ()
    field: str = ""
    on: date = TODAY


def paid(asked: str, fact: str, group: str, income: int = 0, on: date = TODAY, province: str = "") -> Case:
    told = {"income": income or value("poverty_line_rural", on), "group": group, "province": province or None}
    return Case(
        asked, fact, lambda: net(group, income, 1, on, province), "contribution", tuple(told.items()), "net_monthly", on
    )


def drawn(asked: str, fact: str, sex: str, months: int, income: int) -> Case:
    told = {"sex": sex, "months": months, "average_income": income}
    return Case(asked, fact, lambda: pension(sex, months, income), "pension", tuple(told.items()), "monthly_pension")


def once(asked: str, fact: str, key: str, before: int, since: int, income: int) -> Case:
    told = {"months_before_2014": before * 12, "months_from_2014": since * 12, "average_income": income}
    calculator = {"withdrawal_times": "withdrawal", "survivor_times": "survivors"}[key]
    return Case(asked, fact, lambda: by_years(key, before, since, income), calculator, tuple(told.items()), "amount")


def several(asked: str, fact: str, group: str, months: int, method: str, on: date) -> Case:
    told = {"income": value("poverty_line_rural", on), "group": group, "method": method}
    return Case(asked, fact, lambda: net(group, 0, months, on), "contribution", tuple(told.items()), "total", on)


def funeral(asked: str, fact: str, on: date) -> Case:
    return Case(
        asked, fact, lambda: value("funeral_times", on) * value("reference_level", on), "funeral", (), "amount", on
    )


def children(asked: str, fact: str, born: int) -> Case:
    return Case(asked, fact, lambda: born * value("maternity_per_child"), "maternity", (("children", born),), "amount")


def of_pensioner(asked: str, fact: str, amount: int, months: int) -> Case:
    def work_out() -> Decimal:
        left = value("survivor_pension_months") - Decimal(months - 2) * value("survivor_pension_less")
        return max(left, Decimal(value("survivor_pension_least"))) * amount

    told = (("pension", amount), ("months_drawn", months))
    return Case(asked, fact, work_out, "survivors_of_pensioner", told, "amount")


CASES = [
    paid("Nhà tôi thuộc hộ nghèo ở Sơn Tây", "165.000", "poor"),
    paid("Tui hộ cận nghèo, chọn đóng", "198.000", "near_poor"),
    paid("Em người Hrê ở Ba Tơ", "231.000", "ethnic_minority"),
    paid("Tôi là dân Lý Sơn trồng tỏi", "495.000", "island", 3_000_000),
    paid("Chạy Grab, hộ bình thường", "814.000", "other", 4_000_000),
    paid("Hộ cận nghèo mà chọn mức 2,5", "418.000", "near_poor", 2_500_000),
    paid("Mình người Co ở Trà Bồng", "165.000", "poor"),
    paid("Em thường trú ở TP.HCM", "115.500", "near_poor", province="Thành phố Hồ Chí Minh"),
    paid("Quê em ở Nghệ An", "247.500", "other", province="Nghệ An"),
    paid("Hộ cận nghèo ở Ninh Bình", "242.000", "near_poor", 2_000_000, province="Ninh Bình"),
    paid("Hộ bình thường, mỗi tháng tui", "594.000", "other", 3_000_000),
    paid("Nhà cận nghèo mà con cái", "2.068.000", "near_poor", 10_000_000),
    paid("Buôn bán khá nên em", "11.066.000", "other", 50_600_000),
    paid("Mình người Xơ Đăng", "341.000", "ethnic_minority", 2_000_000),
    paid("Hộ nghèo từ tháng 1 năm 2027", "242.000", "poor", on=JANUARY),
    paid("Tôi cận nghèo, đóng thấp nhất", "290.400", "near_poor", on=JANUARY),
    paid("Em dân tộc Cor", "338.800", "ethnic_minority", on=JANUARY),
    paid("Hộ bình thường chọn mức 3 triệu", "563.200", "other", 3_000_000, on=JANUARY),
    paid("Qua Tết tây 2027", "387.200", "other", on=JANUARY),
    several("Tháng 10 này tui đóng", "792.000", "other", 3, "quarterly", date(2026, 10, 2)),
    several("Hộ nghèo đóng 6 tháng", "990.000", "poor", 6, "half_yearly", date(2026, 7, 6)),
    several("Tháng 1/2026 em đóng luôn", "3.168.000", "other", 12, "yearly", date(2026, 1, 12)),
    several("Hộ nghèo đóng 12 tháng", "2.904.000", "poor", 12, "yearly", JANUARY),
    drawn("Chị tôi đóng tự nguyện 15 năm", "900.000", "female", 180, 2_000_000),
    drawn("Tôi là nam, đóng đúng 15 năm", "1.600.000", "male", 180, 4_000_000),
    drawn("Ba em đóng 18 năm", "1.505.000", "male", 216, 3_500_000),
    drawn("Nữ đóng 20 năm bình quân", "1.925.000", "female", 240, 3_500_000),
    drawn("Chú tui đóng được 27 năm", "3.000.000", "male", 329, 5_000_000),
    drawn("Em là nữ, đóng 16 năm 8", "1.225.000", "female", 200, 2_500_000),
    drawn("Nữ, 8 năm làm công ty", "1.960.000", "female", 204, 4_000_000),
    drawn("nam dong 19 nam binh quan", "2.200.000", "male", 228, 5_000_000),
    drawn("nu 25 nam bq", "3.900.000", "female", 300, 6_000_000),
    drawn("Tôi là nữ dự định đóng 20", "2.200.000", "female", 240, 4_000_000),
    drawn("Nam 35 tuổi tính đóng 25", "2.750.000", "male", 300, 5_000_000),
    once("Tôi đóng tự nguyện từ 2018", "18.000.000", "withdrawal_times", 0, 6, 1_500_000),
    once("Tui có 4 năm đóng trước 2014", "48.000.000", "withdrawal_times", 4, 5, 3_000_000),
    once("Chồng tôi đóng tự nguyện 8 năm", "32.000.000", "survivor_times", 0, 8, 2_000_000),
    funeral("Ba tôi đóng tự nguyện được 62", "25.300.000", date(2026, 10, 15)),
    funeral("Má tui mất hồi tháng 5/2026", "23.400.000", date(2026, 5, 20)),
    funeral("Ông cụ đang lãnh lương hưu", "23.400.000", date(2026, 6, 30)),
    children("Vợ em đóng tự nguyện 14 tháng", "4.000.000", 2),
    children("Con dâu tui đẻ ba", "6.000.000", 3),
    of_pensioner("Mẹ tôi lãnh lương hưu tự nguyện", "50.400.000", 1_400_000, 26),
    of_pensioner("Ông ngoại hưởng hưu tự nguyện", "6.000.000", 2_000_000, 144),
]
# Here the amount worked out is told in the question, and the income that yields it is what a right answer must find.
ASKED_BACKWARDS = {"Hộ bình thường, mỗi tháng tui": 3_000_000, "Tôi là nữ dự định": 4_000_000, "Nam 35 tuổi": 5_000_000}
RETIREMENTS = [
    ("Tôi là nữ sinh tháng 3/1971", "female", 1971, 3),
    ("Tui đờn ông sanh tháng tám", "male", 1965, 8),
    ("Bố em sinh tháng 12/1964", "male", 1964, 12),
    ("Vợ tôi sinh 11/1969", "female", 1969, 11),
    ("Anh thợ sửa xe sinh 10/1970", "male", 1970, 10),
    ("em là nữ sinh tháng 2 năm 1974", "female", 1974, 2),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.asked[:24])
def test_an_expected_amount_is_what_the_law_gives(case: Case) -> None:
    expected = by_question(case.asked)["expected_facts"]
    told = next((income for words, income in ASKED_BACKWARDS.items() if case.asked.startswith(words)), None)
    assert money(case.work_out()) == case.fact
    assert any((money(told) if told else case.fact) in fact.split("|") for fact in expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.asked[:24])
def test_the_calculators_give_the_expected_amount(case: Case) -> None:
    calculators = pytest.importorskip("knowledge.calculators")
    model = pytest.importorskip("knowledge.calculators.model")
    made = {"group": model.HouseholdGroup, "method": model.Method}
    told = {name: made[name](told) if name in made else told for name, told in case.arguments}
    if "sex" in told:
        told["sex"] = pytest.importorskip("knowledge.understanding.facts").Sex(told["sex"])
    result = getattr(calculators, case.calculator)(**told, rates=rates(), on=case.on)
    assert money(getattr(result, case.field)) == case.fact


@pytest.mark.parametrize(("asked", "sex", "year", "month"), RETIREMENTS)
def test_an_expected_retirement_age_is_the_one_of_the_roadmap(asked: str, sex: str, year: int, month: int) -> None:
    row = by_question(asked)
    months, reached = retirement(sex, year, month)
    assert age(months) in row["expected_facts"][0].split("|")
    assert row["expected_facts"][1:] in ([], [str(reached)])


@pytest.mark.parametrize(
    ("asked", "sex", "over"), [("Mẹ tôi đóng 33", "female", 5_000_000), ("Nam đóng 38", "male", 6_000_000)]
)
def test_an_expected_lump_sum_counts_the_years_beyond_the_full_pension(asked: str, sex: str, over: int) -> None:
    row = by_question(asked)
    length = int(re.findall(r"đóng (\d+) năm", row["question"])[0])
    assert row["expected_facts"] == [
        money((length - value("extra_years_from", sex=sex)) * value("extra_year_times") * over)
    ]


def test_the_floor_and_the_ceiling_are_those_of_the_day() -> None:
    share = value("contribution_rate")
    top = value("income_ceiling_times") * value("reference_level")
    assert by_question("Cho hỏi đóng bảo hiểm xã hội tự nguyện mức cao")["expected_facts"] == [money(share * top)]
    assert by_question("Anh chọn mức thu nhập đóng 60")["expected_facts"] == [money(top)]
    for words, on in (("Tui bán cá ở chợ", TODAY), ("Bữa nay muốn đóng", JANUARY)):
        gross, after = by_question(words)["expected_facts"][0].split("|")
        assert gross == money(share * value("poverty_line_rural", on)) and after == money(net("other", on=on))


def test_accident_insurance_costs_its_share_of_the_lowest_minimum_wage() -> None:
    wage = value("minimum_wage", region="IV")
    for words, key in (("Làm thợ hồ tự do", "half_year_share"), ("Hai vợ chồng làm nghề", "year_share")):
        assert by_question(words)["expected_facts"] == [money(value(f"accident_{key}") * wage)]
    assert by_question("Tham gia bảo hiểm tai nạn")["expected_facts"] == [money(value("accident_death_times") * wage)]

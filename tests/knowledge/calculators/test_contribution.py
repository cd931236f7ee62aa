"""What a month costs, what others pay of it, and what one large payment comes to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import BadCase, HouseholdGroup, Method, contribution, highest_group, income_bounds
from knowledge.rates import Certainty, NoRate
from tests.knowledge.calculators.tables import NEW_YEAR, TODAY, instead, made, shipped, with_rows

G = HouseholdGroup
LOWEST = 1_500_000


def pay(income: int = LOWEST, group: HouseholdGroup = G.OTHER, on: date = TODAY, **more: Any) -> Any:
    return contribution(income=income, group=group, rates=more.pop("rates", shipped()), on=on, **more)


@pytest.mark.parametrize(
    ("group", "now", "net", "year", "later", "later_net"),
    [
        (G.POOR, 165_000, 165_000, 1_980_000, 242_000, 242_000),
        (G.ISLAND, 165_000, 165_000, 1_980_000, 242_000, 242_000),
        (G.NEAR_POOR, 132_000, 198_000, 2_376_000, 193_600, 290_400),
        (G.ETHNIC_MINORITY, 99_000, 231_000, 2_772_000, 145_200, 338_800),
        (G.OTHER, 66_000, 264_000, 3_168_000, 96_800, 387_200),
    ],
)
def test_each_group_pays_its_own_share_before_and_after_the_new_poverty_line(
    group: HouseholdGroup, now: int, net: int, year: int, later: int, later_net: int
) -> None:
    month = pay(group=group)
    assert (month.monthly_contribution, month.state_subsidy, month.net_monthly) == (330_000, now, net)
    assert month.total == month.net_monthly
    assert pay(group=group, method=Method.YEARLY).total == year
    last_day = pay(group=group, on=date(2026, 12, 31))
    assert (last_day.state_subsidy, last_day.net_monthly) == (now, net)
    new = pay(2_200_000, group, NEW_YEAR)
    assert (new.monthly_contribution, new.state_subsidy, new.net_monthly) == (484_000, later, later_net)


@pytest.mark.parametrize(
    ("income", "gross", "net"),
    [
        (2_000_000, 440_000, 374_000),
        (3_000_000, 660_000, 594_000),
        (5_000_000, 1_100_000, 1_034_000),
        (10_000_000, 2_200_000, 2_134_000),
        (50_600_000, 11_132_000, 11_066_000),
    ],
)
def test_the_subsidy_stays_that_of_the_lowest_income_however_much_one_chooses(
    income: int, gross: int, net: int
) -> None:
    got = pay(income)
    assert (got.monthly_contribution, got.state_subsidy, got.net_monthly) == (gross, 66_000, net)


def test_the_old_shares_hold_before_july_2025() -> None:
    shares = {group: pay(group=group, on=date(2025, 6, 30)).state_subsidy for group in G}
    assert shares == {
        G.POOR: 99_000,
        G.NEAR_POOR: 82_500,
        G.ETHNIC_MINORITY: 33_000,
        G.ISLAND: 33_000,
        G.OTHER: 33_000,
    }
    assert pay(700_000, on=date(2021, 12, 31)).monthly_contribution == 154_000


def test_the_bounds_move_with_the_poverty_line_and_the_reference_level() -> None:
    assert income_bounds(shipped(), date(2026, 6, 30)) == (1_500_000, 46_800_000)
    assert income_bounds(shipped(), date(2026, 7, 1)) == (1_500_000, 50_600_000)
    assert income_bounds(shipped(), NEW_YEAR) == (2_200_000, 50_600_000)


@pytest.mark.parametrize("income", [1_499_999, 50_600_001, 0, -1_500_000, 10**40])
def test_an_income_out_of_bounds_is_refused_with_both_bounds(income: int) -> None:
    with pytest.raises(BadCase) as raised:
        pay(income)
    assert "1.500.000 đồng" in str(raised.value)
    assert "50.600.000 đồng" in str(raised.value)
    assert raised.value.remedy
    assert "\n" not in str(raised.value)


def test_the_old_lowest_income_is_too_low_from_the_new_year_on() -> None:
    with pytest.raises(BadCase, match=r"2\.200\.000"):
        pay(LOWEST, on=NEW_YEAR)


@pytest.mark.parametrize(
    ("method", "months"), [(Method.MONTHLY, 1), (Method.QUARTERLY, 3), (Method.HALF_YEARLY, 6), (Method.YEARLY, 12)]
)
def test_regular_methods_cost_their_months_without_discount(method: Method, months: int) -> None:
    got = pay(4_000_000, method=method, on=date(2026, 1, 5))
    assert (got.months, got.gross_total, got.total) == (months, months * 880_000, months * (880_000 - 66_000))
    assert pay(4_000_000, method=method, months=months).total == got.total
    assert not got.estimate
    with pytest.raises(BadCase, match=f"{months} tháng"):
        pay(4_000_000, method=method, months=months + 1)


@pytest.mark.parametrize(
    ("months", "ahead", "plain", "back"),
    [
        (24, 7_644_801, 7_920_000, 8_234_320),
        (36, 11_259_443, 11_880_000, 12_586_622),
        (48, 14_742_290, 15_840_000, 17_103_618),
        (60, 18_098_148, 19_800_000, 21_791_542),
    ],
)
def test_years_at_once_are_discounted_ahead_and_dearer_for_what_is_missing(
    months: int, ahead: int, plain: int, back: int
) -> None:
    before, behind = pay(method=Method.AHEAD, months=months), pay(method=Method.BACK, months=months)
    assert before.gross_total == ahead
    assert behind.gross_total == back
    assert months * before.monthly_contribution == plain
    assert before.estimate and behind.estimate
    assert "Ước tính" in before.formula and "Ước tính" in behind.formula
    assert "0,31%" in before.formula and "0,31%" in behind.formula


def test_one_missing_year_is_dearer_than_its_sum() -> None:
    assert pay(method=Method.BACK, months=12).total == 4_040_708
    assert pay(3_000_000, method=Method.AHEAD, months=60).gross_total == 36_196_296


def test_from_a_payment_ahead_the_subsidy_of_its_months_is_taken_as_an_estimate() -> None:
    got = pay(method=Method.AHEAD, months=60)
    assert got.total == 18_098_148 - 60 * 66_000 == 14_138_148
    assert got.subsidised_months == 60
    assert "14.138.148" in got.formula
    assert got.estimate


def test_from_missing_months_no_subsidy_is_taken_and_the_words_say_so() -> None:
    got = pay(group=G.POOR, method=Method.BACK, months=60, province="Hà Nội")
    assert (got.state_subsidy, got.local_subsidy, got.subsidised_months) == (0, 0, 0)
    assert got.total == got.gross_total
    assert got.net_monthly == got.monthly_contribution
    assert "chưa trừ" in got.formula
    assert not any(row.key in ("subsidy_share", "local_topup") for row in got.used)


@pytest.mark.parametrize(
    ("method", "months", "says"),
    [
        (Method.AHEAD, None, "24 đến 60"),
        (Method.AHEAD, 12, "24 đến 60"),
        (Method.AHEAD, 61, "24 đến 60"),
        (Method.BACK, None, "1 đến 60"),
        (Method.BACK, 0, "1 đến 60"),
        (Method.BACK, 61, "1 đến 60"),
    ],
)
def test_years_at_once_need_a_number_of_months_within_their_limits(
    method: Method, months: int | None, says: str
) -> None:
    with pytest.raises(BadCase, match=says):
        pay(method=method, months=months)


@pytest.mark.parametrize("method", [Method.AHEAD, Method.BACK])
def test_without_an_investment_rate_for_the_day_there_is_no_sum(method: Method) -> None:
    with pytest.raises(NoRate, match="investment_rate"):
        pay(2_200_000, method=method, months=24, on=NEW_YEAR)


@pytest.mark.parametrize(
    ("province", "group", "local", "net"),
    [
        ("Hà Nội", G.POOR, 165_000, 0),
        ("Hà Nội", G.NEAR_POOR, 198_000, 0),
        ("Hà Nội", G.OTHER, 33_000, 231_000),
        ("Thành phố Hồ Chí Minh", G.POOR, 99_000, 66_000),
        ("Thành phố Hồ Chí Minh", G.NEAR_POOR, 82_500, 115_500),
        ("Ninh Bình", G.ETHNIC_MINORITY, 66_000, 165_000),
        ("Nghệ An", G.OTHER, 16_500, 247_500),
    ],
)
def test_a_province_tops_up_by_its_own_share(province: str, group: HouseholdGroup, local: int, net: int) -> None:
    got = pay(group=group, province=province)
    assert (got.local_subsidy, got.net_monthly) == (local, net)
    assert "địa phương hỗ trợ thêm" in got.formula


@pytest.mark.parametrize("province", ["Quảng Ngãi", "Đà Nẵng"])
def test_where_no_top_up_is_known_none_is_counted_and_the_words_say_it_is_not_known(province: str) -> None:
    for group in G:
        got = pay(group=group, province=province)
        assert got.local_subsidy == 0
        assert f"chưa có thông tin về mức hỗ trợ thêm của {province}" in got.formula
        assert not got.estimate
    assert "chưa có thông tin" not in pay().formula


def test_a_top_up_that_staff_add_counts_from_its_day_on() -> None:
    rates = with_rows(made("local_topup", "0.1", since=NEW_YEAR, province="Quảng Ngãi", group="near_poor"))
    assert pay(group=G.NEAR_POOR, province="Quảng Ngãi", rates=rates).local_subsidy == 0
    later = pay(2_200_000, G.NEAR_POOR, NEW_YEAR, province="Quảng Ngãi", rates=rates)
    assert (later.local_subsidy, later.net_monthly) == (48_400, 242_000)
    assert "1/2026/NQ-HĐND · Điều 2" in [str(where) for where in later.basis]


def test_state_and_province_together_never_pay_more_than_the_lowest_contribution() -> None:
    rates = with_rows(made("local_topup", "0.8", province="Quảng Ngãi", group="poor"))
    lowest, chosen = (pay(income, G.POOR, province="Quảng Ngãi", rates=rates) for income in (LOWEST, 5_000_000))
    assert (lowest.local_subsidy, lowest.net_monthly) == (165_000, 0)
    assert (chosen.local_subsidy, chosen.net_monthly) == (165_000, 770_000)


def test_a_top_up_never_makes_a_payment_ahead_negative() -> None:
    got = pay(group=G.POOR, province="Hà Nội", method=Method.AHEAD, months=60)
    assert got.total == 0


@pytest.mark.parametrize(
    ("before", "helped", "total"),
    [(0, 12, 3_168_000), (108, 12, 3_168_000), (115, 5, 3_630_000), (120, 0, 3_960_000), (200, 0, 3_960_000)],
)
def test_the_subsidy_ends_after_120_months_also_within_one_payment(before: int, helped: int, total: int) -> None:
    got = pay(method=Method.YEARLY, subsidised_months=before)
    assert (got.subsidised_months, got.total) == (helped, total)
    assert ("Chỉ còn 5 tháng" in got.formula) == (before == 115)


def test_who_has_had_all_120_months_is_told_that_he_pays_all() -> None:
    got = pay(group=G.POOR, subsidised_months=120)
    assert (got.state_subsidy, got.net_monthly) == (0, 330_000)
    assert "đủ 120 tháng" in got.formula
    assert "Nhà nước hỗ trợ" not in got.formula
    assert pay(group=G.POOR, subsidised_months=119).net_monthly == 165_000


def test_months_already_subsidised_cannot_be_negative() -> None:
    with pytest.raises(BadCase):
        pay(subsidised_months=-1)


def test_a_payment_that_reaches_into_the_new_line_uses_todays_and_says_whom_to_ask() -> None:
    for more in ({"method": Method.YEARLY}, {"method": Method.AHEAD, "months": 24}, {"method": Method.QUARTERLY}):
        got = pay(on=date(2026, 12, 10), **more)
        assert got.gross_total <= got.months * 330_000
        assert got.estimate, more
        assert "1/1/2027" in got.formula and "2.200.000" in got.formula and "hỏi cơ quan BHXH" in got.formula


def test_a_payment_that_ends_before_the_new_line_or_lies_above_it_is_no_question() -> None:
    assert "1/1/2027" not in pay(on=date(2026, 12, 10)).formula
    assert "1/1/2027" not in pay(method=Method.HALF_YEARLY, on=date(2026, 7, 31)).formula
    assert "1/1/2027" in pay(method=Method.HALF_YEARLY, on=date(2026, 8, 1)).formula
    high = pay(2_200_000, method=Method.YEARLY, on=date(2026, 12, 10))
    assert "1/1/2027" not in high.formula
    assert not high.estimate


def test_half_a_dong_is_rounded_up_and_only_at_the_end() -> None:
    got = pay(1_500_075, method=Method.YEARLY, on=date(2026, 1, 5))
    assert got.monthly_contribution == 330_017  # 330.016,5
    assert got.gross_total == 3_960_198  # not 12 × 330.017


def test_of_several_groups_the_one_with_the_highest_share_counts() -> None:
    def best(*groups: HouseholdGroup, on: date = TODAY) -> HouseholdGroup:
        return highest_group(groups, rates=shipped(), on=on)

    assert best(G.OTHER, G.ETHNIC_MINORITY, G.NEAR_POOR) is G.NEAR_POOR
    assert best(G.ETHNIC_MINORITY, G.ISLAND) is G.ISLAND
    assert best(G.ETHNIC_MINORITY, G.ISLAND, on=date(2025, 1, 1)) is G.ETHNIC_MINORITY  # both 10%, the first
    assert best(G.ISLAND, G.POOR) is G.POOR
    with pytest.raises(BadCase):
        best()


def test_the_words_show_the_sum_and_the_clauses_stand_behind_it() -> None:
    got = pay(3_000_000, G.NEAR_POOR)
    for part in ("22% × 3.000.000 = 660.000", "40% × 22% × 1.500.000 = 132.000", "528.000"):
        assert part in got.formula
    basis = [str(where) for where in got.basis]
    assert "159/2025/NĐ-CP · Điều 5" in basis
    assert "41/2024/QH15 · Điều 36 · khoản 1" in basis
    assert len(basis) == len(set(basis))
    ahead = [str(where) for where in pay(method=Method.AHEAD, months=24).basis]
    behind = [str(where) for where in pay(method=Method.BACK, months=24).basis]
    assert "159/2025/NĐ-CP · Điều 6 · khoản 1" in ahead
    assert "159/2025/NĐ-CP · Điều 7 · khoản 1" in behind


def test_a_row_that_is_not_confirmed_makes_an_estimate() -> None:
    doubtful = made("reference_level", 2_530_000, certainty=Certainty.PRACTICE)
    assert pay(rates=instead(doubtful)).estimate
    assert not pay().estimate


def test_plain_text_of_a_card_is_taken_and_nonsense_named() -> None:
    assert pay(group="poor", method="yearly").total == 1_980_000  # type: ignore[arg-type]
    with pytest.raises(BadCase, match="rich") as raised:
        pay(group="rich")  # type: ignore[arg-type]
    assert "near_poor" in raised.value.remedy

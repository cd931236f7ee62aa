"""Dated rates: the right row on the right day, and no row where nothing is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.law import Coordinate, parse_coordinate
from knowledge.rates import Certainty, NoRate, Rate, Rates, RatesError, load_rates, read_rates

GOOD = """
bread:
  title: Giá bánh
  unit: đồng/tháng
  basis: ["41/2024/QH15 · Điều 36 · khoản 2 · điểm đ"]
  certainty: confirmed
  checked_by: người kiểm
  checked_on: 2031-01-02
  rows:
    - {from: 2030-01-01, until: 2030-12-31, value: 1000}
    - {from: 2031-01-01, value: 1200}
"""


@pytest.fixture(scope="module")
def rates() -> Rates:
    return load_rates()


def test_the_row_of_the_day_is_used_and_the_next_day_the_next() -> None:
    table = Rates(read_rates(GOOD, "x.yaml"))
    assert table.at("bread", date(2030, 12, 31)).value == 1000
    assert table.at("bread", date(2031, 1, 1)).value == 1200
    assert table.at("bread", date(2031, 1, 1)).basis == (Coordinate("41/2024/QH15", "36", "2", "đ"),)


def test_no_row_no_figure() -> None:
    table = Rates(read_rates(GOOD, "x.yaml"))
    with pytest.raises(NoRate, match="2029-12-31"):
        table.at("bread", date(2029, 12, 31))
    assert table.find("bread", date(2029, 12, 31)) is None
    assert table.find("bread", date(2030, 5, 5), place="Huế") is None
    with pytest.raises(KeyError):
        table.find("cake", date(2030, 5, 5))


def test_the_next_change_is_told() -> None:
    table = Rates(read_rates(GOOD, "x.yaml"))
    change = table.next_change("bread", date(2030, 11, 1))
    assert change is not None
    assert (change.since, change.value) == (date(2031, 1, 1), 1200)
    assert table.next_change("bread", date(2031, 1, 1)) is None


def test_an_open_row_ends_the_day_before_the_next_begins() -> None:
    rows = [_row(date(2030, 1, 1), 1), _row(date(2030, 7, 1), 2)]
    assert Rates(rows).at("k", date(2030, 6, 30)).until == date(2030, 6, 30)


def test_rows_that_overlap_are_refused() -> None:
    with pytest.raises(RatesError, match="chồng"):
        Rates([_row(date(2030, 1, 1), 1, date(2030, 8, 1)), _row(date(2030, 7, 1), 2)])
    with pytest.raises(RatesError, match="hai dòng"):
        Rates([_row(date(2030, 1, 1), 1), _row(date(2030, 1, 1), 2)])


def test_gaps_are_listed() -> None:
    table = Rates([_row(date(2030, 1, 1), 1, date(2030, 5, 1)), _row(date(2030, 7, 1), 2)])
    assert [(a.value, b.value) for a, b in table.gaps()] == [(1, 2)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value: 1000", "value: nghìn", "không phải số"),
        ("value: 1000", "value: -5", "âm"),
        ("value: 1000", "value: 10.5", "tròn đồng"),
        ("value: 1000", "value: true", "phải là số"),
        ("unit: đồng/tháng", "unit: xu", "unit"),
        ("from: 2030-01-01", "from: hôm qua", "from"),
        ("until: 2030-12-31", "until: 2029-12-31", "until trước from"),
        ("certainty: confirmed", "certainty: chắc", "certainty"),
        ("checked_by: người kiểm", "checked_by: ''", "checked_by"),
        ("Điều 36 · khoản 2", "Điều ba sáu", "basis"),
        ("title: Giá bánh", "tittle: Giá bánh", "tittle"),
        ("  rows:", "  row:", "rows"),
        ("{from: 2030-01-01", "{from: 2030-01-01, from: 2030-02-02", "YAML"),
        ("bread:", "bread: [", "YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(RatesError, match=says) as raised:
        read_rates(GOOD.replace(old, new, 1), "x.yaml")
    assert "x.yaml" in str(raised.value)
    assert raised.value.remedy


def test_staff_add_rows_in_the_data_folder(tmp_path: Path, rates: Rates) -> None:
    last = rates.rows("poverty_line_rural")[-1]
    (tmp_path / "moi.yaml").write_text(
        "poverty_line_rural:\n  certainty: confirmed\n  checked_by: hai cán bộ\n  checked_on: 2029-01-01\n"
        "  rows: [{from: 2030-01-01, value: 3000000, basis: ['1/2029/NĐ-CP']}]\n",
        encoding="utf-8",
    )
    more = load_rates(tmp_path)
    assert more.at("poverty_line_rural", date(2029, 12, 31)).value == last.value
    assert more.at("poverty_line_rural", date(2030, 1, 1)).value == 3_000_000


def test_a_file_of_staff_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "anh.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RatesError, match=r"anh\.yaml"):
        load_rates(tmp_path)


def test_what_comes_along_has_no_gap_and_names_its_sources(rates: Rates) -> None:
    assert rates.gaps() == []
    assert len(rates.rows()) > 150
    for row in rates.rows():
        assert row.basis, row
        assert row.checked_by, row
        assert row.title and row.unit, row
        assert all(parse_coordinate(str(where)) == where for where in row.basis), row


@pytest.mark.parametrize(
    ("key", "where", "on", "value"),
    [
        ("poverty_line_rural", {}, date(2026, 12, 31), 1_500_000),
        ("poverty_line_rural", {}, date(2027, 1, 1), 2_200_000),
        ("poverty_line_rural", {}, date(2021, 12, 31), 700_000),
        ("reference_level", {}, date(2026, 6, 30), 2_340_000),
        ("reference_level", {}, date(2026, 7, 1), 2_530_000),
        ("contribution_rate", {}, date(2026, 11, 22), Decimal("0.22")),
        ("subsidy_share", {"group": "poor"}, date(2025, 6, 30), Decimal("0.30")),
        ("subsidy_share", {"group": "poor"}, date(2025, 7, 1), Decimal("0.50")),
        ("subsidy_share", {"group": "island"}, date(2026, 11, 22), Decimal("0.50")),
        ("subsidy_share", {"group": "near_poor"}, date(2026, 11, 22), Decimal("0.40")),
        ("subsidy_share", {"group": "ethnic_minority"}, date(2026, 11, 22), Decimal("0.30")),
        ("subsidy_share", {"group": "other"}, date(2026, 11, 22), Decimal("0.20")),
        ("retirement_age", {"sex": "male"}, date(2026, 1, 1), 61 * 12 + 6),
        ("retirement_age", {"sex": "female"}, date(2026, 12, 31), 57 * 12),
        ("retirement_age", {"sex": "male"}, date(2040, 1, 1), 62 * 12),
        ("retirement_age", {"sex": "female"}, date(2034, 6, 1), 59 * 12 + 8),
        ("retirement_age", {"sex": "female"}, date(2035, 1, 1), 60 * 12),
        ("minimum_wage", {"region": "IV"}, date(2026, 1, 1), 3_700_000),
        ("income_coefficient", {"year": "2008"}, date(2026, 5, 5), Decimal("2.29")),
        ("local_topup", {"province": "Hà Nội", "group": "near_poor"}, date(2026, 11, 22), Decimal("0.6")),
    ],
)
def test_amounts_of_the_law_by_day(
    rates: Rates, key: str, where: dict[str, str], on: date, value: int | Decimal
) -> None:
    assert rates.at(key, on, **where).value == value


def test_nothing_is_said_of_a_local_top_up_in_quang_ngai(rates: Rates) -> None:
    for group in ("poor", "near_poor", "ethnic_minority", "island", "other"):
        assert rates.find("local_topup", date(2026, 11, 22), province="Quảng Ngãi", group=group) is None


def test_the_social_pension_of_today_is_not_told_as_fact(rates: Rates) -> None:
    assert rates.at("social_pension", date(2026, 11, 22)).certainty is Certainty.UNCERTAIN
    assert rates.at("social_pension", date(2026, 5, 1)).certainty is Certainty.CONFIRMED


def test_the_investment_rate_of_next_year_is_not_known(rates: Rates) -> None:
    assert rates.find("investment_rate", date(2027, 1, 1)) is None


def _row(since: date, value: int, until: date | None = None) -> Rate:
    return Rate("k", "K", "đồng", value, since, until, (Coordinate("1/2030/NĐ-CP"),), checked_by="x")

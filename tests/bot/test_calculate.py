"""`tuvan calculate` as people and programs use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from knowledge.law import parse_coordinate

COMMANDS = {
    "contribution": "--income 1500000 --group other",
    "pension": "--sex female --years 17 --months 4 --average-income 4000000",
    "retirement-age": "--sex female --born 1970-09",
    "withdrawal": "--years-before-2014 3 --years-from-2014 7 --average-income 2000000",
    "maternity": "--children 2",
    "funeral": "",
    "survivors": "--years-from-2014 8 --average-income 2000000",
    "monthly-allowance": "--sex female --years 7 --average-income 1500000",
    "accident": "--years 1",
    "income-for-pension": "--sex female --years 20 --wished 3000000",
    "years-for-pension": "--sex male --average-income 5000000 --wished 3000000",
    "join-now-or-later": "--income 1500000 --group near_poor",
    "average-income": "--year 2024:12:1500000 --year 2025:6:2000000",
}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, a set day."""
    monkeypatch.setenv("TUVAN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUVAN_TODAY", "2026-11-22")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def run(line: str, *more: str) -> Result:
    return CliRunner().invoke(app, ["calculate", *line.split(), *more])


def told(line: str, *more: str) -> Any:
    result = run(line, *more, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(line: str, *more: str) -> str:
    """The one line why not; nothing may stand on standard output."""
    result = run(line, *more, "--json")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("Lỗi: ")
    return lines[0]


def test_a_contribution_has_its_figures_words_and_clauses() -> None:
    got = told("contribution --income 1500000 --group near_poor")
    figures = {"monthly_contribution": 330_000, "state_subsidy": 132_000, "local_subsidy": 0, "net_monthly": 198_000}
    assert {name: got[name] for name in figures} == figures
    assert got["total"] == 198_000
    assert "330.000" in got["formula"]
    assert "159/2025/NĐ-CP · Điều 5" in got["basis"]
    assert got["estimate"] is False


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ("--method quarterly", 792_000),
        ("--method half_yearly", 1_584_000),
        ("--method yearly", 3_168_000),
        ("--method yearly --months 12", 3_168_000),
        ("--method ahead --months 60", 14_138_148),
        ("--method back --months 60", 21_791_542),
        ("--method yearly --subsidised-months 120", 3_960_000),
    ],
)
def test_every_method_of_paying_has_its_total(more: str, total: int) -> None:
    assert told(f"contribution --income 1500000 --group other {more}")["total"] == total


@pytest.mark.parametrize(
    ("day", "income", "net"), [("2026-12-31", 1_500_000, 264_000), ("1/1/2027", 2_200_000, 387_200)]
)
def test_the_day_decides_which_amounts_hold(day: str, income: int, net: int) -> None:
    assert told(f"contribution --income {income} --on {day}")["net_monthly"] == net


@pytest.mark.parametrize("name", ["Hà Nội", "ha noi", "Thành phố Hà Nội"])
def test_a_province_is_known_however_it_is_written(name: str) -> None:
    got = told("contribution --income 1500000 --group poor", "--province", name)
    assert (got["local_subsidy"], got["net_monthly"]) == (165_000, 0)


def test_a_province_without_a_known_top_up_is_said_to_be_so() -> None:
    got = told("contribution --income 1500000 --group poor", "--province", "Quang Ngai")
    assert got["local_subsidy"] == 0
    assert "chưa có thông tin về mức hỗ trợ thêm của Quảng Ngãi" in got["formula"]
    assert "Atlantis" in refused("contribution --income 1500000 --province Atlantis")


def test_rows_of_staff_count(data: Path) -> None:
    (data / "rates").mkdir(parents=True)
    (data / "rates/tinh.yaml").write_text(
        "local_topup:\n  certainty: confirmed\n  checked_by: hai cán bộ\n  checked_on: 2026-11-20\n"
        "  rows: [{from: 2026-11-01, value: 0.1, where: {province: Quảng Ngãi, group: other}, basis: ['12/2026/NQ-HĐND']}]\n",
        encoding="utf-8",
    )
    got = told("contribution --income 1500000", "--province", "Quảng Ngãi")
    assert (got["local_subsidy"], got["net_monthly"]) == (33_000, 231_000)
    assert "12/2026/NQ-HĐND" in got["basis"]
    before = told("contribution --income 1500000 --on 2026-10-31", "--province", "Quảng Ngãi")
    assert before["local_subsidy"] == 0


@pytest.mark.parametrize(
    ("line", "rate", "amount"),
    [
        ("--sex female --years 17 --months 4 --average-income 4000000", 50, 2_000_000),
        ("--sex male --years 22 --months 8 --average-income 3000000", 51, 1_530_000),
        ("--sex male --years 19 --months 6 --average-income 4000000", 44.5, 1_780_000),
        ("--sex female --years 40 --average-income 4000000", 75, 3_000_000),
    ],
)
def test_a_rate_is_a_plain_number(line: str, rate: float, amount: int) -> None:
    got = told(f"pension {line}")
    assert (got["rate_percent"], got["monthly_pension"]) == (rate, amount)
    assert isinstance(got["rate_percent"], int) == (rate == int(rate))


@pytest.mark.parametrize(
    ("line", "years", "months", "start"),
    [
        ("--sex male --born 1965-06", 61, 6, "2027-01"),
        ("--sex female --born 1970-09", 57, 8, "2028-06"),
        ("--sex male --born 1970-1", 62, 0, "2032-02"),
    ],
)
def test_the_retirement_age_and_the_month_after_it(line: str, years: int, months: int, start: str) -> None:
    got = told(f"retirement-age {line}")
    assert (got["years"], got["months"], got["from"]) == (years, months, start)
    assert told(f"retirement-age {line} --on 2030-01-01") == got


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("withdrawal --years-before-2014 3 --years-from-2014 7 --average-income 2000000", 37_000_000),
        ("withdrawal --years-before-2014 0 --years-from-2014 8 --average-income 1500000", 24_000_000),
        ("withdrawal --years-from-2014 8 --average-income 1500000 --subsidy 4000000", 20_000_000),
        ("withdrawal --years-from-2014 7.5 --average-income 2000000", 30_000_000),
        ("withdrawal --years-from-2014 0.5 --average-income 2000000 --paid 2640000", 2_640_000),
        ("maternity", 2_000_000),
        ("maternity --children 2", 4_000_000),
        ("funeral --on 2026-06-30", 23_400_000),
        ("funeral --on 2026-07-01", 25_300_000),
        ("survivors --years-before-2014 3 --years-from-2014 7 --average-income 2000000", 37_000_000),
        ("survivors --years-from-2014 2 --average-income 2000000 --paid 9000000", 9_000_000),
        ("survivors --pension 2000000 --months-drawn 14", 84_000_000),
    ],
)
def test_sums_paid_once(line: str, amount: int) -> None:
    assert told(line)["amount"] == amount


def test_the_monthly_allowance_is_an_estimate() -> None:
    got = told("monthly-allowance --sex female --years 7 --average-income 1500000 --on 2026-05-04")
    assert (got["monthly"], got["months"], got["top_up"], got["estimate"]) == (500_000, 42, 87_000_000, True)
    near = told("monthly-allowance --sex female --years 7 --average-income 1500000 --months-to-social-pension 42")
    assert near["top_up"] == 0


def test_accident_insurance_has_its_prices() -> None:
    got = told("accident --half-years 1 --years 1")
    assert (got["half_yearly"], got["yearly"], got["total"]) == (222_000, 444_000, 666_000)
    assert got["death_benefit"] == 116_550_000


def test_the_income_and_the_years_for_a_wished_pension_reach_it() -> None:
    got = told("income-for-pension --sex female --years 20 --wished 3000000 --group poor")
    assert (got["income"], got["monthly_pension"]) == (5_455_000, 3_000_250)  # 55 %, in whole thousands
    assert got["state_total"] == 120 * 165_000
    got = told("years-for-pension --sex male --average-income 5000000 --wished 3000000")
    assert (got["months"], got["rate_percent"], got["monthly_pension"]) == (28 * 12, 61, 3_050_000)


def test_the_known_change_is_told_before_and_after() -> None:
    got = told("join-now-or-later --income 1500000 --group near_poor")
    assert (got["change"], got["now_net"], got["later_net"]) == ("2027-01-01", 198_000, 290_400)
    got = told("join-now-or-later --income 2200000 --on 2027-01-01")
    assert got["change"] is None and got["now_net"] == got["later_net"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_gives_words_and_clauses_in_both_forms(name: str) -> None:
    line = f"{name} {COMMANDS[name]}"
    got = told(line)
    assert got["formula"]
    assert got["basis"]
    assert all(str(parse_coordinate(where)) == where for where in got["basis"])
    shown = run(line)
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[0] == got["formula"]
    assert got["basis"][0] in shown.stdout.splitlines()[1]
    assert ("ước tính" in shown.stdout.lower()) == got["estimate"]
    assert shown.stderr == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_day_before_any_row_is_refused(name: str) -> None:
    if name != "retirement-age":  # the age goes by the month of birth, not by the day
        assert "1990-01-01" in refused(f"{name} {COMMANDS[name]} --on 1990-01-01")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("contribution --income 1499999", "1.500.000"),
        ("contribution --income 50600001", "50.600.000"),
        ("contribution --income 0", "1.500.000"),
        ("contribution --income -1500000", "1.500.000"),
        ("contribution --income 99999999999999999999999999999999999999", "50.600.000"),
        ("contribution --income 1500000 --on 2027-01-01", "2.200.000"),
        ("contribution --income 1500000 --method ahead", "24 đến 60"),
        ("contribution --income 1500000 --method ahead --months 61", "24 đến 60"),
        ("contribution --income 1500000 --method back --months 0", "1 đến 60"),
        ("contribution --income 1500000 --method yearly --months 5", "12 tháng"),
        ("contribution --income 2200000 --method ahead --months 24 --on 2027-01-01", "investment_rate"),
        ("contribution --income 1500000 --on 2026-13-01", "không phải ngày"),
        ("contribution --income 1500000 --subsidised-months -1", "không được âm"),
        ("pension --sex male --years 14 --months 11 --average-income 3000000", "1 tháng"),
        ("pension --sex male --years 20 --months 12 --average-income 3000000", "tháng lẻ"),
        ("pension --sex male --years -20 --average-income 3000000", "Số năm"),
        ("pension --sex male --years 20 --average-income 0", "bình quân"),
        ("pension --sex male --years 20 --average-income 9999999999999999999999999999999999", "bình quân"),
        ("retirement-age --sex male --born 1970-13", "sinh"),
        ("retirement-age --sex male --born 1970", "sinh"),
        ("retirement-age --sex male --born ٠٩٧٠-09", "sinh"),
        ("withdrawal --average-income 2000000", "Thời gian đóng"),
        ("withdrawal --years-from-2014 -1 --average-income 2000000", "Số năm"),
        ("withdrawal --years-from-2014 nan --average-income 2000000", "Số năm"),
        ("withdrawal --years-from-2014 inf --average-income 2000000", "Số năm"),
        ("withdrawal --years-from-2014 2.03 --average-income 2000000", "Số năm"),
        ("withdrawal --years-from-2014 900 --average-income 2000000", "60 năm"),
        ("maternity --children 0", "Số con"),
        ("maternity --on 2025-06-30", "maternity_per_child"),
        ("survivors", "--average-income"),
        ("survivors --pension 2000000", "--months-drawn"),
        ("survivors --pension 2000000 --months-drawn 5 --average-income 2000000", "cả hai"),
        ("monthly-allowance --sex male --years 15 --average-income 2000000", "15 năm"),
        ("accident --years -1", "Số kỳ"),
        ("income-for-pension --sex male --years 15 --wished 90000000", "Đóng 15 năm"),
        ("income-for-pension --sex male --years 14 --wished 1000000", "15 năm"),
        ("years-for-pension --sex male --average-income 1500000 --wished 2000000", "75%"),
        ("join-now-or-later --income 1", "1.500.000"),
        ("average-income --year 2024-12", "2020:12:1500000"),
        ("average-income --year 2024:13:1500000", "12"),
    ],
)
def test_what_cannot_be_is_status_2_and_one_line(line: str, says: str) -> None:
    assert says in refused(line)


@pytest.mark.parametrize(
    "line",
    [
        "contribution",
        "contribution --income many",
        "contribution --income 1500000 --group rich",
        "pension --sex other --years 20 --average-income 1500000",
        "nothing",
    ],
)
def test_wrong_use_is_status_2(line: str) -> None:
    result = run(line)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_the_program_itself_says_so_in_one_line(tmp_path: Path) -> None:
    code = "import sys; from bot.cli import main; sys.argv = ['tuvan', 'calculate', 'contribution', '--income', '5']; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "1.500.000" in done.stderr

"""Sums, pension rates and ages anywhere in the handbook are worked out again here."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from knowledge.vietnamese import fold
from tests.knowledge.starter.reading import Section, sections

BODY = sections()
_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?"
_TERM = rf"\(?(?:{_NUMBER})%?\)?(?: đồng| tháng| năm)?\)?"
SUM = re.compile(rf"((?:\()?{_TERM}(?: [×+−:] \(?{_TERM})+) = ({_NUMBER})(%?)")

MONTHS = 12
WOMEN, MEN = "nữ", "nam"


def value(expression: str) -> Decimal:
    """`(3 × 1,5 + 7 × 2) × 2.000.000` and `45% + 2,5 × 2%` worked out; percent are hundredths."""
    plain = re.sub(r" (?:đồng|tháng|năm)\b", "", expression).replace(".", "").replace(",", ".")
    plain = re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/Decimal(100))", plain)
    plain = re.sub(r"(?<![\w.(/])(\d+(?:\.\d+)?)(?![\w.)]*\()", r'Decimal("\1")', plain.replace("(", "( "))
    return Decimal(eval(plain.translate(str.maketrans("×−:", "*-/")), {"Decimal": Decimal}))


def sums(section: Section) -> list[tuple[str, str]]:
    return [(m[1], m[2] + m[3]) for m in SUM.finditer(section.prose)]


def pension_rate(sex: str, years: Decimal) -> Decimal:
    """Percent, Law 41/2024 Art 99(1)."""
    if sex == WOMEN:
        rate = 45 + 2 * (years - 15)
    elif years < 20:
        rate = 40 + (years - 15)
    else:
        rate = 45 + 2 * (years - 20)
    return min(rate, Decimal(75))


def counted_years(years: int, odd_months: int) -> Decimal:
    """Law 41/2024 Art 5(6): 1 to 6 months are half a year, 7 to 11 a whole one."""
    return years + (Decimal(0) if not odd_months else Decimal("0.5") if odd_months <= 6 else Decimal(1))


def retirement_age(sex: str, year: int) -> int:
    """Months, Labour Code Art 169(2): from 60y3m and 55y4m in 2021, 3 and 4 months more each year, up to 62 and 60."""
    if sex == MEN:
        return min(60 * MONTHS + 3 * (year - 2020), 62 * MONTHS)
    return min(55 * MONTHS + 4 * (year - 2020), 60 * MONTHS)


def age_of_someone_born(sex: str, month: int, year: int) -> int:
    """Months of age at which someone born then retires: the first year that asks no more than they have by its end."""
    born = year * MONTHS + month - 1
    return next(retirement_age(sex, y) for y in range(2021, 2100) if (born + retirement_age(sex, y)) // MONTHS <= y)


def aged(months: int) -> str:
    """692 → `57 tuổi 8 tháng`."""
    years, rest = divmod(months, MONTHS)
    return f"{years} tuổi {rest} tháng" if rest else f"{years} tuổi"


def next_month(month: int, year: int, by: int) -> tuple[int, int]:
    count = year * MONTHS + month - 1 + by
    return count % MONTHS + 1, count // MONTHS


@pytest.mark.parametrize("section", [s for s in BODY if sums(s)], ids=lambda s: fold(s.where))
def test_a_sum_that_is_written_out_is_right(section: Section) -> None:
    for expression, result in sums(section):
        assert value(expression) == value(result), f"{expression} = {result}"


def test_a_sum_uses_the_mean_that_its_example_names() -> None:
    named = 0
    for section in BODY:
        means = set(re.findall(r"bình quân ([\d.]+) đồng", section.prose))
        for expression, _ in sums(section):
            factor = re.search(r"× (\d[\d.]+)$", expression)
            if means and factor and "−" not in expression:
                named += 1
                assert factor[1] in means, section.where
    assert named >= 8


def test_sums_are_found_where_a_person_sees_them() -> None:
    """An equals sign that the pattern does not read would go unchecked."""
    for section in BODY:
        assert section.prose.count(" = ") == len(sums(section)), section.where
    assert sum(len(sums(s)) for s in BODY) >= 12


@pytest.mark.parametrize("section", [s for s in BODY if "%" in s.prose], ids=lambda s: fold(s.where))
def test_a_pension_rate_belongs_to_its_years(section: Section) -> None:
    """`Nữ đóng 20 năm … được 55%`, `nam 15 năm được 40%`: the sex of the clause, else of the section."""
    told = re.compile(
        r"(?<!,)\b(\d+) năm(?: trở lên)?,? (?:thì )?(?:(?:được |tỷ lệ )(?:là |tỷ lệ |lương hưu bằng )?|là )(\d+)%"
    )
    for found in told.finditer(section.prose):
        sexes = re.findall(r"\b(nữ|nam)\b", f"{section.question} {section.prose[: found.start()]}".lower())
        assert sexes, "whose rate?"
        assert pension_rate(sexes[-1], Decimal(found[1])) == int(found[2]), found[0]


@pytest.mark.parametrize("section", [s for s in BODY if s.rows], ids=lambda s: fold(s.question))
def test_a_table_of_rates_or_ages_follows_the_steps_of_the_law(section: Section) -> None:
    head, *rows = section.rows
    if head == ("Số năm đóng", "Nữ", "Nam"):
        for years, women, men in rows:
            number = Decimal(years.removesuffix(" năm"))
            assert (women, men) == (f"{pension_rate(WOMEN, number)}%", f"{pension_rate(MEN, number)}%")
    elif head == ("Năm", "Nam", "Nữ"):
        for year, men, women in rows:
            assert (men, women) == (aged(retirement_age(MEN, int(year))), aged(retirement_age(WOMEN, int(year))))
    elif head[-1] == "Tuổi nghỉ hưu":
        _check_bands(WOMEN if "Nữ" in head[0] else MEN, rows)
    else:
        assert section.file.startswith("muc-dong"), "no test works this table out"


def _check_bands(sex: str, rows: list[tuple[str, ...]]) -> None:
    """Each band has one age, and the next begins in the month after it."""
    expected_start = None
    for band, age in rows:
        months = [(int(month), int(year)) for month, year in re.findall(r"(\d+)/(\d{4})", band)]
        assert expected_start in (None, months[0]), band
        assert {aged(age_of_someone_born(sex, *month)) for month in months} == {age}, band
        if len(months) == 2:
            expected_start = next_month(*months[1], by=1)
            assert aged(age_of_someone_born(sex, *expected_start)) != age, band
        else:
            assert "trở đi" in band and aged(retirement_age(sex, 2050)) == age


def test_the_month_in_which_someone_reaches_the_age_is_birth_plus_age() -> None:
    found = [
        (s, *months)
        for s in BODY
        for months in re.findall(r"sinh tháng (\d+)/(\d{4}) thì đủ tuổi vào tháng (\d+)/(\d{4})", s.prose)
    ]
    assert found
    for section, month, year, then_month, then_year in found:
        sex = WOMEN if "nữ" in section.prose.lower() else MEN
        age = age_of_someone_born(sex, int(month), int(year))
        assert next_month(int(month), int(year), by=age) == (int(then_month), int(then_year)), section.where


def test_the_rates_of_the_law_are_told_for_women_and_men() -> None:
    text = {s.question: s.prose for s in BODY}
    for question, sex in (
        ("Nữ hưởng lương hưu bao nhiêu phần trăm?", WOMEN),
        ("Nam hưởng lương hưu bao nhiêu phần trăm?", MEN),
    ):
        for years in (15, 20, 25, 30, 35):
            assert f"{pension_rate(sex, Decimal(years))}%" in text[question]


@pytest.mark.parametrize(
    "section",
    [s for s in BODY if re.match(r"Ví dụ (?:nữ|nam) đóng", s.question)],
    ids=lambda s: fold(s.question),
)
def test_an_example_of_a_pension_is_its_rate_times_its_mean(section: Section) -> None:
    asked = re.match(r"Ví dụ (nữ|nam) đóng (\d+) năm(?: (\d+) tháng)?", section.question)
    assert asked
    rate = pension_rate(asked[1], counted_years(int(asked[2]), int(asked[3] or 0)))
    pairs = re.findall(
        r"(?:mức bình quân|là) ([\d.]+) đồng thì (?:lương hưu )?ước tính (?:[\d,]+% × [\d.]+ = )?([\d.]+) đồng",
        section.prose,
    )
    assert pairs
    for mean, pension in pairs:
        assert value(pension) == value(mean) * rate / 100, (mean, pension)
    assert f"{rate.normalize():f}%".replace(".", ",") in section.prose


BANDS = re.compile(
    r"\b([Nn]am|[Nn]ữ)?(?: sinh)?,? (?:từ )?tháng (\d+)(?:/(\d{4}))? đến (?:hết )?tháng (\d+)/(\d{4})", re.IGNORECASE
)


@pytest.mark.parametrize(
    "section",
    [s for s in BODY if BANDS.search(s.prose) and "tuổi" in s.prose and not s.rows],
    ids=lambda s: fold(s.question),
)
def test_months_of_birth_are_cut_exactly_where_the_age_changes(section: Section) -> None:
    sex = ""
    for named, first, first_year, last, last_year in BANDS.findall(section.prose):
        sex = named.lower() or sex
        start, end = (int(first), int(first_year or last_year)), (int(last), int(last_year))
        age = age_of_someone_born(sex, *start)
        assert age == age_of_someone_born(sex, *end)
        assert aged(age) in section.prose, f"{sex} {start}–{end}: {aged(age)}"
        assert age_of_someone_born(sex, *next_month(*end, by=1)) != age or end[0] == 12


@pytest.mark.parametrize(
    "section",
    [s for s in BODY if re.search(r"\d+ tuổi", s.prose) and "nghỉ hưu" in s.prose],
    ids=lambda s: fold(s.question),
)
def test_the_retirement_age_of_a_year_follows_the_yearly_steps(section: Section) -> None:
    age = r"\d+ tuổi(?: \d+ tháng)?"
    text = f"{section.question} {section.prose}"
    for year, men, women in re.findall(rf"[Nn]ăm (20\d\d),? nam đủ ({age}), nữ đủ ({age})", text):
        assert (men, women) == (aged(retirement_age(MEN, int(year))), aged(retirement_age(WOMEN, int(year))))
    sexes = set(re.findall(r"\b(nữ|nam)\b", section.question.lower()))
    if len(sexes) == 1:
        sex = sexes.pop()
        told = [(y, a) for y, a in re.findall(rf"[Nn]ăm (20\d\d) là ({age})", section.prose)]
        told += [(y, a) for a, y in re.findall(rf"({age}) vào năm (20\d\d)", section.prose)]
        for year, said in told:
            assert said == aged(retirement_age(sex, int(year))), (year, said)


def test_the_first_years_of_the_highest_ages_are_right() -> None:
    text = next(s.prose for s in BODY if s.question == "Tuổi nghỉ hưu của người đóng BHXH tự nguyện là bao nhiêu?")
    for sex, top in ((MEN, 62), (WOMEN, 60)):
        year = next(y for y in range(2021, 2050) if retirement_age(sex, y) == top * MONTHS)
        assert f"{sex} tăng dần đến {top} tuổi vào năm {year}" in text


def test_survivors_of_a_pensioner_lose_half_a_month_for_each_month_after_the_second() -> None:
    section = next(s for s in BODY if s.question == "Đang nhận lương hưu mà mất thì thân nhân được gì?")
    month = re.search(r"mất ở tháng thứ (\d+) thì được .* = (\d+) tháng", section.prose)
    assert month
    assert Decimal(month[2]) == max(48 - (int(month[1]) - 2) * Decimal("0.5"), Decimal(3))


def test_twins_and_triplets_get_the_allowance_for_each_child() -> None:
    section = next(s for s in BODY if s.question.startswith("Sinh đôi, sinh ba"))
    found = [int(n.replace(".", "")) for n in re.findall(r"([\d.]+) đồng", section.prose)]
    assert found == [2_000_000, 2 * 2_000_000, 3 * 2_000_000]


def test_local_support_is_the_state_rate_plus_what_the_province_adds() -> None:
    state = {"nghèo": 50, "cận nghèo": 40, "dân tộc thiểu số": 30, "khác": 20}
    for section in (s for s in BODY if "hỗ trợ thêm tiền đóng BHXH tự nguyện bao nhiêu" in s.question):
        added, total = section.prose.split("Cộng với phần Nhà nước", 1)
        more = [
            (int(percent), name)
            for percent, name in re.findall(
                r"(\d+)% cho (?:hộ |người )?(cận nghèo|nghèo|dân tộc thiểu số|khác)", added.split("Đề xuất")[0]
            )
        ]
        assert more, section.where
        promised = {int(p) for p in re.findall(r"(\d+)%", total.split(". ")[0])}
        assert promised == {state[name] + percent for percent, name in more}, section.where

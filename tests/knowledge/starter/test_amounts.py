"""Every amount in the two amount documents is worked out again here from the rates and lines that the law sets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from knowledge.vietnamese import fold
from tests.knowledge.starter.reading import Book, Section, amount_books, amounts, written

RATE = 22  # percent of the chosen income, Law 41/2024 Art 32(2)
TIMES_REFERENCE = 20  # highest income, Art 31(2)
SUPPORT = {
    "poor": 50,
    "near": 40,
    "ethnic": 30,
    "other": 20,
}  # percent of the lowest contribution, Decree 159/2025 Art 5
OLD_LINE, OLD_SHARE = 700_000, 10  # the figures of before, which the handbook warns of
OLD_REFERENCE = 2_340_000
LOWEST_WAGE = 3_700_000  # region IV, Decree 293/2025
SOCIAL_PENSION = 500_000  # Decree 176/2025
# Adjustment of incomes for benefits settled in 2026, official letter 340/BHXH-CSXH
COEFFICIENTS = {
    year: Decimal(100 + more) / 100
    for more, years in {
        129: [2008], 114: [2009], 96: [2010], 65: [2011], 51: [2012], 42: [2013], 36: [2014, 2015], 32: [2016], 28: [2017],
        23: [2018], 20: [2019], 16: [2020], 14: [2021], 11: [2022], 7: [2023], 3: [2024], 0: [2025, 2026],
    }.items()
    for year in years
}  # fmt: skip
MONTHLY_RETURN = Decimal("0.0031")  # of the fund in 2026, as the press gives it


@dataclass(frozen=True, slots=True)
class Period:
    """The lines of one document; amounts in đồng, incomes and contributions a month."""

    line: int  # rural poverty line
    reference: int

    @property
    def highest(self) -> int:
        return TIMES_REFERENCE * self.reference

    @property
    def lowest_contribution(self) -> int:
        return contribution(self.line)

    def support(self, group: str) -> int:
        return percent(SUPPORT[group], self.lowest_contribution)

    def net(self, group: str, income: int | None = None, months: int = 1) -> int:
        return (contribution(self.line if income is None else income) - self.support(group)) * months

    def nets(self, *groups: str, income: int | None = None, months: int = 1) -> list[int]:
        return [self.net(group, income, months) for group in groups]


PERIODS = {"den-31-12-2026": Period(1_500_000, 2_530_000), "tu-1-1-2027": Period(2_200_000, 2_530_000)}
NOW, NEXT = PERIODS.values()


def percent(share: int, of: int) -> int:
    whole, rest = divmod(share * of, 100)
    assert not rest
    return whole


def contribution(income: int) -> int:
    return percent(RATE, income)


def pension(period: Period, *rates: int) -> list[int]:
    return [percent(rate, period.line) for rate in rates]


def ahead(income: int, years: int) -> int:
    """Decree 159/2025 Art 6: each month brought back to today."""
    return round(sum(contribution(income) / (1 + MONTHLY_RETURN) ** i for i in range(years * 12)))


def missing(income: int, years: int) -> int:
    """Decree 159/2025 Art 7: each month with the return the fund has missed."""
    return round(sum(contribution(income) * (1 + MONTHLY_RETURN) ** i for i in range(1, years * 12 + 1)))


def income_in(question: str) -> int:
    found = re.search(r"thu nhập (?:thấp nhất )?([\d,]+) triệu", question)
    assert found, question
    return int(Decimal(found[1].replace(",", ".")) * 1_000_000)


Formula = Callable[[Period, Section], list[int]]


def subject(question: str) -> str:
    """The question without its year: `Năm 2026 hộ nghèo được …` and `Hộ nghèo được … từ năm 2027?` ask the same."""
    return re.sub(r"(?:^|,? )(?:trong |từ |đến hết )?năm 20\d\d,?(?= |\?|$)", "", question, flags=re.IGNORECASE).strip()


def _chosen(p: Period, section: Section) -> list[int]:
    income = income_in(section.question)
    nets = p.nets("other", "ethnic", "near", "poor", income=income)
    return [income, contribution(income), *nets] + ([NEXT.line] if income < NEXT.line else [])


def _monthly_allowance(_: Period, section: Section) -> list[int]:
    income = amounts(section.prose)[0]
    years = re.search(r"(\d+) năm đóng", section.prose)
    assert years
    total = income * 2 * int(years[1])
    # from 57 years of age to 75 are 216 months
    short = [216 * SOCIAL_PENSION - total] if "57 tuổi" in section.prose else []
    return [income, total, SOCIAL_PENSION, *short]


def _adjusted(_: Period, section: Section) -> list[int]:
    found = re.search(r"thu nhập ([\d.]+) đồng đóng năm (\d{4})", section.prose)
    assert found
    income = amounts(found[1])[0]
    return [income, int(income * COEFFICIENTS[int(found[2])])]


def _group(group: str, *more: str) -> Formula:
    return lambda p, _: [
        p.support(group),
        p.lowest_contribution,
        p.net(group),
        *(p.support(other) for other in more),
    ]


# What stands in the section whose question matches, each amount once, in any order.
FORMULAS: list[tuple[str, Formula]] = [
    (
        r"ít nhất",
        lambda p, _: (
            [p.lowest_contribution, p.line, *p.nets("other", "poor", "near", "ethnic")]
            + ([NEXT.lowest_contribution] if p is NOW else [])
        ),
    ),
    (
        r"nhiều nhất|cao nhất mỗi tháng",
        lambda p, _: [
            contribution(p.highest),
            p.highest,
            p.reference,
            p.support("other"),
            p.net("other", p.highest),
        ],
    ),
    (
        r"thấp nhất và cao nhất",
        lambda p, _: [p.lowest_contribution, contribution(p.highest), p.line, p.highest],
    ),
    (r"Hộ nghèo được hỗ trợ", _group("poor")),
    (r"Hộ cận nghèo", _group("near")),
    (r"Người dân tộc thiểu số", _group("ethnic", "poor", "near")),
    (r"Người bình thường", _group("other")),
    (r"Lý Sơn được hỗ trợ", _group("poor")),
    (r"^Chọn thu nhập", _chosen),
    (
        r"^Đóng 3 tháng hoặc 6 tháng",
        lambda p, _: [
            *(p.lowest_contribution * months for months in (3, 6)),
            *(p.net(group, months=months) for group in ("other", "poor") for months in (3, 6)),
            *p.nets("near", "ethnic", months=3),
        ],
    ),
    (
        r"^Đóng một lần cho cả năm",
        lambda p, _: [p.lowest_contribution * 12, *p.nets("other", "ethnic", "near", "poor", months=12)],
    ),
    (
        r"^Sang .*có tăng",
        lambda p, _: [
            NOW.lowest_contribution,
            NEXT.lowest_contribution,
            NOW.line,
            NEXT.line,
            NEXT.lowest_contribution - NOW.lowest_contribution,
        ],
    ),
    (
        r"^Từ 1/1/2027 Nhà nước hỗ trợ",
        lambda p, _: [*(NEXT.support(group) for group in SUPPORT), *NEXT.nets(*SUPPORT)],
    ),
    (r"^Cuối đóng trước|theo mức cũ", lambda p, _: [NEXT.lowest_contribution]),
    (
        r"^Vì sao có nơi viết",
        lambda p, _: [
            contribution(OLD_LINE),
            OLD_LINE,
            percent(OLD_SHARE, contribution(NOW.line)),
            p.lowest_contribution,
            p.support("other"),
        ],
    ),
    (r"^Tiền mai táng", lambda p, _: [10 * p.reference, p.reference]),
    (r"^Lao động tự do", lambda p, _: [p.lowest_contribution, p.net("other")]),
    (r"lương hưu của nữ", lambda p, _: [p.line, *pension(p, 45, 55, 75)]),
    (r"lương hưu của nam", lambda p, _: [p.line, *pension(p, 40, 45, 55, 75)]),
    (
        r"đủ 15 năm thì tổng cộng",
        lambda p, _: [
            p.net("other", months=120) + p.lowest_contribution * 60,
            p.net("other"),
            p.net("other", months=120),
            p.lowest_contribution,
            p.lowest_contribution * 60,
        ],
    ),
    (
        r"^Đóng trước nhiều năm ở mức",
        lambda p, _: [p.line, p.lowest_contribution * 60, *(ahead(p.line, years) for years in (2, 3, 4, 5))],
    ),
    (
        r"^Đóng bù một lần những năm",
        lambda p, _: [p.line, p.lowest_contribution * 60, *(missing(p.line, years) for years in (1, 2, 3, 4, 5))],
    ),
    (r"^Đóng trước hoặc đóng bù", lambda p, _: [p.lowest_contribution * 60]),
    (
        r"^Bảo hiểm tai nạn",
        lambda p, _: (
            [percent(6, LOWEST_WAGE), percent(12, LOWEST_WAGE), LOWEST_WAGE]
            + ([315 * LOWEST_WAGE // 10] if p is NOW else [])
        ),
    ),
    (
        r"46\.800\.000",
        lambda p, _: [p.highest, TIMES_REFERENCE * OLD_REFERENCE, OLD_REFERENCE, p.reference],
    ),
    (r"^Mức tham chiếu", lambda p, _: [p.reference] + ([OLD_REFERENCE] if p is NOW else [])),
    (r"^Trợ cấp hưu trí xã hội", lambda p, _: [SOCIAL_PENSION]),
    (r"^Ví dụ trợ cấp hằng tháng", _monthly_allowance),
    (r"^hệ số điều chỉnh", _adjusted),
    (
        r"^Vì sao tiền đóng",
        lambda p, _: [
            NOW.line,
            NEXT.line,
            NOW.lowest_contribution,
            NEXT.lowest_contribution,
            NEXT.lowest_contribution - NOW.lowest_contribution,
            NOW.support("other"),
            NEXT.support("other"),
        ],
    ),
    (r"^Trước ngày 1/1/2027", lambda p, _: [NOW.lowest_contribution]),
    (r"có được chọn thu nhập 1,5 triệu", lambda p, _: [NEXT.line, NOW.line, 2_000_000]),
    (r"^Bảng số tiền phải nộp ở mức thấp nhất", lambda p, _: [p.line, p.lowest_contribution]),
    (r"^Bảng số tiền nộp theo thu nhập", lambda p, _: []),
]


def period(book: Book) -> Period:
    return next(p for key, p in PERIODS.items() if key in book.name)


def _cases(with_rows: bool, other_than: str = r"(?!)") -> list[object]:
    return [
        pytest.param(book, section, id=fold(f"{book.since.year} {section.question}"))
        for book in amount_books()
        for section in book.sections
        if (section.rows if with_rows else amounts(section.prose)) and not re.search(other_than, section.question)
    ]


@pytest.mark.parametrize(("book", "section"), _cases(with_rows=False))
def test_every_amount_follows_from_the_rates_and_lines_of_its_period(book: Book, section: Section) -> None:
    formula = next(
        (make for pattern, make in FORMULAS if re.search(pattern, subject(section.question), re.IGNORECASE)), None
    )
    assert formula, f"no formula recomputes the amounts of: {section.question}"
    expected, found = set(formula(period(book), section)), set(amounts(section.prose))
    assert found <= expected, f"not what the rates give: {[written(a) for a in sorted(found - expected)]}"
    missed = {written(a) for a in expected - found}
    assert expected - found <= OPTIONAL, f"no longer told: {missed}"


# The lowest contribution may be left out where a section tells only the share of one group.
OPTIONAL = {p.lowest_contribution for p in PERIODS.values()}

GROUPS = {
    r"hộ nghèo(?! hay)|Lý Sơn": "poor",
    r"hộ cận nghèo": "near",
    r"dân tộc thiểu số": "ethnic",
    r"không thuộc nhóm ưu tiên|nhóm phổ thông|người khác": "other",
}


@pytest.mark.parametrize(
    ("book", "section"), _cases(with_rows=False, other_than=r"nhiều nhất|cao nhất|^Từ 1/1/2027|tổng cộng|^Vì sao")
)
def test_what_a_group_pays_stands_beside_that_group(book: Book, section: Section) -> None:
    """Right amounts of the wrong group would pass as a set: `<group> … nộp N đồng` is read on its own."""
    p = period(book)
    chosen = income_in(section.question) if subject(section.question).startswith("Chọn thu nhập") else p.line
    for clause in re.split(r"[.;,]\s", section.prose):
        groups = [name for pattern, name in GROUPS.items() if re.search(pattern, clause, re.IGNORECASE)]
        paid = re.search(r"\bnộp ([\d.]+) đồng(?:/tháng| cho (\d+) tháng)?", clause)
        if len(groups) != 1 or not paid:
            continue
        months = int(paid[2] or (12 if "cả năm" in section.question else 1))
        assert amounts(paid[1]) == [p.net(groups[0], chosen, months)], clause


@pytest.mark.parametrize(("book", "section"), _cases(with_rows=True))
def test_every_row_of_a_table_adds_up(book: Book, section: Section) -> None:
    p = period(book)
    head, *rows = section.rows
    assert rows
    if head[0] == "Năm đóng":
        assert rows == [(str(year), f"{value:.2f}".replace(".", ",")) for year, value in COEFFICIENTS.items()]
        return
    for row in rows:
        numbers = [amounts(cell)[0] for cell in row if amounts(cell)]
        if head[0] == "Nhóm":
            group = next(name for word, name in _ROW_GROUPS.items() if row[0].startswith(word))
            assert numbers == [p.lowest_contribution, p.support(group), p.net(group)], row
        else:
            income = numbers[0]
            assert numbers[1:] == [contribution(income), *p.nets("poor", "near", "ethnic", "other", income=income)], row
            assert p.line <= income <= p.highest


_ROW_GROUPS = {"Hộ nghèo": "poor", "Hộ cận nghèo": "near", "Người dân tộc": "ethnic", "Người khác": "other"}


def test_each_document_tells_what_every_group_gets_and_pays_in_its_period() -> None:
    for book in amount_books():
        p = period(book)
        told = {amount for s in book.sections for amount in amounts(s.prose)}
        assert told >= {p.line, p.lowest_contribution, p.highest, contribution(p.highest)}
        assert told >= {p.support(group) for group in SUPPORT} | {p.net(group) for group in SUPPORT}


def test_the_rise_of_the_lowest_contribution_is_told_in_percent() -> None:
    section = next(s for s in amount_books()[0].sections if re.search(r"^Sang .*có tăng", s.question))
    rise = Decimal(100) * (NEXT.lowest_contribution - NOW.lowest_contribution) / NOW.lowest_contribution
    assert f"{rise:.1f}%".replace(".", ",") in section.prose


def test_a_calculated_total_says_that_it_is_an_estimate() -> None:
    for book in amount_books():
        for section in book.sections:
            if re.search(r"tổng cộng|lương hưu của|nhiều năm|Đóng bù một lần|^Ví dụ", section.question):
                assert re.search(r"ước tính|[Cc]hưa tính được", section.prose), section.where

"""How values are written for citizens: "330.000 đồng/tháng", "22%", "61 tuổi 6 tháng", "1/7/2025"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.calculators.model import HouseholdGroup

_GROUPS = {
    HouseholdGroup.POOR: "hộ nghèo",
    HouseholdGroup.NEAR_POOR: "hộ cận nghèo",
    HouseholdGroup.ETHNIC_MINORITY: "người dân tộc thiểu số",
    HouseholdGroup.ISLAND: "người ở xã đảo, đặc khu",
    HouseholdGroup.OTHER: "các đối tượng khác",
}


def number(value: int | Decimal) -> str:
    """`2444500` → "2.444.500"; fractions with a comma: `1.5` → "1,5"."""
    if isinstance(value, Decimal) and value != value.to_integral_value():
        whole, _, part = f"{value.normalize():f}".partition(".")
        return f"{int(whole):,}".replace(",", ".") + f",{part}"
    return f"{int(value):,}".replace(",", ".")


def dong(value: int) -> str:
    """Whole đồng: "330.000 đồng"."""
    return f"{number(value)} đồng"


def dong_thang(value: int) -> str:
    """Đồng a month: "330.000 đồng/tháng"."""
    return f"{number(value)} đồng/tháng"


def percent(value: Decimal | int) -> str:
    """A fraction as percent: `0.22` → "22%"; `0.0031` → "0,31%"."""
    return f"{number((Decimal(value) * 100).normalize())}%"


def years(value: int | Decimal) -> str:
    """ "15 năm" """
    return f"{number(value)} năm"


def months(value: int | Decimal) -> str:
    """ "6 tháng" """
    return f"{number(value)} tháng"


def span(value: int) -> str:
    """Months as years and months: `208` → "17 năm 4 tháng"."""
    full, odd = divmod(int(value), 12)
    return " ".join(part for part in (f"{full} năm" if full else "", f"{odd} tháng" if odd or not full else "") if part)


def age(value: int) -> str:
    """Months of age: `738` → "61 tuổi 6 tháng"."""
    full, odd = divmod(int(value), 12)
    return f"{full} tuổi" + (f" {odd} tháng" if odd else "")


def day(value: date) -> str:
    """ "1/7/2025" """
    return f"{value.day}/{value.month}/{value.year}"


def group(value: HouseholdGroup | str) -> str:
    """The household group as people say it."""
    return _GROUPS[HouseholdGroup(value)]


FILTERS: dict[str, Any] = {
    "number": number,
    "dong": dong,
    "dong_thang": dong_thang,
    "percent": percent,
    "years": years,
    "months": months,
    "span": span,
    "age": age,
    "hours": lambda value: f"{number(value)} giờ",
    "days": lambda value: f"{number(value)} ngày",
    "working_days": lambda value: f"{number(value)} ngày làm việc",
    "weeks": lambda value: f"{number(value)} tuần",
    "people": lambda value: f"{number(value)} người",
    "years_old": lambda value: f"{number(value)} tuổi",
    "times": lambda value: f"{number(value)} lần",
    "day": day,
    "year": lambda value: str(value.year),
    "month": lambda value: f"{value.month}/{value.year}",
    "group": group,
}

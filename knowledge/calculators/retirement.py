"""The retirement age (tuổi nghỉ hưu) of a person. Labour Code 45/2019/QH14, Article 169.2; Decree 135/2020/NĐ-CP, Article 4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.calculators.figures import int_of, one_of
from knowledge.calculators.model import BadCase, Result, Sex, certain
from knowledge.rates import NoRate, Rate, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement(Result):
    """`years` and `months` of age; reached in `reached_month`/`reached_year`; a pension may begin in the month after (`from_…`)."""

    sex: Sex
    years: int
    months: int
    reached_year: int
    reached_month: int
    from_year: int
    from_month: int


def retirement(*, sex: Sex, born_year: int, born_month: int, rates: Rates) -> Retirement:
    """The age at which a person born in `born_month`/`born_year` may retire, by the roadmap (lộ trình).

    Raises BadCase for an impossible birth, NoRate when no ages are known.
    """
    sex = one_of(Sex, sex)
    if not 1 <= born_month <= 12 or not 1900 <= born_year <= 2100:
        raise BadCase("Tháng, năm sinh không hợp lệ.", "Ghi như 1970-09.")
    born = born_year * 12 + born_month - 1
    row = _row(rates, sex, born)
    age = int_of(row)
    reached, start = born + age, born + age + 1
    who = "Nữ" if sex is Sex.FEMALE else "Nam"
    odd = f" {age % 12} tháng" if age % 12 else ""
    words = (
        f"{who} sinh tháng {born_month}/{born_year}: đủ {age // 12} tuổi{odd} vào tháng {reached % 12 + 1}/{reached // 12},"
        f" đủ điều kiện về tuổi để hưởng từ tháng {start % 12 + 1}/{start // 12}."
    )
    return Retirement(
        formula=words,
        used=(row,),
        estimate=not certain((row,)),
        sex=sex,
        years=age // 12,
        months=age % 12,
        reached_year=reached // 12,
        reached_month=reached % 12 + 1,
        from_year=start // 12,
        from_month=start % 12 + 1,
    )


def _row(rates: Rates, sex: Sex, born: int) -> Rate:
    """The row of the first year in which its age is reached. Whoever reached it before the oldest row is told by that row: the age
    was the same for decades.
    """
    rows = [row for row in rates.rows("retirement_age") if row.where.get("sex") == sex.value]
    for row in rows:
        reached = born + int_of(row)
        if date(reached // 12, reached % 12 + 1, 1) <= (row.until or date.max):
            return row
    raise NoRate("retirement_age", date((born // 12) + 60, 1, 1), {"sex": sex.value})

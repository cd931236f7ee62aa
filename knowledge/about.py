"""What a person said of themself in a conversation: a plain value that is kept with it and goes with it.

Facts stand in families: whoever corrects an age gives up the year of birth said before. Amounts are đồng a month, spans are months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.understanding.facts import Facts

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "sex": ("sex",),
    "age": ("age", "born_year", "born_month"),
    "groups": ("groups",),
    "income": ("income",),
    "months": ("months_paid", "voluntary_months", "compulsory_months"),
    "province": ("province",),
}
"""Facts that are kept, by family, in the order in which they are told."""
_GROUPS = {
    HouseholdGroup.POOR: "hộ nghèo",
    HouseholdGroup.NEAR_POOR: "hộ cận nghèo",
    HouseholdGroup.ETHNIC_MINORITY: "người dân tộc thiểu số",
    HouseholdGroup.ISLAND: "sống ở xã đảo, đặc khu",
    HouseholdGroup.OTHER: "không thuộc hộ nghèo, cận nghèo",
}


@dataclass(frozen=True, slots=True)
class About:
    """The facts; None or empty is not said."""

    sex: Sex | None = None
    age: int | None = None
    born_year: int | None = None
    born_month: int | None = None
    groups: frozenset[HouseholdGroup] = frozenset()
    income: int | None = None
    months_paid: int | None = None
    voluntary_months: int | None = None
    compulsory_months: int | None = None
    province: str | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> About:
        """From `as_json`; what cannot be read any more is left out."""
        try:
            plain = {f.name: kept[f.name] for f in fields(cls) if f.name in kept and f.name not in ("sex", "groups")}
            sex = Sex(kept["sex"]) if kept.get("sex") else None
            return cls(sex=sex, groups=frozenset(HouseholdGroup(g) for g in kept.get("groups", ())), **plain)
        except (TypeError, ValueError):
            return cls()

    def as_json(self) -> dict[str, Any]:
        """Only what was said, for keeping with the conversation."""
        said: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        said["groups"] = sorted(group.value for group in self.groups)
        said["sex"] = self.sex.value if self.sex else None
        return {name: value for name, value in said.items() if value not in (None, [])}

    @property
    def families(self) -> tuple[str, ...]:
        """The families of which something is known."""
        return tuple(name for name in FAMILIES if says(self, name))

    def only(self, families: Iterable[str]) -> About:
        """Of these families only."""
        wanted = {fact for family in families for fact in FAMILIES[family]}
        return About(**{name: getattr(self, name) for name in wanted})

    def learned(self, said: Facts, families: Iterable[str]) -> About:
        """With what `said` tells of these families instead of what was known of them."""
        new = {fact: getattr(said, fact) for f in families if says(said, f) for fact in FAMILIES[f]}
        return replace(self, **new)

    def in_words(self) -> str:
        """As it is told to the person: "nữ, 45 tuổi, hộ cận nghèo"; empty when nothing is known."""
        parts = [
            self.sex and ("nữ" if self.sex is Sex.FEMALE else "nam"),
            self.age is not None and f"{self.age} tuổi",
            self.born_year and ("sinh tháng " + f"{self.born_month}/{self.born_year}" if self.born_month else ""),
            self.born_year and not self.born_month and f"sinh năm {self.born_year}",
            *(_GROUPS[group] for group in _GROUPS if group in self.groups),
            self.income and f"thu nhập {_dong(self.income)} đồng/tháng",
            self.months_paid is not None and f"đã đóng {_span(self.months_paid)}",
            self.province and f"ở {self.province}",
        ]
        return ", ".join(str(part) for part in parts if part)


NOTHING = About()
"""Nothing is known."""


def says(facts: Facts | About, family: str) -> bool:
    """Whether `facts` tell anything of the family."""
    return any(getattr(facts, fact) not in (None, frozenset()) for fact in FAMILIES[family])


def _dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def _span(months: int) -> str:
    years, rest = divmod(months, 12)
    return " ".join(part for part in (years and f"{years} năm", (rest or not years) and f"{rest} tháng") if part)

"""Household groups (nhóm hộ) in Vietnamese text, and whether a share stands with the group it is the share of.

Traps: "chuẩn hộ nghèo" is the poverty line and no group; "xã, phường, đặc khu" are levels of administration; who is "không thuộc
hộ nghèo hay cận nghèo" belongs to the others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.answering.claims_model import Claim, ClaimKind, Value
from knowledge.calculators.model import HouseholdGroup

# Each with a word that must stand in the text for it (in lower case): most texts name no group, and pay nothing.
_GROUPS = (
    (HouseholdGroup.NEAR_POOR, "cận nghèo", re.compile(r"(?<!chuẩn hộ )(?<!chuẩn )(?:hộ )?cận nghèo")),
    (HouseholdGroup.POOR, "nghèo", re.compile(r"(?<!chuẩn )(?:hộ|diện|gia đình|người|nhà) nghèo")),
    (HouseholdGroup.ETHNIC_MINORITY, "dân tộc", re.compile(r"dân tộc thiểu số|(?:người|đồng bào) dân tộc(?! kinh)")),
    (HouseholdGroup.ETHNIC_MINORITY, "dtts", re.compile(r"(?<!\w)dtts(?!\w)")),
    (HouseholdGroup.ISLAND, "đảo", re.compile(r"(?:xã|huyện) đảo")),
    (
        HouseholdGroup.ISLAND,
        "đặc khu",
        re.compile(
            r"(?<!phường, )(?<!phường hoặc )(?<!phường và )(?<!phường hay )(?<!phường/)(?<!phường - )(?<!xã, )(?<!xã/)(?<!xã hoặc )"
            r"(?<!ubnd )(?<!nhân dân )(?<!cấp )(?<!\d )đặc khu(?: lý sơn)?"
        ),
    ),
    (HouseholdGroup.OTHER, "khác", re.compile(r"(?:đối tượng|nhóm|trường hợp|người tham gia) khác")),
    (HouseholdGroup.OTHER, "còn lại", re.compile(r"(?:đối tượng|nhóm|trường hợp|người tham gia) còn lại")),
)
# Names of groups that are ordinary words as well ("nhờ người khác nộp"): read beside a share only.
_HINTS = (
    (
        HouseholdGroup.OTHER,
        re.compile(
            r"(?<!\w)người (?:khác|bình thường|kinh)(?!\w)|không thuộc (?:các )?(?:nhóm|diện|đối tượng) ưu tiên",
            re.IGNORECASE,
        ),
    ),
    (HouseholdGroup.ISLAND, re.compile(r"(?<!đặc khu )(?<!ubnd )lý sơn(?!\w)", re.IGNORECASE)),
)
_NEGATED = re.compile(
    r"(?:không|chẳng|chưa)\s+(?:phải\s+(?:là\s+)?|thuộc\s+|là\s+|ở\s+|nằm\s+)[^.;:\n|]{0,60}$", re.IGNORECASE
)
_PART = re.compile(r",(?!\d)|;|(?<!\w)(?:còn|và)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GroupValues:
    """What is known of a group only: `values` (kind and value) by group, and `common`, what holds whoever it is."""

    values: Mapping[str, frozenset[tuple[ClaimKind, Value]]]
    common: frozenset[tuple[ClaimKind, Value]]

    def contradicts(self, claim: Claim, groups: frozenset[str]) -> bool:
        """True when `claim` is the value of other groups and of none of `groups`."""
        key = (claim.kind, claim.value)
        if key in self.common or claim.negated:
            return False
        own = [self.values[group] for group in groups if group in self.values]
        if any(key in held for held in own) or not any(key in held for held in self.values.values()):
            return False
        # Two groups may have one amount: another group's is wrong only where this group's own is known.
        return claim.kind is not ClaimKind.AMOUNT or any(kind is ClaimKind.AMOUNT for held in own for kind, _ in held)


def read_groups(text: str) -> Iterator[Claim]:
    """The household groups that `text` names."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose small form is two: places would be wrong
        lower = text
    for group, word, pattern in _GROUPS:
        if word in lower:
            for m in pattern.finditer(lower):
                start = m.start()
                negated = (
                    group is not HouseholdGroup.OTHER and _NEGATED.search(lower, max(0, start - 80), start) is not None
                )
                yield Claim(ClaimKind.GROUP, group.value, m.span(), text[m.start() : m.end()], negated=negated)


def groups_named(text: str) -> frozenset[HouseholdGroup]:
    """The groups in the approved words of a card, to be given to `Grounds.of` as results."""
    return frozenset(HouseholdGroup(str(claim.value)) for claim in read_groups(text))


def groups_hinted(text: str) -> frozenset[HouseholdGroup]:
    """Groups that everyday words of `text` may mean: "người khác", "Lý Sơn"."""
    return frozenset(group for group, pattern in _HINTS if pattern.search(text))


def mismatched(text: str, claims: Sequence[Claim], spans: Sequence[tuple[int, int]], known: GroupValues) -> list[Claim]:
    """The shares and amounts of `claims` that stand with a group they do not belong to.

    `spans` are the sentences of `text`. A sentence with several groups is taken apart at commas, but only when every part with
    a value names exactly one: "50%, 40% cho hộ nghèo, cận nghèo" tells nothing of who gets what.
    """
    wrong: list[Claim] = []
    named = [(c.span[0], _meant(c)) for c in claims if c.kind is ClaimKind.GROUP]
    named += [(m.start(), group.value) for group, pattern in _HINTS for m in pattern.finditer(text)]
    if not named:
        return []
    valued = [c for c in claims if c.kind in (ClaimKind.PERCENT, ClaimKind.AMOUNT)]
    for start, end in spans:
        values = [c for c in valued if start <= c.span[0] < end]
        groups = frozenset(g for at, g in named if start <= at < end)
        if not values or not groups:
            continue
        wrong += [c for c in values if known.contradicts(c, groups)]
        if len(groups) > 1:
            wrong += _in_parts(text, (start, end), values, named, known)
    return list(dict.fromkeys(wrong))


def _in_parts(
    text: str, span: tuple[int, int], values: Sequence[Claim], named: Sequence[tuple[int, str]], known: GroupValues
) -> list[Claim]:
    cuts = [span[0], *(m.end() for m in _PART.finditer(text, *span)), span[1]]
    wrong: list[Claim] = []
    for start, end in itertools.pairwise(cuts):
        inside = [c for c in values if start <= c.span[0] < end]
        groups = frozenset(g for at, g in named if start <= at < end)
        if inside and len(groups) != 1:
            return []
        wrong += [c for c in inside if known.contradicts(c, groups)]
    return wrong


def _meant(claim: Claim) -> str:
    """Who "không thuộc hộ nghèo" is said of: the others."""
    return HouseholdGroup.OTHER.value if claim.negated else str(claim.value)

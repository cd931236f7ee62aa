"""Household groups: which the person is of, and which it is said that he is not of.

A denial reaches over a list ("không thuộc hộ nghèo, cận nghèo hay dân tộc") and ends where something else is said ("mà là hộ nghèo",
"nhưng"). Who is of none of the groups named is of the others. Traps: "hộ nghèo không đóng được" denies nothing; "không biết có phải hộ
nghèo không" says nothing; "đã thoát nghèo" was poor.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

from knowledge.calculators.model import HouseholdGroup
from knowledge.understanding.words import Words
from knowledge.yaml_files import load_yaml

_NEGATIONS = {"khong", "chua", "chang", "ko", "k", "hong", "hok", "hem", "cha", "kg", "thoat", "het", "khoi"}
_TURNS = {"nhung", "ma", "vi", "nen", "len", "thi", "sang"}  # what follows is said anew
_LISTS = {
    "hay", "hoac", "va", "voi", "lan", "cung", "ho", "dien", "thuoc", "nha", "gia", "dinh", "la", "nguoi", "can", "hoặc", "o",
    "xa", "vung", "dac", "khu", "ca", "ngheo", "trong", "so",
}  # fmt: skip
_EXITS = (
    "thoat ngheo",
    "het ngheo",
    "ra khoi dien",
    "ra khoi",
    "het dien",
    "thoat roi",
    "thoat ca",
    "bi cat",
    "khong con ngheo",
    "khong con nua",
    "kha roi",
)
_LEFT = {
    HouseholdGroup.POOR,
    HouseholdGroup.NEAR_POOR,
}  # what a household may get out of; a people or an island is none of them
_REACH = 8


@lru_cache(maxsize=1)
def _groups() -> dict[str, Any]:
    text = resources.files("knowledge.understanding").joinpath("data/groups.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = load_yaml(text)
    return raw


def read_groups(words: Words) -> frozenset[HouseholdGroup]:
    """Every household group said of the person; "không phải hộ nghèo" says only that he is of none of those named."""
    spans = [*group_spans(words), *_ethnic(words)]
    named = sorted({(s, e, g) for s, e, g in spans} | set(_bare_denied(words, spans)))
    found: set[HouseholdGroup] = set()
    denied_any, before = False, (0, False)
    for start, end, group in named:
        if _in_doubt(words, start, end):
            before = (end, False)
            continue
        denied = _denied(words, start, group, before)
        if not denied:
            found.add(group)
        denied_any = denied_any or (denied and group is not HouseholdGroup.OTHER)
        before = (end, denied)
    if HouseholdGroup.ISLAND in found and _of_the_mainland(words):
        found.discard(HouseholdGroup.ISLAND)
    if not found and denied_any:
        found.add(HouseholdGroup.OTHER)
    return frozenset(found)


def _of_the_mainland(words: Words) -> bool:
    """ "ra Lý Sơn làm, hộ khẩu đất liền"; and no "dân đảo được bù nhiều hơn đất liền", which only compares."""
    at = words.has("dat lien")
    compared = {"hon", "so", "voi", "nhu", "khac", "bang", "trong"}
    return at >= 0 and not compared & set(words.before(at, 3))


def group_spans(words: Words) -> list[tuple[int, int, HouseholdGroup]]:
    """Where groups are named, denied or not: (start, end, group), in order."""
    found: list[tuple[int, int, HouseholdGroup]] = []
    covered: set[int] = set()
    raw = _groups()
    for name in ("near_poor", "poor", "island", "ethnic_minority", "other"):
        for phrase in raw[name]:
            size = len(phrase.split())
            at = words.has(phrase)
            while at >= 0:
                span = set(range(at, at + size))
                # "người thường" is anybody, "người Thượng" a people of the highlands
                if not span & covered and not _is_line(words, at) and words.typed[at + size - 1] != "thượng":
                    covered |= span
                    found.append((at, at + size, HouseholdGroup(name)))
                at = words.has(phrase, at + 1)
    return sorted(found)


def _is_line(words: Words, at: int) -> bool:
    """ "chuẩn nghèo" is the poverty line and "giảm nghèo" a programme, not a household."""
    return words.at(at - 1) in ("chuan", "giam", "xoa", "tieu")


def _bare_denied(words: Words, spans: list[tuple[int, int, HouseholdGroup]]) -> list[tuple[int, int, HouseholdGroup]]:
    """ "không nghèo", "không phải dân tộc", "không ở đảo": named only to be denied."""
    covered = {i for start, end, _ in spans for i in range(start, end)}
    short = {"ngheo": HouseholdGroup.POOR, "dao": HouseholdGroup.ISLAND, "toc": HouseholdGroup.ETHNIC_MINORITY}
    found = []
    for i, word in enumerate(words.plain):
        if word not in short or i in covered or words.typed[i] in ("đạo", "dao", "tóc", "tốc"):
            continue
        gap = words.before(i, 5)
        near = gap[max((n for n, w in enumerate(gap) if w in _NEGATIONS), default=len(gap)) :]
        fill = {"phai", "thuoc", "la", "nguoi", "dan", "o", "ngoai", "ngheo", "con", "gi", "ho", "dien"}
        if near and set(near[1:]) <= fill and (word != "toc" or words.at(i - 1) == "dan"):
            found.append((i, i + 1, short[word]))
    return found


def _denied(words: Words, at: int, group: HouseholdGroup, before: tuple[int, bool]) -> bool:
    """Whether the group named at `at` is denied; `before`: where the group before ended, and whether that one was denied."""
    if group in _LEFT and _left_behind(words, at):
        return True
    previous, was_denied = before
    first = max([0, at - _REACH, previous, *(b for b in words.breaks if b <= at and not _goes_on(words, b, at))])
    gap = words.plain[first:at]
    negation = -1
    for i in range(first, at):
        if (
            words.plain[i] in _NEGATIONS
            and not (words.plain[i] == "k" and words.at(i - 1)[:1].isdecimal())  # "180k"
            and words.at(i + 1) not in ("biet", "hieu", "ro", "chac")
            and words.typed[i] not in ("khối", "chả")
        ):
            negation = i
    if negation >= 0:
        between = words.plain[negation + 1 : at]
        return not _TURNS & set(between) and _bears(words, negation, between)
    return was_denied and previous <= at and not (_TURNS & set(gap)) and set(gap) <= _LISTS


def _goes_on(words: Words, stop: int, at: int) -> bool:
    """Whether the words between a comma and `at` only carry a list along."""
    return set(words.plain[stop:at]) <= _LISTS


def _bears(words: Words, negation: int, between: tuple[str, ...]) -> bool:
    """ "không có việc làm, hộ nghèo" and "không đóng nổi vì hộ nghèo" deny something else."""
    return not {"dong", "lam", "viec", "luong", "tien", "duoc"} & set(between) or {"cong", "nhan"} <= set(between)


def _left_behind(words: Words, at: int) -> bool:
    """ "trước đây hộ nghèo nay đã thoát nghèo": an end comes behind the group, and no new group with it."""
    for phrase in _EXITS:
        exit_at = words.has(phrase, at + 1)
        ahead = {"sap", "se", "chua", "neu", "khi", "muon", "de", "bao", "gan"}
        if exit_at > at and not ahead & set(words.before(exit_at, 3)):
            return True
    return words.at(at - 1) == "thoat"


def _in_doubt(words: Words, start: int, end: int) -> bool:
    """ "không biết có phải hộ nghèo không", "phải hộ nghèo mới được hả": asked or heard of, not said."""
    before = words.before(start, 5)
    if "phai" in before[-4:] and "khong" not in before and "moi" in words.after(end, 4):
        return True  # "phải có sổ hộ nghèo mới được một nửa": a condition heard of
    asks = ("co", "phai") in pairwise(before) and "khong" in words.after(end, 2)
    return asks and not {"khong", "chua"} & set(before[-2:])


def _ethnic(words: Words) -> list[tuple[int, int, HouseholdGroup]]:
    """Where a people is named: "người Hrê", "dân tộc Xơ Đăng", "người Thượng"."""
    found = []
    for i, word in enumerate(words.plain):
        if word not in ("nguoi", "toc", "bao"):
            continue
        if i + 1 < len(words) and words.typed[i + 1] == "thượng":
            found.append((i, i + 2, HouseholdGroup.ETHNIC_MINORITY))
            continue
        if (word == "toc" and words.at(i - 1) != "dan") or (word == "bao" and words.at(i - 1) != "dong"):
            continue
        for name in _groups()["ethnic_names"]:
            size = len(name.split())
            if list(words.plain[i + 1 : i + 1 + size]) == name.split() and _is_name(words, i + 1, size):
                found.append((i, i + 1 + size, HouseholdGroup.ETHNIC_MINORITY))
                break
    return found


def _is_name(words: Words, at: int, size: int) -> bool:
    """ "người có", "người mà", "người lao động", "người tham gia", "đồng bào" are no names of peoples."""
    if size > 1 or words.at(at) not in (
        "co",
        "ma",
        "lao",
        "thai",
        "tho",
        "mang",
        "tay",
        "hoa",
        "cong",
        "khang",
        "lu",
        "dao",
        "muong",
        "mong",
    ):
        return True
    typed, after = words.typed[at], words.at(at + 1)
    if typed in ("có", "mà", "nào", "mang", "khang", "mong", "lao", "cộng", "thợ", "lu", "đảo"):
        return False
    if words.at(at) in ("co", "ma", "lao", "mang", "cong", "khang", "mong", "dao"):
        # without marks only before a comma-like end or a place: "người Co ở Trà Bồng"
        return (
            after in ("o", "", "thi", "duoc", "nha", "dong", "song", "tai") and typed not in ("co", "ma")
        ) or after in ("o", "tai", "song")
    return True

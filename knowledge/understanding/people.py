"""Who the question is about: household groups, sex, whose case it is."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.understanding.words import Words

_KIN = {
    "mother": {"me", "ma", "bam", "bu"},
    "father": {"bo", "cha", "tia", "thay", "ba"},
    "wife": {"vo"},
    "husband": {"chong"},
    "parents": set(),
    "grandmother": {"ba"},
    "grandfather": {"ong"},
    "aunt": {"di", "co", "mo", "thim"},
    "uncle": {"chu", "bac", "cau", "duong"},
    "child": {"con"},
    "sibling": {"anh", "chi", "em"},
}
_FEMALE = {"mother", "wife", "grandmother", "aunt"}
_MALE = {"father", "husband", "grandfather", "uncle"}
_MINE = {"toi", "em", "minh", "tui", "chau", "con", "nha", "tao", "chung", "anh", "chi"}
_NEGATIONS = {"khong", "chua", "chang", "ko", "het", "thoat", "ra", "khoi", "chẳng"}


@lru_cache(maxsize=1)
def _groups() -> dict[str, Any]:
    text = resources.files("knowledge.understanding").joinpath("data/groups.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


def read_groups(words: Words) -> frozenset[HouseholdGroup]:
    """Every household group said of the person; "không phải hộ nghèo" says only that he is of none of those named."""
    found: set[HouseholdGroup] = set()
    denied = False
    covered: set[int] = set()
    raw = _groups()
    for name in ("near_poor", "poor", "island", "ethnic_minority", "other"):
        for phrase in raw[name]:
            size = len(phrase.split())
            at = words.has(phrase)
            while at >= 0:
                span = set(range(at, at + size))
                if not span & covered and not _is_food(words, at, size):
                    covered |= span
                    if _denied(words, at):
                        denied = True
                    else:
                        found.add(HouseholdGroup(name))
                at = words.has(phrase, at + 1)
    if _ethnic(words):
        found.add(HouseholdGroup.ETHNIC_MINORITY)
    if denied and not found:
        found.add(HouseholdGroup.OTHER)
    return frozenset(found)


def _is_food(words: Words, at: int, size: int) -> bool:
    """ "chuẩn nghèo" is the poverty line and "giảm nghèo" a programme, not a household."""
    return words.at(at - 1) in ("chuan", "giam", "xoa", "tieu")


def _denied(words: Words, at: int) -> bool:
    before = words.before(at, 4)
    return any(word in _NEGATIONS for word in before) and not ({"hay", "hoac", "va"} & set(before[-1:]))


def _ethnic(words: Words) -> bool:
    for i, word in enumerate(words.plain):
        if word not in ("nguoi", "toc", "bao"):
            continue
        if (word == "toc" and words.at(i - 1) != "dan") or (word == "bao" and words.at(i - 1) != "dong"):
            continue
        for name in _groups()["ethnic_names"]:
            size = len(name.split())
            if list(words.plain[i + 1 : i + 1 + size]) == name.split() and _is_name(words, i + 1, size):
                return not _denied(words, i)
    return False


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


def read_sex(words: Words) -> Sex | None:
    """The sex said, by "nam"/"nữ" or by the kin the question is about; None when both or neither are said."""
    female = male = False
    for i, (typed, plain) in enumerate(zip(words.typed, words.plain, strict=True)):
        if (plain == "nu" and words.at(i - 1) not in ("phu", "thieu", "cung")) or (
            plain == "nu" and words.at(i - 1) == "phu"
        ):
            if words.at(i - 1) != "hoi" and not (words.at(i - 1) == "phu" and words.at(i - 2) == "hoi"):
                female = True
        elif (plain == "nam" and _is_man(words, i, typed)) or (plain == "dan" and words.at(i + 1) == "ong"):
            male = True
        elif (plain == "dan" and words.at(i + 1) == "ba") or (
            plain == "gai" and words.at(i - 1) in ("con", "chi", "em")
        ):
            female = True
        elif plain == "trai" and words.at(i - 1) in ("con", "anh", "em"):
            male = True
    if female != male:
        return Sex.FEMALE if female else Sex.MALE
    if female and male:
        return None
    whom = read_whom(words)
    if whom == "sibling":
        return _sibling(words)
    return Sex.FEMALE if whom in _FEMALE else Sex.MALE if whom in _MALE else None


def _sibling(words: Words) -> Sex | None:
    """ "chị tôi", "anh em": the elder ones tell their sex."""
    for i, word in enumerate(words.plain):
        if word in ("anh", "chi") and words.at(i + 1) in ("toi", "em", "minh", "tui", "chau", "ho", "ruot"):
            return Sex.MALE if word == "anh" else Sex.FEMALE
    return None


def _is_man(words: Words, i: int, typed: str) -> bool:
    before, after = words.at(i - 1), words.at(i + 1)
    if before in ("viet", "quang", "mien", "phia", "ha", "dong", "an", "tay") or before.isdecimal():
        return False
    if typed == "năm":
        return False
    marked = any(t != p for t, p in zip(words.typed, words.plain, strict=True))
    if marked and typed == "nam":  # with marks about it, "nam" without one is the man
        return not after.isdecimal() or words.at(i + 2) in ("tuoi", "nam", "thang") or len(after) < 4
    if after.isdecimal() and words.at(i + 2) == "tuoi":
        return True
    return before in ("la", "gioi", "tinh", "dong", "nguoi", "lao", "dan") and not after.isdecimal() and after not in (
        "nay", "sau", "toi", "truoc", "ngoai", "thu", "dau", "cuoi",
    ) and words.at(i - 2) in ("toi", "gioi", "em", "minh", "lao", "anh", "la")  # fmt: skip


def read_whom(words: Words) -> str | None:
    """Whose case it is when not the asker's own: "mẹ tôi" → "mother"."""
    for i, word in enumerate(words.plain):
        for name, forms in _KIN.items():
            if word not in forms:
                continue
            if name in ("grandmother", "grandfather", "aunt", "uncle", "sibling", "child"):
                if words.at(i + 1) in ("toi", "em", "minh", "tui", "chau") and words.at(i - 1) not in (
                    "anh",
                    "chi",
                    "cho",
                    "cua",
                ):
                    if name == "child" and words.at(i + 1) == "em":
                        continue
                    if name == "sibling" and word == "em" and words.at(i + 1) in ("em",):
                        continue
                    return name
                continue
            if name in ("mother", "father") and words.typed[i] in (
                "mà",
                "mã",
                "mạ",
                "bó",
                "bỏ",
                "bơ",
                "thấy",
                "mè",
                "mê",
                "mẻ",
                "chả",
            ):
                continue
            if word == "ba" and (
                words.at(i + 1) not in ("toi", "em", "minh", "tui", "chau", "con") or words.typed[i] != "ba"
            ):
                continue
            sure = words.typed[i] in ("bố", "má", "cha")
            if word in ("ma", "bo", "thay", "cha") and words.at(i + 1) not in _MINE and not sure:
                continue
            if name == "wife" and words.typed[i] in ("vỡ", "vở", "vô", "võ", "vỏ"):
                continue
            if name in ("wife", "husband") and words.at(i + 1) in ("chong",):
                return None  # vợ chồng: a couple
            return name
    return None

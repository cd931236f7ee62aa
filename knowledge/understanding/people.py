"""Who the question is about: sex, whose case it is, how many persons."""

from __future__ import annotations

from knowledge.calculators.model import Sex
from knowledge.understanding.households import group_spans as group_spans
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


def read_sex(words: Words, *, by_kin: bool = True) -> Sex | None:
    """The sex said, by "nam"/"nữ" or (`by_kin`) by the kin the question is about; None when both or neither are said."""
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
    if female and not male and any(_names_both(words, i) for i in range(len(words))):
        return None
    if female != male:
        return Sex.FEMALE if female else Sex.MALE
    if female and male:
        return None
    whom = read_whom(words) if by_kin else None
    if whom == "sibling":
        return _sibling(words)
    return Sex.FEMALE if whom in _FEMALE else Sex.MALE if whom in _MALE else None


def _names_both(words: Words, i: int) -> bool:
    """ "nam nữ", "nam hay nữ", "nữ hơn nam", where marks put back may have made a year of the man."""
    if words.plain[i] != "nam":
        return False
    ahead, behind = words.after(i + 1, 3), words.before(i, 3)
    near = {"va", "hay", "hoac", "hon", "voi", "so", "thiet", "giua"}
    if ahead[:1] == ("nu",) or ("nu" in ahead and near & set(ahead[: ahead.index("nu")])):
        return True
    if ahead[:2] and ahead[0].isdecimal() and len(ahead[0]) < 4 and ahead[1:2] == ("nu",):  # "nam 60, nữ 55"
        return True
    if ahead[:1] in (("nay",), ("sau",), ("nao",), ("toi",), ("ngoai",), ("sinh",), ("nam",)) or (
        ahead[:1] and ahead[0][:1].isdecimal()
    ):
        return False
    return behind[-1:] == ("nu",) or ("nu" in behind and bool(near & set(behind[behind.index("nu") :])))


def _sibling(words: Words) -> Sex | None:
    """ "chị tôi", "anh em": the elder ones tell their sex."""
    for i, word in enumerate(words.plain):
        if word in ("anh", "chi") and words.at(i + 1) in ("toi", "em", "minh", "tui", "chau", "ho", "ruot"):
            return Sex.MALE if word == "anh" else Sex.FEMALE
    return None


def _born_before(words: Words, i: int) -> bool:
    """ "sinh 1970 nam": behind a year of birth stands no unit."""
    year = words.at(i - 1)
    return len(year) == 4 and year.isdecimal() and "sinh" in words.before(i - 1, 3) and words.at(i + 1) not in _OF_YEARS


_OF_YEARS = ("nao", "nay", "sau", "toi", "ngoai", "do")


def _is_man(words: Words, i: int, typed: str) -> bool:
    before, after = words.at(i - 1), words.at(i + 1)
    if _born_before(words, i):
        return True
    if before in ("viet", "quang", "mien", "phia", "ha", "dong", "an", "tay") or (
        before.isdecimal() and i not in words.breaks
    ):
        return False
    if after == "sinh" and not (words.at(i + 2)[:1].isdecimal() or words.at(i + 2) in ("nam", "thang", "ngay", "vao")):
        return False  # năm sinh
    if before in ("nua", "lau", "nhieu", "may", "ca", "moi", "hang", "lam") and typed != "nữ":
        return False  # nửa năm
    if i == 0 and (after in ("dong", "tham") or (after.isdecimal() and words.at(i + 2) == "tuoi")):
        return True  # marks that were put in make "nam đóng 22 năm" a year; a year does not pay
    if i == 0 and typed == "nam" and after in ("sinh", "sn") and words.at(i + 2).isdecimal():
        return True  # "nam sinh 1970 đóng 12 năm", typed without marks
    if i in words.breaks and i + 1 in words.breaks:
        return True  # "60, nam, giờ mới đóng"
    if (
        typed == "năm"
        and before in ("em", "toi", "tui", "la", "chau", "minh")
        and (i == 1 or i - 1 in words.breaks or before == "la")  # "từ giờ tới năm 60 tuổi"
        and words.at(i + 2) in ("tuoi", "t")
    ):
        return after.isdecimal()
    if typed == "năm":
        return False
    year = after.isdecimal() and len(after) == 4 and 1940 <= int(after) <= 2011
    if typed == "nam" and year and any(t != p for t, p in zip(words.typed, words.plain, strict=True)):
        return True  # "nam 1965"
    marked = any(t != p for t, p in zip(words.typed, words.plain, strict=True))
    if marked and typed == "nam":  # with marks about it, "nam" without one is the man
        return not after.isdecimal() or words.at(i + 2) in ("tuoi", "nam", "thang", "t") or len(after) < 4
    if after.isdecimal() and words.at(i + 2) in ("tuoi", "t"):
        return True
    return before in ("la", "gioi", "tinh", "dong", "nguoi", "lao", "dan") and not after.isdecimal() and after not in (
        "nay", "sau", "toi", "truoc", "ngoai", "thu", "dau", "cuoi",
    ) and words.at(i - 2) in ("toi", "gioi", "em", "minh", "lao", "anh", "la")  # fmt: skip


# "bà ngoại em", "con trai tôi", "chị gái em"
_WHICH = {"noi", "ngoai", "trai", "gai", "ruot", "ut", "lon", "dau"}


_MANY = {"hai": 2, "2": 2, "ba": 3, "3": 3, "4": 4}


def read_people(words: Words) -> int | None:
    """How many persons it is about when several are named together: "vợ chồng tôi", "hai mẹ con"."""
    for i, word in enumerate(words.plain):
        if word == "vo" and words.at(i + 1) == "chong" and words.typed[i] in ("vợ", "vo"):
            return 2
        if word == "ca" and words.after(i + 1, 2) in (
            ("hai", "dong"),
            ("hai", "cung"),
            ("hai", "deu"),
            ("hai", "nguoi"),
        ):
            return 2
        if word in _MANY and words.at(i + 1) in ("me", "cha", "ba", "chi", "anh") and words.at(i + 2) in ("con", "em"):
            return _MANY[word]
    return None


SELF = "self"
_SELVES = {"toi", "tui", "em", "minh", "tao"}


def subject_at(words: Words, at: int) -> str | None:
    """The person named last before `at` in the same sentence: the kin, SELF for the asker, None for nobody."""
    for i in range(at - 1, max(-1, at - 12), -1):
        if (kin := read_whom(words, i, i + 1)) is not None:
            return kin
        if (
            words.plain[i] in _SELVES
            and words.typed[i] != "tới"
            and not any(read_whom(words, j, j + 1) for j in range(max(0, i - 2), i))
        ):
            return SELF
    return None


def read_whom(words: Words, first: int = 0, stop: int | None = None) -> str | None:
    """Whose case it is when not the asker's own: "mẹ tôi" → "mother"; looked for in the words `first` to `stop`."""
    for i in range(first, len(words) if stop is None else stop):
        word = words.plain[i]
        if word in ("ong", "ba") and words.at(i + 1) == "xa":  # ông xã, bà xã
            return "husband" if word == "ong" else "wife"
        for name, forms in _KIN.items():
            if word not in forms or words.typed[i] in _NO_KIN.get(word, ()):
                continue
            if name in _FARTHER:
                if _is_theirs(words, i, name):
                    return name
            elif name in ("wife", "husband") and words.at(i + 1) == "chong":
                return None  # vợ chồng: a couple
            elif _is_near_kin(words, i):
                return None if _of_a_couple(words, i, name) else name
    return None


_FARTHER = {"grandmother", "grandfather", "aunt", "uncle", "sibling", "child"}
_NO_KIN = {
    "ma": {"mà", "mã", "mạ"}, "me": {"mè", "mê", "mẻ"}, "bo": {"bó", "bỏ", "bơ", "bò", "bộ"}, "thay": {"thấy", "thay"}, "cha": {"chả"},
    "bu": {"bù", "bụ"}, "vo": {"vỡ", "vở", "vô", "võ", "vỏ"},
}  # fmt: skip
# What follows a word of kin that stands alone: "bố mất", "vợ sinh". Marks put back make "bố" of "bỏ" and "vợ" of "vô".
_ACTS = {
    "dong", "mat", "nghi", "lam", "huong", "linh", "lanh", "bi", "da", "chet", "sinh", "sanh", "sn", "hon", "nam", "nay", "sap", "vua",
    "moi", "dang", "ve", "nop", "tham", "de", "bau", "mang", "qua", "den", "toi", "duong", "ruot", "nguoi",
}  # fmt: skip
_NO_ACTOR = {
    "co",
    "bi",
    "phai",
    "tu",
    "hay",
    "muon",
    "nop",
    "noi",
    "da",
    "moi",
    "tien",
    "chua",
    "dong",
    "can",
    "lai",
    "roi",
    "ngay",
    "so",
}


def _is_theirs(words: Words, i: int, name: str) -> bool:
    """ "bà ngoại em", "con trai tôi", "chú tôi": those farther off need somebody to whom they belong."""
    whose = words.at(i + 2) if words.at(i + 1) in _WHICH else words.at(i + 1)
    if whose not in ("toi", "em", "minh", "tui", "chau") or words.at(i - 1) in ("anh", "chi", "cho", "cua"):
        return False
    return not (name in ("child", "sibling") and words.at(i + 1) == "em" and words.plain[i] in ("con", "em"))


def _of_a_couple(words: Words, i: int, name: str) -> bool:
    """ "vợ hay chồng nên đóng": both are named, and neither as somebody's."""
    other = ("chồng", "chong") if name == "wife" else ("vợ", "vo")
    return name in ("wife", "husband") and bool({*other} & set(words.typed)) and words.at(i + 1) not in _MINE


def _is_near_kin(words: Words, i: int) -> bool:
    """Whether parents or a spouse are meant: somebody's ("bố em"), or doing something ("bố mất")."""
    word, after = words.plain[i], words.at(i + 1)
    if word == "ba":
        if words.typed[i] != "ba" or after not in ("toi", "em", "minh", "tui", "chau", "con"):
            return False
        follows = words.at(i + 2)  # "bà con", neighbours, without its marks
        return (
            after != "con" or follows[:1].isdecimal() or follows in ("dong", "nam", "mat", "sinh", "nghi", "bi", "da")
        )
    if after in _MINE and not (word in ("bo", "vo") and after in ("nha", "chung")):
        return True
    if word in ("ma", "bo", "thay", "cha", "vo") and words.typed[i] not in ("bố", "má", "cha", "vợ"):
        return False
    if word in ("bo", "vo"):
        alone = i in words.breaks or i == 0
        able = after in _ACTS or after[:1].isdecimal() or (alone and after in ("khong", "chua", "co"))
        return able and (alone or words.at(i - 1) not in _NO_ACTOR)
    return True

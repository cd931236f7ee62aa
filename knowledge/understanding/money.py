"""Amounts, each with what it is by the words of its clause: an income, a payment, a pension drawn or wished, or nothing of the person's.

Traps: what the State gives ("nhà nước cho 440k") and what one heard of ("nghe nói được 2 triệu") are neither income nor payment; a
bare amount is an income ("hai triệu rưỡi thì đóng mấy"), but one under every income that may be chosen is paid.
"""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.understanding.kinds import Kind, Place, Quantity
from knowledge.understanding.numbers import Number
from knowledge.understanding.words import Words

_WISH = {"muon", "mong", "uoc", "de", "dinh", "dat", "can"}
_GETS = {"linh", "lanh", "nhan", "huong", "rut", "lay"}
_EARNS = {"nhap", "luong", "muc", "kiem", "lam", "quan", "chon"}
# An amount behind one of these is somebody else's, or of another matter.
_OTHERS = {
    "no", "vay", "phat", "ban", "rut", "tuat", "chuan", "san", "tai", "thuoc", "mua", "thuong", "lai", "gui", "ngay", "tro", "giam",
    "bot", "cap", "tang", "them", "lo", "cuc", "sinh", "sanh", "thai",
}  # fmt: skip
_GIVERS = (
    ("nha", "nuoc"),
    ("ho", "tro"),
    ("duoc", "cho"),
    ("tro", "cap"),
    ("mai", "tang"),
    ("ngan", "sach"),
    ("tien", "tuat"),
)
_RULES = {("tham", "chieu"), ("co", "so"), ("thieu", "vung"), ("chuan", "ngheo"), ("thieu", "chung")}
_HEARD = re.compile(r"\b(?:dung|phai|co phai) (?:khong|ko|k|hong|hok)\b|\bha$")
_MOST_BARE = 15_000_000  # more than anybody may pay a month
_SURE_PAYS = {"đồng", "bộ", "bố", "đệ", "đề", "trà", "trá", "nợp"}
_LINKS = {
    "khoang", "tam", "them", "moi", "thang", "duoc", "co", "chi", "tien", "ra", "muc", "la", "mot", "toi", "da", "hon", "1", "chung",
    "dung",
}  # fmt: skip
MANY = "many"  # strength of an income by the word before it
_STRENGTH = ({"muc", "chon", "theo"}, {"nhap", "quan", "tb"}, {"luong", "kiem", "lam"})


def read_money(words: Words, number: Number, here: Place) -> Quantity | None:
    """What the amount `number` is, None when it is too small for one."""
    value = int(number.value)
    if value < 1000 or words.at(number.start - 1) in ("may", "vai"):
        return None  # "mấy chục ngàn"
    end = number.end
    while words.at(end) in ("dong", "d", "vnd") and words.typed[end] != "đóng":
        end += 1
    return Quantity(_kind(words, number, here, value), value, number.start, end)


def pays(words: Words) -> bool:
    """Whether somebody pays; "đồng" is money."""
    return any(typed in ("đóng", "dong", "nộp", "nop") for typed in words.typed)


def strength(words: Words, quantity: Quantity) -> int:
    """How surely an amount is the income chosen: 3 "mức", 2 "thu nhập", 1 "lương", 0 none of these."""
    near = set(words.before(quantity.start, 4))
    return next((3 - n for n, group in enumerate(_STRENGTH) if group & near), 0)


def _kind(words: Words, number: Number, here: Place, value: int) -> Kind:
    left, near = here.left, here.left[-4:]
    monthly = "thang" in {*left, *words.after(number.end, 3)}
    if any(pair in _RULES for pair in pairwise(left[-5:])):
        return Kind.NOTHING
    if {"het", "tong", "ton"} & set(near) and not monthly:
        return Kind.NOTHING  # "đóng 5 năm hết 19 triệu"
    if value > _MOST_BARE and not monthly and not _EARNS & set(near):
        return Kind.NOTHING  # "tôi có 100 triệu muốn đóng một lần"
    if (
        words.typed[number.start - 1 : number.start] == ("có",)
        and not monthly
        and {"muon", "dong", "luon"} & set(here.right[:3])
    ):
        return Kind.NOTHING  # "em có 3 triệu muốn đóng luôn 1 năm"
    if "mượn" in words.typed[max(0, number.start - 3) : number.start] or ("cho", "muon") in pairwise(near):
        return Kind.NOTHING  # "cho mượn 5 triệu đóng bảo hiểm"
    if _is_rate_of(words, number):
        return Kind.PAYMENT
    if _between_two(words, number) or _not_monthly(words, number) or _share_given(words, number):
        return Kind.NOTHING
    if here.right[:2] == ("thu", "nhap"):
        return Kind.INCOME  # "đóng 2 triệu thu nhập"
    if not {"muc", "nhap", "quan"} & set(near[-3:]):
        if pension := _pension(words, here):
            return pension
        if ("thu", "nhap") in (here.right[:2], here.right[1:3]):
            return Kind.INCOME  # "đang đóng 3tr/tháng thu nhập"
        if _is_verb_pay(words, number.start):
            return Kind.PAYMENT
        if _of_others(words, here):
            return Kind.NOTHING
    paying = pays(words) or words.has("tham gia") >= 0
    if value < 1_000_000 and not {"nhap", "luong"} & set(near) and paying:
        return Kind.PAYMENT  # less than any income that may be chosen: what is paid
    if value < 1_000_000 and not _EARNS & set(left):
        return Kind.NOTHING
    return Kind.INCOME


def _is_rate_of(words: Words, number: Number) -> bool:
    """ "muốn 22% ra đúng 1,1 triệu": what is paid, not what it is worked out from."""
    before = words.before(number.start, 6)
    at = next((i for i, w in enumerate(before) if w == "22%" or before[i : i + 3] == ("22", "phan", "tram")), -1)
    return at >= 0 and "cua" not in before[at:] and bool({"ra", "la", "bang", "duoc", "thanh"} & set(before[at:]))


def _share_given(words: Words, number: Number) -> bool:
    """ "Nhà nước hỗ trợ 20% của 2.200.000 đồng, tức 440.000 đồng": what is given and what it is worked out from."""
    before = words.before(number.start, 14)
    share = next((i for i, w in enumerate(before) if w.endswith("%") or before[i : i + 2] == ("phan", "tram")), -1)
    if share < 0 or "cua" not in before[share:]:
        return False
    return any(pair in _GIVERS for pair in pairwise(words.before(number.start, 22))) and not _EARNS & set(before[-2:])


def _between_two(words: Words, number: Number) -> bool:
    """ "3 đến 5 triệu", "3 4 triệu": no one number was said."""
    i = number.start - 1
    through = words.at(i) in ("den", "toi")
    if through:
        i -= 1
    first, here = words.at(i), words.at(number.start)
    if not first.isdecimal() or len(first) > 2 or words.at(i - 1) in ("thang", "ngay", "quy", "khoan", "dieu"):
        return False
    return through or number.start not in words.breaks or (here.isdecimal() and int(first) + 1 == int(here))


def _not_monthly(words: Words, number: Number) -> bool:
    """ "mỗi năm đóng 4 triệu", "60 triệu một năm", "quý đóng 1 triệu", "ngày 200 nghìn"."""
    after = () if number.end in words.breaks else words.after(number.end, 3)
    if after[:1] in (("dong",), ("d",)):
        after = after[1:]
    if after[:1] in (("mot",), ("1",), ("moi",)) and after[1:2] in (
        ("nam",),
        ("quy",),
        ("ngay",),
        ("tuan",),
        ("buoi",),
    ):
        return after[2:3] != ("nay",)
    end = number.end
    if words.typed[end : end + 1] in (("năm",), ("ngày",), ("quý",)) and end not in words.breaks:
        return not words.at(end + 1)[:1].isdecimal() and words.at(end + 1) not in (
            "nay",
            "sau",
            "nao",
            "toi",
            "truoc",
            "dau",
        )
    if "ngày" in words.typed[max(0, number.start - 3) : number.start] and "thang" not in words.before(number.start, 6):
        return True
    before = words.before(number.start, 6)
    for i, (each, unit) in enumerate(pairwise(before)):
        rest = before[i + 2 :]
        if unit in ("nam", "quy", "ngay", "tuan") and rest[:1] != ("nay",):
            if each in ("moi", "hang"):
                return not {"thang", "muc", "nhap", "quan"} & set(rest)
            if (each in ("mot", "1") or (unit == "nam" and each.isdecimal())) and rest[:1] in (
                ("dong",),
                ("nop",),
                ("phai",),
            ):
                return not {"thang", "muc", "nhap", "quan"} & set(rest)
    return False


def _pension(words: Words, here: Place) -> Kind | None:
    """A pension wished for or drawn: "muốn lương hưu 3 triệu", "lương hưu 1tr2 được tăng không", "về già lãnh 5 triệu"."""
    left, text = here.left, set(words.plain)
    wide = left or here.before
    if (
        left[-1:] in (("lanh",), ("linh",), ("nhan",), ("huong",))
        and "dang" in left
        and "tang" in text
        and not pays(words)
    ):
        return Kind.PENSION  # "đang lãnh 3 triệu, được tăng thành bao nhiêu"
    last_pay = max((i for i, w in enumerate(wide) if w in ("dong", "nop")), default=-1)
    last_draw = max((i for i, w in enumerate(wide) if w == "huu" or w in _GETS or w == "gia"), default=-1)
    named = (
        "huu" in wide
        or here.right[:1] == ("huu",)
        or here.right[:2] in (("luong", "huu"), ("tien", "huu"))
        or ("gia" in wide and "ve" in wide)
        or (bool({"linh", "lanh"} & set(left[-2:])) and ("luong", "huu") in pairwise(words.plain))
    )
    wished = bool(_WISH & set(wide)) and not {"rut", "cuc"} & set(left)
    later = ("sau", "nay") in pairwise(left[:-1]) and left[-1:] in (
        ("co",),
        ("duoc",),
    )  # "sau này có 2 triệu mỗi tháng"
    gets = later or bool({"linh", "lanh", "nhan", "huong"} & set(left[-4:]))
    if last_draw < last_pay and "huu" not in here.right[:2]:
        return None
    if here.right[:2] == ("luong", "huu") and {"chenh", "khac", "hon", "sao", "the"} & set(here.right[2:5]):
        return None  # "mức 2 triệu hay 5 triệu lương hưu khác nhau sao"
    if not (named or (gets and wished)) or "nhap" in left[-2:]:
        return None
    if ("tro", "cap") in pairwise(left) or ("huu" in wide and ("huu", "tri") in pairwise(wide[-4:])):
        return None
    if wished:
        return Kind.WISHED
    if left[-1:] in (("hon",), ("duoi",), ("tren",)):
        return Kind.NOTHING  # "lương hưu thấp hơn 3,5 triệu"
    if (
        {"dang"} & set(wide)
        or ("duoc", "len") in pairwise(words.plain)
        or {"tang", "nang", "chet", "mat", "qua"} & text
    ):
        return Kind.PENSION
    if _HEARD.search(" ".join(words.plain)):
        return Kind.NOTHING  # "nữ 20 năm mức 4 triệu thì lương hưu 2,2 triệu đúng không"
    if pays(words) or "chon" in text:
        return Kind.WISHED  # "lương hưu 3 triệu thì phải đóng mức nào"
    return Kind.WISHED if {"duoc", "khoang", "co", "len", "ve"} & set(wide) else Kind.PENSION


def _of_others(words: Words, here: Place) -> bool:
    """What is given, lent, drawn or heard of, and not earned or paid."""
    left, right = here.left, here.right
    near = left[-4:]
    if _EARNS & set(near):
        return False
    if any(pair in _GIVERS for pair in pairwise(left[-5:])) or right[:2] in (("tro", "cap"), ("tien", "mai")):
        return True
    if _OTHERS & set(near) or _GETS & set(near):
        return True
    if near[-1:] == ("cho",) or ("duoc" in near[-2:] and "nhieu" not in near):
        return True
    return {"sinh", "sanh", "de", "rut", "mai", "be"} & set(right[:2]) != set()


def _is_verb_pay(words: Words, start: int) -> bool:
    """True when a verb of paying stands just before the amount: "đóng 500k", "mỗi tháng nộp khoảng 1 triệu", "dư được 700 ngàn"."""
    for back in range(1, 5):
        i = start - back
        word = words.at(i)
        if word in ("dong", "nop", "tra", "bo", "gop", "danh", "de", "du", "xoay") and not (
            word == "de" and words.at(i + 1) not in ("ra", "danh", "duoc")
        ):
            if word == "bo" and words.at(i + 1) == "ra":
                return True
            if words.at(i - 1) == "cu" and words.at(i - 2) == "can":
                return False  # "thu nhập làm căn cứ đóng là 4 triệu"
            return words.typed[i] not in _SURE_PAYS and (word != "du" or words.typed[i] not in ("đủ", "dù"))
        if word not in _LINKS or word == "muc":
            return False
    return False

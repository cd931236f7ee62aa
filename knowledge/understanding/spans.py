"""Spans of months and years, each with what it is by the words of its own clause: paid, of which kind, missing, stopped, supposed …

Traps: "14 năm 8 tháng, thiếu 4 tháng" has what is missing behind what is paid; "còn thiếu bao nhiêu" asks; years in a firm are years
of compulsory insurance, years of farming are none.
"""

from __future__ import annotations

from itertools import pairwise

from knowledge.understanding.kinds import Kind, Place
from knowledge.understanding.words import Words

_STOPS = {"dut", "nghi", "ngung", "dung", "ngat", "bo", "nghỉ"}
_PAYS = {"dong", "gia", "nop", "bhxh", "hiem"}
_PAID_WORDS = {"dong", "gia", "bhxh", "hiem", "nop", "huu", "rut", "nhap", "quan"}
_STOPS_PAYING = {("nghi", "dong"), ("ngung", "dong"), ("dung", "dong"), ("bo", "dong")}
_UNSURE_MONTH = 5
_DIED = {"mat", "chet", "doi"}
_ASKS = {"bao", "may", "nhieu", "nhiu", "bn"}
_DRAWS = {"huong", "nhan", "linh", "lanh", "nghi", "ve"}
_FIRMS = (
    ("cong", "ty"), ("xi", "nghiep"), ("nha", "may"), ("cong", "nhan"), ("co", "quan"), ("nha", "nuoc"), ("giao", "vien"),
    ("cong", "chuc"), ("vien", "chuc"), ("can", "bo"), ("khu", "cong"), ("mam", "non"), ("ke", "toan"), ("·", "doi"), ("bo", "doi"),
    ("can", "·"),
)  # fmt: skip
_UNPAID = {("khong", "dong"), ("chua", "dong")}
_OVER = {"lẻ", "le", "dư", "dôi"}
_CHANGE = 2014
_UNUSED = {
    (no, word) for no in ("chua", "khong") for word in ("·", "xai", "su", "toi", "den", "can", "huong")
}  # "·": dùng
_IN_ALL = (
    ("thi",),
    ("la",),
    ("cho",),
    ("moi",),
    ("lai",),
    ("co",),
    ("chac",),
)  # "đóng tự nguyện nữa thì đủ 15 năm": with the rest
_KINDS = {"nguyen": Kind.VOLUNTARY, "buoc": Kind.COMPULSORY}


def span_kind(words: Words, start: int, here: Place, months: int, earlier: frozenset[Kind]) -> tuple[Kind, object]:
    """What a span of `months` from the word `start` on counts, and its value; `earlier`: the kinds of those before it."""
    left, right, near = here.left, here.right, here.left[-4:]
    if right[:1] == ("tuoi",) or (words.at(start - 1) == "tuoi" and months < 12 and start not in words.breaks):
        return Kind.NOTHING, months  # "61 tuổi 6 tháng", but "50 tuổi, 9 năm đóng"
    if right[:1] and earlier and words.at(start + 2) == right[0] and words.typed[start + 2] in _OVER:
        return Kind.NOTHING, months  # "15 năm 8 tháng … tám tháng lẻ": a part of what was said before
    if _missing(near, right, here.followed) and not (Kind.STOPPED in earlier and "thieu" not in near):
        return Kind.MISSING, months
    if months <= 1 and _ASKS & set(near[-2:]):
        return Kind.NOTHING, months  # "khi về hưu được bao nhiêu một tháng": a rate
    if _drawn(words, here):
        return Kind.DRAWN, months
    if _stopped(left, right, here.before):
        if {"luat", "nghe", "noi"} & set(left[:-1]) and right[:1] in (("la",), ("thi",), ("moi",), ("duoc",), ()):
            return Kind.NOTHING, months  # "luật cũ nghỉ 1 năm là rút được": a rule
        return Kind.STOPPED, months
    rate = words.at(start - 1) not in ("duoc", "dong", "thieu") or (here.followed and not right)
    if months <= 0 or (months <= 1 and words.at(start + 1) == "thang" and rate):
        return Kind.NOTHING, months  # "3 triệu một tháng": a rate, not a span
    if boundary := _by_years_behind(words, start) or _of_2014(left, right, earlier):
        return boundary, months
    if weeks := _pregnant(left, months):
        return Kind.WEEKS, weeks
    if _only_time(words, here, start):
        return Kind.NOTHING, months
    supposed = {"neu", "gia", "muon", "se", "dinh"} & set(left)
    if _more(left, right, months):
        return Kind.MORE, months
    if not supposed and months % 12 == 0 and months >= 120 and _heard(left):
        return Kind.HEARD, months // 12
    if kind := _insurance(words, start, here):
        return kind, months
    return _paid_or_supposed(words, here, months)


def _missing(near: tuple[str, ...], right: tuple[str, ...], followed: bool) -> bool:
    if "thieu" in near and not {"dong", "duoc"} & set(near[near.index("thieu") :]):
        return True
    at = 0 if right[:1] == ("thieu",) else 1 if right[:2] == ("con", "thieu") else -1
    rest = right[at + 1 :] if at >= 0 else ()
    if right[:2] == ("con", "lai"):
        return True
    if near[-1:] in (("con",), ("du",)) and right[:2] in _UNUSED:
        return True  # "đóng cả năm, còn 7 tháng chưa dùng tới"
    if near[-1:] == ("con",) and right[:1] == ("nua",) and "du" in right[:4] and "tuoi" not in right:
        return True  # "còn 2 năm nữa là đủ 15 năm"
    return at >= 0 and not (_ASKS & set(rest[:2])) and not (followed and len(rest) <= 2)


def _drawn(words: Words, here: Place) -> bool:
    """ "hưởng lương hưu được 3 năm", "nghỉ hưu 1 năm rưỡi thì chết", "đang hưởng lương hưu, chết sau 14 tháng"."""
    left = here.left or here.before
    about = "huu" in words.plain
    if about and {"chet", "mat"} & set(left[-4:]) and left[-1:] == ("sau",):
        return True
    whole = here.before
    if "huu" not in whole and "huu" not in here.right[:2]:
        return False
    if "dong" in whole[whole.index("huu") if "huu" in whole else 0 :] or here.right[:1] == ("dong",):
        return False  # "về hưu mà mới có 12 năm đóng"
    if {"tuoi", "muon", "can", "phai", "du", "de"} & set(whole[-5:]):
        return False
    if not (_DRAWS & set(whole) or _DIED & set(words.plain)):
        return False
    if here.left[-1:] == ("huu",) and "nua" not in here.right[:1]:
        return True
    return "nua" not in here.right[:1] and bool({"duoc", "sau", "moi"} & set(whole[-3:]) or _DIED & set(here.right))


def _stopped(left: tuple[str, ...], right: tuple[str, ...], before: tuple[str, ...]) -> bool:
    """ "nghỉ 1 năm nay", "ngừng đóng 14 tháng", "3 năm nay không đóng"."""
    if "lam" in left and any(p in _UNPAID for p in pairwise(right[:3])):
        return False
    if ("khong", "dong") in pairwise(before[-5:]) and not _PAYS & set(left):
        return True  # "lâu rồi không đóng, chắc 3 năm"
    if right[:2] in _UNPAID or (right[:1] in (("nay",), ("roi",)) and right[1:3] in _UNPAID):
        return True
    near = left[-5:]
    wide = left[-8:]
    for i, pair in enumerate(pairwise(wide)):
        if pair in _STOPS_PAYING and not {"roi", "dong", "gio", "nop"} & set(wide[i + 2 :]):
            near = wide[i:]  # "nghỉ đóng bhxh tự nguyện được 14 tháng"
    at = max((i for i, word in enumerate(near) if word in _STOPS), default=-1)
    if at >= 0 and near[at - 1 : at] != ("chua",):
        rest = near[at + 1 :]
        # "nghỉ việc về đóng được 5 năm" is paid, "ngừng đóng 5 tháng" is not; "nghỉ sinh 6 tháng" is leave
        pays = "dong" in rest and near[at + 1 : at + 2] != ("dong",)
        leave = {"sinh", "sanh", "thai", "om", "benh", "huu", "thi", "he"} & set(rest)
        insured = {"hiem", "dong"} & set(right[:3]) and "khong" not in right
        return not (pays or leave or insured or rest[-1:] in (("co",), ("thi",), ("roi",), ("da",), ("xong",)))
    return False


def _of_2014(left: tuple[str, ...], right: tuple[str, ...], earlier: frozenset[Kind]) -> Kind | None:
    """Before 2014 or from it: "4 năm trước năm 2014", "sau 2014 đóng 6 năm", "3 năm trước 2014 và 7 năm sau"."""
    if "2014" in right[:5]:
        side = right[: right.index("2014")]
        if "trong" in side:
            return None  # "20 năm, trong đó trước 2014 là 5 năm"
        if "truoc" in side:
            return Kind.BEFORE_2014
        if {"tu", "sau", "ke"} & set(side):
            return Kind.FROM_2014
    if "2014" in left:
        at = left.index("2014")
        side = left[max(0, at - 3) : at]
        if "truoc" in side and not {"tu", "dau"} & set(side) and Kind.BEFORE_2014 not in earlier:
            return Kind.BEFORE_2014
        if {"tu", "sau", "ke"} & set(side) and Kind.FROM_2014 not in earlier:
            return Kind.FROM_2014
    if Kind.BEFORE_2014 in earlier and Kind.FROM_2014 not in earlier:
        later = (
            right[:1] == ("sau",)
            or right[:2] in (("ve", "sau"), ("sau", "do"), ("tro", "di"))
            or left[-3:][:1] == ("sau",)
        )
        if later or {"sau"} & set(left[-4:]):
            return Kind.FROM_2014
    if (
        Kind.FROM_2014 in earlier
        and Kind.BEFORE_2014 not in earlier
        and (right[:1] == ("truoc",) or "truoc" in left[-3:])
    ):
        return Kind.BEFORE_2014
    return None


def _by_years_behind(words: Words, start: int) -> Kind | None:
    """ "1 năm (2013)", "3 năm từ 2010 đến 2012", "5 năm 2015-2019": the years themselves say on which side of 2014 they lie."""
    at = start
    while at < start + 3 and words.at(at) not in ("nam", "thang"):
        at += 1
    at += 1
    opening = at
    while at < opening + 3 and words.at(at) in ("nua", "tu", "hoi", "trong", "dong", "nam"):
        at += 1
    first, gap = words.at(at), words.at(at + 1) in ("den", "toi", "va")
    last = words.at(at + 1 + gap)
    if (
        not _year(first)
        or (at != opening and opening in words.breaks)
        or (at == opening and at not in words.breaks and not _year(last))
    ):
        return None
    if not _year(last):
        single = at == opening or "tu" not in words.plain[opening:at]  # "8 năm từ 2010" may reach beyond 2014
        return None if not single or first == "2014" else Kind.BEFORE_2014 if int(first) < _CHANGE else Kind.FROM_2014
    if int(first) >= _CHANGE:
        return Kind.FROM_2014
    return Kind.BEFORE_2014 if int(last) < _CHANGE else None


def _year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and 1995 <= int(word) <= 2050


def _only_time(words: Words, here: Place, start: int) -> bool:
    """Time that passes: "trong vòng 90 ngày", "chờ 12 tháng", "3 năm nữa nghỉ hưu", "hỗ trợ tối đa 10 năm", "bầu 7 tháng"."""
    left, right = here.left, here.right
    near, last = set(left[-4:]), set(left[-2:])
    pays = _PAYS & set(left)
    if left[-1:] in (("moc",), ("han",)):
        return True  # "mốc 12 tháng tính từ ngày nào"
    if left[-1:] == ("du",) and right[:1] == ("chua",) and not pays:
        return True  # "đến nay đủ 12 tháng chưa"
    if {"bau", "thai", "chua"} & set(left[-1:]) or (
        "dong" in left[-1:] and "hop" in left[-2:] and not any(p in _FIRMS for p in pairwise(left))
    ):
        return True
    if "nghi" in left and {"sinh", "sanh", "om", "san"} & set(left[-3:]):
        return True
    if {"chua", "khong"} & near and left[-1:] == ("du",):
        return True  # "chưa đủ 15 năm": less than that, how much is not said
    if _DIED & near and not pays:
        return True
    if "lam" in left and any(p in _UNPAID for p in pairwise(right[:3])):
        return True  # "làm rẫy 20 năm nay chưa đóng gì"
    if "no" in left[-4:] and any(t in ("nợ", "no") for t in words.typed):
        return True
    if (
        right[:1] in (("dong",), ("nop",))
        and not pays
        and left[-1:] != ("co",)
        and words.plain[start : start + 2] in (("1", "nam"), ("mot", "nam"), ("moi", "nam"))
    ):
        return True  # "1 năm đóng 4 triệu": a rate
    if {"tre", "quen", "cham"} & near or ({"cho", "doi", "vong", "keo", "dai"} & last and not pays):
        return True
    if (("ho", "tro") in pairwise(left[-6:]) and right[:1] != ("roi",)) or ("toi", "da") in pairwise(left[-3:]):
        return True
    if right[:1] == ("nua",) and not pays:
        return True
    return "nhat" in last and "it" in near


def _pregnant(left: tuple[str, ...], months: int) -> int | None:
    """Weeks behind "bầu 7 tháng"; the fifth month leaves open whether the 22nd week, on which the law turns, is reached."""
    near = left[:-1] if left[-1:] in (("duoc",), ("gan",), ("khoang",)) else left
    if near[-1:] not in (("bau",), ("thai",)) or not 1 <= months <= 9 or months == _UNSURE_MONTH:
        return None
    return months * 52 // 12


def _more(left: tuple[str, ...], right: tuple[str, ...], months: int) -> bool:
    """ "đóng thêm 5 năm nữa", "đóng tiếp 3 năm", "muốn đóng tự nguyện 5 năm nữa"; "đóng thêm được 3 năm" was paid."""
    if {"duoc", "du"} & set(left[-2:]) or right[:1] == ("roi",):
        return False
    added = bool({"them", "tiep"} & set(left[-3:])) or right[:1] in (("nua",), ("them",))
    return added and months >= 1


def _heard(left: tuple[str, ...]) -> bool:
    """ "luật nói phải đóng 15 năm", "nghe nói đóng đủ 15 năm"."""
    near = left[-7:]
    return bool({"luat", "noi", "nghe"} & set(near) or {"phai", "can"} & set(left[-4:]))


def _insurance(words: Words, start: int, here: Place) -> Kind | None:
    """Voluntary or compulsory, by the word or by where one worked."""
    left, right = here.left, here.right
    if left[-2:] in (("bat", "buoc"), ("tu", "nguyen")) and _KINDS.keys() & {*right[:3]}:
        return _KINDS[left[-1]]  # "bắt buộc 14 năm tự nguyện 6 năm"
    for word in right[:7]:
        if word in _KINDS:
            return _KINDS[word]
        if word in ("va", "vua", "con", "roi", "thi", "sau", "gio", "nay", "voi", "cong"):
            break
    if left[-1:] == ("du",) and left[-2:-1] in _IN_ALL:
        return None
    for word in reversed(left):
        if word in _KINDS:
            text = set(words.plain)
            return _KINDS[word] if (_PAYS | {"huu"}) & text or text >= _KINDS.keys() else None
    firm = next((i for i, pair in enumerate(pairwise(left)) if pair in _FIRMS), -1)
    if firm >= 0 and {"lam", "o", "dong", "di", "trong", "tai", "vo", "vao", "day"} & set(left):
        return Kind.COMPULSORY
    if right[:1] in (("o",), ("lam",), ("tai",), ("trong",), ("di",), ("bao",), ("ben",)) and any(
        p in _FIRMS for p in pairwise(right[:5])
    ):
        return Kind.COMPULSORY
    if right[:2] == ("nha", "nuoc") and {"tro", "cho", "phu", "tra", "bu", "gop"} & set(right[2:5]):
        return None  # "một năm Nhà nước hỗ trợ bao nhiêu"
    if right[:2] in _FIRMS or "ct" in right[:2]:
        return Kind.COMPULSORY
    # "đóng bảo hiểm xã hội tự nguyện, được 6 năm": a stop between
    wide = here.before
    for word in reversed(wide):
        if word in _KINDS and "dong" in words.plain and not left:
            return _KINDS[word]
        if word in ("thi", "nhung", "con", "va") or word[:1].isdecimal():
            break
    return None


def _paid_or_supposed(words: Words, here: Place, months: int) -> tuple[Kind, object]:
    left, right, text = here.left, here.right, set(words.plain)
    near = left[-4:]
    if left[-1:] == ("gan",):
        return Kind.NOTHING, months  # "gần 15 năm" is less, how much is not said
    if ("ho", "tro") in pairwise(left[-6:]) and right[:1] == ("roi",):
        return Kind.PAID, months  # "được hỗ trợ 8 năm rồi"
    if months < 120 and "sổ" not in words.typed and not (_PAID_WORDS & text):
        return Kind.NOTHING, months
    if (
        not _PAID_WORDS & text
        and "sổ" not in words.typed
        and {"lam", "thon", "song"} & text
        and words.has("lam tron") < 0
    ):
        return Kind.NOTHING, months  # "bí thư thôn 10 năm"
    done = {"da", "duoc", "roi"} & set(near) or "roi" in right[:3]
    died = right[1:2] in (("mat",), ("chet",)) and not _ASKS & set(right[2:3])  # "đóng 5 năm thì mất"
    answered = died or done or "duoc" in right[:2] or "thieu" in right[:4]  # "đóng 12 năm thì được lãnh chưa"
    nearly = near[-2:] in (("sap", "du"), ("gan", "du"))  # "sắp đủ 15 năm rồi"
    if (nearly or not done) and (
        (near[-1:] == ("trong",) and "dong" in here.before)
        or {"neu", "gia"} & set(left)
        or any(a == "muon" and b not in ("hoi", "biet", "rut", "lanh", "huong") for a, b in pairwise((*left, "")))
        or {"du", "suot", "dinh", "se", "lien", "kip"} & set(near)
        or (right[:1] in (("thi",), ("la",)) and not answered)
    ):
        # A total with odd months is not supposed but counted, and the months must not get lost.
        return (Kind.PLANNED, months // 12) if months >= 12 and months % 12 == 0 else (Kind.PAID, months)
    if (
        (
            {"lam", "viec", "moi", "trong", "sau", "lan"} & set(near[-2:])
            or {"nua", "lan"} & set(right[:2])
            or {"moi", "sau"} & set(right[:1])
        )
        and not done
        and near[-1:] != ("co",)
        and not {"dong", "rut"} & set(near)
        and not (near[-1:] == ("sau",) and right[:1] == ("dong",))  # "mất việc sau 9 năm đóng"
    ):
        return Kind.NOTHING, months
    if right[:1] == ("dau",) or {"khau"} & set(left[-4:]):
        return Kind.NOTHING, months  # "5 năm đầu", "xuất khẩu lao động 3 năm"
    if {"rut", "lanh", "linh"} & set(near) and {"roi", "da"} & set(left) and not _PAYS & set(left):
        return Kind.NOTHING, months  # "rút rồi 6 năm"
    if {"lam", "nong", "song", "buon", "cuoi", "tho"} & set(near) and not _PAYS & set(near) and not done:
        return Kind.NOTHING, months
    return Kind.PAID, months

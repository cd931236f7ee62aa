"""Numbers of a question with what they count, each read once: ages, births, spans paid, amounts, ways of paying.

Ways of paying, births and dates come first (`ways`, `periods`); every number left is read by the words of its own clause (`Place`):
a span (`spans`), an amount (`money`), an age. `totals` makes facts of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from knowledge.understanding.kinds import Kind, Place, Quantity
from knowledge.understanding.money import read_money
from knowledge.understanding.numbers import Number, read_numbers, spelt_numbers
from knowledge.understanding.periods import read_dates
from knowledge.understanding.spans import span_kind
from knowledge.understanding.ways import read_ways
from knowledge.understanding.words import Words

__all__ = ["Kind", "Place", "Quantity", "read_quantities"]

_NO_PAYING = {"động", "đông", "dòng", "đọng"}
_LEFT, _RIGHT, _BEFORE = 9, 8, 8
_BIRTH = {"sinh", "sanh", "de", "thai", "bau"}
# "từ 15 tuổi", "dưới 75 tuổi", "đến 60 tuổi": an age that is not the person's
_BOUNDS = {"tu", "toi", "den", "tren", "duoi", "qua", "truoc", "sau"}
_PAPERS = {("nghi", "quyet"), ("nghi", "dinh"), ("cong", "van"), ("thong", "tu"), ("quyet", "dinh")}


def read_quantities(words: Words, today: date | None) -> list[Quantity]:
    """All quantities of `words`, in order. `today` turns "dừng từ tháng 10/2025" into months; None leaves such dates unread."""
    found: list[Quantity] = []
    taken: set[int] = set()
    for quantity in (*read_ways(words), *_births(words), *read_dates(words, today)):
        span = set(range(quantity.start, quantity.end))
        if not span & taken:
            taken |= span
            found.append(quantity)
    everything = read_numbers(spelt_numbers(words.plain, words.typed))
    everything = [
        n  # "15 năm nam": a unit and a sex, no five
        for n in everything
        if not (words.at(n.start) == "nam" and n.end == n.start + 1 and words.at(n.start - 1).isdecimal())
    ]
    numbers = [n for n in everything if not set(range(n.start, n.end)) & taken]
    edges = _edges(words, everything)
    at = 0
    while at < len(numbers):
        counted, used = _one(words, numbers, at, edges, found)
        if counted is not None:
            found.append(counted)
        at += used
    return sorted(found, key=lambda q: q.start)


def _edges(words: Words, numbers: Sequence[Number]) -> list[tuple[int, int]]:
    """Numbers with their units, which bound the clauses of others; a bare year is only a word of the clause."""
    return [
        (n.start, n.end + (words.at(n.end) in ("nam", "thang", "quy", "tuoi", "trieu", "nghin")))
        for n in numbers
        if n.scaled or words.at(n.end) in ("nam", "thang", "quy", "tuoi") or n.value >= 10_000
    ]


def _place(words: Words, start: int, end: int, edges: Sequence[tuple[int, int]]) -> Place:
    first = max([0, start - _LEFT, *(b for b in words.breaks if b <= start), *(e for _, e in edges if e <= start)])
    stop = min([len(words), end + _RIGHT, *(b for b in words.breaks if b >= end)])
    following = min((s for s, _ in edges if s >= end), default=len(words))
    return Place(
        _unmixed(words, first, start),
        _unmixed(words, end, min(stop, following)),
        _unmixed(words, max(0, start - _BEFORE), start),
        following <= stop and following < len(words),
    )


def _unmixed(words: Words, first: int, stop: int) -> tuple[str, ...]:
    """Plain words, where "bố" and "bộ" are not taken for "bỏ", nor "đúng" for "dừng", nor "hỏi" for "hồi"."""
    pairs = zip(words.plain[first:stop], words.typed[first:stop], strict=True)
    wrong = {"bo": {"bo", "bỏ"}, "dung": {"dung", "dừng"}}
    return tuple(
        "·" if (plain in wrong and typed not in wrong[plain]) or typed in _NO_PAYING else plain
        for plain, typed in pairs
    )


def _one(
    words: Words, numbers: Sequence[Number], at: int, edges: Sequence[tuple[int, int]], found: Sequence[Quantity]
) -> tuple[Quantity | None, int]:
    """What the number at `at` counts, and how many numbers it takes ("8 năm 3 tháng" takes two)."""
    number = numbers[at]
    value = number.value
    last = max((q for q in found if q.end <= number.start), key=lambda q: q.end, default=None)
    if {words.before(number.start, 2), words.before(number.start - 1, 2)} & _PAPERS:
        return None, 1  # "tổng kết nghị quyết 403 năm nào"
    unit = "" if number.end in words.breaks else words.at(number.end)  # "60, nam" is no span
    if (
        number.scaled
        or unit in ("d", "vnd")
        or (unit == "dong" and value >= 1000 and not 1900 <= value <= 2100)
        or (number.digits and value >= 10_000)
    ):
        return _amount(words, number, _place(words, number.start, number.end, edges), last), 1
    # "tuổi 50", but "50 tuổi, 9 năm đóng"
    aged = words.at(number.start - 1) == "tuoi" and unit not in ("nam", "thang", "quy")
    if unit == "tuoi" or aged or (unit == "t" and number.digits and value >= 15):
        return _age(words, number), 1
    if unit in ("nam", "thang", "quy"):
        return _span(words, numbers, at, edges, frozenset(q.kind for q in found))
    if shared := _shares_unit(words, numbers, at):
        return shared, 1
    if unit in ("con", "chau", "be", "dua") and 1 <= value <= 5 and _BIRTH & set(words.plain):
        return Quantity(Kind.CHILDREN, int(value), number.start, number.end + 1), 1
    if unit == "tuan" and value <= 45 and {"thai", "bau"} & set(words.plain):
        return Quantity(Kind.WEEKS, int(value), number.start, number.end + 1), 1
    if unit in ("nguoi", "vo") and 2 <= value <= 9 and {"dong", "gia"} & set(words.plain):
        return Quantity(Kind.PEOPLE, int(value), number.start, number.end + 1), 1
    before = words.before(number.start, 6)
    if before[-1:] == ("thu",) and "thang" in before and "huu" in words.plain:  # "mất vào tháng hưởng lương hưu thứ 26"
        return Quantity(Kind.DRAWN, int(value), number.start, number.end), 1
    before = before[-4:]
    if "nay" in before and "nam" in before and 15 <= value <= 100:
        return Quantity(Kind.AGE, int(value), number.start, number.end), 1
    return None, 1


def _roughly(words: Words, number: Number) -> bool:
    """ "7-8 năm", "7, 8 năm", "15 đến 20 năm": no one number was said."""
    i = number.start - 1
    through = words.at(i) in ("den", "toi") and words.typed[i] != "tôi"
    if through:
        i -= 1
    first = words.at(i)
    if not first.isdecimal() or len(first) > 2 or not number.digits or words.at(i - 1) in ("thang", "ngay"):
        return False
    return through or number.start not in words.breaks or int(first) + 1 == number.value


def _shares_unit(words: Words, numbers: Sequence[Number], at: int) -> Quantity | None:
    """ "15 hay 20 năm", "tới 20, 25 năm": the first number is of the same unit; "15 đến 20 năm" leaves both open."""
    if at + 1 >= len(numbers) or not numbers[at].digits or not 1 <= numbers[at].value <= 60:
        return None
    number, following = numbers[at], numbers[at + 1]
    between = words.plain[number.end : following.start]
    if words.at(following.end) != "nam" or not following.digits or len(between) > 2:
        return None
    if between in (("hay",), ("hoac",), ("voi",), ("va",), ("hay", "la")) or (
        not between and following.start in words.breaks
    ):
        return Quantity(Kind.PAID, int(number.value) * 12, number.start, number.end)
    return None


def _amount(words: Words, number: Number, here: Place, last: Quantity | None) -> Quantity | None:
    """An amount; what only goes on from one that is not the person's ("chuẩn nghèo tăng từ 1tr5 lên 2tr2") is none of theirs either."""
    found = read_money(words, number, here)
    goes_on = here.left in (
        ("len",),
        ("xuong",),
        ("den",),
        ("toi",),
        ("con",),
        ("hay",),
        ("hoac",),
        ("hay", "la"),
        ("len", "muc"),
        ("xuong", "con"),
    )
    if found and goes_on and last and last.kind is Kind.NOTHING:
        return replace(found, kind=Kind.NOTHING)
    return found


def _age(words: Words, number: Number) -> Quantity | None:
    whole, start = int(number.value), number.start
    named = words.at(number.end) in ("tuoi", "t")
    end = number.end + 1 if named else number.end
    if not 10 <= whole <= 110 or (words.at(number.end) == "t" and words.at(start - 1) in ("dong", "duoc", "moi")):
        return None
    near = words.before(start, 2)
    bound = bool(_BOUNDS & set(near[-1:])) and words.typed[start - 1] not in ("tôi", "toi", "tư", "tụ", "quá")
    bound = bound or (near[-1:] == ("toi",) and near[:1] in (("song",), ("cho",), ("doi",), ("dong",), ("thang",)))
    bound = bound or (
        near[-1:] == ("du",) and near[-2:-1] in (("chua",), ("phai",), ("moi",), ("khi",), ("cho",), ("den",), ("toi",))
    )
    bound = (
        bound
        or (
            near in (("tu", "nam"), ("luc", "nam"), ("hoi", "nam"), ("vao", "nam"), ("toi", "nam"), ("den", "nam"))
            # "tôi nam 40 tuổi", also where marks were put back wrongly
            and not (
                words.at(start - 2) == "toi" and (words.typed[start - 2] == "tôi" or start - 2 in (0, *words.breaks))
            )
        )
        or near[-1:] in (("luc",), ("hoi",))
    )
    # "62 tuổi mới được lãnh", but "45 tuổi mới đóng"
    bound = bound or (
        words.at(end) == "moi" and words.at(end + 1) in ("duoc", "ve", "nghi", "lanh", "linh", "huong", "co", "du")
    )
    bound = bound or words.after(end, 2) in (("tro", "len"), ("tro", "xuong"), ("tro", "di"))
    return Quantity(Kind.NOTHING if bound else Kind.AGE, whole, start, end)


def _span(
    words: Words, numbers: Sequence[Number], at: int, edges: Sequence[tuple[int, int]], earlier: frozenset[Kind]
) -> tuple[Quantity | None, int]:
    number = numbers[at]
    start, end, used = number.start, number.end + 1, 1
    if (
        words.at(number.end) == "nam"
        and (words.at(end) == "kia" or words.typed[end : end + 1] == ("ngoái",))
        and end not in words.breaks
    ):
        return None, 1  # "làm năm ngoái"
    if words.at(start - 1) == "quy" and words.at(end).isdecimal():
        return None, 1  # "quý 1 năm 2027"
    months = number.value * {"nam": 12, "quy": 3}.get(words.at(number.end), 1)
    if words.at(number.end) == "nam":
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        gap = following.start - end if following else 9
        if (
            following
            and gap in (0, 1)
            and words.at(following.end) == "thang"
            and (gap == 0 or words.at(end) in ("va", "le"))
        ):
            months += following.value
            end, used = following.end + 1, 2
        elif words.at(end) == "ruoi":
            months += 6
            end += 1
    if months != months.to_integral_value():
        months = months.quantize(Decimal(1))
    if _roughly(words, number):
        return Quantity(Kind.NOTHING, int(months), start, end), used
    kind, value = span_kind(words, start, _place(words, start, end, edges), int(months), earlier)
    return Quantity(kind, value, start, end), used


def _births(words: Words) -> Iterator[Quantity]:
    """ "sinh năm 1970", "sn 1968", "sn 85", "sinh tháng 9/1970", "sinh tháng 3 năm 1975"."""
    for i, word in enumerate(words.plain):
        year = words.at(i + 1)
        if (
            word in ("nu", "nam")
            and words.typed[i] in ("nữ", "nu", "nam")
            and year.isdecimal()
            and 1940 <= int(year) <= 2015
        ):  # "nữ 1990 mấy tuổi về hưu"
            yield Quantity(Kind.BIRTH, (None, int(year)), i + 1, i + 2)
        if word not in ("sinh", "sanh", "sn", "de"):
            continue
        month: int | None = None
        for j in range(i + 1, min(i + 9, len(words))):
            w = words.at(j)
            if "/" in w or "-" in w:
                parts = [int(p) for p in w.replace("-", "/").split("/") if p.isdecimal()]
                if len(parts) >= 2 and 1900 <= parts[-1] <= 2020 and 1 <= parts[-2] <= 12:
                    yield Quantity(Kind.BIRTH, (parts[-2], parts[-1]), j, j + 1)
                break
            if w.isdecimal() and 1900 <= int(w) <= 2020:
                yield Quantity(Kind.BIRTH, (month, int(w)), i + 1, j + 1)
                break
            if w.isdecimal() and words.at(j - 1) == "thang" and 1 <= int(w) <= 12:
                month = int(w)
            elif (
                w.isdecimal()
                and 40 <= int(w) <= 99
                and words.at(j - 1) in ("sn", "nam")
                and words.at(j + 1) not in ("tuoi", "t")
            ):
                yield Quantity(Kind.BIRTH, (None, 1900 + int(w)), j, j + 1)
                break
            elif w not in ("nam", "thang", "ngay", "vao", "la") and not w.isdecimal():
                break

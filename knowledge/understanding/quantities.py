"""Numbers of a question with what they count, each read once: ages, births, spans paid, amounts, ways of paying."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from knowledge.calculators.model import Method
from knowledge.understanding.numbers import Number, read_numbers, spelt_numbers
from knowledge.understanding.words import Words


class Kind(StrEnum):
    """What a quantity is; the value names the fact of `Facts` it fills."""

    AGE = "age"
    BIRTH = "birth"
    PAID = "months_paid"
    VOLUNTARY = "voluntary_months"
    COMPULSORY = "compulsory_months"
    BEFORE_2014 = "months_before_2014"
    FROM_2014 = "months_from_2014"
    PLANNED = "years_planned"
    STARTED = "started_year"
    STOPPED = "stopped_months"
    MISSING = "missing_months"
    INCOME = "income"
    PAYMENT = "payment"
    WISHED = "wished_pension"
    METHOD = "method"
    CHILDREN = "children"
    DRAWN = "pension_months"
    NOTHING = "nothing"  # counts something we do not use


@dataclass(frozen=True, slots=True)
class Quantity:
    """Words `start` to `end` (exclusive) say `value` of `kind`."""

    kind: Kind
    value: object
    start: int
    end: int


_SUPPOSE = {"neu", "gia", "dinh", "se", "muon", "kien", "lo", "vi", "can", "phai", "tinh"}
_DONE = {"da", "roi", "dang", "duoc", "co", "tham"}
_PAY = {"dong", "nop", "tra", "bo", "mua", "gop", "trich"}
_INCOME = {"nhap", "luong", "muc", "chon", "kiem", "lam", "cu", "quan", "tb", "thu", "dung"}


def read_quantities(words: Words, today: date | None) -> list[Quantity]:
    """All quantities of `words`, in order. `today` turns "dừng từ tháng 10/2025" into months; None leaves such dates unread."""
    found: list[Quantity] = []
    taken: set[int] = set()
    for quantity in (*_ways(words), *_births(words), *_dates(words, today)):
        span = set(range(quantity.start, quantity.end))
        if not span & taken:
            taken |= span
            found.append(quantity)
    numbers = [
        n for n in read_numbers(spelt_numbers(words.plain, words.typed)) if not set(range(n.start, n.end)) & taken
    ]
    at = 0
    while at < len(numbers):
        counted, used = _one(words, numbers, at)
        if counted is not None:
            found.append(counted)
        at += used
    return sorted(found, key=lambda q: q.start)


def _one(words: Words, numbers: list[Number], at: int) -> tuple[Quantity | None, int]:
    """What the number at `at` counts, and how many numbers it takes ("8 năm 3 tháng" takes two)."""
    number = numbers[at]
    unit, value = words.at(number.end), number.value
    if (
        number.scaled
        or unit in ("d", "vnd")
        or (unit == "dong" and value >= 1000)
        or (number.digits and value >= 10_000)
    ):
        return _money(words, number), 1
    if unit == "tuoi" or words.at(number.start - 1) == "tuoi":
        whole = int(value)
        half = 1 if unit == "tuoi" else 0
        return (Quantity(Kind.AGE, whole, number.start, number.end + half) if 10 <= whole <= 110 else None), 1
    if unit == "nam" or unit in ("thang", "quy"):
        return _span(words, numbers, at)
    if unit in ("con", "chau", "be", "dua") and value <= 5 and {"sinh", "de", "thai", "bau"} & set(words.plain):
        return Quantity(Kind.CHILDREN, int(value), number.start, number.end + 1), 1
    before = words.before(number.start, 4)
    if "nay" in before and "nam" in before and 15 <= value <= 100:
        return Quantity(Kind.AGE, int(value), number.start, number.end), 1
    return None, 1


def _span(words: Words, numbers: list[Number], at: int) -> tuple[Quantity | None, int]:
    number = numbers[at]
    start, end, used = number.start, number.end + 1, 1
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
    kind, value = _span_kind(words, start, end, int(months))
    return Quantity(kind, value, start, end), used


def _span_kind(words: Words, start: int, end: int, months: int) -> tuple[Kind, object]:
    before, near, after = _unmixed(words, start, 7), _unmixed(words, start, 4), words.after(end, 5)
    text = set(words.plain)
    if {"thieu"} & set(near) or after[:1] == ("thieu",) or after[:2] == ("con", "thieu"):
        return Kind.MISSING, months
    if _stopped(before, after):
        return Kind.STOPPED, months
    if months <= 1 and number_word_month(words, start):
        return Kind.NOTHING, months  # "3 triệu một tháng": a rate, not a span
    if {"tu", "sau"} & set(after[:1]) and "2014" in after[:3]:
        return Kind.FROM_2014, months
    if ("truoc" in after[:1] or "truoc" in near) and ("2014" in after[:3] or "2014" in near):
        return Kind.BEFORE_2014, months
    if ({"tu", "sau"} & set(after[:1]) and "2014" in after[:3]) or ({"tu", "sau"} & set(near) and "2014" in near):
        return Kind.FROM_2014, months
    if ("huong" in near or "nhan" in near or "linh" in near) and ("luong" in before or "huu" in before):
        return Kind.DRAWN, months
    kinds = {"nguyen": Kind.VOLUNTARY, "buoc": Kind.COMPULSORY}
    for word in after[:4]:
        if word in kinds:
            return kinds[word], months
        if word in ("va", "con", "roi", "thi"):
            break
    if after[:2] in (("cong", "ty"), ("o", "cong")) or "cty" in after[:2]:
        return Kind.COMPULSORY, months
    for word in reversed(before):
        if word in kinds and "dong" in words.plain:
            return kinds[word], months
        if word in ("thi", "nhung", "con", "va") or word.isdecimal():
            break
    if months < 120 and not ({"dong", "gia", "bhxh", "hiem", "nop", "huu", "rut", "nhap", "quan"} & text):
        return Kind.NOTHING, months
    done = {"da", "duoc", "roi"} & {*near, *after[:2]} or "roi" in after[:3]
    if not done and (
        {"neu", "gia"} & set(before)
        or {"du", "suot", "dinh", "se", "lien"} & set(near)
        or after[:1] in (("thi",), ("la",))
    ):
        return (Kind.PLANNED, max(1, months // 12)) if months >= 12 else (Kind.PAID, months)
    if (
        {"lam", "viec", "nua", "moi", "trong", "sau", "lan"} & {*near[-2:], *after[:2]}
        and not done
        and "dong" not in near
    ):
        return Kind.NOTHING, months
    return Kind.PAID, months


def _unmixed(words: Words, start: int, count: int) -> tuple[str, ...]:
    """Plain words before `start`, where "bố" and "bộ" are not taken for "bỏ"."""
    first = max(0, start - count)
    pairs = zip(words.plain[first:start], words.typed[first:start], strict=True)
    return tuple("·" if plain == "bo" and typed not in ("bo", "bỏ") else plain for plain, typed in pairs)


def number_word_month(words: Words, start: int) -> bool:
    """True for "một tháng", "1 tháng" behind an amount or a question of how much."""
    return words.at(start + 1) == "thang" and words.at(start - 1) not in ("duoc", "dong", "thieu")


def _stopped(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    stops = {"nghi", "ngung", "dung", "ngat", "bo"}
    near = before[-4:]
    if stops & set(near) and not {"thi", "roi", "da", "xong"} & set(near[-1:]):
        return "viec" not in near or "duoc" in near or "roi" in after[:2] or near[-1:] == ("viec",)
    return bool(after[:2] and after[0] in ("khong", "chua") and "dong" in after[:3])


def _money(words: Words, number: Number) -> Quantity | None:
    value = int(number.value)
    if value < 1000:
        return None
    end = number.end
    while words.at(end) in ("dong", "d", "vnd", "vnđ"):
        end += 1
    before, near, after = words.before(number.start, 8), words.before(number.start, 4), words.after(end, 5)
    text = words.plain
    if (
        ("huu" in near or "huu" in before or "gia" in before or {"linh", "lanh", "nhan", "huong"} & set(near))
        and ({"muon", "de", "mong", "uoc", "duoc", "can", "khoang"} & set(before))
        and not {"dong", "nop", "nhap"} & set(near[-2:])
    ):
        return Quantity(Kind.WISHED, value, number.start, end)
    if _is_verb_pay(words, number.start) and not {"nhap", "muc"} & set(near[-3:]):
        return Quantity(Kind.PAYMENT, value, number.start, end)
    if (
        value < 1_000_000
        and not {"nhap", "luong", "muc"} & set(near)
        and {"moi", "thang"} & {*near, *after[:3]}
        and "dong" in text
    ):
        return Quantity(Kind.PAYMENT, value, number.start, end)
    return Quantity(Kind.INCOME, value, number.start, end)


def _is_verb_pay(words: Words, start: int) -> bool:
    """True when a verb of paying stands just before the amount: "đóng 500k", "mỗi tháng nộp khoảng 1 triệu"."""
    for back in range(1, 5):
        i = start - back
        word = words.at(i)
        if word in ("dong", "nop", "tra", "bo", "gop", "danh", "de") and not (
            word == "de" and words.at(i + 1) not in ("ra", "danh", "duoc")
        ):
            typed = words.typed[i]
            return typed not in ("đồng", "bộ", "bố", "đệ", "đề")
        if word not in (
            "khoang",
            "tam",
            "them",
            "moi",
            "thang",
            "duoc",
            "co",
            "chi",
            "tien",
            "ra",
            "muc",
            "la",
            "mot",
            "toi",
            "da",
            "hon",
        ):
            return False
        if word == "muc":
            return False
    return False


def _ways(words: Words) -> Iterator[Quantity]:
    """Ways of paying: "3 tháng một lần", "theo quý", "đóng một lần cho 5 năm", "đóng bù 4 năm"."""
    plain = words.plain
    for i, word in enumerate(plain):
        if word == "quy" and words.at(i - 1) in ("theo", "hang", "moi", "mot", "tung") and words.typed[i] != "quỹ":
            yield Quantity(Kind.METHOD, (Method.QUARTERLY, None), i, i + 1)
        if (
            word == "sinh"
            and words.at(i + 1) in ("doi", "ba", "tu")
            and words.typed[i + 1] not in ("đời", "bà", "bá", "từ", "tự")
        ):
            yield Quantity(Kind.CHILDREN, {"doi": 2, "ba": 3, "tu": 4}[words.at(i + 1)], i, i + 2)
        pays = {"lan", "dong"} & set(words.after(i + 2, 3)) or "dong" in words.before(i, 3)
        if word == "nua" and words.at(i + 1) == "nam" and words.typed[i] != "nữa" and pays:
            yield Quantity(Kind.METHOD, (Method.HALF_YEARLY, None), i, i + 2)
        if (
            (
                word in ("hang", "theo", "ca", "moi")
                and words.at(i + 1) == "nam"
                and "dong" in {*words.before(i, 3), *words.after(i + 2, 2)}
            )
            and words.at(i + 2) not in ("nay",)
            and not words.at(i + 2).isdecimal()
        ):
            yield Quantity(Kind.METHOD, (Method.YEARLY, None), i, i + 2)
    for number in read_numbers(spelt_numbers(words.plain, words.typed)):
        unit = words.at(number.end)
        if unit not in ("nam", "thang") or number.scaled:
            continue
        months = int(number.value) * (12 if unit == "nam" else 1)
        end = number.end + 1
        once = words.after(end, 2) in (("mot", "lan"), ("1", "lan"))
        before = words.before(number.start, 6)
        fixed = {1: Method.MONTHLY, 3: Method.QUARTERLY, 6: Method.HALF_YEARLY, 12: Method.YEARLY}
        if once and months in fixed:
            yield Quantity(Kind.METHOD, (fixed[months], None), number.start, end + 2)
        elif ("bu" in before[-4:] and "dong" in before) or (
            "lan" in before and "thieu" in {*before, *words.after(end, 3)}
        ):
            yield Quantity(Kind.METHOD, (Method.BACK, months), number.start, end)
        elif (
            months >= 24
            and "dong" in (*before, *words.after(end, 4))
            and (
                ("truoc" in before[-3:] and "2014" not in plain)
                or ("lan" in before and "mot" in before)
                or once
                or "gop" in before
            )
        ):
            yield Quantity(Kind.METHOD, (Method.AHEAD, months), number.start, end + (2 if once else 0))


def _births(words: Words) -> Iterator[Quantity]:
    """ "sinh năm 1970", "sn 1968", "sinh tháng 9/1970", "sinh tháng 3 năm 1975"."""
    for i, word in enumerate(words.plain):
        if word not in ("sinh", "sn", "de"):
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
            elif w not in ("nam", "thang", "ngay", "vao", "la", "ngay") and not w.isdecimal():
                break


def _dates(words: Words, today: date | None) -> Iterator[Quantity]:
    """Years that are dates: "đóng từ năm 2017", "dừng từ tháng 10/2025", "nghỉ việc năm 2019"."""
    for i, word in enumerate(words.plain):
        year, month = 0, 6
        if word.isdecimal() and len(word) == 4 and 1990 <= int(word) <= 2100:
            year = int(word)
        elif "/" in word and word[0].isdecimal():
            parts = [int(p) for p in word.split("/") if p.isdecimal()]
            if len(parts) in (2, 3) and 1990 <= parts[-1] <= 2100 and 1 <= parts[-2] <= 12:
                month, year = parts[-2], parts[-1]
        if not year:
            continue
        before = words.before(i, 6)
        stopped = ("nghi" in before and "tu" in before) or {"ngung", "dung"} & set(before)
        if stopped and today is not None and date(year, month, 1) <= today:
            yield Quantity(Kind.STOPPED, (today.year - year) * 12 + today.month - month, i, i + 1)
            continue
        if (
            {"tu", "hoi"} & set(before[-3:])
            and "truoc" not in before[-2:]
            and {"dong", "gia", "bhxh", "hiem"} & {*before, *words.after(i + 1, 3)}
            and (today is None or year <= today.year)
        ):
            yield Quantity(Kind.STARTED, year, i, i + 1)
            continue
        yield Quantity(Kind.NOTHING, year, i, i + 1)

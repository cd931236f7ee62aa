"""What the quantities of a question come to: the first of each kind, sums over kinds and periods, what was held against each other.

Traps: what belongs to two kinds of insurance adds up; a whole and its part do not ("12 năm, trong đó 4 năm trước 2014"); two incomes
named side by side must not become one; a date far back does not say that somebody paid all along.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from knowledge.calculators.model import Method
from knowledge.understanding.kinds import Kind, Quantity
from knowledge.understanding.money import pays, strength
from knowledge.understanding.people import SELF, subject_at
from knowledge.understanding.periods import kind_of
from knowledge.understanding.words import Words

_CHANGE = (2014, 1)
_MOST_BACK = 60  # more cannot be paid at once (Decree 159/2025/NĐ-CP, Article 7.1), so that it is not meant
_LEAST_INCOME = 1_500_000  # below it "đóng 500 nghìn" is what was paid, not the income behind it
_NEAR = 8  # words between an income and the years it was paid for
_COMPARES = {"hay", "hoac", "so", "ben", "khac", "chenh", "loi", "hon"}
_PARTS = {"gom", "tong", "trong"}
_ADDS = {"roi", "sau", "gio", "nay", "them", "tiep", "cong", "va", "voi"}
_DONE = {"so", "duoc", "roi", "da", "lai", "tiep"}
_SINGLE = {
    Kind.DRAWN, Kind.STOPPED, Kind.MISSING, Kind.CHILDREN, Kind.PEOPLE, Kind.WEEKS, Kind.WISHED, Kind.PENSION,
    Kind.VOLUNTARY, Kind.BEFORE_2014, Kind.FROM_2014,
}  # fmt: skip


def fold_quantities(words: Words, quantities: Sequence[Quantity], today: date) -> dict[str, Any]:
    """The facts that `quantities` of `words` come to."""
    said: dict[str, Any] = {}
    for found in quantities:
        if found.kind in _SINGLE:
            said.setdefault(found.kind.value, found.value)
        elif found.kind is Kind.METHOD:
            method, months = _pair(found)
            said.setdefault("method", method)
            if months:
                said.setdefault("months_at_once", months)
    _births(quantities, said)
    _dates(quantities, said, today)
    _amounts(words, quantities, said)
    _spans(words, quantities, said)
    _periods(quantities, said)
    _boundary(said, today)
    _consistent(words, quantities, said)
    _back(words, said)
    _stages(words, quantities, said)
    return said


def _stages(words: Words, quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    """ "5 năm mức 2 triệu, 10 năm sau mức 4 triệu": one average over all the months, where a benefit is asked that stands on it."""
    if not {"huu", "quan", "rut", "tuat"} & set(words.plain) or _COMPARES & set(words.plain):
        return
    money = (Kind.INCOME, Kind.PAYMENT)
    kinds = (*money, Kind.PAID, Kind.PLANNED, Kind.VOLUNTARY, Kind.MORE, Kind.NOTHING)
    found = [q for q in quantities if q.kind in kinds and (q.kind in money or words.at(q.end - 1) == "nam")]
    amounts, spans = [q for q in found if q.kind in money], [q for q in found if q.kind not in money]
    if not 2 <= len(amounts) == len(spans) <= 4 or all(q.kind is Kind.PAYMENT for q in amounts):
        return
    if any(q.kind is Kind.PAYMENT and isinstance(q.value, int) and q.value < _LEAST_INCOME for q in amounts):
        return
    if any((a in amounts) is (b in amounts) for a, b in zip(found[::2], found[1::2], strict=True)):
        return
    if any(abs(a.start - s.start) > _NEAR for a, s in zip(amounts, spans, strict=True)):
        return
    months = [_months(q) for q in spans]
    said["months_paid"] = sum(months)
    said["income"] = round(sum(q.value * n for q, n in zip(amounts, months, strict=True)) / sum(months))  # type: ignore[operator,misc]
    for name in ("years_planned", "incomes", "spans", "voluntary_months", "payment"):
        said.pop(name, None)


def _pair(quantity: Quantity) -> tuple[Any, Any]:
    return quantity.value  # type: ignore[return-value]


def _of(quantities: Sequence[Quantity], *kinds: Kind) -> list[Any]:
    return [q for q in quantities if q.kind in kinds]


def _births(quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    for birth in _of(quantities, Kind.BIRTH)[:1]:
        month, said["born_year"] = birth.value
        if month:
            said["born_month"] = month


def person_of(words: Words, quantities: Sequence[Quantity], whom: str | None) -> tuple[int | None, str | None]:
    """The age of the person the case is about, and whose case it is: of several persons that of the one who paid, else of the kin named."""
    ages = _of(quantities, Kind.AGE)
    paid = _of(quantities, Kind.PAID, Kind.VOLUNTARY, Kind.COMPULSORY)[:1]
    if whom is not None and paid and subject_at(words, paid[0].start) == SELF:
        mine = [q for q in ages if subject_at(words, q.start) in (SELF, None)]
        return (mine[0].value if mine else None), None
    if len(ages) < 2:
        return (ages[0].value if ages else None), whom
    if whom is not None:
        theirs = [q for q in ages if subject_at(words, q.start) == whom]
        return (theirs[0].value if theirs else None), whom
    mine = [q for q in ages if subject_at(words, q.start) in (SELF, None)]
    return (mine[0].value if mine else None), None


def _dates(quantities: Sequence[Quantity], said: dict[str, Any], today: date) -> None:
    for found in _of(quantities, Kind.STARTED, Kind.PERIOD):
        if found.kind is Kind.STARTED:
            begun = (found.value[1], found.value[0])
        else:
            begun, ended, lasts, _ = found.value
            if not lasts:
                said["last_paid"] = date(ended[0], ended[1], 1)
        # The earliest counts: "từ 8/2025 đóng tự nguyện, trước đó làm công ty từ 2015 đến 2021".
        if "started_year" not in said or begun[0] < said["started_year"]:
            said["started_year"], said["started_month"] = begun
    for found in _of(quantities, Kind.LAST):
        said["last_paid"] = date(found.value[1], found.value[0], 1)
    if any(q.value[2] for q in _of(quantities, Kind.PERIOD)):
        said.pop("last_paid", None)
    last = said.get("last_paid")
    if last is not None and "stopped_months" not in said:
        # Full months without a payment: behind 10/2025 on 22/11/2026 they are twelve.
        stopped = (today.year - last.year) * 12 + today.month - last.month - 1
        if stopped > 0:
            said["stopped_months"] = stopped


def _amounts(words: Words, quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    incomes = _of(quantities, Kind.INCOME)
    if incomes:
        best = max(strength(words, q) for q in incomes)
        # "lương 8 triệu nhưng chỉ muốn đóng mức 2 triệu"; behind a chosen one a bare one is held against it
        together = best == 3 and compared(words, incomes)
        chosen = [q for q in incomes if strength(words, q) == best or together or _changes(words, q)]
        values = tuple(dict.fromkeys(q.value for q in chosen))
        if len(values) == 1:
            said["income"] = values[0]
        elif compared(words, chosen) or (len(values) == 2 and words.has("vo chong") >= 0):
            said["incomes"] = values  # also one of the wife, one of the husband
    payments = tuple(dict.fromkeys(q.value for q in _of(quantities, Kind.PAYMENT)))
    if len(payments) == 1:
        said["payment"] = payments[0]


def _changes(words: Words, quantity: Quantity) -> bool:
    """ "giờ nâng lên 3 triệu": another income than before."""
    return bool({"len", "xuong", "sang"} & set(words.before(quantity.start, 3)))


def compared(words: Words, found: Sequence[Quantity]) -> bool:
    """Whether what stands at `found` is held against each other: "3 triệu hay 5 triệu", "20 năm với 30 năm chênh nhau mấy"."""
    if len(found) < 2:
        return False
    between = set(words.plain[found[0].end : found[1].start])
    if _of_book(words, found[0]):
        return False  # "một sổ 3 năm, một sổ 5 năm"
    about = {
        *words.plain[found[0].end : found[1].start],
        *words.plain[found[1].end :],
        *words.before(found[0].start, 3),
    }
    return (
        bool({"hay", "hoac", "so"} & between)
        or words.has("so sanh") >= 0
        or (len(between) <= 8 and bool(_COMPARES & about))
    )


def _spans(words: Words, quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    gaps = {q.value for q in _of(quantities, Kind.STOPPED, Kind.MISSING)}
    plain = [q for q in _of(quantities, Kind.PAID, Kind.PLANNED) if not (q.value in gaps and _back_to(words, q))]
    if compared(words, plain) and "roi" not in words.plain[plain[0].end : plain[0].end + 2]:
        months = tuple(dict.fromkeys(_months(q) for q in plain))
        if len(months) > 1 and min(months) >= 12:
            said["spans"] = months
            plain = []
    compulsory = dict.fromkeys(q.value for q in _of(quantities, Kind.COMPULSORY))
    if compulsory:
        said["compulsory_months"] = sum(compulsory)
    paid = next((q for q in plain if q.kind is Kind.PAID), None)
    planned = next((q for q in plain if q.kind is Kind.PLANNED), None)
    _kinds_by_date(words, quantities, said)
    kinds = [said[k] for k in ("voluntary_months", "compulsory_months") if k in said]
    others = [
        q for q in plain if q.kind is Kind.PAID and paid is not None and q.value != paid.value and _paid_too(words, q)
    ]
    if others and not all(_DONE & {*words.before(q.start, 3), *words.after(q.end, 1)} for q in others):
        paid = None  # "đóng 5 năm, giờ đóng 20 năm": which of them counts was not said
        kinds = []
    elif others and paid is not None:
        said["months_paid"] = paid.value + sum(dict.fromkeys(q.value for q in others))
    elif paid is not None and _adds(words, paid, quantities, kinds):
        said["months_paid"] = paid.value + sum(kinds)
    elif paid is not None and (paid.value <= max(kinds, default=paid.value) or _PARTS & set(words.plain)):
        said["months_paid"] = paid.value
    elif paid is None and kinds and not _more_since(words, quantities, said):
        said["months_paid"] = sum(kinds)
    if planned is not None:
        said["years_planned"] = planned.value
    heard, more = _of(quantities, Kind.HEARD), _of(quantities, Kind.MORE)
    if heard and planned is None and "months_paid" not in said and "missing_months" not in said and not more:
        said["years_planned"] = heard[0].value
    if more and planned is None and "months_paid" in said and (said["months_paid"] + more[0].value) % 12 == 0:
        said["years_planned"] = (said["months_paid"] + more[0].value) // 12


def _back_to(words: Words, quantity: Quantity) -> bool:
    """ "3 năm đó": named before."""
    return words.at(quantity.end) in ("do", "ay", "nay") and quantity.end not in words.breaks


def _of_book(words: Words, quantity: Quantity) -> bool:
    """ "một sổ 3 năm"."""
    start = quantity.start
    return "sổ" in words.typed[max(0, start - 2) : start] or words.plain[max(0, start - 2) : start] == ("mot", "so")


def _paid_too(words: Words, quantity: Quantity) -> bool:
    """Whether a second span is another one paid, and no part of the first ("3 tháng đó") nor one that is wished for."""
    near = set(words.before(quantity.start, 5))
    paying = {"dong", "nop"} & near or _of_book(words, quantity)
    return bool(paying) and not {"muon", "dinh", "se", "neu", "lan", "not"} & near and not _back_to(words, quantity)


def _kinds_by_date(words: Words, quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    """ "làm công ty 8 năm, đóng tự nguyện từ 5/2021 đến nay": a period of a kind that no span was said of."""
    if len(said.keys() & {"voluntary_months", "compulsory_months"}) == 1:
        for found in _of(quantities, Kind.PERIOD):
            begun, ended, _, kind = found.value
            if kind is not None:
                said.setdefault(kind.value, _count(begun, ended))


def _more_since(words: Words, quantities: Sequence[Quantity], said: dict[str, Any]) -> bool:
    """ "công ty 8 năm, đóng tự nguyện từ năm 2021 đến nay": how long in all was not said."""
    since = [kind_of(words, q.start, q.end) for q in _of(quantities, Kind.STARTED)]
    return any(kind is not None and kind.value not in said for kind in since)


def _months(quantity: Quantity) -> int:
    return int(quantity.value) * (12 if quantity.kind is Kind.PLANNED else 1)  # type: ignore[call-overload,no-any-return]


def _adds(words: Words, paid: Quantity, quantities: Sequence[Quantity], kinds: Sequence[int]) -> bool:
    """Whether a span without a kind comes on top of those with one: "có 9 năm, rồi đóng tự nguyện 3 năm"."""
    if not kinds or paid.value in kinds or _PARTS & set(words.plain):
        return False
    other = next(q for q in quantities if q.kind in (Kind.VOLUNTARY, Kind.COMPULSORY))
    return paid.end <= other.start and bool(_ADDS & set(words.plain[paid.end : other.start]))


def _periods(quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    periods = _of(quantities, Kind.PERIOD)
    told = "months_paid" in said
    before = since = 0
    kinds: dict[str, int] = {}
    for found in periods:
        begun, ended, _, kind = found.value
        months = _count(begun, ended)
        first = max(0, min(months, _count(begun, (2013, 12))))
        before, since = before + first, since + months - first
        if kind is not None:
            kinds[kind.value] = kinds.get(kind.value, 0) + months
    last, begun = said.get("last_paid"), (said.get("started_year"), said.get("started_month"))
    if not periods and not told and last is not None and None not in begun:
        months = _count(begun, (last.year, last.month))
        before = max(0, min(months, _count(begun, (2013, 12))))
        since = months - before
    if before + since <= 0 or told:
        return
    said["months_paid"] = before + since
    said.setdefault("months_before_2014", before)
    said.setdefault("months_from_2014", since)
    for name, months in kinds.items():
        said.setdefault(name, months)


def _count(first: Any, last: Any) -> int:
    """Months from one to the other, both counted."""
    return int((last[0] - first[0]) * 12 + last[1] - first[1] + 1)


def _boundary(said: dict[str, Any], today: date) -> None:
    """Before 2014 and from it: a whole and one part give the other, both give the whole, a late beginning gives all."""
    before, since, paid = said.get("months_before_2014"), said.get("months_from_2014"), said.get("months_paid")
    if before is not None and since is not None:
        said.setdefault("months_paid", before + since)
    elif paid is not None and before is not None and paid > before:
        said["months_from_2014"] = paid - before
    elif paid is not None and since is not None and paid > since:
        said["months_before_2014"] = paid - since
    elif (
        paid is not None
        and before is since is None
        and "compulsory_months" not in said
        and (said.get("started_year") or 0) >= _CHANGE[0]
    ):
        begun = (said["started_year"], said.get("started_month") or 1)
        if paid <= _count(begun, (today.year, today.month)):
            said["months_before_2014"], said["months_from_2014"] = 0, paid


def _consistent(words: Words, quantities: Sequence[Quantity], said: dict[str, Any]) -> None:
    """Drops what the rest contradicts: a part above the whole, a stop that ended, an income of somebody who draws a pension."""
    paid = said.get("months_paid")
    for name in ("compulsory_months", "voluntary_months"):
        if paid is not None and said.get(name, 0) > paid:
            del said[name]  # "làm công ty 12 năm nhưng chỉ đóng 9 năm"
    for stop in _of(quantities, Kind.STOPPED):
        behind = words.plain[stop.end :]
        if any(pair in (("dong", "lai"), ("dong", "tiep")) for pair in pairwise(behind)) and any(
            q.start > stop.end and not _back_to(words, q) for q in _of(quantities, Kind.PAID)
        ):
            said.pop("stopped_months", None)  # "nghỉ 2 năm đóng lại 4 năm"
    if "pension_months" in said and "pension_amount" not in said and "income" in said and not pays(words):
        said["pension_amount"] = said.pop("income")


def _back(words: Words, said: dict[str, Any]) -> None:
    """ "còn thiếu 4 năm, đóng một lần cho đủ": what is missing is what would be paid at once."""
    if said.get("method") is Method.BACK and "thieu" in words.plain and said.get("months_at_once"):
        said.setdefault("missing_months", said["months_at_once"])
    missing = said.get("missing_months")
    if (
        missing
        and missing <= _MOST_BACK
        and "method" not in said
        and (words.has("mot lan") >= 0 or words.has("1 lan") >= 0 or words.has("dong bu") >= 0)
    ):
        said["method"], said["months_at_once"] = Method.BACK, missing

"""The claim check: nothing that can be counted leaves the house unless a clause, a rate, a calculator or the citizen gave it.

It runs on every answer, whoever wrote it. What fails is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.answering.claim_reader import Claim, ClaimKind, plain, read_claims
from knowledge.law import Coordinate, official_numbers
from knowledge.rates import Rate

# Contacts that are ours to give: the hotline, portals and emergency numbers.
CONTACTS = frozenset(
    [
        "19009068",
        "DICHVUCONG.GOV.VN",
        "DICHVUCONG.BAOHIEMXAHOI.GOV.VN",
        "BAOHIEMXAHOI.GOV.VN",
        "VSSID.GOV.VN",
        "VNEID.GOV.VN",
    ]
)
_TERM_UNITS = {"tháng", "năm", "tuổi", "ngày", "ngày làm việc", "lần", "tuần", "người"}
_PAIR = re.compile(r"[^.;\n]+")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What supports an answer, as claims by kind."""

    amounts: frozenset[str]
    percents: frozenset[str]
    dates: frozenset[str]
    terms: frozenset[str]
    numbers: frozenset[str]
    documents: frozenset[str]
    articles: frozenset[str]
    groups: frozenset[str]
    contacts: frozenset[str]
    shares: frozenset[tuple[str, str]]  # (household group, percentage or amount) that belong together

    @classmethod
    def of(
        cls,
        texts: Iterable[str] = (),
        rates: Iterable[Rate] = (),
        results: Iterable[int | Decimal | date] = (),
        coordinates: Iterable[Coordinate] = (),
        said: str = "",
        contacts: Iterable[str] = CONTACTS,
    ) -> Grounds:
        """Grounds from verbatim `texts`, `rates`, values that calculators returned (`results`), `coordinates`, and what the citizen
        `said` (spans, amounts and days only: a percentage or a law is not true because somebody names it).
        """
        held: dict[str, set[str]] = {f: set() for f in cls.__dataclass_fields__ if f != "shares"}
        for text in texts:
            _add(held, read_claims(text))
        kinds = {ClaimKind.TERM, ClaimKind.AMOUNT, ClaimKind.DATE, ClaimKind.NUMBER, ClaimKind.GROUP}
        _add(held, (claim for claim in read_claims(said) if claim.kind in kinds))
        held["amounts"] |= {n for n in held["numbers"] if len(n) >= 4}
        shares: set[tuple[str, str]] = set()
        for rate in rates:
            _add_rate(held, rate)
            if group := rate.where.get("group"):
                held["groups"].add(group)
                shares.add((group, plain(Decimal(str(rate.value)) * 100)))
            coordinates = [*coordinates, *rate.basis]
        for value in results:
            _add_result(held, value)
        for where in coordinates:
            held["documents"] |= set(official_numbers(where.document)) | {where.document.upper()}
            _add(held, read_claims(where.document))
            held["articles"] |= _articles(where)
        held["contacts"] |= {c.upper() for c in contacts}
        return cls(**{name: frozenset(found) for name, found in held.items()}, shares=frozenset(shares))


def unfounded(text: str, grounds: Grounds) -> tuple[Claim, ...]:
    """The claims of `text` that nothing in `grounds` supports; empty when it may be sent."""
    claims = read_claims(text)
    return tuple(c for c in claims if not _supported(c, grounds)) + tuple(_wrong_pairs(text, claims, grounds))


def _supported(claim: Claim, g: Grounds) -> bool:
    value = claim.value
    match claim.kind:
        case ClaimKind.AMOUNT:
            return value in g.amounts
        case ClaimKind.PERCENT:
            return value in g.percents
        case ClaimKind.DATE:
            # "1/2027" beside the day 1/1/2027, and the other way round, only when the month is what was given.
            return value in g.dates or any(day.startswith(f"{value}-") for day in g.dates if len(value) == 7)
        case ClaimKind.TERM:
            return value in g.terms or (value.split(" ")[0] in g.percents and claim.text.endswith("phần trăm"))
        case ClaimKind.NUMBER:
            return (
                value in g.numbers
                or value in g.amounts
                or value in g.percents
                or _in_terms(value, g)
                or _is_year(value, g)
            )
        case ClaimKind.DOCUMENT:
            return any(value == d or d.startswith(f"{value}/") or value.startswith(f"{d}/") for d in g.documents)
        case ClaimKind.ARTICLE:
            return value in g.articles
        case ClaimKind.GROUP:
            return value in g.groups
        case _:
            return value in g.contacts or any(
                value.endswith(c) for c in g.contacts if "." in c and value.startswith("HTTP")
            )


def _in_terms(value: str, g: Grounds) -> bool:
    """ "đóng 3, 6 hoặc 12 tháng": a number of a list whose unit stands at its end."""
    months = plain(Decimal(value) * 12) if Decimal(value) < 200 else ""
    return any(term.split(" ", 1)[0] in (value, months) for term in g.terms)


def _is_year(value: str, g: Grounds) -> bool:
    return len(value) == 4 and any(day.startswith(value) for day in g.dates)


def _wrong_pairs(text: str, claims: tuple[Claim, ...], g: Grounds) -> Iterable[Claim]:
    """Percentages that stand in one sentence with exactly one household group which has others."""
    if not g.shares:
        return
    known = {group for group, _ in g.shares}
    for sentence in _PAIR.finditer(text):
        inside = [c for c in claims if sentence.start() <= c.start < sentence.end()]
        groups = {c.value for c in inside if c.kind is ClaimKind.GROUP}
        if len(groups) != 1 or not groups <= known:
            continue
        group = groups.pop()
        others = {share for other, share in g.shares if other != group} - {
            share for own, share in g.shares if own == group
        }
        yield from (c for c in inside if c.kind is ClaimKind.PERCENT and c.value in others)


_FIELD = {
    ClaimKind.AMOUNT: "amounts",
    ClaimKind.PERCENT: "percents",
    ClaimKind.DATE: "dates",
    ClaimKind.TERM: "terms",
    ClaimKind.NUMBER: "numbers",
    ClaimKind.DOCUMENT: "documents",
    ClaimKind.ARTICLE: "articles",
    ClaimKind.GROUP: "groups",
    ClaimKind.CONTACT: "contacts",
}


def _add(held: dict[str, set[str]], claims: Iterable[Claim]) -> None:
    for claim in claims:
        held[_FIELD[claim.kind]].add(claim.value)
        if claim.kind is ClaimKind.ARTICLE:
            article, clause, point = claim.value.split("|")
            held["articles"] |= _articles(Coordinate("", article, clause, point))


def _add_rate(held: dict[str, set[str]], rate: Rate) -> None:
    held["dates"] |= {day.isoformat() for day in (rate.since, rate.until) if day is not None}
    for part in rate.where.values():
        _add(held, read_claims(part))
        held["numbers"].add(part)
    if isinstance(rate.value, date):
        held["dates"].add(rate.value.isoformat())
        return
    number = Decimal(str(rate.value))
    if rate.unit == "phần":
        held["percents"].add(plain(number * 100))
    elif rate.unit.startswith("đồng"):
        held["amounts"].add(plain(number))
    else:
        _add_term(held, number, rate.unit)


def _add_term(held: dict[str, set[str]], number: Decimal, unit: str) -> None:
    """A term, also as it is told: 738 months of age are "61 tuổi 6 tháng", 17 years 4 months are two numbers."""
    held["numbers"].add(plain(number))
    if unit == "năm":
        held["terms"].add(f"{plain(number * 12)} tháng")
    elif unit == "tháng":
        held["terms"].add(f"{plain(number)} tháng")
        full, odd = divmod(int(number), 12)
        held["terms"] |= {f"{full * 12} tháng", f"{odd} tháng", f"{full} tuổi"}
    elif unit == "số đơn vị":
        held["terms"] |= {f"{plain(number)} {word}" for word in ("đơn vị", "xã", "phường", "đặc khu")}
    else:
        held["terms"].add(f"{plain(number)} {unit}")


def _add_result(held: dict[str, set[str]], value: int | Decimal | date) -> None:
    if isinstance(value, date):
        held["dates"].add(value.isoformat())
        held["dates"].add(f"{value.year:04d}-{value.month:02d}")
        return
    number = Decimal(value)
    held["numbers"].add(plain(number))
    if isinstance(value, Decimal):
        held["percents"] |= {plain(number * 100), plain(number)} if number <= 1 else {plain(number)}
    if number >= 1000:
        held["amounts"].add(plain(number))
    if 0 <= number < 1500 and number == number.to_integral_value():
        for unit in ("tháng", "năm"):
            _add_term(held, number, unit)
        held["terms"] |= {f"{plain(number)} {unit}" for unit in ("tuổi", "lần", "người")}
    elif number < 1500:
        held["terms"] |= {f"{plain(number * 12)} tháng", f"{plain(number)} lần"}


def _articles(where: Coordinate) -> set[str]:
    """Every way to cite `where` that says no more than it does."""
    article, clause, point = where.article.lower(), where.clause, where.point
    return (
        {f"{article}||", f"{article}|{clause}|", f"{article}|{clause}|{point}", f"||{clause}"}
        if article or clause
        else set()
    )

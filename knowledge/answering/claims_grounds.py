"""What an answer may claim (căn cứ của con số): all that its clauses, rates, calculators and the citizen's own words say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.answering.claims_book import MONTHS, MONTHS_OF_AGE, Book, Given
from knowledge.answering.claims_groups import GroupValues
from knowledge.answering.claims_law import bare, same_document
from knowledge.answering.claims_model import Claim, ClaimKind, Value
from knowledge.calculators.model import HouseholdGroup
from knowledge.calculators.model import Result as Calculated
from knowledge.law import Coordinate
from knowledge.rates import Rate

FIXED_CONTACTS = (
    "1900 9068",
    "115",
    "dichvucong.gov.vn",
    "dichvucong.baohiemxahoi.gov.vn",
    "baohiemxahoi.gov.vn",
    "vssid.gov.vn",
    "vneid.gov.vn",
    "gov.vn",
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Everything that supports a claim of one answer. Made by `Grounds.of`; one answer, one Grounds.

    `given` holds typed values, `loose` numbers whose unit nobody told, which support any unit but percent. `documents` are official
    numbers, `articles` (document or "", article, clause, point) named by texts, `coordinates` provisions the answer stands on.
    """

    given: frozenset[Given]
    loose: frozenset[Decimal]
    documents: frozenset[str]
    articles: frozenset[tuple[str, str, str, str]]
    coordinates: tuple[Coordinate, ...]
    clauses: frozenset[str]  # "2. …" in a text: an article's text says more than its coordinate
    points: frozenset[str]  # "đ) …"
    said_shares: frozenset[Value]
    texts: tuple[str, ...]
    wording: tuple[str, ...]
    groups: GroupValues

    @classmethod
    def of(
        cls,
        texts: Iterable[str] = (),
        rates: Iterable[Rate] = (),
        results: Iterable[str | int | Decimal | date | Calculated] = (),
        coordinates: Iterable[Coordinate] = (),
        said: str = "",
        contacts: Iterable[str] = FIXED_CONTACTS,
        wording: Iterable[str] = (),
    ) -> Grounds:
        """The grounds of one answer.

        `texts`: verbatim clauses, handbook sections, formulas. `rates`: rows used; their value, days and clauses count.
        `results`: what calculators returned. A Result supports its fields by their names (months, years, percent, else đồng), and
        what depends on the household group only beside its group. A bare int supports that many đồng or that many of any unit, a
        Decimal up to 1 that share of a hundred, a date that day, a HouseholdGroup that group, any other str what it says.
        `coordinates`: provisions the answer may name. `said`: the citizen's own words, whose spans, ages, amounts, days and groups may be
        repeated, whose percentages only where the answer denies them. `contacts`: telephone numbers and addresses allowed in any answer.
        `wording`: a filled card; it supports nothing, but a sentence of it that the answer repeats must keep its numbers in place.
        """
        book = Book()
        for text in texts:
            book.text(text)
        for rate in rates:
            book.rate(rate)
        for result in results:
            book.result(result)
        for where in coordinates:
            book.coordinate(where)
        book.said(said)
        for contact in contacts:
            book.contact(contact)
        return cls(
            frozenset(book.typed),
            frozenset(book.loose),
            frozenset(book.documents),
            frozenset(book.articles),
            tuple(book.coordinates),
            frozenset(book.clauses),
            frozenset(book.points),
            frozenset(book.said_shares),
            tuple(book.texts),
            tuple(wording),
            book.of_groups(),
        )

    def supports(self, claim: Claim) -> bool:
        """True when something given says `claim`."""
        kind, value = claim.kind, claim.value
        if kind is ClaimKind.DOCUMENT:
            return any(same_document(str(value), given) for given in self.documents)
        if kind is ClaimKind.ARTICLE:
            return self._has_article(claim)
        if (kind, value) in self.given:
            return True
        if kind is ClaimKind.GROUP:
            return claim.negated and (kind, HouseholdGroup.OTHER.value) in self.given
        if kind is ClaimKind.PERCENT:
            return claim.negated and value in self.said_shares
        return bool(self.loose) and any(
            all(n in self.loose for n in numbers) for numbers in _as_loose(kind, value, self.given)
        )

    def _has_article(self, claim: Claim) -> bool:
        assert isinstance(claim.value, tuple)
        article, clause, point = claim.value
        for document, *named in self.articles:
            if _within((article, clause, point), tuple(named)) and (
                not claim.document or (document and same_document(claim.document, document))
            ):
                return True
        return any(
            (not claim.document or same_document(claim.document, bare(where.document)))
            and self._covers(where, article, clause, point)
            for where in self.coordinates
        )

    def _covers(self, where: Coordinate, article: str, clause: str, point: str) -> bool:
        if article.startswith("mục "):
            return article in (f"mục {where.section.lower()}", where.section.lower())
        return (
            (not article or article == where.article.lower())
            and (not clause or clause == where.clause.lower() or (not where.clause and clause in self.clauses))
            and (not point or point == where.point.lower() or (not where.point and point in self.points))
        )


def _as_loose(kind: ClaimKind, value: Value, given: frozenset[Given]) -> Iterator[tuple[Decimal, ...]]:
    """The numbers without unit that together say `value`: 738 months of age are 738, or 61.5, or 61 and 6."""
    if kind is ClaimKind.TERM and isinstance(value, tuple):
        unit, number = value
        if not isinstance(number, Decimal):
            return
        yield (number,)
        if unit in (MONTHS, MONTHS_OF_AGE):
            # Months that are told as months somewhere are no years: "12 tháng" is no ground for "12 năm".
            if unit == MONTHS_OF_AGE or (kind, (unit, number / 12)) not in given:
                yield (number / 12,)
            if number % 12:
                yield number // 12, number % 12
    elif (kind is ClaimKind.AMOUNT and isinstance(value, Decimal) and value >= 1000) or (
        kind is ClaimKind.NUMBER and isinstance(value, Decimal)
    ):
        yield (value,)
    elif kind is ClaimKind.YEAR and isinstance(value, int):
        yield (Decimal(value),)
    elif kind is ClaimKind.MONTH and isinstance(value, tuple):
        yield tuple(Decimal(n) for n in value if n)


def _within(said: tuple[str, str, str], named: tuple[str, ...]) -> bool:
    """True when `named` is what is said, or lies inside it."""
    return all(not mine or mine == theirs for mine, theirs in zip(said, named, strict=True))

"""Finds what is wrong with the cards before a citizen does: `python -m knowledge.cards.lint`.

Checks: unknown coordinates, rates that do not exist or have no row on the days a card is used, digits in prose, two cards that
answer one question, reading ease (long answers, long sentences), templates that fail, claims that nothing supports.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jinja2 import nodes

from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.answers import Citation
from knowledge.calculators import BadCase
from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.cards.book import MissingFact
from knowledge.cards.matching import CardIndex, bare_ask
from knowledge.cards.model import Card, CardsError
from knowledge.cards.reader import load_cards
from knowledge.cards.rendering import render
from knowledge.cards.templates import environment
from knowledge.errors import KnowledgeError
from knowledge.law import Coordinate, Provision
from knowledge.rates import NoRate, Rates, load_rates
from knowledge.store.records import PassageRow
from knowledge.understanding.facts import Facts
from knowledge.vietnamese import syllables

MOST_CHARACTERS = 900
LONG_SENTENCE = 45  # syllables
TWINS = 0.97
_DIGITS_ALLOWED = {"law", "article", "rate", "unsure_rate", "at"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `error` findings keep a card from being used; the others are advice."""

    card: str
    message: str
    error: bool = True

    def __str__(self) -> str:
        return f"{'LỖI ' if self.error else 'nhắc'} {self.card}: {self.message}"


def lint(
    cards: Sequence[Card], rates: Rates, on: date, known: Callable[[Coordinate], bool] | None = None
) -> list[Finding]:
    """All findings for `cards` on `on`. `known` tells whether a coordinate exists, where its document is held."""
    found: list[Finding] = []
    for card in cards:
        found += [Finding(card.id, m) for m in _prose_digits(card)]
        if not card.basis and card.status.value == "answered" and card.topic not in ("lien_he", "lua_dao", "gioi_han"):
            found.append(Finding(card.id, "không có basis"))
        if len(card.asks) < 5:
            found.append(Finding(card.id, f"chỉ có {len(card.asks)} cách hỏi", error=False))
        for where in card.basis if known else ():
            if known and not known(where):
                found.append(Finding(card.id, f"basis không có trong văn bản đang giữ: {where}"))
        found += _renders(card, rates, on)
    return [*found, *_twins(cards)]


def lint_one(
    card: Card, others: Sequence[Card], rates: Rates, on: date, known: Callable[[Coordinate], bool] | None = None
) -> list[Finding]:
    """Findings for one card beside `others`."""
    beside = [other for other in others if other.id != card.id]
    return lint([card], rates, on, known) + [f for f in _twins([*beside, card]) if f.card == card.id]


def _prose_digits(card: Card) -> Iterable[str]:
    for name, text in (("answer", card.answer), ("change", card.change)):
        try:
            tree = environment().parse(text)
        except Exception as error:
            yield f"{name}: mẫu câu hỏng ({error})"
            continue
        for data in tree.find_all(nodes.TemplateData):
            if digits := re.findall(r"\S*\d\S*", data.data):
                yield f"{name}: chữ số trong lời văn: {' '.join(digits)}"
        for call in tree.find_all(nodes.Output):
            for constant in call.find_all(nodes.Const):
                if (
                    isinstance(constant.value, str)
                    and re.search(r"\d", constant.value)
                    and not _is_argument(call, constant)
                ):
                    yield f"{name}: chữ số trong chuỗi {constant.value!r}"


def _is_argument(tree: nodes.Node, constant: nodes.Const) -> bool:
    return any(
        isinstance(call.node, nodes.Name)
        and call.node.name in _DIGITS_ALLOWED
        and constant in list(call.find_all(nodes.Const))
        for call in tree.find_all(nodes.Call)
    )


def sample_facts() -> list[tuple[str, Facts]]:
    """People of every kind, to see each branch of a card."""
    nobody = Facts()
    return [
        ("", nobody),
        ("hộ nghèo", replace(nobody, groups=frozenset({HouseholdGroup.POOR}))),
        ("hộ cận nghèo", replace(nobody, groups=frozenset({HouseholdGroup.NEAR_POOR}))),
        ("người dân tộc thiểu số", replace(nobody, groups=frozenset({HouseholdGroup.ETHNIC_MINORITY}))),
        ("đặc khu Lý Sơn xã đảo", replace(nobody, groups=frozenset({HouseholdGroup.ISLAND}), province="Quảng Ngãi")),
        ("Hà Nội hộ nghèo", replace(nobody, groups=frozenset({HouseholdGroup.POOR}), province="Hà Nội")),
        ("Đà Nẵng", replace(nobody, province="Đà Nẵng")),
        ("thu nhập 3 triệu đồng", replace(nobody, income=3_000_000)),
        ("đóng 500 nghìn đồng", replace(nobody, payment=500_000)),
        ("nam 52 tuổi 8 năm", replace(nobody, sex=Sex.MALE, age=52, months_paid=96)),
        ("nữ 58 tuổi 12 năm", replace(nobody, sex=Sex.FEMALE, age=58, months_paid=144)),
        (
            "nữ sinh 9/1970 17 năm 4 tháng 4 triệu đồng",
            replace(nobody, sex=Sex.FEMALE, born_year=1970, born_month=9, months_paid=208, income=4_000_000),
        ),
        ("nam 22 năm 8 tháng 3 triệu đồng", replace(nobody, sex=Sex.MALE, months_paid=272, income=3_000_000)),
        ("53 tuổi 14 năm", replace(nobody, age=53, months_paid=168)),
        ("lương hưu 3 triệu đồng, nữ", replace(nobody, sex=Sex.FEMALE, wished_pension=3_000_000)),
        ("20 năm", replace(nobody, years_planned=20)),
        ("sinh đôi hai con", replace(nobody, children=2)),
    ]


def _renders(card: Card, rates: Rates, on: date) -> Iterable[Finding]:
    answers = CardAnswers(CardIndex([card]), rates)
    shown = False
    for said, facts in sample_facts():
        asked = Asked(card.asks[0], f"{card.asks[0]} {said}", facts, on, on)
        try:
            render(card, facts, rates, on=on, today=on)
            answer = answers.answer(card, asked, NoSources())
        except (MissingFact, BadCase):
            continue
        except NoRate as error:
            if not said:
                yield Finding(card.id, f"không có tham số: {error}")
            continue
        except CardsError as error:
            yield Finding(card.id, str(error))
            return
        except Exception as error:
            yield Finding(card.id, f"lỗi khi điền thẻ ({type(error).__name__}: {error}) với {said!r}")
            return
        if answer is None:
            yield Finding(card.id, f"có số không rõ nguồn (xem nhật ký) với {said!r}")
            return
        shown = True
        if len(answer.text) > MOST_CHARACTERS:
            yield Finding(card.id, f"dài {len(answer.text)} ký tự với {said!r}", error=False)
        for sentence in re.split(r"(?<=[.?!;:])\s+|\n", answer.text):
            if len(syllables(sentence)) > LONG_SENTENCE and not sentence.startswith("Căn cứ"):
                yield Finding(card.id, f"câu dài {len(syllables(sentence))} tiếng: {sentence[:60]}…", error=False)
                break
    if not shown and not card.needs:
        yield Finding(card.id, "không điền được với ai trong các trường hợp mẫu", error=False)


def _twins(cards: Sequence[Card]) -> Iterable[Finding]:
    """Cards that would answer one question: the same words asked of both."""
    seen: dict[str, Card] = {}
    for card in cards:
        for ask in card.asks:
            other = seen.setdefault(bare_ask(ask), card)
            if other.id != card.id:
                yield Finding(card.id, f"cùng cách hỏi với {other.id}: {ask}")


class NoSources:
    """No documents: cards are looked at on their own."""

    def passages_with(self, ids: Iterable[str]) -> dict[str, PassageRow]:
        return {}

    def words_at(self, coordinates: Iterable[Coordinate], on: date) -> dict[Coordinate, list[Provision]]:
        return {}

    def titles_of(self, numbers: Iterable[str]) -> dict[str, str]:
        return {}


def main() -> int:
    """Prints every finding of the cards that come along; status 1 when one is an error."""
    only = sys.argv[1:]
    try:
        cards, rates = load_cards(), load_rates()
    except KnowledgeError as error:
        sys.stdout.write(f"{error} {error.remedy}\n")
        return 1
    found = [f for f in lint(cards, rates, date.today()) if not only or any(o in f.card for o in only)]  # noqa: DTZ011
    sys.stdout.write("".join(f"{f}\n" for f in found))
    sys.stdout.write(
        f"{len(cards)} thẻ, {sum(len(c.asks) for c in cards)} cách hỏi, {sum(f.error for f in found)} lỗi.\n"
    )
    return int(any(f.error for f in found))


__all__ = ["Citation", "Finding", "lint"]

if __name__ == "__main__":
    sys.exit(main())

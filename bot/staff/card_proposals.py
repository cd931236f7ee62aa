"""Answer cards by proposal: checked by the card lint at once and against the open questions in a thread, then decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from bot.errors import BotError
from bot.staff.accounts import Person
from bot.staff.holdings import Holdings
from bot.staff.knowledge_files import KnowledgeFiles, cards_of
from bot.staff.proposals import BadProposal, Kind, Proposals, State
from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.answers import Answer
from knowledge.cards.lint import NoSources, lint_one
from knowledge.cards.matching import CardIndex
from knowledge.cards.model import Card
from knowledge.errors import KnowledgeError
from knowledge.evaluation.graded import GradedQuestion, questions_folder, read_graded
from knowledge.evaluation.scoring import Verdict, judge
from knowledge.law import Coordinate
from knowledge.shorthand import write_out
from knowledge.store import reading, writing
from knowledge.understanding.facts import read_facts

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_OFTEN = 40  # questions between two notes of how far the check is
_MOST_KEPT = 60


class BadCard(BotError):
    """Raised when a card has faults that keep it from being used; `faults` are one line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("Thẻ còn lỗi nên chưa gửi được.", "Sửa từng lỗi dưới đây.")
        self.faults = tuple(faults)


class CardProposals:
    """Proposes, checks and writes cards."""

    def __init__(
        self,
        holdings: Holdings,
        proposals: Proposals,
        files: KnowledgeFiles,
        today: Callable[[], date],
        told: Callable[[str], dict[str, Any]],
        questions: Callable[[], Sequence[GradedQuestion]] | None = None,
    ) -> None:
        self._holdings, self._proposals, self._files, self._today = holdings, proposals, files, today
        self._told = told
        self._questions = questions or (lambda: read_graded(questions_folder() / "open.jsonl"))

    def tried(self, entry: Mapping[str, Any]) -> tuple[Card, tuple[Card, ...], list[str]]:
        """The card of `entry`, all cards with it, and advice. Raises BadCard with everything that is wrong with it."""
        if not _ID.fullmatch(str(entry.get("id", ""))) or len(str(entry["id"])) > 60:
            raise BadCard(["Mã thẻ chỉ có chữ thường không dấu, chữ số và gạch nối, ví dụ muc-dong-cua-xa."])
        try:
            cards = self._files.cards_with([e for e in self._entries() if e["id"] != entry["id"]] + [dict(entry)])
        except KnowledgeError as error:
            raise BadCard([f"{error} {error.remedy}".strip()]) from None
        card = next(c for c in cards if c.id == entry["id"])
        found = lint_one(card, cards, self._holdings.rates(), self._today(), self._held)
        if faults := [f.message for f in found if f.error]:
            raise BadCard(faults)
        return card, cards, [f.message for f in found]

    def propose(self, person: Person, entry: Mapping[str, Any], note: str) -> int:
        """Stores a card for a decision and begins to check it against the questions. Raises BadCard."""
        card, _, advice = self.tried(entry)
        old = next((c for c in self._holdings.cards().cards if c.id == card.id), None)
        payload = {"action": "put", "entry": dict(entry), "advice": advice, "new": old is None}
        number = self._proposals.add(person, Kind.CARD, card.id, payload, note=note)
        self.check_later(number)
        return number

    def propose_removal(self, person: Person, card_id: str, note: str) -> int:
        """Proposes to take the console's version of a card away. Raises BadProposal."""
        if not any(e["id"] == card_id for e in self._entries()):
            raise BadProposal("Thẻ này không do trang cán bộ viết nên không gỡ được ở đây.", "")
        if not note:
            raise BadProposal("Chưa ghi lý do gỡ thẻ.", "Viết một câu.")
        number = self._proposals.add(person, Kind.CARD, card_id, {"action": "remove", "advice": []}, note=note)
        self.check_later(number)
        return number

    def check_later(self, number: int) -> None:
        """Asks the open questions with and without the proposal, in the thread for slow work."""
        self._proposals.tell(number, checks={"running": True, "done": 0, "total": 0})
        self._holdings.later(lambda: self.check(number))

    def check(self, number: int) -> None:
        """Asks all open questions twice and keeps what changes."""
        row = self._proposals.one(number)
        cards = self.cards_after(row)
        now = self._holdings.cards()
        before, told = self._holdings.tried(now), self._told(row["subject"])
        if before is None:
            self._proposals.tell(number, checks={"skipped": "Bản cài này không chạy phần trả lời.", "told": told})
            return
        try:
            after = self._holdings.tried(CardAnswers(self._holdings.index(cards), now.rates, now.learned))
            assert after is not None
            questions = self._questions()
            changed: list[dict[str, Any]] = []
            better = worse = 0
            for done, one in enumerate(questions, 1):
                was, will = before.answer(one.question, today=one.on), after.answer(one.question, today=one.on)
                if (was.text, was.status) != (will.text, will.status):
                    good = [judge(one, a).verdict is Verdict.CORRECT for a in (was, will)]
                    better, worse = better + (good == [False, True]), worse + (good == [True, False])
                    changed.append(_changed(one, was, will, good))
                if done % _OFTEN == 0:
                    self._proposals.tell(number, checks={"running": True, "done": done, "total": len(questions)})
            changed.sort(key=lambda c: (not c["worse"], not c["better"]))
            checks = {
                "total": len(questions), "changed": len(changed), "better": better, "worse": worse,
                "answers": changed[:_MOST_KEPT], "told": told,
            }  # fmt: skip
        except Exception:
            self._proposals.tell(number, checks={"skipped": "Kiểm tra bị lỗi; xem nhật ký máy chủ rồi chạy lại."})
            raise
        self._proposals.tell(number, checks=checks)

    def cards_after(self, row: RowMapping) -> tuple[Card, ...]:
        """All cards as they would be with a proposal."""
        entries = [e for e in self._entries() if e["id"] != row["subject"]]
        if row["payload"]["action"] == "put":
            entries.append(row["payload"]["entry"])
        return self._files.cards_with(entries)

    def write(self, row: RowMapping) -> None:
        """Does what was approved: writes the file, and answers follow at once. Raises CardsError."""
        put = row["payload"]["action"] == "put"
        with writing(self._proposals.engine) as connection:
            self._proposals.lock(connection)
            live = self._proposals.live(connection, Kind.CARD)
            entries = [e for e in cards_of(live) if e["id"] != row["subject"]]
            self._files.write_cards([*entries, row["payload"]["entry"]] if put else entries)
            done = "Thẻ đang được dùng." if put else "Đã gỡ bản của trang cán bộ."
            undoes = [r["id"] for r in live if r["subject"] == row["subject"]]
            self._proposals.settle(connection, row["id"], "", undoes=undoes)
        try:
            self._holdings.follow()
        except KnowledgeError as error:
            done = f"{done} Chưa dùng để trả lời: {error}"
        self._proposals.tell(row["id"], outcome=done)

    def versions(self, card_id: str) -> list[RowMapping]:
        """Versions of a card that hold or held, and those that wait, the newest first."""
        states = (State.DONE.value, State.UNDONE.value, State.WAITING.value, State.APPLYING.value)
        return list(self._proposals.find(kind=Kind.CARD.value, subject=card_id, states=states).rows)

    def own(self) -> set[str]:
        """Ids of the cards that the console wrote."""
        return {str(e["id"]) for e in self._entries()}

    def show(self, card: Card, question: str, on: date) -> tuple[str, Answer | None]:
        """What a citizen who asks `question` (else the first way of asking) on `on` reads from this card; None when it is held back."""
        text = write_out(question or card.asks[0])
        cards = CardAnswers(CardIndex([card]), self._holdings.rates())
        return text, cards.answer(card, Asked(text, text, read_facts(text, on), on, on), NoSources())

    def _entries(self) -> list[dict[str, Any]]:
        with reading(self._proposals.engine) as connection:
            return cards_of(self._proposals.live(connection, Kind.CARD))

    def _held(self, where: Coordinate) -> bool:
        store = self._holdings.store
        return not store.title_of(where.document) or bool(store.provisions_at(where, self._today()))


def entry_of(card: Card) -> dict[str, Any]:
    """A card as a file has it."""
    entry: dict[str, Any] = {"id": card.id, "topic": card.topic, "asks": list(card.asks)}
    if card.status.value != "answered":
        entry["status"] = card.status.value
    if card.unsure:
        entry["unsure"] = True
    if card.needs:
        entry["needs"] = list(card.needs)
    entry["answer"] = card.answer
    if card.change:
        entry["change"] = card.change
    entry |= {"basis": [str(b) for b in card.basis], "from": card.since.isoformat()}
    if card.until:
        entry["until"] = card.until.isoformat()
    return entry | {"reviewed": card.reviewed.isoformat()}


def _changed(one: GradedQuestion, was: Answer, will: Answer, good: Sequence[bool]) -> dict[str, Any]:
    return {
        "id": one.id, "question": one.question, "on": one.on.isoformat(), "before": was.text, "after": will.text,
        "worse": list(good) == [True, False], "better": list(good) == [False, True],
    }  # fmt: skip

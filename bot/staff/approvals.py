"""What follows a decision: a proposal that was approved is done in the thread for slow work, whatever its kind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from sqlalchemy import RowMapping

from bot.errors import BotError
from bot.staff.accounts import Person
from bot.staff.card_proposals import CardProposals
from bot.staff.changed_answers import Told, changed_cards, figures_gone
from bot.staff.console import Console
from bot.staff.document_proposals import DocumentProposals
from bot.staff.holdings import Holdings
from bot.staff.knowledge_files import KnowledgeFiles
from bot.staff.proposals import Kind, Proposals, State
from bot.staff.rate_proposals import RateProposals
from ingest.errors import IngestError
from knowledge.errors import KnowledgeError

log = logging.getLogger("bot.staff")


class Desk:
    """Everything the pages on knowledge work with, wired once for a console."""

    def __init__(self, console: Console) -> None:
        self.holdings = Holdings(console)
        self.proposals = Proposals(console.engine, console.audit, console.clock)
        self.files = KnowledgeFiles(self.holdings, self.proposals)
        self.documents = DocumentProposals(self.holdings, self.proposals, console.today)
        self.rates = RateProposals(self.holdings, self.proposals, self.files, console.today)
        self.told = Told(console.engine, console.clock)
        self.cards = CardProposals(self.holdings, self.proposals, self.files, console.today, self.told.of_card)
        self._today = console.today
        self._deeds: Mapping[Kind, Callable[[RowMapping], None]] = {
            Kind.DOCUMENT: self.documents.publish,
            Kind.WITHDRAWAL: self.documents.withdraw,
            Kind.VALIDITY: self.documents.change_validity,
            Kind.RATE: self.rates.write,
            Kind.CARD: self.cards.write,
        }

    def approve(self, person: Person, number: int, version: int) -> Future[None]:
        """A second person agrees; when it is done. Raises BadProposal."""
        row = self.proposals.approve(person, number, version)
        return self.holdings.later(lambda: self._do(row))

    def weigh_later(self, number: int) -> None:
        """Works out which answers a proposal touches and who was told what it changes, in the thread for slow work."""
        self.proposals.tell(number, checks={"running": True})
        self.holdings.later(lambda: self._weigh(number))

    def check_again(self, number: int) -> None:
        """Tries a proposal again whose check was cut off or went wrong."""
        row = self.proposals.one(number)
        if row["kind"] == Kind.CARD:
            self.cards.check_later(number)
        else:
            self.weigh_later(number)

    def _do(self, row: RowMapping) -> None:
        try:
            self._deeds[Kind(row["kind"])](row)
        except (BotError, KnowledgeError) as error:
            self.proposals.tell(row["id"], state=State.FAILED.value, outcome=f"{error} {error.remedy}".strip())
        except IngestError as error:
            self.proposals.tell(row["id"], state=State.FAILED.value, outcome=str(error))
        except Exception:
            self.proposals.tell(
                row["id"],
                state=State.FAILED.value,
                outcome="Lỗi khi thực hiện; quản trị xem nhật ký máy chủ rồi duyệt lại.",
            )
            raise

    def _weigh(self, number: int) -> None:
        row = self.proposals.one(number)
        try:
            checks = self._of_rate(row) if row["kind"] == Kind.RATE else self._of_document(row)
        except KnowledgeError as error:
            checks = {"skipped": f"{error} {error.remedy}".strip()}
        except Exception:
            self.proposals.tell(number, checks={"skipped": "Tính thử bị lỗi; xem nhật ký máy chủ rồi tính lại."})
            raise
        self.proposals.tell(number, checks=checks)

    def _of_rate(self, row: RowMapping) -> dict[str, Any]:
        before, after, rate = self.rates.both(row)
        changed = changed_cards(self.holdings.cards().cards, before, after, rate, self._today())
        figures = figures_gone(changed)
        return {
            "cards": [one.plain() for one in changed[:200]], "count": len(changed), "figures": figures,
            "told": self.told.of_figures(figures),
        }  # fmt: skip

    def _of_document(self, row: RowMapping) -> dict[str, Any]:
        numbers = self.documents.touched(row)
        resting = [
            {"id": card.id, "ask": card.asks[0]}
            for card in self.holdings.cards().cards
            if any(where.document in numbers for where in card.basis)
        ]
        return {"numbers": numbers, "resting": resting, "told": self.told.of_figures(numbers)}


def desk_of(console: Console) -> Desk:
    """The one desk of a console, shared by its pages."""
    found = console.parts.get("desk")
    if not isinstance(found, Desk):
        found = console.parts["desk"] = Desk(console)
    return found

"""What the pages on knowledge work with: the store, the cards of the moment, the data folder, and threads for slow work."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.knowing import bring_in
from bot.staff.console import Console
from ingest.pipeline import FileReport, ingest
from knowledge.answering import Knowledge
from knowledge.answering.by_card import CardAnswers
from knowledge.cards.matching import CardIndex
from knowledge.cards.reader import load_cards
from knowledge.rates import Rates, load_rates
from knowledge.store import KnowledgeStore

if TYPE_CHECKING:
    from bot.bootstrap import System

log = logging.getLogger("bot.staff")


class Holdings:
    """The knowledge of an installation as the console sees it.

    Without a `System` (`console.parts["system"]`) it works on the console's database and the folder `console.parts["data"]`, or one
    made for the purpose: documents are published, but not embedded.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.store = KnowledgeStore(console.engine)
        self._lock, self._counting = Lock(), Lock()
        self._going: set[Future[None]] = set()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="knowing")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="reading")  # each waits for its parser process
        self._cards: CardAnswers | None = None
        self._folder: Path | None = None

    @property
    def system(self) -> System | None:
        """The running installation, when there is one."""
        found: System | None = self._console.parts.get("system")
        return found

    @property
    def data(self) -> Path:
        """The data folder."""
        if self.system is not None:
            return self.system.settings.tuvan_data
        with self._lock:
            if self._folder is None:
                self._folder = Path(self._console.parts.get("data") or tempfile.mkdtemp(prefix="tuvan-"))
            return self._folder

    @property
    def province(self) -> str:
        """The province that is served."""
        return self._console.communes.province

    def cards(self) -> CardAnswers:
        """The cards and rates that answer now."""
        if self.system is not None:
            return self.system.cards()
        folder = self.data
        with self._lock:
            if self._cards is None:
                self._cards = CardAnswers(CardIndex(load_cards(folder / "cards")), load_rates(folder / "rates"))
            return self._cards

    def rates(self) -> Rates:
        """The rates that answer now."""
        return self.cards().rates

    def follow(self) -> None:
        """Takes over changed files of rates and cards. Raises RatesError, CardsError; the old ones then answer on."""
        if self.system is not None:
            self.system.cards.refresh()
            return
        with self._lock:
            self._cards = None

    def tried(self, cards: CardAnswers) -> Knowledge | None:
        """What would answer with `cards`; None without a running installation."""
        system = self.system
        return Knowledge(system.search, system.store, lambda: cards) if system is not None else None

    def index(self, cards: Sequence[Any]) -> CardIndex:
        """An index of other cards than those that answer, with the vectors that are known."""
        system = self.system
        if system is None:
            return CardIndex(cards)
        return CardIndex(cards, system.embedder, system.settings.models_folder)

    def publish(self, path: Path, *, restore: bool, replace: bool) -> FileReport:
        """Brings one file in as `tuvan ingest` does, searchable when this returns."""
        if self.system is not None:
            return bring_in(self.system, [path], None, restore=restore, supersede=replace).files[0]
        return ingest([path], self.store, restore=restore, supersede=replace).files[0]

    def refresh(self) -> None:
        """Makes searchable what changed in the store."""
        if self.system is not None:
            bring_in(self.system, [], None)

    def later(self, work: Callable[[], None]) -> Future[None]:
        """Does `work` in the one thread for slow work, one after the other."""
        return self._remembered(self._worker.submit(_logged, work))

    def read_later(self, work: Callable[[], None]) -> Future[None]:
        """Reads a file beside the slow work."""
        return self._remembered(self._readers.submit(_logged, work))

    def wait(self) -> None:
        """Waits until all that was to be done later is done."""
        with self._counting:
            going = list(self._going)
        for future in going:
            future.exception()

    def _remembered(self, future: Future[None]) -> Future[None]:
        with self._counting:
            self._going = {f for f in self._going if not f.done()} | {future}
        return future


def _logged(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("work on knowledge failed")
        raise

"""Wires the parts together from the settings; the only place that knows which real part stands behind each protocol."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from sqlalchemy import Engine

from bot.assisting import assistant_for
from bot.clock import Clock, clock_for
from bot.dialogue.answerer import KnowledgeAnswerer
from bot.errors import BadSettings
from bot.following import FollowedCards
from bot.logs import set_up
from bot.outgoing import allow_only, hosts_of
from bot.redaction import install
from bot.settings import Settings, secrets_of
from bot.storage.opening import open_database
from knowledge.answering import Knowledge
from knowledge.answering.by_card import CardAnswers
from knowledge.cards.matching import CardIndex
from knowledge.cards.ordinary import learned_conduct
from knowledge.cards.reader import load_cards
from knowledge.cards.templates import warm
from knowledge.embedding import CachedEmbedder, Embedder, load_embedder, prepare_default_model
from knowledge.index import VectorIndex, open_live
from knowledge.live import LiveSearch, OpenIndex
from knowledge.model import ChatModel
from knowledge.rates import load_rates
from knowledge.store import KnowledgeStore, StoreState

_WARM_AFTER = 5.0  # seconds
_QUICKER_ONE_BY_ONE = 20_000  # vectors up to which brute force (2 ms) beats Chroma and the way to its thread (6 ms)
Report = Callable[[str], None]


@dataclass(slots=True)
class System:
    """The parts of a running installation. `close` lets go of files and connections."""

    settings: Settings
    clock: Clock
    engine: Engine
    store: KnowledgeStore
    embedder: Embedder
    search: LiveSearch
    knowledge: Knowledge
    cards: FollowedCards

    def prepare(self) -> None:
        """Makes what the first answer would make: cards and their vectors. Raises RatesError, CardsError."""
        self.cards()

    @property
    def answerer(self) -> KnowledgeAnswerer:
        """What channels put their messages to."""
        return KnowledgeAnswerer(self.knowledge, self.clock)

    def close(self) -> None:
        """Closes indexes and connections."""
        self.search.close()
        self.engine.dispose()


def bootstrap(
    settings: Settings,
    *,
    serving: bool = False,
    embedder: Embedder | None = None,
    clock: Clock | None = None,
    report: Report | None = None,
    chat_model: ChatModel | None = None,
) -> System:
    """The parts for `settings`, the database migrated.

    `serving` opens the vector index of Chroma, which one process at a time may hold; without it vectors are searched one by
    one, so that a command may run beside the server. `chat_model` stands in for the one of the settings. Raises BadSettings,
    KnowledgeError.
    """
    install(secrets_of(settings))
    allow_only(hosts_of(settings))
    try:
        settings.tuvan_data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(
            f"TUVAN_DATA: không tạo được thư mục {settings.tuvan_data} ({error.strerror}).",
            "Chọn thư mục khác hoặc cấp quyền ghi.",
        ) from error
    set_up(settings)
    engine = open_database(settings, report)
    store = KnowledgeStore(engine)
    model = CachedEmbedder(embedder or default_embedder(settings, report))
    search = LiveSearch(
        store, settings.indexes_folder, model, _opener(store, settings.indexes_folder, model, serving=serving)
    )
    cards = FollowedCards(
        lambda: card_answers(settings, model, report), [settings.tuvan_data / "rates", settings.tuvan_data / "cards"]
    )
    if serving:
        known = cards()  # a broken file of rates or cards stops the start with one line, not the first question
        later = Timer(_WARM_AFTER, warm, (known.cards,))  # not while the start itself needs the processor
        later.name, later.daemon = "cards-warm", True
        later.start()
    known_by = Knowledge(search, store, cards, assistant_for(settings, engine, chat_model))
    return System(settings, clock or clock_for(settings), engine, store, model, search, known_by, cards)


def card_answers(settings: Settings, embedder: Embedder | None, report: Report | None = None) -> CardAnswers:
    """The answer cards and dated rates: those that come along, with those of staff in `rates/` and `cards/` of the data folder.

    Raises RatesError, CardsError.
    """
    rates = load_rates(settings.tuvan_data / "rates")
    cards = load_cards(settings.tuvan_data / "cards")
    index = CardIndex(cards, embedder, settings.models_folder, report or (lambda line: None))
    return CardAnswers(index, rates, learned_conduct(index, embedder, settings.models_folder))


def default_embedder(settings: Settings, report: Report | None = None) -> Embedder:
    """The embedding model of `settings`; the one that comes along is converted on its first use."""
    if not settings.embedding_model:
        prepare_default_model(settings.models_folder, report)
    return load_embedder(
        settings.embedding_model, settings.models_folder, threads=settings.embedding_threads or (os.cpu_count() or 1)
    )


def _opener(store: KnowledgeStore, indexes_folder: Path, embedder: Embedder, *, serving: bool) -> OpenIndex:
    def in_chroma(state: StoreState) -> VectorIndex | None:
        return open_live(
            store, indexes_folder, embedder.fingerprint, embedder.dimension, exact_up_to=_QUICKER_ONE_BY_ONE
        )

    def one_by_one(state: StoreState) -> VectorIndex | None:
        return open_live(store, indexes_folder, embedder.fingerprint, embedder.dimension, chroma=False)

    return in_chroma if serving else one_by_one

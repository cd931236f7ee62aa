"""Of a hundred withdrawn documents none is cited again, by keywords and by meaning, while others answer on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.storage.migrate import migrate
from knowledge.answering import Knowledge
from knowledge.index import build_generation, embed_missing, open_live
from knowledge.law import InForce
from knowledge.live import LiveSearch
from knowledge.store import KnowledgeStore, open_engine
from tests.knowledge.answering.test_service import TODAY, clause, law
from tests.knowledge.index.worlds import DIMENSION, HashEmbedder

GONE, KEPT = 100, 20
HELD = InForce(date(2025, 7, 1))
FRUITS = ("xoài", "ổi", "mít", "chuối", "bưởi", "cam", "quýt", "na", "vải", "nhãn", "khế", "me")
VILLAGES = ("Đông", "Tây", "Nam", "Bắc", "Trung", "Thượng", "Hạ", "Tân", "Cựu", "Phú")


class Asked(HashEmbedder):
    """Also embeds questions: each points at the passage whose fund it names, which is what meaning does at its best."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.direction(text)


def fund(number: int) -> str:
    """A name that no other fund has."""
    return f"quỹ {FRUITS[number % 12]} thôn {VILLAGES[number // 12]}"


def questions(number: int) -> list[str]:
    return [
        f"Mức góp {fund(number)} là bao nhiêu?",
        f"{fund(number)} góp mấy nghìn đồng",
        f"ai phải góp {fund(number)}",
    ]


def test_of_a_hundred_withdrawn_documents_none_is_cited_again(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    migrate(engine)
    store, embedder, indexes = KnowledgeStore(engine), Asked(), tmp_path / "indexes"
    names = [f"{number + 1}/2030/NĐ-CP" for number in range(GONE + KEPT)]
    for number, name in enumerate(names):
        text = f"Người dân góp {fund(number)} mỗi tháng {number + 10} nghìn đồng theo thông báo của thôn."
        store.publish(
            law(name, f"Quy định về {fund(number)}", [clause(name, "2", "1", f"Mức góp {fund(number)}", text)], HELD)
        )
    embed_missing(store, embedder)
    build_generation(store, indexes, embedder.fingerprint, DIMENSION)
    search = LiveSearch(
        store, indexes, embedder,
        lambda state: open_live(store, indexes, embedder.fingerprint, DIMENSION, chroma=False), check_every=0,
    )  # fmt: skip
    knowledge = Knowledge(search, store)

    def cited(number: int) -> set[str]:
        return {c.document for q in questions(number) for c in knowledge.answer(q, today=TODAY).citations}

    before = [cited(number) for number in range(GONE)]
    assert sum(names[number] in found for number, found in enumerate(before)) > GONE / 2, (
        "they were cited while they held"
    )
    for name in names[:GONE]:
        assert store.withdraw(name) == 1
    build_generation(store, indexes, embedder.fingerprint, DIMENSION)
    search.refresh()
    left = set(names[GONE:])
    after = set().union(*(cited(number) for number in range(GONE)))
    assert after <= left
    assert any(names[number] in cited(number) for number in range(GONE, GONE + KEPT)), "the others answer on"
    vectors = open_live(store, indexes, embedder.fingerprint, DIMENSION, chroma=False)
    assert vectors is not None and vectors.count() == KEPT
    vectors.close()
    search.close()

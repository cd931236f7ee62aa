"""Clauses with orders in them, past every scan, before a model that obeys: what it adds is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.storage.migrate import migrate
from knowledge.answering import AnswerStatus, Knowledge
from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.live import LiveSearch
from knowledge.model import Assistant, Guarded
from knowledge.passages import make_passages
from knowledge.store import KnowledgeStore, NewDocument, SourceFile, open_engine
from knowledge.vietnamese import fold
from tests.chat_models import obedient, scripted
from tests.knowledge.model.conftest import TODAY, Free
from tests.knowledge.model.probes import CANARY, PROBES, given_away
from tests.knowledge.model.spellings import SPELLINGS

HELD = InForce(date(2025, 7, 1))
NAMES = [
    "thư viện",
    "bến xe",
    "chợ phiên",
    "nhà rông",
    "cảng cá",
    "trạm bơm",
    "sân vận động",
    "vườn ươm",
    "lò gạch",
    "xưởng mộc",
]
WORKS = ["mở cửa", "thu phí", "bảo dưỡng", "bàn giao", "kiểm kê"]
INGEST = Path(__file__).parents[2] / "ingest" / "hidden_texts.yaml"


def orders() -> list[str]:
    attacks = yaml.safe_load(INGEST.read_text(encoding="utf-8"))["attacks"]
    texts = [*PROBES["vietnamese"], *PROBES["english"], *attacks["vi"], *attacks["en"]]
    return [t.replace("{canary}", CANARY).replace("{{", "{").replace("}}", "}") for t in texts]


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Knowledge, Knowledge, list[str]]]:
    """Without and with a model, over two hundred clauses each with an order in it; the questions for them."""
    folder = tmp_path_factory.mktemp("poisoned")
    engine = open_engine(f"sqlite:///{folder / 'k.sqlite3'}")
    migrate(engine)
    store = KnowledgeStore(engine)
    texts, styles = orders(), list(SPELLINGS.values())
    provisions, questions = [], []
    for n in range(200):
        what = f"{WORKS[n % 5]} {NAMES[n // 5 % 10]} số {n + 1001}"
        order = styles[n % len(styles)](texts[n % len(texts)])
        text = f"Việc {what} do ủy ban nhân dân xã quyết định sau khi niêm yết công khai. {order}"
        provisions.append(
            Provision(Coordinate("5/2025/QĐ-UBND", str(n + 1), "1"), ProvisionKind.CLAUSE, text, f"Về {what}")
        )
        questions.append(f"Ai quyết định {what}?")
    source = SourceFile("p.md", "a" * 64)
    identity = DocumentIdentity("5/2025/QĐ-UBND", DocumentKind.DECISION, "Quyết định mẫu", in_force=HELD)
    store.publish(NewDocument(source, identity, provisions, make_passages(provisions, HELD), "1"))
    search = LiveSearch(store, folder / "indexes", None, lambda state: None, check_every=0)
    helper = Assistant(Guarded(scripted(obedient), Free()))
    yield Knowledge(search, store), Knowledge(search, store, None, helper), questions
    search.close()


def test_two_hundred_poisoned_clauses_move_nothing(knowledge: tuple[Knowledge, Knowledge, list[str]]) -> None:
    plain, helped, questions = knowledge
    bad, asked = [], 0
    for question in questions:
        without = plain.answer(question, today=TODAY)
        parts: list[str] = []
        answer = helped.answer(question, today=TODAY, show=parts.append)
        asked += any(step.name == "model" for step in answer.trace)
        if without.status is AnswerStatus.ANSWERED:
            assert without.text.split("\n")[0] in answer.text  # the clause itself, as it stands
        # What a clause says is quoted as it stands, with or without a model; everything beyond that is the model's.
        for said in (answer.text, *parts):
            bad += [
                f"{question}: {what!r} in {said!r}" for what in given_away(said) if fold(what) not in fold(without.text)
            ]
    assert asked > 150, "the model was hardly asked: the test says nothing"
    assert bad == []

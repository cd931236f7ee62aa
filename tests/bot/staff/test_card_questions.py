"""A proposed card is tried on the questions by the very parts that answer citizens, before anybody approves it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.bootstrap import System, bootstrap
from bot.clock import FixedClock
from bot.settings import Settings
from bot.staff.access import Role
from bot.staff.approvals import desk_of
from bot.staff.card_proposals import CardProposals
from bot.staff.proposals import State
from knowledge.embedding import HashingEmbedder
from knowledge.evaluation.graded import Behaviour, GradedQuestion, Kind
from tests.bot.staff.office import Office, opened
from tests.bot.staff.test_knowledge_pages import CARD, K, act, text

DAY = date(2026, 11, 28)
OLD = "Con số đó tính từ đâu ra?"
ASK = "Thôn Cây Gạo hỏi trưởng thôn đóng mấy?"


@pytest.fixture
def system(tmp_path: Path, made_once: Path) -> Iterator[System]:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(made_once, folder / "tuvan.sqlite3")
    made = bootstrap(Settings(tuvan_data=folder), embedder=HashingEmbedder(), clock=FixedClock(DAY))
    yield made
    made.close()


@pytest.fixture
def office(system: System) -> Iterator[Office]:
    with opened(system.engine, hired=True, parts={"system": system}) as made:
        yield made


def question(id: str, words: str, *facts: str) -> GradedQuestion:
    return GradedQuestion(id, words, "muc_dong", True, Behaviour.ANSWER, DAY, Kind.PLAIN, facts)


def test_what_becomes_right_and_wrong_is_counted_and_must_be_seen(office: Office, system: System) -> None:
    desk = desk_of(office.console)
    office.hire("bientap2", Role.EDITOR)
    questions = [
        question("thon", ASK, "thôn Cây Gạo"),
        question("cu", OLD, "330.000 đồng"),
        question("khac", "Chết thì mai táng phí bao nhiêu?", "không có"),
    ]
    desk.cards = CardProposals(
        desk.holdings, desk.proposals, desk.files, office.console.today, desk.told.of_card, lambda: questions
    )
    card = CARD | {
        "answer": "Ở thôn Cây Gạo, hỏi trưởng thôn Cây Gạo đóng mấy.",
        "asks": f"{ASK}\n{ASK} vậy\n{ASK} ạ\n{ASK} đồng\nMấy đồng hả?",
    }  # fmt: skip
    assert "330.000 đồng" in system.knowledge.answer(OLD, today=DAY).text, "right before"
    browser, other = office.signed_in("bientap"), office.signed_in("bientap2")
    browser.get(K + "/the/muc-dong-thap-nhat/sua")
    path = browser.post(K + "/the/muc-dong-thap-nhat/sua", card).url.path
    desk.holdings.wait()
    row = desk.proposals.one(1)
    assert row["state"] == State.WAITING and "thôn Cây Gạo" not in system.knowledge.answer(ASK, today=DAY).text
    checks = row["checks"]
    assert (checks["total"], checks["changed"], checks["better"], checks["worse"]) == (3, 2, 1, 1)
    assert [a["id"] for a in checks["answers"]] == ["cu", "thon"], "what goes wrong comes first"
    assert "1 câu thành chưa đúng" in text(other.get(path))
    refused = act(other, f"{path}/duyet")
    assert refused.status_code == 400 and "đang đúng sẽ thành chưa đúng" in text(refused)
    act(other, f"{path}/duyet", seen="1")
    desk.holdings.wait()
    assert desk.proposals.one(1)["outcome"] == "Thẻ đang được dùng."
    assert "thôn Cây Gạo" in system.knowledge.answer(ASK, today=DAY).text, "answers follow without a restart"

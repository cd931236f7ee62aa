"""Every `Answerer` keeps the same promises, the real one and the one that tests of channels use."""

from __future__ import annotations

from datetime import date

import pytest

from bot.bootstrap import bootstrap
from bot.clock import FixedClock
from bot.dialogue.answerer import as_reply
from bot.knowing import bring_in_starter
from bot.messages import Answerer, ChatReply, Reply
from bot.settings import Settings
from knowledge.answering import Answer, AnswerStatus, Citation
from knowledge.embedding import HashingEmbedder


class Echo:
    """The stand-in: says what it heard."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        return ChatReply("answered", (Reply(text or "…"),))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    settings = Settings(tuvan_data=tmp_path_factory.mktemp("data"))
    system = bootstrap(settings, embedder=HashingEmbedder(), clock=FixedClock(date(2026, 11, 22)))
    bring_in_starter(system)
    return system.answerer


@pytest.mark.parametrize("kind", ["real", "stand-in"])
@pytest.mark.parametrize("text", ["Chào bạn", "mức đóng thấp nhất là bao nhiêu", "", "x" * 5000, "\ud800", "<b>hi</b>"])
def test_every_message_gets_words_and_a_known_status(kind: str, text: str, real: Answerer) -> None:
    answerer = real if kind == "real" else Echo()
    reply = answerer.answer(text, session="s1234567")
    assert reply.status in {s.value for s in AnswerStatus}
    assert reply.replies
    assert all(r.text.strip() for r in reply.replies)


def test_a_citation_says_where_it_stands_and_whose_words_it_shows() -> None:
    held = Citation("41/2024/QH15", "Luật Bảo hiểm xã hội", "36", "2", "đ", quote="…")
    told = Citation("351/2025/NĐ-CP", "Nghị định 351/2025/NĐ-CP (theo Cẩm nang)", quote="…", verbatim=False)
    shown = (
        as_reply(Answer(AnswerStatus.ANSWERED, "handbook", "x", date(2026, 11, 22), (held, told))).replies[0].citations
    )
    assert shown[0].place == "điểm đ khoản 2 Điều 36 Luật Bảo hiểm xã hội 41/2024/QH15"
    assert "22/11/2026" in shown[0].effective
    assert "diễn giải" in shown[1].effective

"""Messages to many are for who asked for them: a consent of its own, which one word ends."""

from __future__ import annotations

import pytest

from bot.dialogue.reminding import stops, wants_bulletin
from bot.outreach.consent import Purpose
from bot.outreach.effects import Agreed, CameBy, NoReminders
from bot.outreach.records import Campaign, Held
from tests.bot.dialogue.people import Nobody, Person


@pytest.mark.parametrize("said", ["/nhantin", "nhận tin", "cho tôi nhận tin mới", "toi muon nhan thong bao"])
def test_who_asks_for_news_reads_what_is_agreed_to_and_says_yes(said: str) -> None:
    person = Person()
    words = person.says(said)
    for named in ("Lưu gì", "chỉ để gửi những tin đó", "một người khác duyệt", "nhắn “dừng”", "Không đồng ý thì"):
        assert named in words
    assert person.effects == []
    person.presses("Đồng ý")
    (agreed,) = person.effects
    assert isinstance(agreed, Agreed) and agreed.words.purpose is Purpose.BULLETIN and agreed.words.text == words


def test_a_no_changes_nothing() -> None:
    person = Person()
    person.says("/nhantin")
    person.says("không")
    assert person.effects == [] and "form" not in person.state


@pytest.mark.parametrize("said", ["nhắn tin cho ai", "tôi muốn nhắn tin", "nhận tiền ở đâu", "nhận tin giả thì sao"])
def test_other_words_ask_for_nothing(said: str) -> None:
    assert not wants_bulletin(said)


@pytest.mark.parametrize("said", ["dừng", "không nhận tin nữa", "ngừng gửi tin", "thôi không nhận thông báo nữa"])
def test_one_word_ends_news(said: str) -> None:
    person = Person(kept=Nobody(Held(consents=("bulletin",))))
    assert stops(said, waiting=True)
    assert "không tự gửi" in person.says(said)
    assert person.effects == [NoReminders()]


def test_who_came_by_a_campaign_is_noted_and_offered_its_news() -> None:
    class Campaigns(Nobody):
        def campaign(self, code: str) -> Campaign | None:
            return Campaign("TS25", "", "", "") if code.lower() == "ts25" else None

    person = Person(kept=Campaigns())
    person.says("/start ts25")
    assert person.effects == [CameBy("TS25")]
    assert "Nhận tin mới" in [b.label for r in person.last.replies for b in r.buttons]
    person.says("/start khongco")
    assert len(person.effects) == 1

"""The conversation's own texts: there, short, polite, and their blanks fill."""

from __future__ import annotations

import re
from importlib.resources import files

import yaml

from bot.channels.telegram_write import menu
from bot.dialogue.texts import action_of, commands, first_questions, say, thing
from bot.dialogue.values import BULLETIN, CALCULATOR, DATA, ELIGIBILITY, ERASE, LEAD, PERSON, PRIVACY, REMIND, WITHDRAW
from knowledge.cards.reader import load_cards

LOADED = yaml.safe_load(files("bot.dialogue").joinpath("texts.yaml").read_text("utf-8"))
BLANKS = {"limit": 1000, "hours": "thứ Hai", "receipt": "281126-ABCDE", "count": 3, "name": "Lan", "phone": "… 123",
          "commune": "xã Ba Tơ", "facts": "nữ, 45 tuổi", "day": "1/1/2027", "what": "trước ngày 1/1/2027"}  # fmt: skip
TEXTS = {k: v for k, v in LOADED.items() if isinstance(v, str)}


def test_every_text_is_short_and_polite() -> None:
    assert len(TEXTS) >= 10
    for key in TEXTS:
        said = say(key, **BLANKS)
        if key.startswith("button_") or key in ("time_default", "need_default", "form_goes_on", "about_commune"):
            assert len(said) <= 25, key
            continue
        assert 20 <= len(said) <= 400, key
        assert "anh/chị" in said.lower() or "tôi" in said.lower() or "1900 9068" in said, key
        assert not re.search(r"[{}!]{2}|\bbạn\b", said), key


def test_first_questions_fit_every_platform() -> None:
    assert 2 <= len(first_questions()) <= 5
    assert all(len(b.label) <= 25 and b.value.endswith("?") for b in first_questions())


def test_every_command_says_or_asks_something() -> None:
    known = commands()
    assert all(say(key) for key in known.said.values())
    assert all(len(question) > 10 for question in known.asked.values())
    assert not set(known.said) & set(known.asked)
    assert set(known.done.values()) <= {
        LEAD,
        PERSON,
        DATA,
        ERASE,
        WITHDRAW,
        CALCULATOR,
        ELIGIBILITY,
        REMIND,
        PRIVACY,
        BULLETIN,
    }
    names = [*known.said, *known.done, *known.asked]
    assert len(names) == len(set(names))
    assert {c["command"] for c in menu()["commands"]} <= {*names, "start"}


def test_actions_are_of_cards_that_are_there() -> None:
    cards = {f"card:{card.id}" for card in load_cards()}
    assert set(LOADED["actions"]) <= cards
    for reason in LOADED["actions"]:
        action = action_of(reason)
        assert action is not None and action.does.startswith("@") and len(action.label) <= 25


def test_things_that_cannot_be_read_have_names() -> None:
    assert thing("photo") == "ảnh" and thing("hologram") == "loại tin này"

"""Scripted conversations on every channel: each as a polite officer would hold it, through the real clients and the emulators.

All conversations of a channel run on one installation, side by side, turn by turn; what is answered is the real knowledge.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.bootstrap import System
from bot.delivery.tables import conversations, inbox, outbox
from bot.dialogue.answerer import KnowledgeAnswerer
from bot.dialogue.talk import Office
from bot.outreach.campaigns import Campaigns
from bot.outreach.communes import load_communes
from bot.outreach.hours import Hours
from bot.outreach.tables import consents, handoffs, leads, reminders, reviews
from bot.time_zone import TIME_ZONE
from knowledge.about import About
from tests.bot.channels.drivers import person_on, until
from tests.models import prepared_models
from tests.quality.gate import starter_system

SCRIPTS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("scripts.yaml").read_text(encoding="utf-8"))
WAYS = ["telegram webhook", "zalo_oa webhook", "zalo_bot webhook", "web"]
TURN_PATIENCE = 120.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "models").symlink_to(
        prepared_models(), target_is_directory=True
    )  # vectors of cards are made once for all tests
    made = starter_system(folder)
    made.prepare()
    yield made
    made.close()


@dataclass
class Conversation:
    """One script on one channel."""

    script: dict[str, Any]
    who: str
    phone: str
    wrong: list[str] = field(default_factory=list)
    read: int = 0

    def filled(self, text: str) -> str:
        return text.replace("{phone}", self.phone)


def closed_hours() -> Hours:
    """Hours of an office that is closed now, whenever the tests run."""
    later = datetime.now(TIME_ZONE) + timedelta(days=2)
    return Hours.parse(f"{later.isoweekday()} 08:00-11:00")


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_every_conversation_goes_as_written(way: str, system: System, tmp_path: Path) -> None:
    office = Office("cơ quan vận hành trợ lý này", 90, closed_hours())
    answerer = KnowledgeAnswerer(system.knowledge, system.clock)
    with person_on(way, tmp_path, answerer, find_place=load_communes().find, office=office) as driver:
        Campaigns(driver.house.engine).add(
            "TS25", "Phụ nữ", by="t", organisation="Hội Phụ nữ", greeting="Hội Phụ nữ xã chào chị em."
        )
        held = [
            Conversation(script, f"p{n}", f"0900 000 {n:03d}")
            for n, script in enumerate(SCRIPTS, 100)
            if driver.name in script.get("ways", [driver.name])
        ]
        for turn in range(max(len(c.script["turns"]) for c in held)):
            running = [c for c in held if turn < len(c.script["turns"])]
            if any(c.script["turns"][turn].get("restart") for c in running):
                driver.restart()
            for c in running:
                _act(driver, c, c.script["turns"][turn])
            for c in running:
                _answered(driver, c, c.script["turns"][turn])
        for c in held:
            _ended(driver, c)
    assert len(SCRIPTS) >= 40
    assert not [line for c in held for line in c.wrong], "\n".join(line for c in held for line in c.wrong)


def _act(driver: Any, c: Conversation, turn: dict[str, Any]) -> None:
    c.read = len(driver.heard(c.who))
    if "choose" in turn:
        if turn["choose"] not in driver.offered(c.who):
            c.wrong.append(f"{c.script['name']}: {turn['choose']!r} is not among {driver.offered(c.who)}")
            driver.say(c.who, turn["choose"])
            return
        driver.choose(c.who, turn["choose"])
    else:
        driver.say(c.who, c.filled(turn["say"]))


def _answered(driver: Any, c: Conversation, turn: dict[str, Any]) -> None:
    """Waits until everything that is said to this person has been sent, and holds it against the script."""
    key = c.who if driver.name == "web" else str(driver.id(c.who))
    until(lambda: len(driver.heard(c.who)) > c.read, TURN_PATIENCE, f"{c.script['name']}: {turn} was not answered")
    until(lambda: _quiet(driver, key), TURN_PATIENCE, f"{c.script['name']}: {turn}")
    text = " ".join(" ".join(driver.heard(c.who)[c.read :]).split())
    said = turn.get("say", turn.get("choose"))
    for part in turn.get("has", []):
        if part not in text:
            c.wrong.append(f"{c.script['name']}: after {said!r} lacks {part!r}: {text[:400]}")
    for part in turn.get("not", []):
        if part in text:
            c.wrong.append(f"{c.script['name']}: after {said!r} has {part!r}: {text[:400]}")
    if "any" in turn and not any(part in text for part in turn["any"]):
        c.wrong.append(f"{c.script['name']}: after {said!r} has none of {turn['any']}: {text[:400]}")


def _quiet(driver: Any, key: str) -> bool:
    home = select(conversations.c.id).where(conversations.c.key.contains(key))
    new = select(inbox.c.id).where(inbox.c.conversation_id.in_(home), inbox.c.state == "new")
    open_ = select(outbox.c.id).where(outbox.c.conversation_id.in_(home), outbox.c.state.in_(("waiting", "sending")))
    with driver.house.engine.connect() as connection:
        return connection.execute(new).first() is None and connection.execute(open_).first() is None


def _ended(driver: Any, c: Conversation) -> None:
    """Holds what is kept of the person against the script."""
    end: dict[str, Any] = c.script.get("end", {})
    key = f"session-{c.who}" if driver.name == "web" else str(driver.id(c.who))
    with driver.house.engine.connect() as connection:
        row = connection.execute(select(conversations).where(conversations.c.key.contains(key))).mappings().first()
        home = row["id"] if row else -1

        def rows(table: Any, *where: Any) -> list[dict[str, Any]]:
            query = select(table).where(table.c.conversation_id == home, *where)
            return [dict(r) for r in connection.execute(query).mappings()]

        state = dict(row["state"]) if row else {}
        kept = {
            "leads": len(rows(leads)),
            "status": next((r["status"] for r in rows(leads)), ""),
            "campaign": next((r["campaign"] for r in rows(leads)), ""),
            "consents": sorted(r["purpose"] for r in rows(consents, consents.c.withdrawn_at.is_(None))),
            "handoffs": len(rows(handoffs)),
            "reviews": len(rows(reviews)),
            "reminders": len(rows(reminders, reminders.c.state == "waiting")),
            "form": "form" in state,
            "about": About.of(state.get("about", {})).in_words(),
        }
    for name, wanted in end.items():
        if name == "nowhere":
            c.wrong += [
                f"{c.script['name']}: keeps {w!r}" for w in wanted if w in json.dumps(state, ensure_ascii=False)
            ]
        elif kept[name] != wanted:
            c.wrong.append(f"{c.script['name']}: {name} is {kept[name]!r} at the end, not {wanted!r}")


def test_scripts_have_names_of_their_own() -> None:
    names = [script["name"] for script in SCRIPTS]
    assert len(names) == len(set(names))

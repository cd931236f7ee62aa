"""Old data goes, all of it and nothing else; exports hold no formula and whole phone numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.outreach import safe_cell
from bot.delivery.tables import conversations, inbox
from bot.outreach.retention import Gone, sweep
from bot.outreach.tables import leads, past_leads
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.outreach.test_records import STEPS, House

DAY = 86_400.0


def test_what_is_old_goes_and_nothing_else(engine: Engine) -> None:
    house = House(engine)
    try:
        for n in range(6):
            house.says(*STEPS[:4], f"09000001{n:02}", *STEPS[5:], who=f"p{n}")
        for n in range(6, 10):
            house.says("mức đóng?", who=f"p{n}")
        now = max(row["heard_at"] for row in house.rows(conversations))
        with engine.begin() as connection:
            for n in range(10):
                age = 400 * DAY if n % 2 else 10 * DAY
                connection.execute(
                    conversations.update().where(conversations.c.key == f"p{n}").values(heard_at=now - age)
                )
            closed = (
                leads.update().where(leads.c.person.in_(["p0", "p1"])).values(status="joined", closed_at=now - 91 * DAY)
            )
            connection.execute(closed)
            connection.execute(
                leads.update().where(leads.c.person == "p2").values(status="joined", closed_at=now - 89 * DAY)
            )
        gone = sweep(engine, now, lead_days=90, conversation_days=365)
        # p0 and p1 lose their leads; p1, p7, p9 their conversations; p3 and p5 are old but have leads that are open
        assert gone == Gone(leads=2, conversations=3)
        left = [row["key"] for row in house.rows(conversations) if not row["key"].startswith("erased:")]
        assert sorted(left) == ["p0", "p2", "p3", "p4", "p5", "p6", "p8"]
        assert sorted(row["person"] for row in house.rows(leads)) == ["p2", "p3", "p4", "p5"]
        past = house.rows(past_leads)  # counted in reports, without a person or an hour
        assert [row["status"] for row in past] == ["joined", "joined"]
        assert {"phone", "name", "person", "question"}.isdisjoint(past[0]) and past[0]["commune_code"]
        assert all((row["created_at"] + 7 * 3600) % DAY == 0 for row in past)
        blank = [row["event"] for row in house.rows(inbox) if row["event"] == {}]
        assert len(blank) == len(STEPS) + 2
        assert sweep(engine, now, lead_days=90, conversation_days=365) == Gone()
    finally:
        house.runtime.stop()


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@x", "\t=1", "\r=1", "＝1", " =1", "\x00=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")
    assert safe_cell("Nguyễn Thị Lan") == "Nguyễn Thị Lan"


def test_the_export_has_whole_phones_and_is_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUVAN_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'tuvan.sqlite3'}")
    migrate(engine)
    house = House(engine)
    house.says(*STEPS)
    house.runtime.stop()
    out = tmp_path / "ra.csv"
    done = CliRunner().invoke(app, ["leads", "export", "--output", str(out)])
    assert done.exit_code == 0, done.output
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert (row["phone"], row["name"], row["commune"]) == ("0900000123", "Nguyễn Thị Lan", "xã Ba Tơ")
    assert out.stat().st_mode & 0o077 == 0
    with engine.connect() as connection:
        assert connection.execute(select(leads.c.phone)).scalar_one() == "+84900000123"

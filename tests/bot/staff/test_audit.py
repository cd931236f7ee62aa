"""The audit chain: whatever is changed, cut out or cut off is found."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update

import bot
from bot.staff.audit import Audit, audit_key
from bot.staff.audit_words import deed, detail, thing
from bot.staff.tables import audit, audit_head
from tests.bot.staff.office import Office


def test_a_whole_chain_has_no_trouble(everywhere: Office) -> None:
    chain = everywhere.console.audit
    for n in range(20):
        chain.noted("lead.view", f"lead:{n}", by="here", staff_id=1, fields=["status"], count=n)
    assert chain.troubles() == []
    assert [entry.subject for entry in chain.rows(limit=2)] == ["lead:19", "lead:18"]


def test_a_hundred_tamperings_are_found(office: Office) -> None:
    chain = office.console.audit
    for n in range(40):
        chain.noted("lead.view", f"lead:{n}", by="here", staff_id=1, count=n)
    assert chain.troubles() == []
    rows, head = office.rows(audit), office.rows(audit_head)[0]
    chance, found = random.Random(8), 0
    for n in range(100):
        row = chance.choice(rows)
        change = (
            update(audit).where(audit.c.id == row["id"]).values(by="ai khác"),
            update(audit).where(audit.c.id == row["id"]).values(at=row["at"] + 1),
            update(audit).where(audit.c.id == row["id"]).values(data={"count": -1}),
            update(audit).where(audit.c.id == row["id"]).values(subject="lead:999"),
            update(audit).where(audit.c.id == row["id"]).values(mark="0" * 64),
            delete(audit).where(audit.c.id == row["id"]),
            delete(audit).where(audit.c.id > len(rows) - chance.randint(1, 9)),
            delete(audit),
            update(audit_head).values(length=head["length"] - 1),
            delete(audit_head),
        )[n % 10]
        with office.engine.begin() as connection:
            connection.execute(change)
        found += bool(chain.troubles())
        with office.engine.begin() as connection:
            connection.execute(delete(audit))
            connection.execute(delete(audit_head))
            connection.execute(insert(audit), rows)
            connection.execute(insert(audit_head), [head])
        assert chain.troubles() == []
    assert found == 100


def test_whoever_has_the_database_but_not_the_key_cannot_make_it_whole(office: Office) -> None:
    office.console.audit.noted("lead.view", "lead:1", by="here")
    forger = Audit(office.engine, b"another key", office.hands)
    forger.noted("lead.view", "lead:2", by="here")
    assert office.console.audit.troubles()


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path) -> None:  # type: ignore[no-untyped-def]
    key = audit_key(tmp_path)
    assert len(key) == 32 and audit_key(tmp_path) == key
    file = tmp_path / "keys" / "audit.key"
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["audit.key"]


@pytest.mark.parametrize("who", ["tinh", "here", "bientap", "lanhdao"])
def test_only_the_administrator_reads_it(office: Office, who: str) -> None:
    assert office.signed_in(who).get("/staff/nhat-ky").status_code == 403
    page = office.signed_in("admin").get("/staff/nhat-ky?kiem=1")
    assert page.status_code == 200 and "nguyên vẹn" in page.text


def test_every_deed_of_the_code_has_words() -> None:
    """The names are read from the code itself, wherever a row is noted."""
    folder = Path(bot.__file__).parent
    named = {
        name
        for path in folder.rglob("*.py")
        for name in re.findall(r'note\w*\([^"]{0,60}"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(named) > 25
    assert {name for name in named if deed(name) == name} == set()


def test_rows_are_told_in_words() -> None:
    assert deed("lead.view") == "xem người quan tâm" and deed("sign_in.refused") == "đăng nhập bị từ chối"
    assert thing("lead:12") == "người quan tâm 12" and thing("lead:*") == "người quan tâm"
    assert detail({"shown": 20, "searched": False}) == "số dòng đã xem: 20; có tìm theo chữ: không"
    assert deed("never.seen") == "never.seen"

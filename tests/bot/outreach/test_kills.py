"""Sudden ends while people leave their numbers lose nothing and double nothing (`tests.bench.kill_leads` does a thousand)."""

from __future__ import annotations

from pathlib import Path

from tests.bench.kill_leads import run


def test_kills_lose_and_double_no_lead(tmp_path: Path) -> None:
    found = run(tmp_path, kills=25, people=8)
    assert found["leads"] == found["people"] >= 8 and found["kills"] == 25
    assert {found[k] for k in ("lost", "doubled", "without_consent", "unanswered", "left_in_a_form")} == {0}
    assert found["integrity"] == "ok"

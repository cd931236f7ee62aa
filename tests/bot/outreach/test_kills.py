"""Sudden ends while people leave their numbers lose nothing and double nothing (`tests.bench.kill_leads` does a thousand)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.kill_leads import BAD, run
from tests.knowledge.store.databases import BACKENDS


@pytest.mark.parametrize("backend", BACKENDS)
def test_kills_lose_and_double_no_lead(tmp_path: Path, backend: str) -> None:
    found = run(tmp_path, kills=25, people=8, backend=backend)
    assert found["leads"] == found["people"] >= 8 and found["kills"] == 25
    assert found["acknowledged"] == found["events"] == 7 * found["people"]
    assert {found[k] for k in BAD} == {0}
    assert found["integrity"] == "ok"

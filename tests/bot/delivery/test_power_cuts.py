"""The power goes at any moment: what was acknowledged is there afterwards (`tests.soak.power` cuts it hundreds of times)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.power import trial


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_what_was_acknowledged_outlives_a_power_cut(tmp_path: Path, journal: str) -> None:
    found = trial(tmp_path, cuts=12, people=2, journal=journal)
    assert found["syncs"] > 30, "nothing was recorded"
    assert (found["lost_acknowledged"], found["unsound"], found["wrong_in_the_end"]) == (0, 0, 0)
    assert found["leads"] == 24


@pytest.mark.parametrize(("journal", "synchronous"), [("wal", "NORMAL"), ("delete", "FULL")])
def test_the_trial_notices_commits_that_are_not_synced(tmp_path: Path, journal: str, synchronous: str) -> None:
    found = trial(tmp_path, cuts=12, people=2, journal=journal, synchronous=synchronous)
    assert found["lost_acknowledged"] > 0

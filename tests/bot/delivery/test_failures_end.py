"""What can never succeed stops by itself, is told to staff, and fills no log (`tests.soak.failures` with a thousand)."""

from __future__ import annotations

from pathlib import Path

from tests.soak.failures import broken, trial


def test_what_always_fails_is_tried_a_few_times_and_hardly_logged(tmp_path: Path) -> None:
    found = trial(tmp_path, 45, patience=120.0)
    assert not broken(found), found
    assert found["most_tries"] == 8 and found["most_answered"] == 4
    assert found["log_bytes"] > 0

"""The pointer moves under questions: no answer fails, none is of two generations (`tests.soak.swaps` does it a thousand times)."""

from __future__ import annotations

from pathlib import Path

from tests.soak.swaps import trial


def test_swaps_under_questions_fail_and_mix_nothing(tmp_path: Path) -> None:
    found = trial(tmp_path, swaps=40, threads=2, passages=60, chroma_every=1_000)
    assert (found["errors"], found["mixed"], found["stale"]) == (0, 0, 0), found
    assert found["asked"] > 0 and found["swaps"] == 40

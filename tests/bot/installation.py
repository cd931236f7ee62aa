"""A fresh installation for tests, with the model that is prepared once for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models import prepared_models


def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder that the settings point to; the default model is linked in, not converted again."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(prepared_models(), target_is_directory=True)
    monkeypatch.setenv("TUVAN_DATA", str(data))
    monkeypatch.setenv("TUVAN_TODAY", "2026-11-22")
    monkeypatch.chdir(tmp_path)  # no .env of the developer
    return data

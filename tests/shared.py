"""The evaluation material beside the checkout, which the project itself never needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_folder() -> Path:
    """The folder named by TUVAN_SHARED, or `../shared` beside the checkout; skips the test where there is none."""
    folder = Path(os.environ.get("TUVAN_SHARED") or Path(__file__).parents[2] / "shared")
    if not folder.is_dir():
        pytest.skip("no shared evaluation material: set TUVAN_SHARED or put it in ../shared")
    return folder

"""The default embedding model for tests, converted once and shared by all workers and later runs."""

from __future__ import annotations

import os
from pathlib import Path

from knowledge.embedding import prepare_default_model


def prepared_models() -> Path:
    """The models folder with the default model in it: TUVAN_TEST_MODELS, or `.cache/models` of the project.

    The first call converts (some ten seconds); it may come from several workers at once.
    """
    folder = Path(os.environ.get("TUVAN_TEST_MODELS") or Path(__file__).parents[1] / ".cache" / "models")
    prepare_default_model(folder)
    return folder

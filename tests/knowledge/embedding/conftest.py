from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.embedding import DEFAULT_MODEL
from knowledge.embedding.onnx_embedder import OnnxEmbedder
from knowledge.embedding.prepare import write_default_model
from knowledge.embedding.source import BertWeights
from tests.knowledge.embedding.tiny import tiny_weights
from tests.models import prepared_models


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """With the real default model in it. Read-only: all workers share it."""
    return prepared_models()


@pytest.fixture(scope="session")
def default_embedder(models_folder: Path) -> OnnxEmbedder:
    return OnnxEmbedder(models_folder / DEFAULT_MODEL)


@pytest.fixture(scope="session")
def weights() -> BertWeights:
    """Of a model small enough to convert in a blink."""
    return tiny_weights()


@pytest.fixture(scope="session")
def tiny_folder(weights: BertWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A converted tiny model. Read-only: copy it before damaging it."""
    folder = tmp_path_factory.mktemp("models") / DEFAULT_MODEL
    folder.mkdir()
    write_default_model(weights, folder)
    return folder

"""From the setting EMBEDDING_MODEL to an embedder."""

from __future__ import annotations

from pathlib import Path

from knowledge.embedding.contract import Embedder
from knowledge.embedding.prepare import DEFAULT_MODEL
from knowledge.errors import ModelMissing

_MODULES = "modules.json"
_CONFIG = "config.json"


def load_embedder(model: str, models_folder: Path, *, threads: int = 0) -> Embedder:
    """The embedder that `model` names, opened from files on this machine only.

    "" is the default model, which `prepare_default_model` has put into `models_folder`. Anything else is a folder, a
    name in `models_folder`, or a name of the hub downloaded before. `threads` serve documents (0: every core).
    Raised when the model is not on this machine or its files were altered: `ModelMissing`, with what to do.
    """
    model = model.strip()
    if not model:
        from knowledge.embedding.onnx_embedder import OnnxEmbedder

        return OnnxEmbedder(models_folder / DEFAULT_MODEL, threads=threads)
    from knowledge.embedding.transformer_embedder import SentenceTransformerEmbedder, remedy_for

    folder = _folder_of(model, models_folder)
    if folder is None:
        raise ModelMissing(f"Không thấy mô hình nhúng {model} trên máy này.", remedy_for(model))
    return SentenceTransformerEmbedder(folder, model if _is_hub_name(model) else folder.name, threads=threads)


def _folder_of(model: str, models_folder: Path) -> Path | None:
    for folder in (Path(model).expanduser(), models_folder / model):
        if (folder / _MODULES).is_file() or (folder / _CONFIG).is_file():
            return folder.resolve()
    return _downloaded(model) if _is_hub_name(model) else None


def _is_hub_name(model: str) -> bool:
    return model.count("/") <= 1 and not model.startswith(("/", ".", "~"))


def _downloaded(model: str) -> Path | None:
    """Folder of a model of the hub in the local cache. Asks no server."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for name in (model, f"sentence-transformers/{model}"):
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    return None

"""Embeds with any sentence-transformers model, through langchain-huggingface, from files on this machine only.

Trap: the tokenizers of that family fail when two threads use one at once ("Already borrowed"), hence the lock.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from threading import Lock

import numpy as np

from knowledge.embedding.contract import Vectors, encodable
from knowledge.embedding.source import sha256_of
from knowledge.errors import ModelMissing

_PROMPTS_FILE = "config_sentence_transformers.json"
_CONTENT = {".json", ".safetensors", ".bin", ".txt", ".model", ".bpe", ".codes"}
# Models of the E5 family need these prompts, and most of their folders do not say so.
_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])", re.IGNORECASE)
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}


class SentenceTransformerEmbedder:
    """The model in `folder`, on the CPU in full precision; `threads` for PyTorch (0: its own choice).

    `name` is what people call it. Raised when the folder cannot be opened as such a model: `ModelMissing`.
    """

    def __init__(self, folder: Path, name: str = "", *, threads: int = 0) -> None:
        name = name or folder.name
        self._prompts = prompts_of(folder, name)
        self._lock = Lock()
        self._fingerprint = f"{name}:{_content_hash(folder)}:fp32:{self._prompts['query']}|{self._prompts['document']}"
        try:
            import torch
            from langchain_huggingface import HuggingFaceEmbeddings
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()
            if threads:
                torch.set_num_threads(threads)
            self._model = HuggingFaceEmbeddings(
                model_name=str(folder),
                model_kwargs={"device": "cpu", "local_files_only": True, "prompts": dict(self._prompts)},
                encode_kwargs={"prompt_name": "document", "normalize_embeddings": True},
                query_encode_kwargs={"prompt_name": "query", "normalize_embeddings": True},
            )
            self._dimension = len(self._model.embed_query("?"))
        except Exception as error:  # that family raises whatever its readers raise
            reason = " ".join(str(error).split())[:200]
            raise ModelMissing(f"Không mở được mô hình nhúng {name}: {reason}", remedy_for(name)) from error

    @property
    def fingerprint(self) -> str:
        """Name, hash of every file that decides the vectors, precision, prompts."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def embed_query(self, text: str) -> Vectors:
        """Vector of a question, (dimension,) float32 of length 1."""
        with self._lock:
            return np.asarray(self._model.embed_query(encodable(text)), np.float32)

    def embed_documents(self, texts: list[str]) -> Vectors:
        """Vectors of passages, (len(texts), dimension) float32 of length 1."""
        if not texts:
            return np.empty((0, self._dimension), np.float32)
        with self._lock:
            return np.asarray(self._model.embed_documents([encodable(t) for t in texts]), np.float32)


def prompts_of(folder: Path, name: str) -> dict[str, str]:
    """What goes before a "query" and a "document": as the folder says, else by family, else nothing."""
    try:
        said = json.loads((folder / _PROMPTS_FILE).read_text(encoding="utf-8")).get("prompts") or {}
    except (OSError, ValueError, AttributeError):
        said = {}
    query, document = said.get("query") or "", said.get("document") or said.get("passage") or ""
    if not (query or document) and _E5.search(name):
        return dict(_E5_PROMPTS)
    return {"query": query, "document": document}


def remedy_for(name: str) -> str:
    """What to do when the model `name` is not on this machine."""
    return (
        f"Chương trình không tự tải mô hình. Tải {name} về máy trước (hf download {name}), hoặc đặt EMBEDDING_MODEL là "
        "thư mục của mô hình, hoặc để trống để dùng mô hình đi kèm."
    )


def _content_hash(folder: Path) -> str:
    """One hash over weights, tokenizer and configuration, so that a retrained model of the same name is another one."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _CONTENT and "onnx" not in path.relative_to(folder).parts:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{sha256_of(path)}\n".encode())
    return digest.hexdigest()[:16]

"""Embeds through ONNX Runtime from a prepared model folder; neither torch nor transformers is loaded."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from knowledge.embedding.card import ModelCard, read_card, remedy, verify
from knowledge.embedding.contract import MAX_TOKENS, Vectors, encodable
from knowledge.embedding.unigram import UnigramTokenizer
from knowledge.errors import ModelMissing

RUNTIME = "onnx"
GRAPH_FILE = "encoder.onnx"
WORDS_FILE = "words.npy"
SCALES_FILE = "word-scales.npy"
PIECES_FILE = "pieces.txt"
SCORES_FILE = "piece-scores.npy"


class OnnxEmbedder:
    """The int8 encoder of `folder`. `threads` embed documents side by side (0: one for each core); a query takes one.

    Raised when the folder was not prepared, or a file it reads is missing, cut short or altered: `ModelMissing`.
    """

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        card = read_card(folder)
        if card is None or not card.runtime:
            raise ModelMissing(f"Thư mục {folder.name} chưa có mô hình nhúng đã chuẩn bị.", remedy(folder))
        verify(folder, card, thorough=f"{card.runtime}/")
        self._card = card
        self._threads = threads or available_cores()
        self._encoder = Encoder(folder / card.runtime, card)

    @property
    def fingerprint(self) -> str:
        """Name, weights, converter, precision, prompts."""
        card = self._card
        prompts = "|".join(card.prompts[kind] for kind in ("query", "document"))
        return f"{card.name}:{card.source_sha256[:12]}:{card.converter}:{card.precision}:{prompts}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._card.dimension

    def embed_query(self, text: str) -> Vectors:
        """Vector of a question, (dimension,) float32 of length 1."""
        return self._encoder.vector(self._card.prompts["query"] + encodable(text))

    def embed_documents(self, texts: list[str]) -> Vectors:
        """Vectors of passages, (len(texts), dimension) float32 of length 1."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        prompt = self._card.prompts["document"]

        def embed(row: int) -> None:
            vectors[row] = self._encoder.vector(prompt + encodable(texts[row]))

        # One text a core beats all cores on one text; the longest first, so that none waits for a last long one.
        rows = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        with ThreadPoolExecutor(min(self._threads, len(texts)) or 1) as pool:
            for _ in pool.map(embed, rows):
                pass
        return vectors

    def token_ids(self, text: str) -> list[int]:
        """What the encoder sees of `text`, prompt included: its token ids, 512 at most."""
        return self._encoder.ids(text)


class Encoder:
    """Tokenizer, word table and graph of the folder `runtime`. Raised when they do not fit together: `ModelMissing`."""

    def __init__(self, runtime: Path, card: ModelCard) -> None:
        try:
            pieces = (runtime / PIECES_FILE).read_bytes().decode().split("\n")
            scores = np.load(runtime / SCORES_FILE, allow_pickle=False).tolist()
            self._tokenizer = UnigramTokenizer(pieces, scores, **card.special_ids)
            self._words = np.load(runtime / WORDS_FILE, mmap_mode="r", allow_pickle=False)
            self._scales = np.load(runtime / SCALES_FILE, allow_pickle=False)
            self._session = onnxruntime.InferenceSession(
                runtime / GRAPH_FILE, session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime has a dozen unrelated kinds
            raise ModelMissing(f"Mô hình {card.name} không mở được ({error}).", remedy(runtime.parent)) from error

    def ids(self, text: str) -> list[int]:
        """Token ids of `text`, 512 at most."""
        return self._tokenizer.encode(text, MAX_TOKENS)

    def vector(self, text: str) -> Vectors:
        """Vector (hidden,) of length 1 of `text`, prompt included."""
        ids = np.array(self.ids(text))
        words = self._words[ids].astype(np.float32) * self._scales[ids, None]
        (mean,) = self._session.run(None, {"word_vectors": words[None]})
        vector: Vectors = mean[0] / np.linalg.norm(mean[0])
        return vector


def session_options() -> onnxruntime.SessionOptions:
    """One thread a text, and products of int8 that do not overflow.

    Trap: processors with AVX2 and without VNNI add two products in 16 bits, which int8 weights fill to the brim: vectors come out
    wrong (cosine .988 instead of .994 on the probes). The setting makes ONNX Runtime use its other kernel there; elsewhere it does
    nothing.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Text to vectors (nhúng văn bản): the default model, any other, and what makes it ready.

Importing this loads none of torch, transformers and onnx; opening the default model loads ONNX Runtime alone.
"""

from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.contract import Embedder, Vectors
from knowledge.embedding.hashing import HashingEmbedder
from knowledge.embedding.loading import load_embedder
from knowledge.embedding.prepare import DEFAULT_MODEL, prepare_default_model

__all__ = [
    "DEFAULT_MODEL",
    "CachedEmbedder",
    "Embedder",
    "HashingEmbedder",
    "Vectors",
    "load_embedder",
    "prepare_default_model",
]

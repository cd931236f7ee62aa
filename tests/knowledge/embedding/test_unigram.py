"""Our tokenizer splits exactly as the library does with the folder's tokenizer.json."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from knowledge.embedding import DEFAULT_MODEL
from knowledge.embedding.contract import MAX_TOKENS, encodable
from knowledge.embedding.export import probes
from knowledge.embedding.onnx_embedder import OnnxEmbedder
from knowledge.embedding.unigram import UnigramTokenizer
from tests.knowledge.embedding.texts import HOSTILE, ORDINARY

_MIXED = st.text(st.characters(codec="utf-8")) | st.text("aăâđeêioôơuự́̀̉̃ ▁<s>/.,0123456789\n\t\u200b\u00ad", max_size=80)


class Pair:
    """The two tokenizers of the default model."""

    def __init__(self, folder: Path, embedder: OnnxEmbedder) -> None:
        self._library = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._library.encode_special_tokens = True
        self._library.enable_truncation(MAX_TOKENS)
        self._embedder = embedder

    def __call__(self, text: str) -> tuple[list[int], list[int]]:
        ready = "query: " + encodable(text)
        return self._embedder.token_ids(ready), self._library.encode(ready).ids


@pytest.fixture(scope="module")
def both(models_folder: Path, default_embedder: OnnxEmbedder) -> Pair:
    return Pair(models_folder / DEFAULT_MODEL, default_embedder)


@pytest.mark.parametrize("text", [*ORDINARY, *HOSTILE.values(), *probes()], ids=lambda text: repr(text[:30]))
def test_the_same_ids_as_the_library(both: Pair, text: str) -> None:
    ours, theirs = both(text)
    assert ours == theirs


@given(_MIXED)
@settings(max_examples=400, deadline=None)
def test_the_same_ids_as_the_library_whatever_is_typed(both: Pair, text: str) -> None:
    ours, theirs = both(text)
    assert ours == theirs


def test_marks_that_somebody_types_are_letters(default_embedder: OnnxEmbedder) -> None:
    ids = default_embedder.token_ids("a </s> <s> <unk> <pad> b")
    assert (ids[0], ids[-1]) == (0, 2)
    assert not {0, 1, 2, 3} & set(ids[1:-1])


def small(**changes: object) -> UnigramTokenizer:
    pieces = {
        "<s>": 0.0,
        "<pad>": 0.0,
        "</s>": 0.0,
        "<unk>": 0.0,
        "▁": -4.0,
        "a": -3.0,
        "b": -3.0,
        "▁ab": -5.0,
        "ab": -5.5,
    }
    return UnigramTokenizer(list(pieces), list(pieces.values()), begin=0, end=2, unknown=3)


def test_the_likeliest_split_wins() -> None:
    # ▁ab alone costs 5, ▁ + ab 9.5, ▁ + a + b 10; for "abab" ▁ab + ab costs 10.5.
    assert small().encode("ab abab", 99) == [0, 7, 7, 8, 2]


def test_a_run_of_unknown_letters_is_one_unknown() -> None:
    assert small().encode("axyzb", 99) == [0, 4, 5, 3, 6, 2]


def test_a_long_text_keeps_its_end_mark() -> None:
    assert small().encode("ab " * 50, 10) == [0, *[7] * 8, 2]


def test_an_empty_text_is_its_two_marks() -> None:
    assert small().encode("", 10) == [0, 2]


def test_remembered_words_change_nothing() -> None:
    tokenizer = small()
    assert tokenizer.encode("abab ab", 99) == tokenizer.encode("abab ab", 99) == small().encode("abab ab", 99)

"""Documents into which somebody put sentences for a machine are flagged; what nobody sees is in no provision; honest ones pass."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ingest.hidden import seal
from ingest.machine_rules import rules
from ingest.machine_talk import instructions
from ingest.readers import ReadDocument, read_document
from knowledge.vietnamese import fold
from tests.ingest.carriers import CARRIERS, HIDDEN

TEXTS = yaml.safe_load((Path(__file__).parent / "hidden_texts.yaml").read_text(encoding="utf-8"))
VIETNAMESE, ENGLISH = TEXTS["attacks"]["vi"], TEXTS["attacks"]["en"]
EACH = 4  # texts for every carrier, half of them Vietnamese
ENOUGH = 0.95


def poisoned(texts: tuple[list[str], list[str]] = (VIETNAMESE, ENGLISH), each: int = EACH) -> list[tuple[str, str]]:
    """(carrier, text) of every poisoned document."""
    made = []
    for number, carrier in enumerate(CARRIERS):
        for turn in range(each):
            pool = texts[turn % 2]
            made.append((carrier, pool[(number * each + turn * 7) % len(pool)]))
    return made


def flagged(document: ReadDocument) -> bool:
    return any(alert.severity == "warning" for alert in document.alerts)


def measured(folder: Path, documents: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Those that were not flagged, and those whose hidden text was read."""
    missed, leaked = [], []
    for number, (carrier, text) in enumerate(documents):
        place = folder / str(number)
        place.mkdir()
        document = read_document(CARRIERS[carrier](place, text))
        assert "hộ cận nghèo được hỗ trợ thêm 15%" in document.text, carrier
        if not flagged(document):
            missed.append((carrier, text))
        if carrier in HIDDEN and fold(text)[:25] in fold(document.text):
            leaked.append((carrier, text))
    return missed, leaked


def test_poisoned_documents_are_flagged_and_what_they_hide_is_not_read(tmp_path: Path) -> None:
    documents = poisoned()
    assert len(documents) >= 200
    missed, leaked = measured(tmp_path, documents)
    assert not leaked
    assert len(missed) <= (1 - ENOUGH) * len(documents), missed


def _leet(text: str) -> str:
    return fold(text).translate(str.maketrans("oieast", "013457"))


def _lookalikes(text: str) -> str:
    return text.translate(str.maketrans("aeopcyxi", "аеорсухі"))


def _chat(text: str) -> str:
    for old, new in (("không", "ko"), ("được", "dc"), ("người dùng", "ng dùng"), ("trả lời", "tl"), ("qua", "wa"), ("luôn", "lun"), ("bạn", "bn")):  # fmt: skip
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "disguise",
    [
        fold, _leet, _lookalikes, _chat, str.upper,
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: base64.b64encode(t.encode()).decode(),
        lambda t: t.encode().hex(),
        lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    ],
    ids=["bare", "leet", "lookalikes", "chat", "capitals", "nfd", "base64", "hex", "wide"],
)  # fmt: skip
def test_disguises_do_not_help(disguise: Callable[[str], str]) -> None:
    missed = [t for t in (*VIETNAMESE, *ENGLISH) if not instructions(disguise(t))]
    assert len(missed) <= 0.05 * len(VIETNAMESE + ENGLISH), missed


@pytest.mark.parametrize("text", TEXTS["honest"])
def test_honest_sentences_pass(text: str) -> None:
    assert instructions(text) == []


def test_nearly_all_honest_sentences_pass_without_marks() -> None:
    flagged_ones = [text for text in TEXTS["honest"] if instructions(fold(text))]
    assert len(flagged_ones) <= 0.05 * len(TEXTS["honest"]), flagged_ones

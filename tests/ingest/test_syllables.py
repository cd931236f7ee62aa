"""The shape of a Vietnamese syllable, and the share of a text that has none."""

from __future__ import annotations

import unicodedata

import pytest

from ingest.syllables import broken_share, encoded_twice, garbled_share, is_syllable, vietnamese_share
from tests.ingest.readers import papers

TEXT = "\n".join(papers.DECISION)


@pytest.mark.parametrize(
    "word",
    [
        "người",
        "nghiêng",
        "khuỷu",
        "quý",
        "gì",
        "gìn",
        "uỷ",
        "ủy",
        "hoà",
        "hòa",
        "đường",
        "chuyển",
        "quyết",
        "oanh",
        "yêu",
        "ướt",
        "NGHỊ",
        "Đ",
        "a",
    ],
)
def test_syllables(word: str) -> None:
    expected = word != "Đ"
    assert is_syllable(word) is expected
    assert is_syllable(unicodedata.normalize("NFD", word)) is expected


@pytest.mark.parametrize("word", ["hiÓm", "KLӇP", "b¶o", "xqzk", "school", "hộị", "tờc", "12", "", "Đ", "h\ufffdi"])
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


def test_a_stopped_rime_takes_two_tones_only() -> None:
    assert is_syllable("học") and is_syllable("tốt")
    assert not is_syllable("hoc\u0300") and not is_syllable("tổt")


def test_good_text_is_not_garbled() -> None:
    assert garbled_share(TEXT) < 0.02
    assert vietnamese_share(TEXT) > 0.98
    assert broken_share(TEXT) == 0.0 == encoded_twice(TEXT)


def test_one_broken_letter_in_a_hundred_is_garbled() -> None:
    broken = "".join("\ue010" if n % 100 == 0 else c for n, c in enumerate(TEXT))
    assert broken_share(broken) > 0.005
    assert garbled_share(broken) == 1.0


def test_utf8_read_as_western_text_is_garbled() -> None:
    assert garbled_share(TEXT.encode().decode("latin-1")) == 1.0


def test_quotation_marks_after_a_vowel_are_not_taken_for_bytes() -> None:
    assert encoded_twice("gọi là «khoá», «quá», «há» và «Phí»") == 0


def test_empty_text_has_no_share() -> None:
    assert garbled_share("") == vietnamese_share("") == broken_share(" \n") == 0.0

"""Where the words of a phrase stand."""

from __future__ import annotations

import pytest

from knowledge.understanding.words import Words

SAID = Words.of("Tôi đóng tự do, tự nguyện đóng tự nguyện")  # toi dong tu do tu nguyen dong tu nguyen


@pytest.mark.parametrize(
    ("phrase", "start", "end", "at"),
    [
        ("tu nguyen", 0, None, 4),  # behind a word that only begins like it
        ("tu nguyen", 5, None, 7),
        ("tu nguyen", -3, None, 4),
        ("tu nguyen", 8, None, -1),
        ("tu nguyen", 0, 5, -1),  # cut off by the end
        ("tu nguyen", 0, 6, 4),
        ("tu nguyen", 0, 99, 4),
        ("tu nguyen", 99, None, -1),
        ("toi", 0, None, 0),
        ("toi dong tu nguyen", 0, None, -1),
        ("nguyen tu nguyen", 0, None, -1),
        ("dong tu nguyen", 0, None, 6),
    ],
)
def test_a_phrase_is_found_whole_and_within_its_bounds(phrase: str, start: int, end: int | None, at: int) -> None:
    assert SAID.has(phrase, start, end) == at

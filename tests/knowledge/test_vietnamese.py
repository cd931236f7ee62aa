"""Text as people type it."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from knowledge.vietnamese import VISIBLE, clean, fold, marked_share, same_tone_placement, syllables

SENTENCE = "Người tham gia đóng ở xã Sơn Mỹ, mỗi tháng 330.000 đồng."


def test_both_unicode_forms_are_one_text() -> None:
    decomposed = unicodedata.normalize("NFD", SENTENCE)
    assert decomposed != SENTENCE
    assert clean(decomposed) == SENTENCE
    assert syllables(decomposed) == syllables(SENTENCE)
    assert fold(decomposed) == fold(SENTENCE)


def test_folding_drops_every_mark_and_the_stroke() -> None:
    assert fold("Đường Đặng Thuỳ Trâm") == "duong dang thuy tram"


def test_numbers_stay_whole() -> None:
    assert syllables("22% của 1.500.000, theo 41/2024/QH15") == ["22%", "của", "1.500.000", "theo", "41/2024", "qh15"]


def test_both_places_of_the_tone_mark_are_one_spelling() -> None:
    assert same_tone_placement("hòa") == same_tone_placement("hoà")
    assert same_tone_placement("hoàn") == "hoàn"


def test_invisible_signs_disappear_and_emoji_stay() -> None:
    assert clean("bảo\u200bhiểm \u202ex\u00ad \U000e0041👍") == "bảohiểm x 👍"


def test_share_of_marked_syllables() -> None:
    assert marked_share("dong bao hiem") == 0
    assert marked_share("đóng bảo hiem") == 2 / 3
    assert marked_share("123") == 0


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.text())
def test_folding_by_table_is_folding_by_decomposition(text: str) -> None:
    slow = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("Đ", "d"))
    assert fold(text) == "".join(c for c in slow if not unicodedata.combining(c))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\u200b\u00ad\u3000\t\n\x00\u2028\U000e0041 a"))))
def test_visible_is_found_exactly_where_something_is_left(text: str) -> None:
    assert bool(re.search(VISIBLE, text)) == bool(clean(text))

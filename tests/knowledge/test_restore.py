"""Marks put back."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.restore import MarksRestorer, stands_unmarked
from knowledge.vietnamese import fold

TEXTS = [
    "Người tham gia bảo hiểm xã hội tự nguyện được Nhà nước hỗ trợ tiền đóng.",
    "Mức đóng hằng tháng bằng 22% thu nhập do người tham gia lựa chọn.",
    "Lao động nữ sinh con được hưởng trợ cấp thai sản.",
    "Người lao động đủ tuổi nghỉ hưu được hưởng lương hưu hằng tháng.",
]


@pytest.fixture(scope="module")
def restorer() -> MarksRestorer:
    return MarksRestorer.train(TEXTS)


def test_missing_marks_come_from_the_corpus(restorer: MarksRestorer) -> None:
    assert restorer.restore("Muc dong hang thang?") == "Mức đóng hằng tháng?"


def test_half_typed_marks_are_completed(restorer: MarksRestorer) -> None:
    assert restorer.restore("bao hiểm xa hội tu nguyện") == "bảo hiểm xã hội tự nguyện"


def test_a_text_with_its_marks_stays(restorer: MarksRestorer) -> None:
    text = "Lương hưu của tôi được bao nhiêu, hưởng từ tháng nào?"
    assert restorer.restore(text) == text


@pytest.mark.parametrize(
    "text", ["Tôi nam, đóng 20 năm", "cho vay để đóng bảo hiểm", "Cha tôi đi xa mới về", "Năm nay nam cũng nghỉ"]
)
def test_words_without_marks_stay_where_the_others_have_theirs(restorer: MarksRestorer, text: str) -> None:
    assert restorer.restore(text) == text


def test_a_text_that_lacks_a_mark_somewhere_is_completed_as_before(restorer: MarksRestorer) -> None:
    assert restorer.restore("Mức dong hằng thang được bao nhieu") == "Mức đóng hằng tháng được bao nhiêu"


def test_behind_an_amount_stands_the_currency(restorer: MarksRestorer) -> None:
    assert restorer.restore("muc dong 1.500.000 dong") == "mức đóng 1.500.000 đồng"


@pytest.mark.parametrize("syllable", ["nam", "sau", "gia", "qua", "nghe", "khuya", "chi", "em"])
def test_syllables_that_are_words_without_marks(syllable: str) -> None:
    assert stands_unmarked(syllable)


@pytest.mark.parametrize("syllable", ["duoc", "huu", "tuoi", "nhieu", "mat", "tiep", "luong", "thuoc"])
def test_syllables_that_are_no_words_without_marks(syllable: str) -> None:
    assert not stands_unmarked(syllable)


def test_unknown_words_digits_and_signs_stay(restorer: MarksRestorer) -> None:
    assert restorer.restore("VssID 2.000.000 đ (momo)") == "VssID 2.000.000 đ (momo)"


def test_capitals_stay(restorer: MarksRestorer) -> None:
    assert restorer.restore("BAO HIEM Xa Hoi") == "BẢO HIỂM Xã Hội"


def test_both_unicode_forms_are_restored_alike(restorer: MarksRestorer) -> None:
    text = "hưởng luong hưu hằng thang"
    assert restorer.restore(unicodedata.normalize("NFD", text)) == restorer.restore(text)


def test_saved_and_loaded_restores_the_same(restorer: MarksRestorer, tmp_path: Path) -> None:
    restorer.save(tmp_path)
    again = MarksRestorer.load(tmp_path)
    for text in ("ho tro tien dong", "sinh con duoc huong gi"):
        assert again.restore(text) == restorer.restore(text)


def test_known_share_counts_syllables_in_any_marking(restorer: MarksRestorer) -> None:
    assert restorer.known_share("luong huu zzqx") == pytest.approx(2 / 3)
    assert restorer.known_share("!!!") == 0


@settings(deadline=None)  # the first text waits for what is read once
@given(st.text(max_size=120))
def test_restoring_only_adds_marks(text: str) -> None:
    restorer = MarksRestorer.train(TEXTS)
    assert fold(restorer.restore(text)) == fold(unicodedata.normalize("NFC", text))

"""Cutting of replies: nothing lost, nothing torn, nothing over a limit."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable
from itertools import accumulate

import pytest
import regex  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.contract import Ask, Capabilities
from bot.channels.cutting import cut, pieces, shortened
from bot.messages import Button, Citation, Reply

WHOLE = (  # must never be cut where there is room
    "khoản 2 Điều 36 Luật BHXH 2024",
    "Nghị định 159/2025/NĐ-CP",
    "điểm a, b khoản 1 Điều 102",
    "Điểm a",
    "Luật Bảo hiểm xã hội 41/2024/QH15",
    "Luật BHXH 41/2024/QH15, Điều 36 khoản 2 điểm đ",
    "công văn số 1234/BHXH-CSXH",
    "330.000 đồng/tháng",
    "1,5 triệu đồng",
    "1 500 000 đ",
    "22 %",
    "15 năm",
    "ngày 1/7/2025",
    "ngày 1 tháng 7 năm 2025",
    "01-07-2025",
    "1900 9068",
    "0900 000 123",
    "(+84) 900 000 123",
    "8 giờ 30",
    "https://baohiemxahoi.gov.vn/tra-cuu?ma=1&ten=a.b",
    "hoidap.bhxh@example.vn",
    "TP. Huế",
)
ODD = (
    "👨‍👩‍👧‍👦", "👩🏽‍🚀", "🇻🇳", "🇻🇳🇻🇳🇱🇦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "👍🏿", "e\u0302\u0323", "\u0302",
    "a" + "\u0301" * 40, " \u0301", "क्षि", "한", "\u200d", "\ufeff", "\r\n", "\u00a0", "Tiền lương hưu",
    unicodedata.normalize("NFD", "Nghị định về mức đóng"), "x" * 90, "“Được.” ", "…", "\nCăn cứ: ",
)  # fmt: skip
BLANKS = (" ", " ", " ", "\n", "\n\n", ". ", "; ", "\n- ", "\n1. ", "")

odd_texts = st.lists(st.one_of(st.sampled_from(ODD + WHOLE + BLANKS), st.text(max_size=12)), max_size=60).map("".join)
LENGTHS: dict[str, Callable[[str], int]] = {"len": len, "utf16": lambda text: len(text.encode("utf-16-le")) // 2}


def graphemes_of(text: str) -> list[str]:
    return list(regex.findall(r"\X", text))


def inner_ends(parts: list[str]) -> list[int]:
    return list(accumulate(len(part) for part in parts))[:-1]


@settings(max_examples=400, deadline=None)
@given(odd_texts, st.integers(2, 120), st.sampled_from(sorted(LENGTHS)))
@example("🇻🇳" * 30, 7, "utf16")
@example("👨‍👩‍👧‍👦" * 5, 4, "utf16")
@example("\u0301" * 50, 10, "len")
@example("a\r\nb", 2, "len")
def test_parts_join_to_the_text_keep_the_limit_and_graphemes(text: str, limit: int, unit: str) -> None:
    length = LENGTHS[unit]
    parts = cut(text, limit, length)
    assert "".join(parts) == text
    assert all(0 < length(part) <= limit for part in parts)
    at = 0
    inside: set[int] = set()
    for grapheme in graphemes_of(text):
        if length(grapheme) <= limit:
            inside |= set(range(at + 1, at + len(grapheme)))
        at += len(grapheme)
    assert not inside & set(inner_ends(parts))


phrases = st.lists(
    st.tuples(st.sampled_from((*WHOLE, "anh", "chị", "được", "hưởng", "quyền lợi")), st.sampled_from(BLANKS[:-1])),
    min_size=1,
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(phrases, st.integers(60, 400))
def test_a_cut_never_falls_into_a_phrase_that_fits(said: list[tuple[str, str]], limit: int) -> None:
    text, inside = "", set()
    for phrase, blank in said:
        if phrase in WHOLE:
            inside |= set(range(len(text) + 1, len(text) + len(phrase)))
            # a word after it, or neighbours would join to phrases longer than the limit
            phrase += " thì"
        text += phrase + blank
    parts = cut(text, limit)
    assert "".join(parts) == text
    assert not inside & set(inner_ends(parts))


@pytest.mark.parametrize("phrase", WHOLE)
def test_each_phrase_stays_whole_wherever_the_limit_falls(phrase: str) -> None:
    text = f"Anh chị xem {phrase} thì rõ nhé, còn nhiều điều nữa ở dưới."
    for limit in range(len(phrase) + 2, len(text)):
        assert any(phrase in part for part in cut(text, limit)), limit


def test_a_cut_prefers_paragraph_then_line_then_sentence_then_blank() -> None:
    assert cut("Một hai.\n\nBa bốn. Năm\nsáu bảy tám", 24) == ["Một hai.\n\n", "Ba bốn. Năm\nsáu bảy tám"]
    assert cut("Một hai ba. Bốn\nnăm sáu bảy tám chín", 24) == ["Một hai ba. Bốn\n", "năm sáu bảy tám chín"]
    assert cut("Một hai ba. Bốn năm sáu bảy tám", 24) == ["Một hai ba. ", "Bốn năm sáu bảy tám"]
    assert cut("một hai ba bốn năm sáu", 12) == ["một hai ba ", "bốn năm sáu"]
    assert cut("mộthaibabốnnămsáu", 9) == ["mộthaibab", "ốnnămsáu"]
    # a lone short opening is no reason for a part of its own
    assert cut("Dạ.\n\nMột hai ba bốn năm sáu bảy tám chín", 30)[0].startswith("Dạ.\n\nMột hai ba")


def test_a_phrase_longer_than_the_limit_is_cut_at_a_blank_if_it_has_one() -> None:
    assert cut("Luật Bảo hiểm xã hội 41/2024/QH15", 24) == ["Luật Bảo hiểm xã hội ", "41/2024/QH15"]
    address = "https://example.vn/" + "a" * 50
    assert cut(f"Xem {address}", 30) == ["Xem ", address[:30], address[30:60], address[60:]]


def test_a_limit_that_holds_no_code_point_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        cut("abc", 1)
    assert cut("", 10) == []


LONG = [
    "🇻🇳",
    "👨‍👩‍👧‍👦",
    "a",
    "a\u0301",
    "1 ",
    "1.000 ",
    "luật ",
    "khoản 1 ",
    "Căn cứ: ",
    "\n",
    "\n ",
    "https://x/",
    "a@",
    "(+84 ",
]


@pytest.mark.parametrize("unit", LONG)
def test_long_texts_take_no_time(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    begun = time.perf_counter()
    parts = cut(text, 1900, LENGTHS["utf16"])
    assert time.perf_counter() - begun < 2
    assert "".join(parts) == text
    assert all(LENGTHS["utf16"](part) <= 1900 for part in parts)


# --- pieces -------------------------------------------------------------------------------------------------------

TELEGRAM = Capabilities(text_limit=4096, utf16=True, buttons=8, button_label=40, button_value=64, contact_form=True)
OFFICIAL = Capabilities(text_limit=1900, utf16=True, buttons=5, button_label=100, button_value=1000)
PLAIN = Capabilities(text_limit=1900, utf16=True)
SMALL = Capabilities(text_limit=60, utf16=True, buttons=2, button_label=8, button_value=6)
ALL = {"telegram": TELEGRAM, "official": OFFICIAL, "plain": PLAIN, "small": SMALL}

buttons_of = st.lists(
    st.builds(
        Button,
        st.one_of(st.sampled_from(ODD), st.text(max_size=120)),
        st.one_of(st.text(max_size=80), st.sampled_from(["#1", "#2", "a", "a", "câu hỏi dài " * 10])),
    ),
    max_size=12,
).map(tuple)


def bare(text: str) -> str:
    """What there is to see of `text`."""
    return str(regex.sub(r"[\s\p{Z}\p{Cc}\p{Cf}]", "", text))


@settings(max_examples=400, deadline=None)
@given(odd_texts, buttons_of, st.sampled_from(sorted(ALL)), st.sampled_from(["", "#"]))
def test_pieces_keep_every_limit(text: str, buttons: tuple[Button, ...], platform: str, prefix: str) -> None:
    can = ALL[platform]
    whole = bare(unicodedata.normalize("NFC", text))
    done = pieces(Reply(text, buttons), can, ask=Ask.CONTACT, prefix=prefix)
    for piece in done.pieces:
        assert bare(piece.text)
        assert can.text_length(piece.text) <= can.text_limit
        assert unicodedata.is_normalized("NFC", piece.text)
        assert all(piece.text[a:b] == "Căn cứ:" for a, b in piece.strong)
    for piece in done.pieces[:-1]:
        assert not piece.buttons
        assert piece.ask is Ask.NOTHING
    shown = [choice.shown for choice in done.choices]
    assert len({button.value for button in shown}) == len(shown)
    for button in shown:
        assert button.label
        assert can.text_length(button.label) <= (can.button_label or 10_000)
        assert len(button.value.encode()) <= (can.button_value or 10)
        assert not prefix or button.value.startswith(prefix)
    if done.pieces:
        last = done.pieces[-1]
        assert last.buttons == (() if can.contact_form else tuple(shown[: can.buttons]))
        assert last.ask is (Ask.CONTACT if can.contact_form else Ask.NOTHING)
        said = bare("".join(piece.text for piece in done.pieces))
        if whole:
            assert said == whole if len(shown) <= can.buttons else said.startswith(whole)
    else:
        assert not whole
        assert not shown


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(sorted(ALL)))
def test_twenty_thousand_characters(seed: int, platform: str) -> None:
    text = "".join(random.Random(seed).choices(ODD + WHOLE + BLANKS, k=4000))[:20_000]
    assert len(text) == 20_000
    done = pieces(Reply(text), ALL[platform])
    assert bare("".join(piece.text for piece in done.pieces)) == bare(unicodedata.normalize("NFC", text))
    assert all(ALL[platform].text_length(piece.text) <= ALL[platform].text_limit for piece in done.pieces)


def test_values_too_long_for_the_platform_become_short_ones() -> None:
    long = "Mỗi tháng đóng bảo hiểm xã hội tự nguyện thấp nhất bao nhiêu tiền?"
    done = pieces(Reply("Chào", (Button("Ngắn", "hi"), Button("Dài", long), Button("Giả", "#2"))), TELEGRAM)
    assert done.pieces[-1].buttons == (Button("Ngắn", "hi"), Button("Dài", "#2"), Button("Giả", "#3"))
    assert [choice.value for choice in done.choices] == ["hi", long, "#2"]


def test_a_prefix_makes_every_value_short() -> None:
    done = pieces(Reply("Chào", (Button("Một", "mot"), Button("Hai", "hai"))), OFFICIAL, prefix="#")
    assert [button.value for button in done.pieces[0].buttons] == ["#1", "#2"]
    assert {choice.shown.value: choice.value for choice in done.choices} == {"#1": "mot", "#2": "hai"}


def test_without_buttons_the_last_piece_ends_with_numbered_lines() -> None:
    reply = Reply("Anh/chị là nam hay nữ?", (Button("Nam", "toi la nam"), Button("Nữ", "toi la nu")))
    done = pieces(reply, PLAIN)
    assert [piece.text for piece in done.pieces] == [
        "Anh/chị là nam hay nữ?\n\n1. Nam\n2. Nữ\nAnh/chị nhắn số 1, 2 hoặc gõ câu hỏi."
    ]
    assert not done.pieces[0].buttons
    assert [(choice.shown.value, choice.value) for choice in done.choices] == [
        ("#1", "toi la nam"),
        ("#2", "toi la nu"),
    ]


def test_buttons_over_the_platforms_number_become_lines() -> None:
    many = tuple(Button(f"Mục {n}", f"muc {n}") for n in range(1, 8))
    last = pieces(Reply("Chọn:", many), OFFICIAL).pieces[-1]
    assert [button.label for button in last.buttons] == [f"Mục {n}" for n in range(1, 6)]
    assert last.text == "Chọn:\n\n6. Mục 6\n7. Mục 7\nAnh/chị bấm nút, nhắn số 6, 7 hoặc gõ câu hỏi."


def test_a_menu_that_does_not_fit_stays_together_in_a_piece_of_its_own() -> None:
    body = " ".join(["từ"] * 630)
    done = pieces(Reply(body, (Button("Nam", "nam"), Button("Nữ", "nu"))), PLAIN)
    assert [piece.text for piece in done.pieces] == [body, "1. Nam\n2. Nữ\nAnh/chị nhắn số 1, 2 hoặc gõ câu hỏi."]


def test_a_label_is_cut_between_graphemes() -> None:
    assert shortened("Mức đóng", 8) == "Mức đóng"
    assert shortened("Mức đóng thấp nhất", 9) == "Mức đóng…"
    assert shortened("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 8) == "👨‍👩‍👧‍👦…"
    assert shortened("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 6) == "…"


def test_the_label_of_the_basis_is_strong_and_nothing_else() -> None:
    text = "Căn cứ: không phải lúc nào cũng có.\nTheo Căn cứ: này thì thôi.\nCăn cứ: Luật BHXH 41/2024/QH15, Điều 94."
    (piece,) = pieces(Reply(text), TELEGRAM).pieces
    assert [(a, piece.text[a:b]) for a, b in piece.strong] == [(0, "Căn cứ:"), (text.rindex("Căn cứ:"), "Căn cứ:")]


def test_words_that_only_look_like_the_label_after_a_cut_are_not_strong() -> None:
    text = " ".join(["Theo"] * 9) + " Căn cứ: này thì thôi, còn nhiều lời nữa."
    done = pieces(Reply(text), Capabilities(text_limit=46, utf16=False)).pieces
    assert done[1].text.startswith("Căn cứ:")
    assert not done[1].strong
    text = " ".join(["Theo"] * 9) + "\nCăn cứ: này thì thôi, còn nhiều lời nữa."
    assert pieces(Reply(text), Capabilities(text_limit=46, utf16=False)).pieces[1].strong == ((0, 7),)


def test_a_label_that_is_torn_is_not_strong() -> None:
    done = pieces(Reply("Căn cứ: Điều 94"), Capabilities(text_limit=5, utf16=False)).pieces
    assert [piece.text for piece in done][:2] == ["Căn", "cứ:"]
    assert not any(piece.strong for piece in done)


def test_citations_add_nothing() -> None:
    cited = Reply("Được ạ.", citations=(Citation("41/2024/QH15", "Luật Bảo hiểm xã hội", "94"),))
    assert [piece.text for piece in pieces(cited, TELEGRAM).pieces] == ["Được ạ."]


def test_blank_replies() -> None:
    assert pieces(Reply(" \n\u200b "), TELEGRAM).pieces == ()
    (piece,) = pieces(Reply("", (Button("Một", "mot"),)), TELEGRAM).pieces
    assert piece.text
    assert piece.buttons == (Button("Một", "mot"),)
    assert pieces(Reply("Chào", (Button(" ", " "), Button("a\nb", "c"))), TELEGRAM).pieces[0].buttons == (
        Button("a b", "c"),
    )


def test_half_surrogates_become_something_platforms_take() -> None:
    (piece,) = pieces(Reply("a\ud83db", (Button("\ud83d", "\ud83d"),)), TELEGRAM).pieces
    assert piece.text == "a\ufffdb"
    assert piece.buttons == (Button("\ufffd", "#1"),)

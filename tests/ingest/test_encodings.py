"""Old encodings become Unicode, Unicode stays as it is."""

from __future__ import annotations

import unicodedata

import pytest

from ingest.encodings import declared_charset, decode_bytes, from_tcvn3, from_vni, repair_legacy, to_tcvn3, to_vni
from ingest.errors import Refused
from tests.ingest.readers import papers

TEXT = "\n".join(papers.DECISION)
_ALPHABET = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"


def _right(expected: str, got: str) -> float:
    """Share of characters of `expected` that are right; both have the same length when nothing was lost."""
    if len(expected) != len(got):
        return 0.0
    return sum(a == b for a, b in zip(expected, got, strict=True)) / len(expected)


def test_tcvn3_gives_sentences_the_capital_that_it_cannot_store() -> None:
    text = "Điều 6. Ứng dụng trên bến\n1. Áp dụng cho bến. Ở bến khác thì không;\nđ) Ủy ban xã giữ sổ."
    text += "\nỦy ban\náp dụng từ nay.\nChương II\nÁp dụng"
    lines = from_tcvn3(to_tcvn3(text).decode("cp1252"))
    assert lines == text
    assert from_tcvn3(to_tcvn3("các bến\nở xã").decode("cp1252")) == "các bến\nở xã"


@pytest.mark.parametrize("text", ["Chương VI Ở ĐIỂM CHỢ CÓ ÁO ẤM", "Áo ở chợ BHXH", "mặc ÁO ở chợ"])
def test_tcvn3_gives_words_in_capitals_their_marked_capitals(text: str) -> None:
    assert from_tcvn3(to_tcvn3(text).decode("cp1252")) == text


@pytest.mark.parametrize("letter", _ALPHABET)
def test_every_small_letter_survives_both_encodings(letter: str) -> None:
    word = f"b{letter}n"
    assert from_tcvn3(to_tcvn3(word).decode("cp1252")) == word
    assert from_vni(to_vni(word).decode("cp1252")) == word


@pytest.mark.parametrize("letter", _ALPHABET.upper())
def test_capitals_survive_in_a_line_of_capitals(letter: str) -> None:
    line = f"QUYẾT ĐỊNH B{letter}N HÀNH"
    assert from_tcvn3(to_tcvn3(line).decode("cp1252")) == line
    assert from_vni(to_vni(line).decode("cp1252")) == line


@pytest.mark.parametrize("seed", range(40))
def test_forty_documents_come_back_from_both_encodings(seed: int) -> None:
    text = papers.short_document(seed)
    for encode, name in ((to_tcvn3, "tcvn3"), (to_vni, "vni")):
        got, encoding = decode_bytes(encode(text))
        assert encoding == name
        # TCVN3 stores no capital marks; a single marked capital inside small letters ("Ủy") may come back small.
        assert _right(text.lower(), got.lower()) >= 0.99
        assert _right(text, got) >= (0.96 if name == "tcvn3" else 0.99)


@pytest.mark.parametrize("seed", range(40))
def test_the_same_documents_in_unicode_are_not_touched(seed: int) -> None:
    text = papers.short_document(seed)
    assert decode_bytes(text.encode()) == (text, "utf-8")
    assert repair_legacy(text) == (text, "")


@pytest.mark.parametrize(
    "text",
    [
        "L'été dernier, le maire a signé la décision à l'hôtel de ville. Près du marché, où tout est déjà prêt.",
        "El señor Peña mañana pagará tres años de cotización según el año pasado.",
        "Die Behörde prüft die Höhe der Beiträge für Übergänge, größere Städte müssen zählen.",
        "São Paulo não tem a mesma contribuição; então é preciso ação já.",
        "Công ty Société Générale, Crédit Agricole và Nestlé nộp hồ sơ.",
        "à ô é ù à ô é ù",
        "Bà Hà và cô Lê đã có hộ khẩu ở xã, được hỗ trợ.",
        "® © ± § ¶ µ ° « » × ÷ ¼ ½ ¾",
        "Nhiệt độ 37 °C, diện tích 25 m², giá 1.200 ¥, 5 £, § 12.",
        "hoà bình, thuỷ lợi, uỷ ban, khoẻ mạnh, quý vị",
        "Ô-tô, ô mai, ê a, à ơi, ù ù, ì ầm, í ới, ý kiến.",
    ],
)
def test_text_that_looks_like_an_old_encoding_is_left_alone(text: str) -> None:
    assert repair_legacy(text) == (text, "")
    assert decode_bytes(text.encode()) == (text, "utf-8")


def test_text_in_decomposed_form_is_left_alone() -> None:
    text = unicodedata.normalize("NFD", TEXT)
    assert repair_legacy(text) == (text, "")


def test_old_text_inside_unicode_is_converted_and_good_lines_of_the_same_page_stay() -> None:
    good = "Điều 9. Dòng này đã là Unicode sẵn."
    old = "\n".join(papers.DECISION[4:7])
    page = f"{good}\n{to_tcvn3(old).decode('cp1252')}\n{good}"
    repaired, name = repair_legacy(page)
    assert name == "tcvn3"
    assert repaired.split("\n")[0] == good == repaired.split("\n")[-1]
    assert _right(old.lower(), "\n".join(repaired.split("\n")[1:-1]).lower()) >= 0.99


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_told_apart_with_and_without_a_mark(encoding: str) -> None:
    text, name = decode_bytes(TEXT.encode(encoding))
    assert text.removeprefix("\ufeff") == TEXT
    assert name == encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")


def test_windows_1258_is_read() -> None:
    # The code page holds â ă ê ô ơ ư đ whole and the tones as marks of their own.
    pieces = []
    for char in TEXT:
        decomposed = unicodedata.normalize("NFD", char)
        tones = "".join(m for m in decomposed[1:] if m in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", decomposed.translate(dict.fromkeys(map(ord, tones))))
        pieces.append(base + tones)
    text, name = decode_bytes("".join(pieces).encode("cp1258"))
    assert name == "windows-1258"
    assert text == TEXT


def test_utf8_that_was_saved_twice_is_set_right() -> None:
    twice = TEXT.encode().decode("latin-1").encode()
    assert decode_bytes(twice) == (TEXT, "utf-8 twice")


def test_western_text_without_vietnamese_is_read_as_such() -> None:
    assert decode_bytes("Le maire a signé près du marché.".encode("cp1252"))[1] == "windows-1252"


@pytest.mark.parametrize("data", [bytes(range(128, 256)) * 20, b"\x00\x01\x02\x03" * 300, b"abc\x00" * 300])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        decode_bytes(data)
    assert caught.value.reason in ("garbled", "mislabelled")


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (b'<meta charset="windows-1258">', "cp1258"),
        (b"<META http-equiv='Content-Type' content='text/html; charset=UTF-8'>", "utf-8"),
        (b"<meta charset=x-unknown-set>", ""),
        (b"<p>charset</p>", ""),
    ],
)
def test_the_declared_character_set_of_a_page(page: bytes, name: str) -> None:
    assert declared_charset(page) == name

"""From bytes to Unicode, old Vietnamese encodings included.

TCVN3 (fonts `.VnTime`, one byte a letter, capitals with marks only in separate `…H` fonts) and VNI (fonts `VNI-Times`,
a letter and a mark byte) fill old office files. Both look like Western European text to a computer, so they are told
apart by how many words become possible Vietnamese syllables.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

from ingest.errors import Refused
from ingest.syllables import broken_share, encoded_twice, garbled_share, is_syllable, vietnamese_share, words

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_TONED = "[" + "".join(c for c in _TCVN3.values() if c.islower() and c not in "ăâêôơưđ") + "]"
_LABEL = r"(?:Điều\s+[\w.]+\.\s+|\d{1,3}[a-zđ]?[.,]\s+|[a-zđ]{1,2}\d?\)\s+|[-–+•]\s+)"
_START = re.compile(rf"^(\s*)({_TONED})")
_SENTENCE = re.compile(rf"(^\s*{_LABEL}|[.!?]\s+)({_TONED})")
_STOPS = re.compile(r"[.;:!?)]\s*$|^\s*(?:Phần|Chương|Mục|Tiểu mục)\s+(?:thứ\s+)?\S+\s*$")
_LEGACY_SIGNS = re.compile("[\u00a1-\u00ff]")
# Letters that exist in neither old encoding's Western look: their presence proves real Unicode.
_REAL_VIETNAMESE = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u0300-\u0323]"
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)


def decode_bytes(data: bytes) -> tuple[str, str]:
    """`(text, encoding)`; encoding is "utf-8", "utf-8 twice", "utf-16", "windows-1258", "tcvn3", "vni" or "windows-1252".

    Raises Refused("garbled") when no reading gives sensible text, "mislabelled" when the bytes are no text at all.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return _strict(data, "utf-32"), "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16"), "utf-16"
    if (wide := _utf16_without_bom(data)) is not None:
        return wide, "utf-16"
    if data.count(0) > len(data) // 200:
        raise Refused("mislabelled", "NUL bytes in text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _legacy_bytes(data)
    repaired, legacy = repair_legacy(text)
    return repaired, legacy or "utf-8"


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("truncated", f"{encoding}: {error.reason}") from None


def _utf16_without_bom(data: bytes) -> str | None:
    """ASCII blanks and digits have a zero byte on one side: enough of them, and always the same side, is UTF-16."""
    sample = data[: 4000 - 4000 % 2]
    if len(data) < 4 or len(data) % 2:
        return None
    for encoding, side in (("utf-16-le", 1), ("utf-16-be", 0)):
        if sample[side::2].count(0) > len(sample) // 10 and sample[1 - side :: 2].count(0) == 0:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                return None
            return text if garbled_share(text[:4000]) < 0.3 else None
    return None


def _legacy_bytes(data: bytes) -> tuple[str, str]:
    """The reading of eight-bit `data` with the most possible syllables among its marked words."""
    # Latin-1 keeps 0x80–0x9F as control characters; Windows quotes and dashes live there.
    western = data.decode("cp1252", errors="surrogateescape")
    western = "".join(chr(ord(c) - 0xDC00) if "\udc80" <= c <= "\udcff" else c for c in western)
    windows = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    readings = {"tcvn3": from_tcvn3(western), "vni": from_vni(western), "windows-1258": windows}
    best = max(readings, key=lambda name: vietnamese_share(readings[name]))
    if vietnamese_share(readings[best]) >= 0.85 and broken_share(readings[best]) == 0.0:
        return readings[best], best
    if garbled_share(western) < 0.1 and not re.search("[\x80-\x9f]", western):
        return western, "windows-1252"
    raise Refused("garbled", "no known encoding gives Vietnamese text")


def declared_charset(data: bytes) -> str:
    """The character set an HTML page declares in its first 4 KiB, lower case, "" for none or an unknown one."""
    found = _META.search(data[:4096])
    if not found:
        return ""
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return ""


def repair_legacy(text: str) -> tuple[str, str]:
    """`(text, "tcvn3" | "vni" | "utf-8 twice" | "")`: Unicode text that is really an old encoding, as PDF and Word carry it.

    Lines with real Vietnamese letters are never touched, so a file of mixed fonts keeps its good lines.
    """
    if not _LEGACY_SIGNS.search(text):
        return text, ""
    if encoded_twice(text) > 2 and (once := _decoded_again(text)):
        return once, "utf-8 twice"
    lines = text.split("\n")
    suspects = [i for i, line in enumerate(lines) if _LEGACY_SIGNS.search(line) and not _REAL_VIETNAMESE.search(line)]
    if not suspects:
        return text, ""
    sample = "\n".join(lines[i] for i in suspects)
    name, convert = max((("tcvn3", from_tcvn3), ("vni", from_vni)), key=lambda c: vietnamese_share(c[1](sample)))
    if not _is_legacy(sample, convert(sample)):
        return text, ""
    alone = len(suspects) == sum(bool(_LEGACY_SIGNS.search(line) or _REAL_VIETNAMESE.search(line)) for line in lines)
    for i in suspects:
        converted = convert(lines[i])
        if alone or _is_legacy(lines[i], converted):
            lines[i] = converted
    return "\n".join(lines), name


def _decoded_again(text: str) -> str:
    """UTF-8 text that was read as Western text and saved as UTF-8 again, set right; "" when letters were lost on the way."""
    try:
        return b"".join(c.encode("latin-1") if c <= "\xff" else c.encode("cp1252") for c in text).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return ""


def _is_legacy(before: str, after: str) -> bool:
    """Conversion must turn nearly all marked words into syllables that were not syllables before."""
    old = [w for w in words(before) if _LEGACY_SIGNS.search(w)]
    if len(old) < 3:
        return False
    was = sum(is_syllable(w) for w in old) / len(old)
    return vietnamese_share(after) >= 0.85 and was <= 0.6 and vietnamese_share(after) - was >= 0.3


def from_tcvn3(text: str) -> str:
    """Western-looking TCVN3 text as Vietnamese. Capitals with a mark, which TCVN3 cannot store, are given back to lines and
    words in capitals and to the starts of sentences: a small letter there would read as the middle of one.
    """
    lines = []
    stopped = True
    for raw in text.split("\n"):
        line = _SENTENCE.sub(_as_capital, _capitals(raw, "".join(_TCVN3.get(c, c) for c in raw)))
        lines.append(_START.sub(_as_capital, line) if stopped else line)
        stopped = not line.strip() or bool(_STOPS.search(line))
    return "\n".join(lines)


def _as_capital(found: re.Match[str]) -> str:
    return found[1] + found[2].upper()


def _capitals(raw: str, line: str) -> str:
    """`raw` is needed because only its ASCII letters tell whether a `…H` font was in use."""
    plain = [c for c in raw if c.isascii() and c.isalpha()]
    capitals = sum(c.isupper() for c in plain)
    if len(plain) >= 4 and capitals >= 0.95 * len(plain):
        return line.upper()
    title = len(plain) >= 8 and capitals >= 0.6 * len(plain)  # "Chương VI Ở BẾN CÓ CHỢ": words without a small letter
    return re.sub(r"[^\W\d_]+", lambda m: m[0].upper() if _mostly_upper(m[0], title) else m[0], line)


@lru_cache(maxsize=20_000)
def _mostly_upper(word: str, in_title: bool) -> bool:
    plain = [c for c in word if c.isascii()]
    if not all(c.isupper() for c in plain):
        return False
    # "áO": no word begins small and goes on in capitals.
    return in_title or len(plain) >= 2 or (bool(plain) and word[0].islower())


def from_vni(text: str) -> str:
    """Western-looking VNI text as Vietnamese: marks follow the vowel they belong to."""
    out: list[str] = []
    for char in text:
        lower = char.lower()
        if lower in _VNI_MARKS and out and out[-1] and out[-1].lower() in "aeouyơư":
            out[-1] = unicodedata.normalize("NFC", out[-1] + _VNI_MARKS[lower])
        elif lower in _VNI_LETTERS:
            letter = _VNI_LETTERS[lower]
            out.append(letter.upper() if char.isupper() else letter)
        else:
            out.append(char)
    return "".join(out)


def to_tcvn3(text: str) -> bytes:
    """`text` in TCVN3 bytes, capital marks stored small as the `…H` fonts do: for tests and exports."""
    table = {v: k for k, v in _TCVN3.items()}
    mapped = (table.get(c) or table.get(c.lower()) or c for c in unicodedata.normalize("NFC", text))
    return "".join(mapped).encode("cp1252", errors="replace")


def to_vni(text: str) -> bytes:
    """`text` in VNI bytes: for tests and exports."""
    letters = {v: k for k, v in _VNI_LETTERS.items()}
    marks = {v: k for k, v in _VNI_MARKS.items()}
    out = []
    for char in unicodedata.normalize("NFC", text):
        low = char.lower()
        if low in letters:
            coded = letters[low]
        else:
            base, tail = _split_marks(low)
            coded = letters.get(base, base) + marks.get(tail, "") if tail else low
        out.append(coded.upper() if char.isupper() else coded)
    return "".join(out).encode("cp1252", errors="replace")


def _split_marks(char: str) -> tuple[str, str]:
    """Base letter (ơ and ư whole) and its marks in the order of `_VNI_MARKS`."""
    decomposed = unicodedata.normalize("NFD", char)
    base, marks = decomposed[0], decomposed[1:]
    if "\u031b" in marks:
        base, marks = {"o": "ơ", "u": "ư"}.get(base, base), marks.replace("\u031b", "")
    shape = "".join(m for m in marks if m in "\u0302\u0306")
    return base, shape + "".join(m for m in marks if m not in "\u0302\u0306")

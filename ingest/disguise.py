"""Text as it is meant: letters of other scripts, digits for letters, letters set apart, shorthand, encoded stretches."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from knowledge.vietnamese import clean, fold

_TOKEN = re.compile(r"[^\W_]+")
_START = re.compile(r"(?:^|[.!?…:;\n\"“”'‘’()\[\]{}<>|•*#>=–—-]\s*)$")
_ODD = re.compile(
    "[\u0131\u0237\u0250-\u02af\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u1d00-\u1dbf\u2070-\u209f\u2100-\u218f\u2460-\u24ff"
    "\ua720-\ua7ff\uab30-\uab6f\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]"
)
_CIRCLED = {0x1F150: "a", 0x1F170: "a", 0x1F130: "a", 0x1F1E6: "a"}  # blocks of 26 letters that have no decomposition
_READINGS = (str.maketrans("0134578@$!|€", "oieastbasiie"), str.maketrans("0134578@$!|€", "oleastbaslle"))
_NUMBERS = re.compile(r"(?<![\w/.,-])[01345789]{2,4}(?![\w/.,%-])")
_MANY = 3  # words in digits, among which whole numbers are words too
_MIXED = re.compile(r"(?<![\w/.-])(?=[\w@$!|€]*[0134578@$!|€])(?=[\w@$!|€]*[^\W\d_])[\w@$!|€]{2,}(?![\w/])")
_RUN = re.compile(r"(?<!\w)[^\W\d_](?:[ .\-_*·•|/~,]{1,3}[^\W\d_](?!\w)){3}")
_APART = re.compile(r"(?<!\w)[^\W\d_](?:[ .\-_*·•|/~,]{1,3}[^\W\d_](?!\w)){3,}")
_BLOB = re.compile(
    r"(?<![\w/.:@-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w@])|(?<![\w])(?:[0-9A-Fa-f]{2}[ :]?){12,}(?![\w])"
    r"|(?:%[0-9A-Fa-f]{2}[\w.~-]?){8,}"
)
_LONG = re.compile(r"[A-Za-z0-9+/_=-]{16}|(?:[0-9A-Fa-f]{2}[ :]){11}|%[0-9A-Fa-f]{2}.{0,6}%|\\\\[ux]|&#")
_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{2,6};)+")
_MOST_BLOBS = 200
_AS_LETTERS = dict(zip("0134578@$", "oieastbas", strict=True))
_COMBINING = re.compile("[\u0300-\u036f\u0489\u20d0-\u20ff]{3,}")
_STRANGE = re.compile(f"{_ODD.pattern}|{_COMBINING.pattern}|\u202e")
_WORD_END_G = re.compile(r"(?<=[aeiouyàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ])g(?!\w)")


words_of = _TOKEN.findall
"""Words of a text, without their places."""


def has_blobs(text: str) -> bool:
    """A quick look: False where `decoded_blobs` finds nothing."""
    return bool(_LONG.search(text))


def starts_of(text: str) -> frozenset[int]:
    """The places among the words of `text` where a sentence or a part of one begins."""
    starts: set[int] = set()
    end = 0
    for number, found in enumerate(_TOKEN.finditer(text)):
        gap = text[end : found.start()]
        if not number or (gap != " " and _START.search(gap)):
            starts.add(number)
        end = found.end()
    return frozenset(starts)


@dataclass(frozen=True, slots=True)
class Disguises:
    """Ways of writing that hide words: `lookalikes` by letter, `shorthand` by word; `vocabulary` is of words without marks."""

    lookalikes: Mapping[str, str]
    shorthand: Mapping[str, str]
    vocabulary: Container[str]
    _table: dict[int, str] = field(init=False, repr=False)
    _short: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table = {ord(k): v for k, v in self.lookalikes.items()}
        table |= {
            ord(k.upper()): v for k, v in self.lookalikes.items() if len(k.upper()) == 1 and not k.upper().isascii()
        }
        for first, letter in _CIRCLED.items():
            table |= {first + n: chr(ord(letter) + n) for n in range(26)}
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_short", frozenset(word for word in self.shorthand if len(word) > 1))

    def may(self, text: str, words: frozenset[str]) -> bool:
        """A quick look: False where all `variants` of `text` (its lower-case `words`) read as it stands."""
        return bool(
            not words.isdisjoint(self._short)
            or _STRANGE.search(text)
            or sum(not (w.isalpha() or w.isdigit()) for w in words) >= 2
            or "@" in text
            or "$" in text
            or _RUN.search(text)
        )

    def variants(self, text: str, *, hidden: bool = False) -> Iterator[tuple[str, int]]:
        """`text` in plain letters, then other readings of it, each with 1 when it was disguised on purpose."""
        plain, odd = self.plain(text)
        yield plain, odd
        undone = _MIXED.sub(self._letters, plain)
        if undone != plain:
            if sum(a != b for a, b in zip(plain.split(), undone.split(), strict=False)) >= _MANY:
                undone = _NUMBERS.sub(self._letters, undone)
                yield "".join(_AS_LETTERS.get(c, c) for c in plain.lower()), 1
            yield undone, 1
        joined = _APART.sub(lambda m: " " + re.sub(r"[^\w]", "", m[0]) + " ", undone)
        if joined != undone:
            yield from ((" ".join(self._cut(w) for w in joined.split()), 1),)
        short = self._written_out(undone)
        if short != undone:
            yield short, 0
        if hidden or "\u202e" in text:
            yield clean(plain[::-1]), 1

    def plain(self, text: str) -> tuple[str, int]:
        """`text` in Latin letters, and 1 when letters of several scripts stand in one word."""
        text = _COMBINING.sub("", clean(text))
        if not _ODD.search(text):
            return text, 0
        before = text
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).translate(self._table))
        mixed = any(_ODD.search(w) and re.search("[a-zA-Z]", w) for w in before.split())
        whole = sum(c != d for c, d in zip(before, text, strict=False)) > 8
        return text, int(mixed or whole)

    def _letters(self, match: re.Match[str]) -> str:
        words = [match[0].lower().translate(table) for table in _READINGS]
        return next(
            (w for w in words if fold(w) in self.vocabulary or fold(w).rstrip("il") in self.vocabulary), match[0]
        )

    def _cut(self, word: str) -> str:
        """`word` cut into words of the vocabulary, the longest first; as it is where that leaves letters over."""
        if len(word) < 10:
            return word
        bare, parts, place = fold(word), [], 0
        if len(bare) != len(word):
            return word
        while place < len(bare):
            size = next(
                (n for n in range(min(14, len(bare) - place), 1, -1) if bare[place : place + n] in self.vocabulary), 1
            )
            parts.append(word[place : place + size])
            place += size
        return " ".join(parts)

    def _written_out(self, text: str) -> str:
        """Chat spelling in full: `ko`, `dc`, `bỏ wa`, `nguời zùng`, `rằg`."""
        out = []
        for part in re.split(r"(\W+)", text):
            low = part.lower()
            new = self.shorthand.get(low)
            if new is None and low and low[0].isalpha() and fold(low) not in self.vocabulary:
                new = re.sub(
                    r"^z",
                    "d",
                    re.sub(r"^j", "gi", re.sub(r"^w", "qu", re.sub(r"^f", "ph", _WORD_END_G.sub("ng", low)))),
                )
                new = new if fold(new) in self.vocabulary else part
            out.append(new if new is not None else part)
        return "".join(out)


def decoded_blobs(text: str) -> list[tuple[str, str]]:
    """Encoded stretches (base64, hexadecimal, %-signs, escapes) of `text` that hold readable words, each with those words."""
    found: list[tuple[str, str]] = []
    for number, match in enumerate(_BLOB.finditer(text)):
        if number >= _MOST_BLOBS:
            break
        if inner := _decoded(match[0]):
            found.append((match[0][:40], inner))
    if "\\" in text or "&#" in text:
        found += [(m[0][:40], _unescaped(m[0])) for m in _ESCAPES.finditer(text) if len(m[0]) > 40]
    return found


def _decoded(blob: str, depth: int = 0) -> str:
    tries: list[bytes] = []
    if "%" in blob:
        tries.append(unquote(blob).encode())
    bare = re.sub(r"[ :]", "", blob)
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", bare):
        tries.append(bytes.fromhex(bare))
    with_padding = blob.rstrip("=").replace("-", "+").replace("_", "/")
    with contextlib.suppress(binascii.Error, ValueError):
        tries.append(base64.b64decode(with_padding + "=" * (-len(with_padding) % 4), validate=True))
    for data in tries:
        try:
            inner = data.decode("utf-8")
        except UnicodeDecodeError:
            continue
        letters = sum(c.isalpha() or c.isspace() for c in inner)
        if len(inner) >= 8 and letters >= 0.7 * len(inner) and inner.isprintable():
            return inner if " " in inner or depth > 1 else _decoded(inner, depth + 1) or inner
    return ""


def _unescaped(text: str) -> str:
    text = re.sub(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})", lambda m: chr(int(m[1] or m[2], 16)), text)
    text = re.sub(r"&#x([0-9A-Fa-f]{2,6});", lambda m: _char(int(m[1], 16)), text)
    return re.sub(r"&#(\d{2,7});", lambda m: _char(int(m[1])), text)


def _char(code: int) -> str:
    return chr(code) if 31 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "

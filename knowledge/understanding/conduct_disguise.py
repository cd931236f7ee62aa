"""Sees through disguised spelling: letters of other scripts, digits for letters, letters set apart, text in base64.

What comes out is read by rules and search, never shown; a message without such spelling comes out unchanged.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container

from knowledge.vietnamese import fold

# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = str.maketrans("аеорсухіјѕкмтнвАЕОРСУХІКМТНВαοεικντυρ", "aeopcyxijskmthbAEOPCYXIKMTHBaoeikvtup")
_WIDE = re.compile("[\uff01-\uff5e\u2100-\u214f]|[\U0001d400-\U0001d7ff]|[\u0370-\u03ff\u0400-\u04ff]")
_LETTERS_APART = re.compile(r"(?<![\w.])[^\W\d_](?:[.\-_*·•|][^\W\d_])+(?![\w])")
_LETTER_RUN = re.compile(r"(?<!\w)[^\W\d_](?: [^\W\d_]){5,}(?!\w)")
_DIGITS_FOR_LETTERS = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"(?<!\w)(?=\w*[013457@$])(?=\w*[^\W\d_])[\w@$]{3,}(?!\w)")
# Base64 or hexadecimal of some length; four or more changes of case tell it from a word or an address.
_BLOB = re.compile(r"(?<![\w/.:@-])[A-Za-z0-9+/]{20,}={0,2}(?![\w@])")


def undisguise(text: str, vocabulary: Container[str]) -> str:
    """`text` in plain spelling. Digits become letters only where a word of `vocabulary` (lower case, no marks) comes out."""
    if _WIDE.search(text):
        text = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    text = _LETTERS_APART.sub(lambda m: re.sub(r"[.\-_*·•|]", "", m[0]), text)
    text = _LETTER_RUN.sub(lambda m: m[0].replace(" ", ""), text)

    def plain(match: re.Match[str]) -> str:
        word = match[0].lower().translate(_DIGITS_FOR_LETTERS)
        return word if fold(word) in vocabulary else match[0]

    return _MIXED.sub(plain, text)


def without_blobs(text: str) -> str:
    """`text` without encoded stretches, which no citizen writes."""
    return _BLOB.sub(lambda m: " " if _looks_encoded(m[0]) else m[0], text)


def _looks_encoded(token: str) -> bool:
    letters = [c for c in token if c.isalpha()]
    changes = sum(a.isupper() != b.isupper() for a, b in itertools.pairwise(letters))
    hexadecimal = re.fullmatch(r"(?:[0-9a-fA-F]{2}){10,}", token) and any(c.isalpha() for c in token)
    return token.endswith("=") or changes >= 4 or bool(hexadecimal)

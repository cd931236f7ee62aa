"""Signs that show nothing or turn the reading direction: Unicode tags, variation selectors, zero-width signs, bidi overrides.

What they carry is read out, so that it can be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.alerts import Unseen

_ANY = re.compile(
    "[\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
# A flag of a region is a black flag and tags; those stay.
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_WIDTHLESS = re.compile("[\u115f\u1160\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]{4,}")
_SPLIT = re.compile("(?<=[^\\W\\d_])[\u200b-\u200d\u2060-\u2064\u180e\ufeff]+(?=[^\\W\\d_])")
_TURNED = re.compile("\u202e([^\u202c\n]*)\u202c?|[\u2066-\u2069\u202d]([^\u2069\u202c\n]*)")
_SPLITS = 8


def signs_in(text: str, where: str) -> Iterator[Unseen]:
    """What signs that show nothing hide in `text`, which is raw, before it is cleaned."""
    if not _ANY.search(text):
        return
    for run in _TAGS.finditer(text):
        yield Unseen(
            "tags", where, "".join(chr(ord(c) - 0xE0000) for c in run[0] if 0xE0020 <= ord(c) <= 0xE007E) or "…"
        )
    for run in _SELECTORS.finditer(text):
        data = bytes(ord(c) - 0xFE00 if ord(c) < 0xFE10 else ord(c) - 0xE0100 + 16 for c in run[0])
        yield Unseen("selectors", where, data.decode("utf-8", "replace"))
    for run in _WIDTHLESS.finditer(text):
        yield Unseen("widthless", where, _bits(run[0]) or "…" * min(len(run[0]), 40))
    if len(_SPLIT.findall(text)) >= _SPLITS:
        yield Unseen("split", where, _ANY.sub("", next(m for m in text.split("\n") if _SPLIT.search(m)))[:400])
    for run in _TURNED.finditer(text):
        if run[1] and run[1].strip():
            yield Unseen("bidi", where, run[1][::-1])


def _bits(run: str) -> str:
    """The text that a run of zero-width signs writes in bits, empty where it is none."""
    kinds = sorted(set(run), key=run.count, reverse=True)
    if len(kinds) < 2:
        return ""
    found: list[tuple[float, str]] = []
    for separator in (None, *kinds[2:]):
        plain = run if separator is None else run.replace(separator, "")
        for one in kinds[:2]:
            bits = "".join("1" if c == one else "0" for c in plain)
            for size in (8, 7, 16):
                letters = [int(bits[i : i + size], 2) for i in range(0, len(bits) - size + 1, size)]
                text = bytes(letters).decode("utf-8", "replace") if size == 8 else "".join(map(chr, letters))
                found.append((sum(c.isalpha() or c == " " for c in text) / max(len(text), 1), text))
    share, text = max(found, default=(0.0, ""))
    return text if share > 0.7 else ""

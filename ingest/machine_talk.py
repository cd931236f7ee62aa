"""Finds sentences that are written for a machine and not for people: instructions that somebody put into a document (prompt injection).

Works on classes of what such sentences do (call on the machine, take its orders back, give it another part, dictate its answers, ask for
secrets, send people somewhere), not on known phrases; the classes are rows of `data/machine_instructions.yaml`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.disguise import decoded_blobs, has_blobs
from ingest.machine_rules import Pattern, Read, Rules, Signal, rules
from ingest.syllables import is_syllable
from knowledge.vietnamese import clean, nfc

ENOUGH = 2
_SENTENCE = re.compile(r"[^.!?…;\n]+(?:[.!?…;](?!\s|$)[^.!?…;\n]*)*[.!?…;]*\n?")
_LONGEST = 1_200  # characters of a window; a sentence that is longer is cut
_FOREIGN_WORDS, _FOREIGN_SHARE = 4, 0.15
_ASKING = frozenset({"marks", "voice"})
_UNACCENTED = 8  # words
_AI = re.compile(r"(?<!\w)A\.?I\.?(?!\w)")


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence for a machine: its words, and the names of the signals that were found in it."""

    text: str
    signals: tuple[str, ...]


def instructions(text: str, *, hidden: bool = False, veiled: bool = False, native: bool = True) -> list[Hit]:
    """Sentences of `text` that are written for a machine.

    `hidden` when a person would not see the text, which counts against it, `veiled` when somebody took pains that they do not;
    `native` when the document is Vietnamese, so that orders in English stand out.
    """
    known, text = rules(), nfc(text)
    sentences = (
        [m[0] for m in _SENTENCE.finditer(text) if m[0].strip()]
        if hidden or _foreign(text, known) or known.may(text)
        else []
    )
    found: list[Hit] = []
    last = -2
    for number, sentence in enumerate(sentences):
        after = sentences[number + 1] if number + 1 < len(sentences) else ""
        if number == last + 1:
            continue
        for window in _cut(sentence + after):
            if names := _judged(window, known, hidden=hidden, native=native, veiled=veiled):
                found.append(Hit(clean(window), names))
                last = number
                break
    if has_blobs(text):
        found += [
            Hit(f"{blob} → {clean(inner)}"[:_LONGEST], ("encoded",))
            for blob, inner in decoded_blobs(text)
            if any(_judged(window, known, hidden=True, native=True, veiled=True) for window in _cut(inner))
        ]
    return found


def _unaccented(text: str) -> bool:
    """Vietnamese typed without marks, as no office writes it."""
    words = [w for w in text.split() if w.isalpha()]
    low = [w for w in words if w.isascii() and w.islower()]
    return len(low) >= _UNACCENTED and len(low) >= 0.9 * len(words) and sum(map(is_syllable, low)) >= 0.8 * len(low)


def _foreign(text: str, known: Rules) -> bool:
    """A quick look whether English may stand in `text`."""
    return not known.plainly_english.isdisjoint(text.lower().split())


def mostly_foreign(text: str) -> bool:
    """True for a text in English."""
    known = rules()
    return _is_english(known.read(text).words, known)


def _judged(window: str, known: Rules, *, hidden: bool, native: bool, veiled: bool) -> tuple[str, ...]:
    """Names of the signals of a window that is an instruction; empty for any other."""
    base = _AI.sub("robotai", window) if not window.isupper() else window
    marks = [("marks", 2) for p in known.strong if p.search(window)][:1] or [
        ("voice", 1) for p in known.weak if p.search(window)
    ][:1]
    marks += [("outside", 1)] if known.outside.search(window) else []
    marks += [("unaccented", 1)] if native and _unaccented(window) else []
    for variant, disguised in known.disguises.variants(base, hidden=hidden):
        if disguised and not marks:
            marks = [("marks", 2) for p in known.strong if p.search(variant)][:1]
        names, score, asks = [n for n, _ in marks], sum(w for _, w in marks), any(n in _ASKING for n, _ in marks)
        if any(known.talks(known.read(m[0]), hidden=hidden) for m in _SENTENCE.finditer(variant)):
            names, score, asks = [*names, "talks"], score + ENOUGH, True
        for signal in _signals(variant, known, native=native, veiled=veiled):
            names.append(signal.name)
            score += signal.weight
            asks = asks or signal.asks
        if asks and score + hidden + disguised >= ENOUGH:
            return tuple(names)
    return ()


def _signals(text: str, known: Rules, *, native: bool, veiled: bool) -> Iterator[Signal]:
    read = known.read(text)
    for signal in known.signals:
        if signal.veiled and not veiled:
            continue
        if signal.foreign and not (native and _is_english(read.words, known)):
            continue
        if _any(signal.patterns, read) and not _any(signal.unless, read):
            yield signal


def _any(patterns: Sequence[Pattern], read: Read) -> bool:
    return any(p.needs & read.mask == p.needs and p.found(read) for p in patterns)


def _is_english(words: Sequence[str], known: Rules) -> bool:
    common = sum(w in known.english for w in words)
    return len(words) >= _FOREIGN_WORDS and common >= max(1, _FOREIGN_SHARE * len(words))


def _cut(text: str) -> Iterator[str]:
    for start in range(0, len(text), _LONGEST):
        yield text[start : start + _LONGEST + 200]

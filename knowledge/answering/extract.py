"""Shortens a passage to the sentences that answer, word for word."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.law import Coordinate

WHOLE_WORDS = 90  # a passage up to this long is shown whole
MOST_WORDS = 160
_SAYS_NOTHING = 3  # words of a sentence that needs the one after it
_KEEP_SHARE = 0.6  # of the best sentence's score

_LETTER = re.compile(r"^([a-zđ]{1,2}\d?)\)\s+")
# A full stop ends a sentence only before a capital: "Điều 5. Mức", not "1.500.000" nor "khoản 2. trừ".
_END = re.compile(r"(?<=[.;?!])\s+(?=[A-ZĐÀ-ỸÂÊÔĂƠƯ“\"(])")
_ASKS_FOR_ALL = re.compile(
    r"(?<!\w)(?:những|các|gồm|liệt kê|mấy|phải làm gì|trách nhiệm|nhiệm vụ|đối tượng nào|trường hợp nào)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extract:
    """The words to show; `quotes` are its unbroken runs with where each stands. `whole` is False when something was left out."""

    text: str
    quotes: tuple[tuple[Coordinate, str], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    point: str
    opening: bool


def extract(text: str, where: Coordinate, question: str, relevance: Callable[[str, str], float]) -> Extract:
    """The part of `text` (a passage at `where`) that answers `question`, in reading order, every word as it stands.

    `relevance(question, sentence)` is higher for a better sentence. The opening words of a clause with points always stay:
    a point without them says nothing.
    """
    pieces = _pieces(text)
    words = len(text.split())
    scores = [relevance(question, p.text) for p in pieces]
    # What opens a clause repeats the question's general words; what answers is below it.
    best = max((score for score, piece in zip(scores, pieces, strict=True) if not piece.opening), default=0.0)
    if not question or words <= WHOLE_WORDS or (words <= MOST_WORDS and _ASKS_FOR_ALL.search(question)) or best <= 0:
        kept = _up_to(pieces, range(len(pieces)))
    else:
        order = sorted(range(len(pieces)), key=lambda i: (not pieces[i].opening, -scores[i], i))
        wanted = [i for i in order if pieces[i].opening or scores[i] >= _KEEP_SHARE * best]
        if _ASKS_FOR_ALL.search(question):
            wanted = list(range(len(pieces)))
        kept = _up_to(pieces, wanted)
    runs = _runs(pieces, kept)
    quotes = tuple((_coordinate(where, [pieces[i] for i in run]), _joined(pieces, run)) for run in runs)
    return Extract("\n[…] ".join(quote for _, quote in quotes), quotes, len(kept) == len(pieces))


def first_sentence(text: str) -> str:
    """The first sentence of the first line of `text`."""
    return opening(text.strip().split("\n")[0])


def opening(text: str) -> str:
    """The first sentence of `text`, a list below it too; with the next one when it is a word or two ("Có.", "Không ạ.")."""
    sentences = _END.split(text, maxsplit=2)
    return " ".join(sentences[: 1 if len(sentences[0].split()) > _SAYS_NOTHING else 2])


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    point = ""
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        letter = _LETTER.match(line)
        point = letter[1] if letter else point
        if letter or line.lstrip().startswith(("-", "+", "•")):
            pieces.append(_Piece(line.strip(), point, False))
            continue
        sentences = _END.split(line.strip())
        opens = number == 0 and len(lines) > 1
        pieces += [_Piece(s, point, opens and i == len(sentences) - 1) for i, s in enumerate(sentences)]
    return pieces


def _up_to(pieces: Sequence[_Piece], wanted: Sequence[int]) -> list[int]:
    kept: list[int] = []
    total = 0
    for i in wanted:
        size = len(pieces[i].text.split())
        if kept and total + size > MOST_WORDS:
            continue
        kept.append(i)
        total += size
    return sorted(kept)


def _runs(pieces: Sequence[_Piece], kept: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for i in kept:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _coordinate(where: Coordinate, shown: Sequence[_Piece]) -> Coordinate:
    """`where`, narrowed to a point when nothing but that point is shown (or that point behind the opening words)."""
    lettered = {p.point for p in shown if not p.opening}
    point = where.point or (next(iter(lettered)) if len(lettered) == 1 else "")
    return Coordinate(where.document, where.article, where.clause, point, where.section)


def _joined(pieces: Sequence[_Piece], run: Sequence[int]) -> str:
    out = pieces[run[0]].text
    for before, i in itertools.pairwise(run):
        row = " | " in pieces[i].text or " | " in pieces[before].text
        own_line = bool(pieces[i].point) or row or pieces[i].text.startswith(("-", "+", "•")) or pieces[before].opening
        out += ("\n" if own_line else " ") + pieces[i].text
    return out

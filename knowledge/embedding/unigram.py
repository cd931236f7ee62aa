"""The unigram tokenizer of the default model, for speed of start: plain Python over a dictionary of pieces.

The usual library takes 0.6 s and 280 MB to open these 250,000 pieces, this a fraction of both. Vietnamese uses the same
few thousand syllables again and again, so the best split of each word is remembered.

Trap: it must give the very ids of the folder's tokenizer.json, which a test compares on texts of many kinds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
_SPECIAL_PIECES = 4  # <s> <pad> </s> <unk>: never what a person typed
_REMEMBERED_WORDS = 50_000
_LONGEST_REMEMBERED = 40
# What SentencePiece's "nmt" rule drops and what it takes for a space.
_CHARACTERS: dict[int, str] = {
    **dict.fromkeys([*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F], ""),
    **dict.fromkeys(
        [0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD], " "
    ),
}
_SPACES = re.compile(" {2,}")


class UnigramTokenizer:
    """Splits text into the ids of `pieces`, the most probable way.

    `scores` are the log probabilities of the pieces; `begin`, `end` and `unknown` are ids. Thread-safe.
    """

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], begin: int, end: int, unknown: int) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces) if number >= _SPECIAL_PIECES}
        self._scores = scores
        self._begin, self._end, self._unknown = begin, end, unknown
        self._longest = max(map(len, self._ids), default=1)
        self._unknown_score = min(scores, default=0.0) - _UNKNOWN_PENALTY
        self._words: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, limit: int) -> list[int]:
        """Ids of `text` between the begin and end marks, `limit` at most with them."""
        text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text.translate(_CHARACTERS)))
        ids = [self._begin]
        if text:
            for word in text.removeprefix(" ").split(" "):
                ids += self._word(_SPACE + word)
                if len(ids) >= limit:
                    break
        return [*ids[: limit - 1], self._end]

    def _word(self, word: str) -> tuple[int, ...]:
        found = self._words.get(word)
        if found is None:
            found = self._best_split(word)
            if len(word) <= _LONGEST_REMEMBERED:
                if len(self._words) >= _REMEMBERED_WORDS:
                    self._words = {}
                self._words[word] = found
        return found

    def _best_split(self, word: str) -> tuple[int, ...]:
        end = len(word)
        best = [0.0] + [float("-inf")] * end
        came: list[tuple[int, int]] = [(0, 0)] * (end + 1)  # (begin of the last piece, its id)
        ids, scores, longest = self._ids, self._scores, self._longest
        for begin in range(end):
            here = best[begin]
            for stop in range(begin + 1, min(begin + longest, end) + 1):
                piece = ids.get(word[begin:stop])
                if piece is not None and here + scores[piece] > best[stop]:
                    best[stop], came[stop] = here + scores[piece], (begin, piece)
            if word[begin] not in ids and here + self._unknown_score > best[begin + 1]:
                best[begin + 1], came[begin + 1] = here + self._unknown_score, (begin, self._unknown)
        split: list[int] = []
        while end:
            end, piece = came[end]
            if piece != self._unknown or not split or split[-1] != self._unknown:  # a run of unknowns is one
                split.append(piece)
        return tuple(reversed(split))

"""How many messages the learned conduct holds back, and how many honest ways of asking: each eighth left out in turn.

python -m tests.bench.conduct

Takes some minutes. Prints the shares at several thresholds, the honest ones it is surest to refuse, and what one judgement costs.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import time

import numpy as np

from bot.bootstrap import default_embedder
from bot.settings import Settings
from knowledge.cards.matching import CardIndex, bare
from knowledge.cards.reader import load_cards
from knowledge.cards.vectors import card_vectors
from knowledge.understanding.conduct_learned import ORDINARY, SURELY_NOT, Learned, examples

PARTS = 8


def main() -> int:
    """Prints the figures; status 1 when more than 0.8 % of honest ways of asking are held back."""
    settings = Settings()
    embedder = default_embedder(settings)
    asked = CardIndex(load_cards(), embedder, settings.models_folder).answered()
    if asked is None:
        return 1
    said = [bare(text) for _, text in examples()]
    texts = said + asked[0]
    labels = [label for label, _ in examples()] + [ORDINARY] * len(asked[0])
    told, _ = card_vectors(said, [], embedder, settings.models_folder, name="examples")
    vectors = np.vstack([told, asked[1]])
    part = np.array([int(hashlib.md5(t.encode(), usedforsecurity=False).hexdigest(), 16) % PARTS for t in texts])
    found: dict[int, tuple[float, str]] = {}
    took: list[float] = []
    for left_out in range(PARTS):
        rows = np.flatnonzero(part != left_out)
        learned = Learned.train([texts[r] for r in rows], [labels[r] for r in rows], vectors[rows])
        for row in np.flatnonzero(part == left_out).tolist():
            start = time.perf_counter()
            likely = learned.judge(texts[row], vectors[row])
            took.append(time.perf_counter() - start)
            found[row] = (likely.ordinary, likely.label)
    honest = {r: p for r, p in found.items() if labels[r] == ORDINARY}
    held = {r: p for r, p in found.items() if labels[r] != ORDINARY}
    for threshold in sorted({0.05, SURELY_NOT, 0.2, 0.4}):
        wrongly = sum(p < threshold for p, _ in honest.values()) / len(honest)
        rightly = [r for r, (p, _) in held.items() if p < threshold]
        named = sum(held[r][1] == labels[r] for r in rightly) / max(1, len(rightly))
        sys.stdout.write(
            f"below {threshold}: honest held back {wrongly:.2%}, others {len(rightly) / len(held):.1%}, label right {named:.1%}\n"
        )
    for row in sorted(honest, key=lambda r: honest[r])[:20]:
        sys.stdout.write(f"{honest[row][0]:.3f} {honest[row][1]}: {texts[row]}\n")
    sys.stdout.write(f"one judgement {1000 * statistics.median(took):.2f} ms\n")
    return int(sum(p < SURELY_NOT for p, _ in honest.values()) > 0.008 * len(honest))


if __name__ == "__main__":
    sys.exit(main())

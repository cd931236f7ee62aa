"""Shows a card as a citizen reads it: `python -m knowledge.cards.show ID ["a question with facts"] [--on DATE]`."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.cards.lint import NoSources
from knowledge.cards.matching import CardIndex
from knowledge.cards.reader import load_cards
from knowledge.rates import load_rates
from knowledge.shorthand import write_out
from knowledge.understanding.facts import read_facts


def main() -> int:
    """Status 1 when there is no such card or its text fails the claim check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("id", help="id of a card; * at the end shows all that begin so")
    parser.add_argument("question", nargs="?", default="")
    parser.add_argument("--on", type=date.fromisoformat, default=date.today())  # noqa: DTZ011
    given = parser.parse_args()
    wanted = given.id.removesuffix("*")
    cards = [c for c in load_cards() if c.id == given.id or (given.id.endswith("*") and c.id.startswith(wanted))]
    worst = 0 if cards else 1
    for card in cards:
        text = write_out(given.question or card.asks[0])
        asked = Asked(text, text, read_facts(text, given.on), given.on, given.on)
        answer = CardAnswers(CardIndex([card]), load_rates()).answer(card, asked, NoSources())
        worst = max(worst, int(answer is None))
        sys.stdout.write(f"## {card.id} ({card.topic})  {text}\n")
        sys.stdout.write(
            f"[{answer.status}, {len(answer.text)}] {answer.text}\n\n" if answer else "HELD BACK: unfounded claims\n\n"
        )
        if answer and answer.choices:
            sys.stdout.write("".join(f"  ({c.label}) {c.value}\n" for c in answer.choices))
    return worst


if __name__ == "__main__":
    sys.exit(main())

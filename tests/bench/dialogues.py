"""Dialogues of people who say anything in any order, against the promises of `tests/bot/dialogue/machine.py`.

python -m tests.bench.dialogues [--runs 10000] [--steps 25]

Status 1 with the shortest dialogue that broke a promise: a lead without provable consent, a stuck form, anything twice.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.outreach.effects import Lead, Remind
from tests.bot.dialogue.machine import Talks


class Counted(Talks):
    """Counts what happened, so that a run that did nothing is seen."""

    seen: ClassVar[Counter[str]] = Counter()

    def teardown(self) -> None:
        super().teardown()
        self.seen["dialogues"] += 1
        if hasattr(self, "person"):
            self.seen["leads"] += sum(isinstance(e, Lead) for e in self.person.effects)
            self.seen["consents"] += self.person.agreed
            self.seen["reminders"] += sum(isinstance(e, Remind) for e in self.person.effects)


def main() -> int:
    """Runs them; 0 when every promise held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=25)
    given = parser.parse_args()
    begun = time.monotonic()
    wanted = settings(
        max_examples=given.runs, stateful_step_count=given.steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(Counted, settings=wanted)
    except Exception:
        traceback.print_exc()  # the shortest dialogue stands at its end
        return 1
    print(json.dumps({**Counted.seen, "broken": 0, "seconds": round(time.monotonic() - begun, 1)}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

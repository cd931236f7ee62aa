"""The long runs one after the other: `make soak`, or `python -m tests.soak [--only NAME …] [--list]`.

One line of JSON for each: its figures, what they must be, and whether they are. Status 1 when one missed its target. All of them take
some hours on two cores; docs/reliability.md says which promise each one holds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_TOKENS = "tests/bot/channels/test_zalo_oa_tokens.py"
_ROUNDS = {"TUVAN_TOKEN_ROUNDS": "100", "TUVAN_TOKEN_KILLS": "50"}


@dataclass(frozen=True, slots=True)
class Part:
    """One run. Its status is 0 when its figures are what `target` says."""

    words: tuple[str, ...]
    target: str
    told: dict[str, str] = field(default_factory=dict)  # in its environment

    @property
    def command(self) -> str:
        """As a person types it."""
        return " ".join([*(f"{k}={v}" for k, v in self.told.items()), "python -m", *self.words])


PARTS: dict[str, Part] = {
    "kill_leads": Part(("tests.bench.kill_leads", "--kills", "1000"), "0 lost, 0 doubled, 0 without outbox row, sound"),
    "kill_leads_postgresql": Part(
        ("tests.bench.kill_leads", "--kills", "1000", "--backend", "postgresql"), "0 lost, 0 doubled, 0 without outbox row"
    ),
    "power": Part(("tests.soak.power", "--cuts", "200"), "0 acknowledged lost, sound"),
    "power_rollback": Part(("tests.soak.power", "--cuts", "200", "--journal", "delete"), "0 acknowledged lost, sound"),
    "writers": Part(("tests.soak.writers", "--processes", "4", "--writes", "5000"), "0 lost, sound"),
    "deliveries": Part(("tests.bench.delivery", "deliveries"), "10,000 on each channel: 0 lost, 0 doubled, all 200"),
    "webhooks": Part(("tests.bench.webhooks", "--seconds", "30"), "p99 under 200 ms at a tenth of the highest rate"),
    "order": Part(("tests.bench.delivery", "order"), "0 out of order, 0 overlapping steps"),
    "sending": Part(("tests.bench.delivery", "failures"), "1,000 sent, 0 early, within the limits"),
    "failures": Part(("tests.soak.failures", "--count", "1000"), "at most 8 tries, 1 MB of log a thousand"),
    "tokens": Part(("pytest", "-q", _TOKENS), "one renewal a round, a good pair or a loud word", _ROUNDS),
    "flood": Part(("tests.soak.flood",), "p95 of the others +20 % at most, one notice"),
    "dialogues": Part(("tests.bench.dialogues", "--runs", "10000"), "0 leads without consent, nobody stuck"),
    "rebuilds": Part(("tests.soak.rebuilds", "--rebuilds", "50"), "2 generations and a tenth, memory +5 %"),
    "swaps": Part(("tests.soak.swaps", "--swaps", "1000"), "0 errors, 0 mixed"),
    "losses": Part(("tests.soak.losses", "--rounds", "20"), "all found at build and at start"),
    "kill_ingest": Part(("tests.bench.kill_ingest", "--kills", "200"), "200 times the same answers, 0 half documents"),
    "kill_real_ingest": Part(("tests.bench.kill_ingest", "--real", "--kills", "200"), "the same of the command itself"),
    "knowledge_tenfold": Part(("tests.soak.tenfold",), "p95 of a whole answer at most twice as long with ten times the knowledge"),
    "backups": Part(("tests.bench.backups", "--count", "100"), "100 restored, nothing missing"),
    "backups_postgresql": Part(("tests.bench.backups", "--count", "100", "--backend", "postgresql"), "the same"),
    "load": Part(
        ("tests.bench.load", "--rate", "10", "--minutes", "30", "--kill", "--burst", "1000"), "0 lost, 0 doubled, 0 out of order"
    ),
}  # fmt: skip


def run(name: str) -> dict[str, Any]:
    """Runs a part to its end; what it printed, each line as JSON where it is some."""
    part, begun = PARTS[name], time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *part.words], cwd=ROOT, env=os.environ | part.told, stdout=subprocess.PIPE, text=True
    )
    return {
        "part": name, "met": done.returncode == 0, "target": part.target, "seconds": round(time.monotonic() - begun),
        "figures": _read(done.stdout),
    }  # fmt: skip


def _read(said: str) -> Any:
    """The object, the objects of the lines, or the last line."""
    lines = [line for line in said.splitlines() if line.strip()]
    try:
        return json.loads(said) if lines[1:] and not lines[0].endswith("}") else [json.loads(line) for line in lines]
    except ValueError:
        return lines[-1:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for; status 1 when a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), metavar="NAME", help="these alone")
    parser.add_argument("--list", action="store_true", help="names, commands and targets")
    told = parser.parse_args(arguments)
    if told.list:
        for name, part in PARTS.items():
            sys.stdout.write(f"{name}: {part.target}\n    {part.command}\n")
        return 0
    missed = False
    for name in told.only or PARTS:
        found = run(name)
        missed |= not found["met"]
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

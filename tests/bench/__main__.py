"""`python -m tests.bench`: every figure that a machine can give in some minutes. Run it on a quiet machine."""

from __future__ import annotations

import subprocess
import sys

PARTS = (
    ("latency, memory and start time", ["-m", "tests.bench.latency"]),
    ("ingestion", ["-m", "tests.bench.ingestion"]),
    ("embedding", ["-m", "tests.bench.embedding"]),
    ("claim check", ["-m", "tests.bench.claims"]),
    ("learned conduct", ["-m", "tests.bench.conduct"]),
    ("webhooks", ["-m", "tests.bench.webhooks"]),
    ("delivery", ["-m", "tests.bench.delivery"]),
    (
        "several processes, a kill each minute",
        ["-m", "tests.bench.load", "--rate", "10", "--minutes", "4", "--kill", "--burst", "1000"],
    ),
    ("1,000 kills while people leave their numbers", ["-m", "tests.bench.kill_leads"]),
    ("10,000 dialogues", ["-m", "tests.bench.dialogues"]),
    ("pages of the console", ["-m", "tests.bench.console"]),
    ("100 backups under writing", ["-m", "tests.bench.backups"]),
    ("100 people erased", ["-m", "tests.bench.erasure"]),
    ("200 kills during ingestion", ["-m", "tests.bench.kill_ingest", "--kills", "200"]),
    ("50 kills of the command itself", ["-m", "tests.bench.kill_ingest", "--real", "--kills", "50"]),
)


def main() -> int:
    """Runs the parts one after the other; status 1 when one broke a promise."""
    worst = 0
    for name, arguments in PARTS:
        sys.stdout.write(f"# {name}\n")
        sys.stdout.flush()
        worst = max(worst, subprocess.run([sys.executable, *arguments], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())

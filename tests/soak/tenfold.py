"""How much longer a whole answer takes when there is ten times as much to search: `python -m tests.soak.tenfold`.

The figures are those of `tests.bench.latency` at 1,000 and 10,000 passages. Only on a quiet machine do they mean anything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

SIZES = (1_000, 10_000)
MOST = 2.0  # times


def main() -> int:
    """Prints one line of JSON."""
    load = os.getloadavg()[0]
    command = [sys.executable, "-m", "tests.bench.latency", "--sizes", ",".join(map(str, SIZES))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    small, large = (json.loads(line) for line in done.stdout.splitlines())
    times = large["answer_p95_ms"] / small["answer_p95_ms"]
    found = {
        "passages": SIZES, "answer_p50_ms": [small["answer_p50_ms"], large["answer_p50_ms"]],
        "answer_p95_ms": [small["answer_p95_ms"], large["answer_p95_ms"]], "times": round(times, 2),
        "load_before": round(load, 2), "target": f"at most {MOST:g} times",
    }  # fmt: skip
    sys.stdout.write(json.dumps(found) + "\n")
    return int(times > MOST)


if __name__ == "__main__":
    sys.exit(main())

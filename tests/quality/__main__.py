"""`python -m tests.quality`: answers our own questions from the starter handbook; exit 1 below a threshold."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.quality.gate import THRESHOLDS, Figures, ask_all, below


def main() -> int:
    """Prints figures and what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures: Figures = ask_all(Path(folder))
    if arguments.json:
        sys.stdout.write(json.dumps(figures.as_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        for line in figures.wrong:
            sys.stdout.write(line + "\n")
        for name, least in THRESHOLDS.items():
            sys.stdout.write(f"{name}: {getattr(figures, name):.3f} (least {least})\n")
    missed = below(figures)
    for name in missed:
        sys.stderr.write(f"below the threshold: {name} {getattr(figures, name):.3f} < {THRESHOLDS[name]}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

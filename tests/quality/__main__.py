"""`python -m tests.quality`: our own questions, first to the starter handbook, then all graded sets; exit 1 below a threshold."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.models import prepared_models
from tests.quality.gate import THRESHOLDS, Figures, ask_all, below


def evaluate_sets() -> int:
    """`tuvan evaluate` over all question sets on a fresh installation; its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(prepared_models())
        settings = os.environ | {"TUVAN_DATA": folder, "TUVAN_TODAY": "2026-11-22"}
        command = [Path(sys.executable).with_name("tuvan"), "evaluate", "--output", "reports"]
        return subprocess.run(command, env=settings, check=False).returncode


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
    missed_sets = 0 if arguments.json else evaluate_sets()
    for name in missed:
        sys.stderr.write(f"below the threshold: {name} {getattr(figures, name):.3f} < {THRESHOLDS[name]}\n")
    return 1 if missed or missed_sets else 0


if __name__ == "__main__":
    sys.exit(main())

"""docs/reliability.md: every promise and fault stands there once, with tests that exist and runs that can be started."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.soak.__main__ import PARTS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reliability.md"
PROMISES = {"A": 12, "B": 7, "C": 8, "D": 4, "F": 15}


@cache
def rows() -> dict[str, tuple[list[str], list[str], str]]:
    """(tests, long runs, last figures) of each row."""
    found: dict[str, tuple[list[str], list[str], str]] = {}
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.fullmatch(r"[A-F]\d+", cells[0]):
            assert len(cells) == 6, cells[0]
            assert cells[0] not in found, f"{cells[0]} stands there twice"
            assert all(cells[1:4]), f"{cells[0]} does not say what or how"
            found[cells[0]] = (re.findall(r"`([^`]+)`", cells[3]), re.findall(r"`([^`]+)`", cells[4]), cells[5])
    return found


def test_every_promise_and_fault_has_a_test() -> None:
    wanted = [f"{letter}{n}" for letter, most in PROMISES.items() for n in range(1, most + 1)]
    assert sorted(rows()) == sorted(wanted)
    assert [name for name, (tests, *_) in rows().items() if not tests] == []


def test_every_test_that_is_named_is_there() -> None:
    for row, (tests, *_) in rows().items():
        for test in tests:
            path, _, name = test.partition("::")
            file = ROOT / "tests" / path
            assert file.is_file(), f"{row}: {test}"
            assert re.search(rf"^(?:async )?def {re.escape(name)}\(", file.read_text("utf-8"), re.MULTILINE), (
                f"{row}: {test}"
            )


def test_every_run_that_is_named_can_be_started_and_is_named_somewhere() -> None:
    named = {run for _, runs, _ in rows().values() for run in runs}
    assert named <= set(PARTS)
    assert set(PARTS) - named == {"knowledge_tenfold"}
    assert "--only knowledge_tenfold" in PAGE.read_text("utf-8")
    for name, part in PARTS.items():
        assert importlib.util.find_spec(part.words[0]), name
        for word in part.words[1:]:
            assert not word.startswith("tests/") or (ROOT / word).is_file(), name


def test_a_row_with_a_long_run_says_what_came_of_it() -> None:
    for row, (_, runs, figures) in rows().items():
        assert bool(figures) == bool(runs), row


def test_the_runs_take_the_options_they_are_given() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.soak", "--list"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert all(part.command in done.stdout for part in PARTS.values())
    for part in PARTS.values():
        file = importlib.util.find_spec(part.words[0])
        assert file is not None
        if part.words[0].startswith("tests.") and file.origin:
            source = Path(file.origin).read_text("utf-8")
            assert all(f'"{word}"' in source for word in part.words[1:] if word.startswith("--")), part.command

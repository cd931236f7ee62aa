"""Each of our semgrep rules finds what it is for and leaves its clean twin alone; `make check` runs them over our own code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from knowledge.yaml_files import load_yaml

ROOT = Path(__file__).parents[2]
RULES = ROOT / ".ci/semgrep"
CASES: dict[str, dict[str, str]] = load_yaml(Path(__file__).with_name("semgrep_cases.yaml").read_text("utf-8"))
ALL = [rule for path in sorted(RULES.glob("*.yaml")) for rule in load_yaml(path.read_text("utf-8"))["rules"]]

pytestmark = pytest.mark.semgrep


def program() -> str:
    """Semgrep lives in an environment of its own, as it asks for other versions than ours."""
    own = ROOT / ".venv-semgrep/bin/semgrep"
    found = str(own) if own.exists() else shutil.which("semgrep")
    if found is None:
        pytest.skip("no semgrep: `make check` installs it into .venv-semgrep")
    return found


@cache
def findings(folder: Path) -> set[tuple[str, str]]:
    """(file, rule) of what the rules find in `folder`, in one run."""
    command = [program(), "scan", "--config", str(RULES), "--metrics", "off", "--disable-version-check", "--jobs", "1",
               "--no-git-ignore", "--json", "--quiet", str(folder)]  # fmt: skip
    known = {"PATH": f"{Path(command[0]).parent}:{os.environ.get('PATH', '')}", "HOME": str(folder.parent)}
    done = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["errors"] == [], told["errors"]
    return {(Path(r["path"]).name, r["check_id"].rpartition(".")[2]) for r in told["results"]}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "bot/web").mkdir(parents=True)
    for rule, case in CASES.items():
        for kind in ("bad", "good"):
            (folder / "bot/web" / f"{kind}-{rule}.{case.get('ending', 'py')}").write_text(case[kind], "utf-8")
    return folder


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_what_it_is_for_and_no_more(rule: str, planted: Path) -> None:
    found, ending = findings(planted), CASES[rule].get("ending", "py")
    assert (f"bad-{rule}.{ending}", rule) in found
    assert not [r for name, r in found if name == f"good-{rule}.{ending}"]


def test_each_rule_has_its_case_and_stops_the_check() -> None:
    assert len(ALL) >= 20 and sorted(r["id"] for r in ALL) == sorted(CASES)
    assert {r["severity"] for r in ALL} == {"ERROR"}


def test_nothing_is_fetched_and_everything_of_ours_is_looked_at() -> None:
    """A registry's rules would need a network, and hang without one."""
    line = next(n for n in (ROOT / "Makefile").read_text("utf-8").splitlines() if "semgrep scan" in n)
    assert "--config .ci/semgrep" in line and "--metrics off" in line and "--error" in line
    assert line.count("--config") == 1 and line.rstrip().endswith(" bot knowledge ingest")

"""Our code keeps its own rules: nothing that runs text, no shell, no pickle, no SQL made of strings, no logs of what people said."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.code_rules import findings

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for folder in ("bot", "knowledge", "ingest") for p in (ROOT / folder).rglob("*.py"))

MAY = {
    (
        "bot/backup/database.py",
        "made-up SQL",
    ): "LOCK TABLE and a count: names of our own tables and of the file's sqlite_master, quoted; neither takes a parameter",
    (
        "bot/channels/zalo_bot.py",
        "no timeout",
    ): "every call names its own seconds: polling waits long, sending does not",
    (
        "knowledge/store/database.py",
        "made-up SQL",
    ): "the journal's name, one of two constants: a PRAGMA takes no parameter",
}
"""What somebody looked at and left, with the reason."""

SEEN = {
    ("bot/backup/database.py", "B608"): "counts rows by the names that the file's own sqlite_master gives",
    ("bot/cli/server.py", "B104"): "compares the address, does not listen",
    ("bot/door_settings.py", "B104"): "compares the address, does not listen",
    ("knowledge/embedding/loading.py", "B615"): "local_files_only: nothing is downloaded",
    ("knowledge/rates/reader.py", "B506"): "a subclass of the safe loader",
    ("knowledge/yaml_files.py", "B506"): "the safe loader in C",
}
"""What bandit finds and somebody looked at."""

BROKEN = {
    "eval(x)": "eval",
    "import pickle": "pickle",
    "from joblib import load": "pickle",
    "np.load(path)": "pickle",
    "np.load(path, allow_pickle=True)": "pickle",
    "yaml.load(x, Loader=yaml.Loader)": "yaml",
    "yaml.unsafe_load(x)": "yaml",
    "subprocess.run(x, shell=True)": "shell",
    "os.system(x)": "shell",
    "httpx.get(x)": "no timeout",
    "httpx.Client()": "no timeout",
    "requests.post(x)": "no timeout",
    "httpx.Client(verify=False, timeout=1)": "no certificate check",
    "httpx.Client(follow_redirects=True, timeout=1)": "follows redirects",
    "connection.execute(text(f'SELECT * FROM leads WHERE name = {name}'))": "made-up SQL",
    "connection.execute('SELECT %s' % name)": "made-up SQL",
    "connection.execute('DELETE FROM x WHERE a=' + name)": "made-up SQL",
    "cursor.execute('SELECT {}'.format(name))": "made-up SQL",
    "torch.load(path)": "torch.load",
    "AutoModel.from_pretrained(x, trust_remote_code=True)": "remote code",
    "log.info('said %s', text)": "logs what was said",
    "log.error('failed for %s', lead.phone)": "logs what was said",
    "log.info(f'said {text}')": "logs a made-up string",
    "hashlib.md5(x)": "weak hash",
}
SOUND = """
yaml.load(text, Loader=_Loader)
np.load(path, allow_pickle=False)
httpx.get(x, timeout=5)
connection.execute(select(leads).where(leads.c.name == name))
connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": 1})
log.info("%d characters", len(text))
log.error("failed: %s", type(error).__name__)
subprocess.run(["git"], timeout=5)
from_pretrained(x, trust_remote_code=False)
hashlib.sha256(x)
"""


@pytest.mark.parametrize(("line", "rule"), BROKEN.items())
def test_each_rule_finds_what_breaks_it(line: str, rule: str) -> None:
    assert any(found.endswith(rule) for found in findings(line)), findings(line)


def test_sound_code_is_left_alone() -> None:
    assert findings(SOUND) == []


def test_our_code_breaks_no_rule() -> None:
    found, used = [], set()
    for path in SOURCES:
        where = path.relative_to(ROOT).as_posix()
        for finding in findings(path.read_text("utf-8")):
            rule = finding.partition(": ")[2]
            if (where, rule) in MAY:
                used.add((where, rule))
            else:
                found.append(f"{where}:{finding}")
    assert found == []
    assert used == set(MAY), "an exception nobody needs any more"


@pytest.mark.bandit
def test_bandit_finds_nothing_high_or_medium_that_nobody_looked_at() -> None:
    if importlib.util.find_spec("bandit") is None:
        pytest.skip("bandit is not installed: pip install -r requirements-dev.lock")
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        "bot",
        "knowledge",
        "ingest",
        "-f",
        "json",
        "-c",
        "pyproject.toml",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    results = json.loads(done.stdout)
    serious = {
        (Path(r["filename"]).as_posix().removeprefix("./"), r["test_id"])
        for r in results["results"]
        if r["issue_severity"] in ("HIGH", "MEDIUM")
    }
    assert results["metrics"]["_totals"]["loc"] > 10_000 and results["errors"] == []
    assert [r for r in results["results"] if r["issue_severity"] == "HIGH"] == []
    assert serious == set(SEEN)

"""What the program is made of: nothing known to be weak, nothing whose licence binds, nothing that runs code out of a model file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packaging.version import Version

from bot.supply import CHECKED, LOCKS, Component, cyclonedx, inventory, pinned, refusals
from knowledge.yaml_files import load_yaml

ROOT = Path(__file__).parents[2]
ALL_LOCKS = [*LOCKS, "requirements-dev.lock"]
FLOORS: dict[str, Any] = load_yaml((ROOT / ".ci/floors.yaml").read_text("utf-8"))
UNSAFE_MODELS = re.compile(r"\.(bin|pkl|pickle|pt|pth|ckpt|joblib|h5|msgpack)$")


def floor(name: str) -> Version | None:
    safe = FLOORS["packages"][name]["safe_from"]
    return None if safe == "none" else Version(str(safe))


@pytest.mark.parametrize("lock", [*ALL_LOCKS, "requirements-semgrep.lock"])
def test_no_pinned_version_is_below_its_floor(lock: str) -> None:
    packages = pinned([ROOT / lock])
    known = set(packages) & set(FLOORS["packages"])
    low = [n for n in known if (least := floor(n)) and Version(packages[n]) < least]
    assert low == [] and (known or lock == "requirements-llm.lock")


def test_no_installed_version_is_below_its_floor() -> None:
    low = {}
    for name in FLOORS["packages"]:
        try:
            installed = Version(version(name))
        except PackageNotFoundError:
            continue
        if (least := floor(name)) and installed < least and name != "pip":  # pip is the machine's own
            low[name] = str(installed)
    assert low == {}


def test_the_project_file_asks_for_the_floors() -> None:
    import tomllib

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for line in wanted:
        name, _, least = re.split(r"[;,\s]", line)[0].partition(">=")
        if least and name in FLOORS["packages"] and (safe := floor(name)):
            assert Version(least) >= safe, line


def test_the_floors_have_reasons_and_are_not_old() -> None:
    for name, row in FLOORS["packages"].items():
        assert set(row) == {"safe_from", "why"} and len(row["why"]) > 10, name
    age = (date.today() - FLOORS["checked"]).days  # noqa: DTZ011  (a day more or less does not matter)
    if age > 90:
        warnings.warn(f"the floors were checked {age} days ago: read the advisories again", stacklevel=1)


def test_the_weak_server_of_the_vector_index_never_runs() -> None:
    sources = "".join(p.read_text("utf-8") for f in ("bot", "knowledge", "ingest") for p in (ROOT / f).rglob("*.py"))
    assert not re.search(
        r"HttpClient|AsyncHttpClient|chromadb\.(app|server)|chroma_server|[\"']chroma[\"'], *[\"']run", sources
    )


def test_every_package_has_a_licence_that_may_come_along() -> None:
    components = inventory([ROOT / name for name in ALL_LOCKS])
    missing = {c.name for c in components if not _installed(c.name)}
    assert len(components) > 150
    assert refusals([c for c in components if c.name not in missing]) == []
    assert missing <= {"colorama", "pysqlite3", "bandit", "stevedore"}, "not installed, so nobody knows its licence"


@pytest.mark.parametrize(
    "licence", ["AGPL-3.0-only", "GNU Affero General Public License v3", "SSPL-1.0", "BUSL-1.1", ""]
)
def test_a_licence_that_binds_or_is_unknown_is_refused(licence: str) -> None:
    assert refusals([Component("x", "1", licence)]) != []
    assert refusals([Component("x", "1", "Apache-2.0")]) == []


def test_the_exceptions_are_in_the_lock_and_have_reasons() -> None:
    packages = pinned([ROOT / name for name in ALL_LOCKS])
    for name, (licence, reason) in CHECKED.items():
        assert name in packages and licence and len(reason) > 10


def test_the_list_is_whole_and_written_by_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.supply", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "sbom.cdx.json").read_text("utf-8"))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    packages = pinned([ROOT / name for name in LOCKS])
    assert {c["name"]: c["version"] for c in made["components"]} == packages
    assert len({c["bom-ref"] for c in made["components"]}) == len(packages)
    assert all(c["licenses"][0]["expression"] for c in made["components"])
    rows = (tmp_path / "licences.csv").read_text("utf-8").splitlines()
    assert len(rows) == len(packages) + 1 and not any(row.endswith(",?") for row in rows)
    assert made == cyclonedx(inventory())


def test_no_file_of_the_project_could_run_code_as_a_model(tmp_path: Path) -> None:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    assert [n for n in done.stdout.decode().split("\0") if UNSAFE_MODELS.search(n)] == []


def test_the_prepared_model_holds_plain_numbers_only() -> None:
    from tests.models import prepared_models

    files = [p for p in Path(prepared_models()).rglob("*") if p.is_file()]
    assert files and [p.name for p in files if UNSAFE_MODELS.search(p.name)] == []
    assert all(np.load(p, allow_pickle=False).dtype != object for p in files if p.suffix == ".npy")
    assert {p.suffix for p in files if p.stat().st_size > 1 << 20} <= {
        ".onnx",
        ".safetensors",
        ".json",
        ".npz",
        ".npy",
        ".txt",
        ".data",
    }


def test_a_model_folder_with_a_pickle_is_not_opened(tmp_path: Path) -> None:
    from knowledge.embedding import load_embedder
    from knowledge.errors import KnowledgeError

    folder = tmp_path / "model"
    folder.mkdir()
    ran = tmp_path / "ran"
    (folder / "config.json").write_text(json.dumps({"model_type": "bert", "auto_map": {"AutoModel": "evil.Model"}}))
    (folder / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}])
    )
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w')\nclass Model: pass\n")
    (folder / "pytorch_model.bin").write_bytes(b"cposix\nsystem\n(S'touch " + str(ran).encode() + b"'\ntR.")
    with pytest.raises(KnowledgeError):
        load_embedder(str(folder), tmp_path / "models", threads=1)
    assert not ran.exists()


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True

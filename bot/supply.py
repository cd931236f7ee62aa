"""What the program is made of: a CycloneDX list of the pinned packages, and their licences. `python -m bot.supply FOLDER` writes both.

The lock says which packages, what is installed says under which licence. A licence that would bind whoever offers the program over a
network (AGPL, SSPL), or that nobody could read, is refused unless somebody looked and wrote down why it may stay.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any

from bot.errors import BotError

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-llm.lock")
"""What a running installation may hold; the tools of developers are in `requirements-dev.lock`."""

CHECKED = {
    "pysqlite3": ("Zlib", "its LICENSE file; the wheel carries SQLite, which is in the public domain"),
    "axe-playwright-python": ("MIT AND MPL-2.0", "its LICENSE file; carries axe-core (MPL-2.0), only for tests"),
    "tiktoken": ("MIT", "its LICENSE file, whose whole text stands in the field for the licence"),
    "pypdfium2": ("BSD-3-Clause AND Apache-2.0", "its metadata; PDFium itself is Apache-2.0"),
}
"""Packages whose metadata do not say enough, with what somebody read on 2026-11-28."""

_LINE = re.compile(r"([A-Za-z0-9_.-]+)==([^\s;]+)")
_REFUSED = re.compile(
    r"(?i)\b(agpl|affero|sspl|server side public|commons clause|busl|business source|proprietary|cc-by-nc)"
)
_NAMES = (
    (r"(?i)mozilla|mpl", "MPL-2.0"),
    (r"(?i)lesser|lgpl", "LGPL-3.0-or-later"),
    (r"(?i)apache", "Apache-2.0"),
    (r"(?i)bsd-2", "BSD-2-Clause"),
    (r"(?i)bsd", "BSD-3-Clause"),
    (r"(?i)isc", "ISC"),
    (r"(?i)python software|psf", "PSF-2.0"),
    (r"(?i)\bmit\b", "MIT"),
)


class BadSupply(BotError):
    """Raised when the list cannot be made; says why."""


@dataclass(frozen=True, slots=True)
class Component:
    """A package of the lock. `licence` is an SPDX expression, empty when it is not known."""

    name: str
    version: str
    licence: str


def pinned(locks: Iterable[Path]) -> dict[str, str]:
    """The packages of lock files and their versions."""
    found: dict[str, str] = {}
    for lock in locks:
        for line in lock.read_text("utf-8").splitlines():
            if match := _LINE.match(line.strip()):
                found[normal(match[1])] = match[2]
    return found


def normal(name: str) -> str:
    """The name of a package in its one form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def inventory(locks: Sequence[Path] | None = None) -> list[Component]:
    """The packages with their licences, by name. Raises BadSupply when there is no lock beside the program."""
    try:
        packages = pinned(locks or [ROOT / name for name in LOCKS])
    except OSError as error:
        raise BadSupply("Không thấy tệp khoá phiên bản (requirements.lock).", "Chạy trong thư mục mã nguồn.") from error
    return [Component(name, packages[name], licence_of(name)) for name in sorted(packages)]


def licence_of(name: str) -> str:
    """The licence of an installed package as an SPDX expression; empty when it cannot be told, also when it is not installed."""
    if name in CHECKED:
        return CHECKED[name][0]
    try:
        said: Any = metadata(name)
    except PackageNotFoundError:
        return ""
    return _of(said)


def refusals(components: Iterable[Component]) -> list[str]:
    """One line for each package that may not come along as it is."""
    return [
        f"{c.name} {c.version}: {c.licence or 'không rõ giấy phép'}"
        for c in components
        if not c.licence or _REFUSED.search(c.licence)
    ]


def cyclonedx(components: Sequence[Component]) -> dict[str, Any]:
    """The list in CycloneDX 1.6."""
    own = _own_version()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "tuvan-bhxh", "version": own, "bom-ref": f"tuvan-bhxh@{own}",
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": [
            {
                "type": "library", "name": c.name, "version": c.version, "bom-ref": f"{c.name}@{c.version}",
                "purl": f"pkg:pypi/{c.name}@{c.version}",
                **({"licenses": [{"expression": c.licence}]} if c.licence else {}),
            }
            for c in components
        ],
        "dependencies": [
            {"ref": f"tuvan-bhxh@{own}", "dependsOn": [f"{c.name}@{c.version}" for c in components]}
        ],
    }  # fmt: skip


def write(folder: Path) -> tuple[Path, Path]:
    """Writes `sbom.cdx.json` and `licences.csv` into `folder`. Raises BadSupply."""
    components = inventory()
    folder.mkdir(parents=True, exist_ok=True)
    listed, licences = folder / "sbom.cdx.json", folder / "licences.csv"
    listed.write_text(json.dumps(cyclonedx(components), ensure_ascii=False, indent=1) + "\n", "utf-8")
    with licences.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["package", "version", "licence"])
        rows.writerows([c.name, c.version, c.licence or "?"] for c in components)
    return listed, licences


def _of(said: Message) -> str:
    expression = str(said.get("License-Expression") or "")
    if expression:
        return expression
    classified = [str(c) for c in said.get_all("Classifier") or [] if str(c).startswith("License ::")]
    texts = [c.rpartition("::")[2].strip() for c in classified] or [str(said.get("License") or "")]
    found = sorted({spdx for text in texts if len(text) < 120 if (spdx := _spdx(text))})
    return " AND ".join(found)


def _spdx(text: str) -> str:
    if _REFUSED.search(text):
        return text
    parts = [next((spdx for pattern, spdx in _NAMES if re.search(pattern, part)), "") for part in text.split(" AND ")]
    return " AND ".join(parts) if all(parts) else ""


def _own_version() -> str:
    try:
        return version("tuvan-bhxh")
    except PackageNotFoundError:
        return "0"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m bot.supply FOLDER")
    try:
        for path in write(Path(sys.argv[1])):
            sys.stdout.write(f"{path}\n")
    except BotError as error:
        sys.exit(f"{error} {error.remedy}")
    if refused := refusals(inventory()):
        sys.exit("Giấy phép cần người xem:\n" + "\n".join(refused))

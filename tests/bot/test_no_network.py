"""Starting, bringing in documents and answering ask nobody but what the settings name: here nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.models import prepared_models

ROOT = Path(__file__).parents[2]
GUARD = """
import os, socket, sys
def guard(event, arguments):
    if event == "socket.connect" and arguments[0].family != socket.AF_UNIX or event in ("socket.getaddrinfo", "socket.sendto"):
        os.write(2, f"NETWORK {event} {arguments}\\n".encode())
        os._exit(97)
sys.addaudithook(guard)
"""
TUVAN = "from bot.cli import main; main()"
DOCUMENT = """---
loai: cẩm nang
tieu_de: Cẩm nang quỹ thôn
co_quan: UBND xã Ba Tơ
hieu_luc_tu: 2026-07-01
hieu_luc_den: 2026-12-31
cap_nhat: 2026-11-20
---

# Cẩm nang quỹ thôn

## Quỹ tương trợ thôn Làng Teng góp bao nhiêu?

Mỗi hộ góp ba mươi nghìn đồng một tháng vào quỹ tương trợ thôn Làng Teng.
"""


def tuvan(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command whose process, and every child of it, ends at the first connection."""
    (folder / "guard").mkdir(exist_ok=True)
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    told = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}  # not even told to stay offline
    told |= {
        "TUVAN_DATA": str(folder / "data"), "TUVAN_TODAY": "2026-11-22", "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join([str(folder / "guard"), str(ROOT)]),
    }  # fmt: skip
    return subprocess.run([sys.executable, "-c", TUVAN, *words], cwd=folder, env=told, capture_output=True, text=True)


def test_a_document_goes_in_and_questions_are_answered_without_a_connection(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(prepared_models().absolute(), target_is_directory=True)
    (tmp_path / "cam-nang.md").write_text(DOCUMENT, encoding="utf-8")
    brought_in = tuvan(tmp_path, "ingest", "cam-nang.md")
    assert brought_in.returncode == 0, brought_in.stdout + brought_in.stderr
    asked = tuvan(tmp_path, "ask", "Quỹ tương trợ thôn Làng Teng góp bao nhiêu?")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "ba mươi nghìn" in asked.stdout
    assert "NETWORK" not in brought_in.stderr + asked.stderr


def test_the_guard_would_see_a_connection(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    told = os.environ | {"PYTHONPATH": str(tmp_path)}
    code = "import socket; socket.create_connection(('127.0.0.1', 1))"
    assert subprocess.run([sys.executable, "-c", code], env=told, capture_output=True).returncode == 97

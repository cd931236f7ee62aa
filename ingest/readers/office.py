"""Old Word files (.doc, .rtf) through LibreOffice, where it is installed: turned into .docx, then read as such."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from ingest.errors import Refused
from ingest.readers.model import ReadDocument, from_plain
from ingest.sandbox import Limits, run_limited

_SECONDS = 90.0


def convert(path: str, folder: str) -> str:
    """Converts `path` to .docx inside `folder`. Runs inside a parser process."""
    source = Path(folder) / ("input" + Path(path).suffix.lower())
    shutil.copyfile(path, source)
    profile = (Path(folder) / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx",
        "--outdir",
        folder,
        str(source),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace")
    except subprocess.TimeoutExpired:
        raise Refused("time_limit", "soffice") from None
    result = source.with_suffix(".docx")
    if not result.is_file():
        raise Refused("encrypted" if "password" in done.stderr.lower() else "damaged", done.stderr[-200:])
    return str(result)


def read_old(path: Path, sha256: str, limits: Limits) -> ReadDocument:
    """The document in an old Word file. Raises Refused("no_office") where LibreOffice is not installed."""
    if shutil.which("soffice") is None:
        raise Refused("no_office")
    wide = replace(limits, cpu_seconds=90, wall_seconds=_SECONDS + 5, memory_bytes=4 << 30, open_files=512)
    with tempfile.TemporaryDirectory() as folder:
        made = run_limited("ingest.readers.office:convert", [str(path.absolute()), folder], wide)
        document = from_plain(run_limited("ingest.readers.word:read", [made, path.name, sha256], limits))
    document.media = "doc"
    return document

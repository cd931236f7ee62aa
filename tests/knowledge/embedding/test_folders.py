"""A folder is finished or absent, whoever is killed and whoever else is at work."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.embedding.folders import make_once

# Fills the folder slowly, one file after the other; prints "made" or "found".
_WORKER = """
import sys, time
from pathlib import Path
from knowledge.embedding.folders import make_once
def fill(new):
    print("started", flush=True)
    for number in range(10):
        (new / f"{number}.txt").write_text("x" * 1000)
        time.sleep(float(sys.argv[2]))
print("made" if make_once(Path(sys.argv[1]), Path.is_dir, fill) else "found", flush=True)
"""


def worker(folder: Path, pause: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WORKER, str(folder), str(pause)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_many_processes_one_works_and_all_find_it_whole(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "m"
    outputs = [process.communicate()[0].split()[-1] for process in [worker(folder, 0.02) for _ in range(4)]]
    assert sorted(outputs) == ["found", "found", "found", "made"]
    assert len(list(folder.iterdir())) == 10
    assert [p.name for p in folder.parent.iterdir() if p.name != ".m.lock"] == ["m"]


def test_a_killed_process_leaves_nothing_half_done_and_the_next_clears_up(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    process = worker(folder, 0.2)
    assert process.stdout is not None and process.stdout.readline() == "started\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not folder.exists()
    assert list(tmp_path.glob(".m-*"))
    assert make_once(folder, Path.is_dir, lambda new: (new / "a").write_text("1"))
    assert not list(tmp_path.glob(".m-*"))


def test_what_is_ready_stays_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    assert not make_once(folder, Path.is_dir, lambda new: pytest.fail("not to be filled again"))
    assert list(tmp_path.iterdir()) == [folder]


def test_what_is_not_ready_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "old").write_text("old")
    assert make_once(folder, lambda f: (f / "new").exists(), lambda new: (new / "new").write_text("new"))
    assert [p.name for p in folder.iterdir()] == ["new"]


def test_a_failure_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "old").write_text("old")

    def fill(new: Path) -> None:
        (new / "half").write_text("half")
        raise RuntimeError("the weights are no good")

    with pytest.raises(RuntimeError, match="no good"):
        make_once(folder, lambda f: (f / "new").exists(), fill)
    assert [p.name for p in folder.iterdir()] == ["old"]
    assert {p.name for p in tmp_path.iterdir()} == {"m", ".m.lock"}

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.embedding import DEFAULT_MODEL, prepare_default_model
from knowledge.embedding.__main__ import main
from knowledge.embedding.card import CARD_FILE, marks_of, read_card
from knowledge.embedding.prepare import is_ready
from knowledge.errors import ModelMissing


def states(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.rglob("*")}


def test_a_prepared_model_is_left_alone(models_folder: Path) -> None:
    before = states(models_folder)
    said: list[str] = []
    assert prepare_default_model(models_folder, said.append) == models_folder / DEFAULT_MODEL
    assert states(models_folder) == before
    assert said == []


def test_a_folder_is_ready_only_while_it_is_whole_and_current(tiny_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_folder, tmp_path / "m"))
    assert is_ready(folder)
    card = (folder / CARD_FILE).read_text()
    for other in ({"converter": "0"}, {"source_sha256": "0" * 64}):
        (folder / CARD_FILE).write_text(json.dumps(json.loads(card) | other))
        assert not is_ready(folder)
    (folder / CARD_FILE).write_text("{")
    assert not is_ready(folder)
    (folder / CARD_FILE).unlink()
    assert not is_ready(folder)
    (folder / CARD_FILE).write_text(card)
    (folder / "tokenizer.json").write_text("")
    assert not is_ready(folder)
    assert not is_ready(tmp_path / "absent")


def test_a_place_that_cannot_be_written_is_refused_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelMissing, match="Không ghi được") as refused:
        prepare_default_model(tmp_path / "file" / "models")
    assert "\n" not in str(refused.value) and refused.value.remedy
    assert (tmp_path / "file").read_text() == "in the way"


def test_the_command_says_why_it_failed_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path / "file")]) == 1
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 2


def test_the_command_is_content_with_a_prepared_model(models_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = states(models_folder)
    assert main([str(models_folder)]) == 0
    assert states(models_folder) == before
    assert "sẵn sàng" in capsys.readouterr().out


@pytest.mark.slow
def test_two_processes_at_once_convert_once_and_get_the_same_bytes(models_folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "knowledge.embedding", str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum("Đã chuẩn bị" in output for output in outputs) == 1
    folder = tmp_path / DEFAULT_MODEL
    assert marks_of(folder) == marks_of(models_folder / DEFAULT_MODEL)

    # One byte of one file: the command notices and makes the model anew.
    with (folder / "onnx" / "words.npy").open("r+b") as words:
        words.seek(5_000_000)
        byte = words.read(1)[0]
        words.seek(5_000_000)
        words.write(bytes([byte ^ 1]))
    assert main([str(tmp_path)]) == 0
    card = read_card(folder)
    assert card is not None and marks_of(folder) == card.files == marks_of(models_folder / DEFAULT_MODEL)
    shutil.rmtree(folder)  # 600 MB that pytest would keep

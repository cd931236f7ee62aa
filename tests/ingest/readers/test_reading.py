"""One door for every file: kinds told by content, one error for everything that cannot be read."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ingest.errors import Refused, UnreadableFile
from ingest.readers import Limits, read_document
from ingest.readers.messages import REASONS, shown_name, unreadable
from tests.ingest.readers import papers

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One sound file of each kind, all with the same text."""
    papers.pdf(tmp_path / "a.pdf", [papers.DECISION])
    papers.word(tmp_path / "a.docx", papers.DECISION)
    papers.text_file(tmp_path / "a.txt", "\n".join(papers.DECISION))
    papers.text_file(tmp_path / "a.md", "\n\n".join(papers.DECISION))
    papers.text_file(tmp_path / "a.html", "".join(f"<p>{text}</p>" for text in papers.DECISION))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "media"),
    [("a.pdf", "pdf"), ("a.docx", "docx"), ("a.txt", "text"), ("a.md", "markdown"), ("a.html", "html")],
)
def test_every_kind_gives_the_same_lines(folder: Path, name: str, media: str) -> None:
    document = read_document(folder / name)
    assert [line.text for line in document.lines] == papers.DECISION
    assert document.text == "\n".join(papers.DECISION)
    assert document.media == media
    assert document.path_name == name
    assert document.sha256 == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_endings_may_be_in_capitals(folder: Path) -> None:
    (folder / "a.pdf").rename(folder / "B.PDF")
    assert read_document(folder / "B.PDF").media == "pdf"


def test_awkward_names_are_no_obstacle(folder: Path) -> None:
    for name in (
        "-rf.pdf",
        "$(touch x).pdf",
        "Quyết định số 12 (bản cuối).pdf",
        "a'b\".pdf",
        "\u202egnp.pdf",
        "a\nb.pdf",
    ):
        target = folder / name
        target.write_bytes((folder / "a.pdf").read_bytes())
        assert read_document(target).text == "\n".join(papers.DECISION)
    assert not (folder / "x").exists()


def test_a_file_is_not_changed_and_nothing_is_left_beside_it(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in sorted(folder.iterdir()):
        read_document(path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_size_limit_is_the_given_one(folder: Path) -> None:
    size = (folder / "a.txt").stat().st_size
    assert read_document(folder / "a.txt", Limits(input_bytes=size)).text
    with pytest.raises(UnreadableFile) as caught:
        read_document(folder / "a.txt", Limits(input_bytes=size - 1))
    assert caught.value.reason == "too_large"


def test_many_threads_read_at_once(folder: Path) -> None:
    names = ["a.pdf", "a.docx", "a.txt", "a.md", "a.html"] * 2
    found: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n, name=name: found.update({n: read_document(folder / name).text}))
        for n, name in enumerate(names)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert list(found.values()) == ["\n".join(papers.DECISION)] * len(names)


def test_the_program_prints_the_lines_of_a_file(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest.readers", str(folder / "a.pdf")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert [line[11:] for line in done.stdout.splitlines()] == papers.DECISION


def test_the_program_prints_one_line_about_a_bad_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest.readers", str(tmp_path / "a.pdf")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("a.pdf: Không tìm thấy tệp.")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_has_a_sentence_and_a_remedy(reason: str) -> None:
    error = unreadable("a.pdf", Refused(reason, "detail", (4, 5)))
    assert error.reason == reason
    assert error.message.endswith("(trang 4, 5).")
    assert error.remedy.startswith("Anh/chị ") and error.remedy.endswith(".")
    assert str(error) == f"a.pdf: {error.message} {error.remedy}"


def test_an_unknown_reason_reads_as_damage() -> None:
    error = unreadable("a.pdf", Refused("never heard of"))
    assert (error.reason, error.message) == ("damaged", REASONS["damaged"][0])


def test_many_pages_are_shortened() -> None:
    error = unreadable("a.pdf", Refused("garbled", pages=tuple(range(1, 40))))
    assert "(trang 1, 2, 3, 4, 5, 6, 7, 8, 9, 10…)" in error.message


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Quyết định 12.pdf", "Quyết định 12.pdf"),
        ("a\nb.pdf", "a\ufffdb.pdf"),
        ("\u202efdp.exe", "\ufffdfdp.exe"),
        ("\udcff.pdf", "\ufffd.pdf"),
        ("\x1b[31m.pdf", "\ufffd[31m.pdf"),
    ],
)
def test_names_are_shown_on_one_line(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_long_name_keeps_both_its_ends() -> None:
    shown = shown_name("đầu" + "x" * 300 + "cuối.pdf")
    assert shown.startswith("đầu") and shown.endswith("cuối.pdf")
    assert len(shown) <= 120

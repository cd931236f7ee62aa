"""Uploads and a scanner of viruses: one that speaks the protocol of ClamAV's daemon, and one that is away."""

from __future__ import annotations

import io
import shutil
import socketserver
import struct
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.outreach.tables import leads
from bot.staff.scanning import NotClean, Scanner
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.staff.office import Office, opened

BAD = b"day la ma doc gia de thu"
HEADER = "Họ tên,Điện thoại,Xã phường\n"


class Daemon(socketserver.ThreadingUnixStreamServer):
    """Takes `zINSTREAM`; `answer` stands in for what it would find."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Talk)
        self.path = path
        self.seen: list[bytes] = []
        self.answer: bytes | None = None


class Talk(socketserver.StreamRequestHandler):
    server: Daemon

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
        self.server.seen.append(body)
        found = b"stream: Thu.Test FOUND\0" if BAD in body else b"stream: OK\0"
        self.wfile.write(found if self.server.answer is None else self.server.answer)


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    folder = Path(tempfile.mkdtemp())  # the name of a socket may not be long
    with Daemon(folder / "clamd") as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()
    shutil.rmtree(folder)


@pytest.fixture
def scanned(tmp_path: Path, made_once: Path, daemon: Daemon) -> Iterator[Office]:
    """An office whose uploads are scanned."""
    shutil.copy(made_once, tmp_path / "staff.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'staff.sqlite3'}")
    migrate(engine)
    with opened(engine, hired=True, scan=Scanner(daemon.path, seconds=5)) as made:
        yield made
    engine.dispose()


def test_no_upload_is_read_before_it_was_scanned(scanned: Office, daemon: Daemon) -> None:
    browser = scanned.signed_in("tinh")
    browser.get("/staff/lead/nhap")
    for path, field in (("/staff/lead/nhap", "list"), ("/staff/chi-tieu/nhap", "file")):
        refused = browser.post(path, files={field: ("a.csv", HEADER.encode() + BAD)})
        assert refused.status_code == 400 and "mã độc" in refused.text, path
    assert len(daemon.seen) == 2 and all(BAD in body for body in daemon.seen)
    good = browser.post("/staff/lead/nhap", files={"list": ("a.csv", b"ten,so\nA,0\n" * 20_000)})
    assert "mã độc" not in good.text and len(daemon.seen[-1]) == len(b"ten,so\nA,0\n") * 20_000
    assert scanned.rows(leads) == []


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK maybe\0", b"\xff\xfe\0"]
)
def test_what_cannot_be_scanned_is_not_taken(daemon: Daemon, answer: bytes) -> None:
    scan, file = Scanner(daemon.path, seconds=5), io.BytesIO(b"x" * 200_000)
    scan(file)
    assert file.tell() == 0 and daemon.seen == [b"x" * 200_000]
    daemon.answer = answer
    with pytest.raises(NotClean, match="Chưa quét được"):
        scan(file)
    with pytest.raises(NotClean, match="Chưa quét được"):
        Scanner(daemon.path.with_name("nobody"))(file)
    assert file.tell() == 0

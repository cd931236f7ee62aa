"""Backups hold everything that was acknowledged, are found out when they were changed, and come back whole or not at all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from typer.testing import CliRunner, Result

from bot.backup.files import put
from bot.backup.making import make
from bot.backup.restoring import restore
from bot.cli import app
from bot.delivery.inbox import Inbox
from bot.delivery.tables import inbox
from bot.errors import BotError
from bot.storage.migrate import head, migrate
from knowledge.store import open_engine, reading, writing
from tests.bot.backup.places import Place, files, fill, place, rows
from tests.bot.backup.writer import acknowledged, event, stored, writing_process
from tests.knowledge.store.databases import BACKENDS

SECRET = b"mot khoa du dai de thu"
TIMES = 20


@pytest.fixture(params=BACKENDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with place(request.param, tmp_path / "here") as made:
        fill(made)
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Place]:
    with place("sqlite", tmp_path / "here") as made:
        fill(made)
        yield made


def left_over(at: Place) -> list[str]:
    return [p.name for p in at.data.iterdir() if p.name.startswith(".backup")]


@pytest.mark.parametrize("to", BACKENDS)
@pytest.mark.parametrize("secret", [None, SECRET])
def test_what_is_restored_is_what_was_there(here: Place, to: str, secret: bytes | None, tmp_path: Path) -> None:
    made = make(here.settings, tmp_path / "b", secret=secret)
    assert left_over(here) == []
    with place(to, tmp_path / "there") as there:
        restore(there.settings, made.path, secret=secret)
        assert rows(there.engine) == rows(here.engine)
        assert files(there.data) == files(here.data)
        assert not (there.data / "keys").exists() and not (there.data / "indexes").exists()
        assert left_over(there) == []
        Inbox(there.engine).store([event("after", "9")])  # numbers go on after those that were restored
        assert "after" in stored(there.engine)


@pytest.mark.slow
def test_backups_under_writing_hold_every_acknowledged_message(here: Place, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with writing_process(here.engine, notes):
        for number in range(TIMES):
            before = acknowledged(notes)
            made = make(here.settings, tmp_path / f"{number}.zip")
            with place("sqlite", tmp_path / f"r{number}") as there:
                restore(there.settings, made.path)
                assert before <= stored(there.engine)
                found = there.engine.connect().exec_driver_sql("PRAGMA integrity_check").scalar()
                assert found == "ok"
    assert len(acknowledged(notes)) > TIMES, "nothing was written meanwhile"


def test_the_archive_says_what_it_is_and_names_no_secret(small: Place, tmp_path: Path) -> None:
    made = make(small.settings, tmp_path / "b.zip")
    assert made.path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("manifest.json"))
        assert set(told["parts"]) == {"database.sqlite3", *(f"data/{n}" for n in files(small.data))}
    assert told["revision"] == head() and told["counts"]["inbox"] == 20 and told["program"]


def test_a_sealed_archive_shows_nothing(small: Place, tmp_path: Path) -> None:
    made = make(small.settings, tmp_path / "b", secret=SECRET)
    content = made.path.read_bytes()
    assert SECRET not in content and b"uploads" not in content and b"SQLite" not in content


@pytest.mark.parametrize("secret", [None, SECRET])
def test_any_changed_byte_is_found_and_nothing_is_restored(small: Place, secret: bytes | None, tmp_path: Path) -> None:
    made = make(small.settings, tmp_path / "b", secret=secret)
    whole = made.path.read_bytes()
    draw = random.Random(1)
    places = [0, 7, 8, 30, len(whole) - 1, len(whole) - 80, *(draw.randrange(len(whole)) for _ in range(40))]
    with place("sqlite", tmp_path / "there") as there:
        for at in places:
            made.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(BotError) as refused:
                restore(there.settings, made.path, secret=secret)
            assert "\n" not in str(refused.value) and refused.value.remedy
        for length in (0, 5, 100, len(whole) // 2, len(whole) - 1):
            made.path.write_bytes(whole[:length])
            with pytest.raises(BotError):
                restore(there.settings, made.path, secret=secret)
        assert not there.data.exists() or list(there.data.iterdir()) == []


def test_a_wrong_or_missing_key_is_told_from_damage(small: Place, tmp_path: Path) -> None:
    made = make(small.settings, tmp_path / "b", secret=SECRET)
    with place("sqlite", tmp_path / "there") as there:
        with pytest.raises(BotError, match="Khóa không đúng"):
            restore(there.settings, made.path, secret=SECRET + b"!")
        with pytest.raises(BotError, match="đã mã hóa"):
            restore(there.settings, made.path)


def test_a_backup_of_a_newer_program_is_refused(small: Place, tmp_path: Path) -> None:
    with writing(small.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made = make(small.settings, tmp_path / "b")  # SQLite is copied as it is
    with place("sqlite", tmp_path / "there") as there, pytest.raises(BotError, match="mới hơn"):
        restore(there.settings, made.path)
    assert not (tmp_path / "there/data/tuvan.sqlite3").exists()


@pytest.mark.parametrize("to", BACKENDS)
def test_an_older_database_is_brought_up_to_date(to: str, tmp_path: Path) -> None:
    from alembic import command

    from bot.storage.migrate import _config

    with place("sqlite", tmp_path / "old") as old:
        config = _config()
        with writing(old.engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0007")
        Inbox(old.engine)
        made = make(old.settings, tmp_path / "b")
        assert made.manifest.revision == "0007"
    with place(to, tmp_path / "new") as new:
        restore(new.settings, made.path)
        assert migrate(new.engine) is False
        assert rows(new.engine)["knowledge_state"]


def test_data_that_is_there_is_replaced_only_when_asked(here: Place, tmp_path: Path) -> None:
    made = make(here.settings, tmp_path / "b")
    before = rows(here.engine)
    Inbox(here.engine).store([event("later", "1")])
    (here.data / "uploads/later.txt").write_text("x")
    with pytest.raises(BotError, match="đã có") as refused:
        restore(here.settings, made.path)
    assert "--replace" in refused.value.remedy
    assert "later" in stored(here.engine)
    here.engine.dispose()
    restore(here.settings, made.path, replace=True)
    assert rows(here.engine) == before
    assert not (here.data / "uploads/later.txt").exists()
    assert (here.data / "keys/audit.key").exists()
    assert not (here.data / "indexes").exists(), "numbers of generations may come again"


def test_what_a_killed_restore_took_out_of_the_way_is_not_swept_up(small: Place, tmp_path: Path) -> None:
    for name in ("before", "database-before", "nothing"):
        (small.data / f".backup-{name}" / name).mkdir(parents=True)
    make(small.settings, tmp_path / "b")
    assert sorted(left_over(small)) == [".backup-before", ".backup-database-before"]


def test_a_file_moved_between_file_systems_is_gone_where_it_was(tmp_path: Path) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("one file system only")
    with tempfile.TemporaryDirectory(dir=shared) as other:
        source = Path(other) / "db-wal"
        source.write_text("x")
        put(source, tmp_path / "there/db-wal")
        assert (tmp_path / "there/db-wal").read_text() == "x" and not source.exists()


def test_a_bad_archive_does_not_replace_anything(here: Place, tmp_path: Path) -> None:
    made = make(here.settings, tmp_path / "b")
    made.path.write_bytes(made.path.read_bytes()[:-1])
    before, kept = rows(here.engine), files(here.data)
    with pytest.raises(BotError):
        restore(here.settings, made.path, replace=True)
    assert rows(here.engine) == before and files(here.data) == kept


def test_nothing_is_replaced_under_a_running_program(small: Place, tmp_path: Path) -> None:
    made = make(small.settings, tmp_path / "b")
    with writing_process(small.engine, tmp_path / "notes"), pytest.raises(BotError, match="đang chạy"):
        restore(small.settings, made.path, replace=True)


def test_nobody_stays_signed_in(small: Place, tmp_path: Path) -> None:
    from bot.staff.tables import sessions, staff

    with writing(small.engine) as connection:
        values = {c.name: 0 for c in staff.columns if c.name != "id"} | {"login": "a", "name": "", "role": "admin"}
        values |= dict.fromkeys(("password", "totp_secret", "notify_by", "notify_to", "notify_mail", "created_by"), "")
        number = connection.execute(insert(staff).values(values | {"must_change": False, "active": True, "totp_on": False,
                                    "tell_due": False}).returning(staff.c.id)).scalar_one()  # fmt: skip
        connection.execute(
            insert(sessions).values(id="s", staff_id=number, csrf="c", second=False, created_at=1, seen_at=1)
        )
    made = make(small.settings, tmp_path / "b")
    with place("sqlite", tmp_path / "there") as there:
        restore(there.settings, made.path)
        with reading(there.engine) as connection:
            assert connection.execute(select(sessions)).all() == []
            assert len(connection.execute(select(staff)).all()) == 1


def test_a_damaged_database_is_not_called_a_backup(small: Place, tmp_path: Path) -> None:
    with writing(small.engine) as connection:  # until it is some pages long
        connection.execute(insert(inbox), [
            {"channel": "x", "event_id": f"x{n}", "conversation_id": 1, "order_key": n, "event": {"t": "x" * 999},
             "received_at": n, "state": "done", "attempts": 0, "outcome": ""} for n in range(300)
        ])  # fmt: skip
    small.engine.dispose()
    path = small.data / "tuvan.sqlite3"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(BotError):
        make(small.settings, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_only_the_newest_are_kept(small: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "tuvan-ghi-chu.zip").write_text("not ours")
    made = [make(small.settings, folder, keep=3, now=lambda: 1.8e9) for _ in range(5)]
    names = sorted(p.name for p in folder.iterdir())
    assert names == sorted(["tuvan-ghi-chu.zip", *(m.path.name for m in made[2:])])


def test_places_that_make_no_sense_are_refused(small: Place, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    for target, keep in (("there", 0), ("there", 2), ("none/b.zip", 0), ("here/data/b.zip", 0), ("here/data", 0)):
        with pytest.raises(BotError) as refused:
            make(small.settings, tmp_path / target, keep=keep)
        assert refused.value.remedy
    assert (tmp_path / "there").read_text() == "a file"
    with place("sqlite", tmp_path / "empty") as empty, pytest.raises(BotError, match="Chưa có cơ sở dữ liệu"):
        make(empty.settings, tmp_path / "b")


def child(at: Place, *arguments: str | Path, limit: int = 0) -> subprocess.Popen[str]:
    """The command in a process of its own, which can write files of at most `limit` bytes."""
    environment = os.environ | {"TUVAN_DATA": str(at.data), "DATABASE_URL": at.settings.database_url}
    command = [sys.executable, "-c", "from bot.cli import main; main()", *map(str, arguments)]
    bounds = ["sh", "-c", f'ulimit -f {limit // 512}; exec "$@"', "sh"] if limit else []
    return subprocess.Popen(
        [*bounds, *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("limit", [20_000, 200_000])
def test_a_full_disk_is_one_line_and_leaves_nothing(here: Place, limit: int, tmp_path: Path) -> None:
    (here.data / "uploads/large").write_bytes(random.Random(1).randbytes(1_000_000))
    folder = tmp_path / "backups"
    folder.mkdir()
    process = child(here, "backup", folder, limit=limit)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 1 and len(told.strip().splitlines()) == 1, told
    assert list(folder.iterdir()) == [] and left_over(here) == []


@pytest.mark.slow
def test_a_killed_backup_leaves_no_half_archive(here: Place, tmp_path: Path) -> None:
    (here.data / "uploads/large").write_bytes(random.Random(1).randbytes(60_000_000))
    folder = tmp_path / "backups"
    folder.mkdir()
    for _ in range(4):
        process = child(here, "backup", folder, "--keep", "2")
        end = time.monotonic() + 60
        while not list(folder.iterdir()) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(random.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for found in folder.iterdir():
            if not found.name.startswith("."):
                with place("sqlite", tmp_path / "there" / found.name) as there:
                    restore(there.settings, found)
    make(here.settings, folder, keep=2, now=lambda: time.time() + 2 * 86_400)
    assert not [p for p in folder.iterdir() if p.name.startswith(".")] and left_over(here) == []


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_the_commands(small: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUVAN_DATA", str(small.data))
    key = tmp_path / "key"
    key.write_bytes(SECRET + b"\n")
    told = json.loads(run("backup", "b", "--key-file", key, "--json").stdout)
    assert told["encrypted"] and told["files"] == 3 and SECRET.decode() not in str(told)
    assert json.loads(run("restore", "b", "--key-file", key, "--check", "--json").stdout)["counts"]["inbox"] == 20
    (small.data / "key").write_bytes(SECRET)
    assert "thư mục dữ liệu" in str(run("backup", "c", "--key-file", small.data / "key").exception)
    monkeypatch.setenv("TUVAN_DATA", "new")
    assert run("restore", "b", "--key-file", key).exit_code == 0
    assert stored(open_engine(f"sqlite:///{tmp_path}/new/tuvan.sqlite3")) == stored(small.engine)

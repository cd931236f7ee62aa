"""Updates keep a copy first, do not begin without it, and the program before restores it."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backup.before import DAYS, forget_old, up_to_date
from bot.backup.making import make
from bot.backup.restoring import inspect, restore
from bot.delivery.inbox import Inbox
from bot.settings import Settings
from bot.storage.migrate import DatabaseTrouble, build, head, migrate, revision_of
from knowledge.store import KnowledgeStore, reading, writing
from tests.bot.backup.newer import BAD, REVISION, run, start, steps_of_tomorrow
from tests.bot.backup.places import Place, files, place, rows
from tests.bot.backup.places import fill as fill_place
from tests.bot.backup.writer import acknowledged, event, stored, writing_process
from tests.bot.channels.drivers import until
from tests.bot.storage.filler import contents, fill
from tests.bot.storage.test_upgrades import REVISIONS
from tests.knowledge.store.databases import BACKENDS

ROOT = Path(__file__).parents[3]
COMMAND = ("channel", "status")
"""Any command that opens the database."""


@pytest.fixture(params=BACKENDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with place(request.param, tmp_path / "here") as made:
        fill_place(made)
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Place]:
    with place("sqlite", tmp_path / "here") as made:
        fill_place(made)
        yield made


def copies(at: Place) -> list[Path]:
    """The copies, and whatever else lies beside them."""
    folder = at.data / "backups"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def revision(at: Place) -> str | None:
    with reading(at.engine) as connection:
        return revision_of(connection)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("old", REVISIONS[:-1])
def test_the_copy_is_the_database_as_it_was(old: str, backend: str, tmp_path: Path) -> None:
    with place(backend, tmp_path / "here") as at:
        build(at.engine, old)
        with writing(at.engine) as connection:
            fill(connection)
        with reading(at.engine) as connection:
            before = contents(connection)
        assert up_to_date(at.settings, at.engine)
        assert revision(at) == head()
        (copy,) = copies(at)
        assert (
            re.fullmatch(rf"before-{head()}-\d{{8}}-\d{{6}}\.zip", copy.name) and copy.stat().st_mode & 0o777 == 0o600
        )
        told = inspect(at.settings, copy)
        assert told.revision == old
        assert {table: count for table, count in told.counts.items() if table != "alembic_version"} == {
            table: len(found) for table, found in before.items()
        }
        assert unpacked(copy, tmp_path) == before


def unpacked(copy: Path, folder: Path) -> dict[str, list[dict[str, object]]]:
    """What is in the database of a copy, which nobody has brought up to date."""
    import zipfile

    from knowledge.store import open_engine

    with zipfile.ZipFile(copy) as archive:
        archive.extract("database.sqlite3", folder)
    engine = open_engine(f"sqlite:///{folder / 'database.sqlite3'}")
    try:
        with reading(engine) as connection:
            return contents(connection)
    finally:
        engine.dispose()


def test_the_program_before_restores_the_copy(here: Place, tmp_path: Path) -> None:
    before, kept, steps = rows(here.engine), files(here.data), steps_of_tomorrow(tmp_path)
    status, told = run(here, steps, *COMMAND)
    assert status == 0, told
    assert "trước khi nâng cấp" in told and f"từ {head()} lên {REVISION}" in told
    assert revision(here) == REVISION
    with pytest.raises(DatabaseTrouble, match="mới hơn"):
        migrate(here.engine)
    (copy,) = copies(here)
    (here.data / "uploads/since.txt").write_text("x")
    here.engine.dispose()
    with place("postgresql" if here.settings.database_url else "sqlite", tmp_path / "empty") as empty:
        if here.settings.database_url:  # as the page says: a new, empty database beside the same data folder
            settings, engine = (
                Settings(_env_file=None, tuvan_data=here.data, database_url=empty.settings.database_url),
                empty.engine,
            )
        else:
            settings, engine = here.settings, here.engine
        restore(settings, copy, replace=True)
        assert rows(engine) == before and files(here.data) == kept
        with reading(engine) as connection:
            assert revision_of(connection) == head()
        assert migrate(engine) is False
        assert copies(here) == [copy]  # it stays where it was
        Inbox(engine).store([event("after", "9")])
        assert "after" in stored(engine)
        assert len(KnowledgeStore(engine).documents()) == 1


def test_a_step_that_fails_leaves_the_database_as_it_was(here: Place, tmp_path: Path) -> None:
    before, steps = rows(here.engine), steps_of_tomorrow(tmp_path, BAD)
    for _ in range(3):
        status, told = run(here, steps, *COMMAND)
        lines = [line for line in told.strip().splitlines() if line.startswith("Lỗi:")]
        assert status == 1 and len(lines) == 1 and "Dữ liệu vẫn như cũ" in lines[0], told
        assert "Traceback" not in told
    assert revision(here) == head() and rows(here.engine) == before
    assert len(copies(here)) == 1  # of the last try
    assert inspect(here.settings, copies(here)[0]).revision == head()


@pytest.mark.parametrize("limit", [20_000, 400_000])
def test_on_a_full_disk_the_update_does_not_begin(here: Place, limit: int, tmp_path: Path) -> None:
    (here.data / "uploads/large").write_bytes(random.Random(1).randbytes(1_000_000))
    before, steps = rows(here.engine), steps_of_tomorrow(tmp_path)
    status, told = run(here, steps, *COMMAND, limit=limit)
    assert status == 1 and len(told.strip().splitlines()) == 1, told
    assert "Chưa nâng cấp dữ liệu" in told and "TUVAN_COPY_BEFORE_UPDATE" in told
    assert revision(here) == head() and rows(here.engine) == before
    assert copies(here) == []
    status, told = run(here, steps, *COMMAND, limit=0, TUVAN_COPY_BEFORE_UPDATE="false")
    assert status == 0 and revision(here) == REVISION and copies(here) == [], told


def test_of_processes_that_start_together_one_makes_the_copy(here: Place, tmp_path: Path) -> None:
    (here.data / "uploads/large").write_bytes(random.Random(1).randbytes(5_000_000))
    steps = steps_of_tomorrow(tmp_path)
    started = [start(here, steps, *COMMAND) for _ in range(3)]
    told = [process.communicate(timeout=180)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    assert sum("trước khi nâng cấp" in each for each in told) == 1
    assert len(copies(here)) == 1 and revision(here) == REVISION


def test_a_fresh_or_empty_installation_needs_no_copy(tmp_path: Path) -> None:
    for name, old in (("none", ""), ("empty", "0001")):
        with place("sqlite", tmp_path / name) as at:
            if old:
                build(at.engine, old)
            assert up_to_date(at.settings, at.engine)
            assert revision(at) == head() and copies(at) == []
            assert not up_to_date(at.settings, at.engine)


def test_copies_of_two_updates_stay_and_none_grows_old(tmp_path: Path) -> None:
    with place("sqlite", tmp_path / "here") as at:
        build(at.engine, "0007")
        with writing(at.engine) as connection:
            fill(connection)
        folder = at.data / "backups"
        folder.mkdir()
        old = ["before-0004-20260101-000000.zip", "before-0005-20260301-000000.zip", "before-0006-20260201-000000.zip"]
        for name in [*old, f"before-{head()}-20260401-000000.zip", "ghi-chu.zip", ".before-x.zip.0a.part"]:
            (folder / name).write_text("x")
        up_to_date(at.settings, at.engine)
        names = [path.name for path in copies(at)]
        assert names[0] == old[1] and names[1].startswith(f"before-{head()}-2") and names[2:] == ["ghi-chu.zip"]
        assert "20260401" not in names[1]
        (folder / old[1]).touch()
        past = time.time() - (DAYS + 1) * 86_400
        os.utime(folder / names[1], (past, past))
        forget_old(at.data, time.time())
        assert [path.name for path in copies(at)] == [old[1], "ghi-chu.zip"]


def test_a_copy_is_in_no_backup_and_counts_as_none(small: Place, tmp_path: Path) -> None:
    assert run(small, steps_of_tomorrow(tmp_path), *COMMAND)[0] == 0
    assert len(copies(small)) == 1
    assert not (small.data / "last-backup.json").exists()  # the alarm for missing backups goes on
    made = make(small.settings, tmp_path / "b")
    assert not any("backups" in name for name in made.manifest.parts)


def test_commands_bring_tables_up_to_date_by_this_way_alone() -> None:
    for path in [ROOT / "bot/bootstrap.py", *(ROOT / "bot/cli").glob("*.py")]:
        assert "migrate(" not in path.read_text(encoding="utf-8").replace("def migrate_data(", ""), path.name


def test_what_is_written_while_tables_change_is_not_lost(here: Place, tmp_path: Path) -> None:
    """The program before still runs, as somebody forgot to stop it: what it acknowledged is there afterwards."""
    notes = tmp_path / "notes"
    with writing_process(here.engine, notes):
        early = acknowledged(notes)
        status, told = run(here, steps_of_tomorrow(tmp_path), *COMMAND)
        updated = len(acknowledged(notes))
        until(lambda: len(acknowledged(notes)) > updated, 30, "nothing was written afterwards")
        late = acknowledged(notes)
    assert status == 0 and revision(here) == REVISION, told
    copied = {str(row["event_id"]) for row in unpacked(copies(here)[0], tmp_path)["inbox"]}
    assert early <= copied < stored(here.engine)
    assert late <= stored(here.engine)

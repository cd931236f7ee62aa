"""Moving all data between SQLite and PostgreSQL: whole and the same, or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from typer.testing import CliRunner

from bot.bootstrap import bootstrap
from bot.cli import app
from bot.clock import FixedClock
from bot.delivery.tables import channel_states, conversations, unread
from bot.outreach.communes import load_communes
from bot.settings import Settings
from bot.staff.audit import Audit, audit_key
from bot.staff.demo import fill
from bot.storage.migrate import migrate
from bot.storage.moving import CannotMove, move, tables
from bot.storage.presence import DatabaseInUse, alone_with, serving_from
from knowledge.embedding import load_embedder
from knowledge.store import KnowledgeStore, open_engine, writing
from knowledge.store.tables import generations, vectors
from tests.bot.channels.drivers import until
from tests.knowledge.store.databases import BACKENDS, empty_database
from tests.models import prepared_models
from tests.quality.gate import TODAY, starter_system

ROOT = Path(__file__).parents[3]
QUESTION = "Hộ nghèo được hỗ trợ bao nhiêu phần trăm mức đóng?"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with all kinds of data."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "models").symlink_to(prepared_models().absolute())  # vectors of cards are not made again
    system = starter_system(folder)
    fill(
        system.engine,
        load_communes("Quảng Ngãi").units,
        time.time(),
        lead_count=60,
        conversation_count=300,
        password="x",
    )
    chain = Audit(system.engine, audit_key(folder))
    for n in range(30):
        chain.noted("lead.view", f"lead:{n}", by="lan.bato", staff_id=1, fields=["phone"], count=n)
    with writing(system.engine) as connection:
        connection.execute(
            insert(unread).values(channel="zalo_oa", body_hash="h", body="{\\u0000 “lạ” 🙂", received_at=1764300000.123)
        )
        connection.execute(
            update(conversations).values(state={"met": True, "b": [1, 2.5, None], "a": "Ba Tơ"}, inbox_due=0.1 + 0.2)
        )
    system.close()
    return folder


@pytest.fixture
def source(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(filled / "tuvan.sqlite3", tmp_path / "source.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'source.sqlite3'}")
    yield engine
    engine.dispose()


@contextmanager
def other(backend: str, folder: Path) -> Iterator[Engine]:
    folder.mkdir()
    with empty_database(backend, folder) as engine:
        yield engine


def everything(engine: Engine) -> dict[str, list[str]]:
    """All rows of all tables as they are stored, in an order of ours."""
    with engine.connect() as connection:
        return {t.name: sorted(repr(tuple(row)) for row in connection.execute(select(t))) for t in tables()}


def rows_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables())


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.mark.postgres
@pytest.mark.slow
def test_there_and_back_everything_is_the_same(source: Engine, filled: Path, tmp_path: Path) -> None:
    before = everything(source)
    assert all(
        before[name] for name in ("vectors", "passages", "leads", "inbox", "outbox", "staff", "audit", "reviews")
    )
    with other("postgresql", tmp_path / "pg") as there:
        moved = move(source, there)
        assert sum(m.rows for m in moved) == rows_in(source) == rows_in(there)
        assert Audit(there, audit_key(filled)).troubles() == []
        with source.connect() as a, there.connect() as b:
            query = select(vectors.c.search_hash, vectors.c.vector)
            assert {k: bytes(v) for k, v in a.execute(query)} == {k: bytes(v) for k, v in b.execute(query)}
        with other("sqlite", tmp_path / "back") as back:
            again = move(there, back)
            assert [(m.table, m.rows, m.sum) for m in again] == [(m.table, m.rows, m.sum) for m in moved]
            assert everything(back) == before == everything(source)
            assert Audit(back, audit_key(filled)).troubles() == []


@pytest.mark.postgres
@pytest.mark.slow
def test_what_moved_answers_and_goes_on(source: Engine, filled: Path, tmp_path: Path) -> None:
    with other("postgresql", tmp_path / "pg") as there:
        move(source, there)
        answers = []
        for url in (address(source), address(there)):
            settings = Settings(tuvan_data=filled, database_url=url)
            system = bootstrap(settings, embedder=load_embedder("", prepared_models()), clock=FixedClock(TODAY))
            answers.append(system.knowledge.answer(QUESTION, today=TODAY))
            system.close()
        assert answers[0].status == "answered"
        assert answers[0].text == answers[1].text
        with writing(there) as connection:  # new numbers follow the old ones
            highest = connection.execute(select(func.max(unread.c.id))).scalar_one()
            values = {"channel": "telegram", "body_hash": "n", "body": "n", "received_at": 1.0}
            made = connection.execute(insert(unread).values(values).returning(unread.c.id)).scalar_one()
            assert made == highest + 1
        audit = Audit(there, audit_key(filled))
        audit.noted("lead.view", "lead:1", by="lan.bato")
        assert audit.troubles() == []


@pytest.mark.postgres
def test_a_number_once_given_is_never_given_again(tmp_path: Path) -> None:
    """The folder of a generation that is gone must not come back, in either direction."""
    with other("sqlite", tmp_path / "a") as first, other("postgresql", tmp_path / "b") as second:
        migrate(first)
        store = KnowledgeStore(first)
        for _ in range(3):
            store.new_generation("m", 4)
        with writing(first) as connection:
            connection.execute(generations.delete())
        move(first, second)
        assert KnowledgeStore(second).new_generation("m", 4).folder == "g000004"
        with writing(second) as connection:
            connection.execute(generations.delete())
        with other("sqlite", tmp_path / "c") as third:
            move(second, third)
            assert KnowledgeStore(third).new_generation("m", 4).folder == "g000005"


CHILD = """
import sys, time
from bot.storage.moving import move
from knowledge.store import open_engine
def progress(table, done, total):
    print(table, flush=True)
    time.sleep(0.02)
move(open_engine(sys.argv[1]), open_engine(sys.argv[2]), progress)
"""


def killed_at(table: str, source: Engine, target: Engine) -> None:
    command = [sys.executable, "-c", CHILD, address(source), address(target)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == table:
                child.send_signal(signal.SIGKILL)
                break
        assert child.wait() == -signal.SIGKILL


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.slow
def test_a_kill_leaves_the_target_empty_and_the_next_run_does_it(backend: str, source: Engine, tmp_path: Path) -> None:
    before = everything(source)
    with other(backend, tmp_path / "target") as target:
        for table in ("vectors", "inbox", "kiểm tra audit", "kiểm tra staff_notices"):
            killed_at(table, source, target)
            assert rows_in(target) == 1  # the first row of knowledge_state, which every fresh database has
            assert everything(source) == before
            until(lambda: free(source) and free(target), what="the locks of the killed process stayed")
        moved = move(source, target)
        assert sum(m.rows for m in moved) == rows_in(source) == rows_in(target)


def free(engine: Engine) -> bool:
    try:
        with alone_with(engine, ""):
            return True
    except DatabaseInUse:
        return False


@pytest.mark.parametrize("backend", BACKENDS)
def test_while_somebody_serves_nothing_is_moved(backend: str, tmp_path: Path) -> None:
    with other(backend, tmp_path / "a") as busy, other("sqlite", tmp_path / "b") as idle:
        migrate(busy)
        with serving_from(busy), serving_from(busy):
            with pytest.raises(DatabaseInUse, match="nguồn") as caught:
                move(busy, idle)
            assert "Dừng mọi tuvan" in caught.value.remedy
            with pytest.raises(DatabaseInUse, match="đích"):
                move(idle, busy)
        with alone_with(busy, "nguồn"), pytest.raises(DatabaseInUse, match="đang được chuyển"), serving_from(busy):
            pass
        move(busy, idle)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_target_with_data_is_refused(backend: str, tmp_path: Path) -> None:
    with other("sqlite", tmp_path / "a") as first, other(backend, tmp_path / "b") as second:
        migrate(second)
        with writing(second) as connection:
            connection.execute(insert(unread).values(channel="x", body_hash="h", body="b", received_at=1.0))
        with pytest.raises(CannotMove, match="đã có dữ liệu"):
            move(first, second)
        with second.begin() as connection:
            connection.execute(text("DELETE FROM unread_webhooks"))
            connection.execute(text("CREATE TABLE cua_nguoi_khac (id INTEGER)"))
        with pytest.raises(CannotMove, match="cua_nguoi_khac"):
            move(first, second)
        with pytest.raises(CannotMove, match="là một"):
            move(first, first)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"body": "a\0b"}, "cột body của bảng unread_webhooks, dòng id=7: ký tự NUL"),
        ({"channel": "kênh dài hơn hai mươi ký tự"}, "cột channel .* dài hơn 20 ký tự"),
    ],
)
def test_what_postgresql_does_not_take_is_named(values: dict[str, Any], told: str, tmp_path: Path) -> None:
    with other("sqlite", tmp_path / "a") as first, other("postgresql", tmp_path / "b") as second:
        migrate(first)
        row = {"id": 7, "channel": "x", "body_hash": "h", "body": "b", "received_at": 1.0} | values
        with writing(first) as connection:
            connection.execute(insert(unread).values(row))
        with pytest.raises(CannotMove, match=told) as caught:
            move(first, second)
        assert "\n" not in str(caught.value)
        assert rows_in(second) == 1


@pytest.mark.postgres
def test_rows_that_arrive_changed_undo_everything(tmp_path: Path) -> None:
    """As if the server had changed a value on the way."""
    with other("sqlite", tmp_path / "a") as first, other("postgresql", tmp_path / "b") as second:
        migrate(first)
        migrate(second)
        with writing(first) as connection:
            row = {"channel": "telegram", "off_message": "nghỉ", "holder": "", "holder_until": 0.0, "halted_until": 0.0}
            connection.execute(insert(channel_states).values(**row, problem=""))
        with second.begin() as connection:
            connection.execute(
                text(
                    "CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN NEW.off_message := 'khác'; RETURN NEW; END $$ "
                    "LANGUAGE plpgsql"
                )
            )
            connection.execute(
                text("CREATE TRIGGER t BEFORE INSERT ON channel_states FOR EACH ROW EXECUTE FUNCTION spoil()")
            )
        with pytest.raises(CannotMove, match="Bảng channel_states không giống nhau"):
            move(first, second)
        assert rows_in(second) == 1


@pytest.mark.postgres
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUVAN_DATA", str(tmp_path / "data"))
    with other("postgresql", tmp_path / "pg") as there:
        result = CliRunner().invoke(app, ["migrate-data", address(there)])
        assert result.exit_code == 0, result.output
        assert "Đã chuyển" in result.output
        assert "DATABASE_URL=postgresql" in result.output
    with_nobody = CliRunner().invoke(app, ["migrate-data", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"])
    assert isinstance(with_nobody.exception, CannotMove)
    assert "\n" not in str(with_nobody.exception)
    assert "\n" not in with_nobody.exception.remedy


def test_a_second_folder_of_this_machine_is_taken(source: Engine, tmp_path: Path) -> None:
    target = open_engine(f"sqlite:///{tmp_path / 'new' / 'tuvan.sqlite3'}")
    move(source, target)
    assert everything(target) == everything(source)
    target.dispose()
    assert not os.access(tmp_path / "new" / "tuvan.sqlite3-journal", os.F_OK)

"""Personal data sealed inside the database: nobody without the key reads it there, and the program works as without."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, type_coerce
from typer.testing import CliRunner

from bot.backup.making import make
from bot.backup.restoring import restore
from bot.cli import app
from bot.delivery.tables import conversations, inbox, outbox, unread
from bot.errors import BotError
from bot.outreach.communes import load_communes
from bot.outreach.tables import consents, lead_events, leads, requests, reviews
from bot.settings import Settings
from bot.staff.demo import fill
from bot.storage.encrypting import CannotSeal, seal
from bot.storage.keys import BadKey, Keyring, use_keys
from bot.storage.migrate import TABLES, migrate
from bot.storage.moving import move
from bot.storage.opening import KeyTrouble, fit_keys, open_database
from bot.storage.presence import DatabaseInUse, serving_from
from bot.storage.sealed import plain_type, sealed_columns
from knowledge.store import open_engine, sqlite_module, writing
from tests.bot.outreach.test_records import STEPS, House
from tests.knowledge.store.databases import BACKENDS, empty_database

ROOT = Path(__file__).parents[3]
CANARIES = (
    "Nguyễn Thị Lan",
    "Nguy\\u1ec5n Th\\u1ecb Lan",
    "nguyen thi lan",
    "900000123",
    "mức đóng?",
    "m\\u1ee9c \\u0111\\u00f3ng",
)
"""What one person says of themselves, as it is stored without a key: in words, in JSON, as it is searched."""


def keyring(*more: bytes) -> Keyring:
    return Keyring([secrets.token_bytes(32), *more])


def key_file(path: Path, *keys: bytes) -> Path:
    path.write_text("\n".join(base64.b64encode(key).decode() for key in keys), encoding="ascii")
    return path


def settings_of(folder: Path, engine: Engine, key: Path | None) -> Settings:
    url = engine.url.render_as_string(hide_password=False)
    return Settings(_env_file=None, tuvan_data=folder, database_url=url, TUVAN_DATA_KEY_FILE=key)  # type: ignore[call-arg]


def stored(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables as they stand in the database, whatever keys the engine has."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with engine.connect() as connection:
        for metadata in TABLES:
            for table in metadata.sorted_tables:
                columns = [type_coerce(column, plain_type(column)) for column in table.columns]
                found[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def opened(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of tables with sealed columns as the program reads them."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table, _ in sealed_columns(TABLES)
        }


def leaks(engine: Engine, *canaries: str) -> list[str]:
    """Tables, and on SQLite files, in which a canary stands."""
    wanted = canaries or CANARIES
    texts = {name: repr(rows) for name, rows in stored(engine).items()}
    found = [name for name, text in texts.items() if any(c in text for c in wanted)]
    if engine.dialect.name == "sqlite":
        base = Path(engine.url.database or "")
        for path in base.parent.glob(f"{base.name}*"):
            written = path.read_bytes()
            if any(c.encode() in written for c in wanted):
                found.append(path.name)
    return found


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(request.param, tmp_path) as made:
        migrate(made)
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with many made-up people, not sealed."""
    path = tmp_path_factory.mktemp("filled") / "filled.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    fill(engine, load_communes("Quảng Ngãi").units, time.time(), lead_count=700, conversation_count=1500, password="x")
    engine.dispose()
    return path


@pytest.fixture
def many(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(filled, tmp_path / "many.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'many.sqlite3'}")
    yield engine
    engine.dispose()


def a_person_says_everything(house: House) -> None:
    house.says(*STEPS, "câu lạ của Nguyễn Thị Lan 0900 000 123")
    with house.engine.begin() as connection:
        connection.execute(
            insert(unread).values(channel="plain", body_hash="h", body="lan 0900000123", received_at=1.0)
        )


def test_nothing_that_a_person_said_can_be_read_without_the_key(engine: Engine) -> None:
    fit_keys(engine, keyring())
    house = House(engine)
    try:
        a_person_says_everything(house)
        (lead,) = house.rows(leads)
        assert (lead["phone"], lead["name"], lead["question"]) == ("+84900000123", "Nguyễn Thị Lan", "mức đóng?")
        assert all(house.rows(table) for table in (inbox, outbox, reviews, lead_events, unread))
        assert house.rows(conversations)[0]["state"]
    finally:
        house.runtime.stop()
    assert leaks(engine) == []


def test_the_search_for_leaks_finds_them_where_nothing_is_sealed(engine: Engine) -> None:
    house = House(engine)
    try:
        a_person_says_everything(house)
    finally:
        house.runtime.stop()
    assert {"leads", "inbox", "outbox", "reviews", "unread_webhooks"} <= set(leaks(engine))


def test_the_same_phone_is_one_lead_and_an_erasure_leaves_nothing(engine: Engine) -> None:
    fit_keys(engine, keyring())
    house = House(engine)
    try:
        a_person_says_everything(house)
        house.says("/dangky", "đồng ý", "Trần Văn Ba", "0900000123", "ba tơ", "đúng rồi", who="khác")
        (lead,) = house.rows(leads)
        assert lead["version"] == 1
        assert house.rows(unread)
        house.says("/xoa", who="lan")
        assert house.rows(reviews) == house.rows(unread) == []
        assert [row["person"] for row in house.rows(consents)] == ["khác"]
        assert len(house.rows(requests)) == 1
    finally:
        house.runtime.stop()


def test_an_installation_is_sealed_opened_again_and_its_key_changed(many: Engine) -> None:
    plain, before = opened(many), stored(many)
    first, second = secrets.token_bytes(32), secrets.token_bytes(32)
    done = seal(many, Keyring([first]))
    assert done.before is None and done.now == Keyring([first]).id and done.left == ""
    assert sum(done.rows.values()) == sum(len(rows) for rows in plain.values())
    assert opened(many) == plain
    phones = [row.phone for row in people(many)]
    assert phones[0].startswith("+84")
    assert leaks(many, *phones[:60], *(row.name for row in people(many)[:60])) == []

    changed = seal(many, Keyring([second, first]))
    assert (changed.before, changed.now) == (Keyring([first]).id, Keyring([second]).id)
    use_keys(many, Keyring([second]))
    assert opened(many) == plain

    back = seal(many, Keyring([second]), off=True)
    assert back.now is None
    after = stored(many)
    assert {name: rows for name, rows in after.items() if name != "data_keys"} == {
        name: rows for name, rows in before.items() if name != "data_keys"
    }


def people(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(leads.c.phone, leads.c.name).order_by(leads.c.id)))


def test_one_that_people_have_used_is_sealed_on_either_kind_of_database(engine: Engine) -> None:
    house = House(engine)
    try:
        a_person_says_everything(house)
    finally:
        house.runtime.stop()
    assert leaks(engine)
    plain, keys = opened(engine), keyring()
    assert seal(engine, keys).left == ""
    assert leaks(engine) == [] and opened(engine) == plain
    seal(engine, keys, off=True)
    assert opened(engine) == plain and leaks(engine)


@pytest.mark.postgres
def test_what_is_sealed_moves_to_the_other_kind_of_database(many: Engine, tmp_path: Path) -> None:
    keys, plain = keyring(), opened(many)
    seal(many, keys)
    with empty_database("postgresql", tmp_path) as there:
        use_keys(there, keys)
        move(many, there)
        assert opened(there) == plain
        assert leaks(there, *(row.phone for row in people(many)[:60])) == []
        fit_keys(there, keys)


def test_without_the_old_key_nothing_changes(many: Engine) -> None:
    seal(many, keyring())
    before = stored(many)
    with pytest.raises(CannotSeal, match="không có trong tệp khóa"):
        seal(many, keyring())
    assert stored(many) == before


def test_nobody_serves_meanwhile(many: Engine) -> None:
    with serving_from(many), pytest.raises(DatabaseInUse):
        seal(many, keyring())


SEAL = """
import sys
from bot.storage.encrypting import seal
from bot.storage.keys import Keyring
from knowledge.store import open_engine
print("begins", flush=True)
seal(open_engine(sys.argv[1]), Keyring([bytes(32)]), progress=lambda table, done, total: print(table, done, flush=True))
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_is_sealed_whole_or_not_at_all(many: Engine, filled: Path, tmp_path: Path) -> None:
    plain, outcomes = opened(many), set()
    for after in (1, 2, 6, 9, 14, 18, 400):
        for path in tmp_path.glob("many.sqlite3*"):
            path.unlink()
        shutil.copy(filled, tmp_path / "many.sqlite3")
        url = many.url.render_as_string(hide_password=False)
        process = subprocess.Popen([sys.executable, "-c", SEAL, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(after):
            if not process.stdout.readline():
                break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        many.dispose()
        with closing(sqlite_module().connect(tmp_path / "many.sqlite3")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            sealed = raw.execute("SELECT count(*) FROM data_keys").fetchone()[0]
            phones = {row[0][:5] for row in raw.execute("SELECT phone FROM leads")}
        outcomes.add(sealed)
        assert phones == {"tv1e:"} if sealed else all(phone.startswith("+84") for phone in phones)
        use_keys(many, Keyring([bytes(32)]) if sealed else None)
        assert opened(many) == plain
    assert outcomes == {0, 1}


def test_the_program_starts_only_with_the_keys_of_its_database(engine: Engine, tmp_path: Path) -> None:
    first, second = secrets.token_bytes(32), secrets.token_bytes(32)
    mine = key_file(tmp_path / "mine.key", first)

    def start(key: Path | None) -> None:
        open_database(settings_of(tmp_path / "data", engine, key)).dispose()

    def refused(key: Path | None) -> BotError:
        with pytest.raises((BadKey, KeyTrouble)) as told:
            start(key)
        assert "\n" not in str(told.value) and told.value.remedy
        return told.value

    start(mine)  # empty: sealed from its first row
    start(mine)
    assert "chưa đặt" in str(refused(None))
    assert "khóa khác" in str(refused(key_file(tmp_path / "other.key", second)))
    assert "encrypt-data" in refused(key_file(tmp_path / "both.key", second, first)).remedy


def test_a_database_with_people_is_not_sealed_by_the_way(many: Engine, tmp_path: Path) -> None:
    key = key_file(tmp_path / "a.key", secrets.token_bytes(32))
    before = stored(many)
    with pytest.raises(KeyTrouble, match="chưa mã hóa"):
        open_database(settings_of(tmp_path / "data", many, key))
    assert stored(many) == before


def test_the_key_does_not_lie_with_the_data(many: Engine, tmp_path: Path) -> None:
    key = key_file(tmp_path / "in.key", secrets.token_bytes(32))
    with pytest.raises(BadKey, match="trong thư mục dữ liệu"):
        open_database(settings_of(tmp_path, many, key))


def test_a_backup_of_it_is_as_closed_and_comes_back(engine: Engine, tmp_path: Path) -> None:
    data, key = tmp_path / "data", key_file(tmp_path / "a.key", secrets.token_bytes(32))
    data.mkdir()
    settings = settings_of(data, engine, key)
    opened_now = open_database(settings)
    house = House(opened_now)
    try:
        a_person_says_everything(house)
    finally:
        house.runtime.stop()
    before = opened(opened_now)
    opened_now.dispose()
    archive = tmp_path / "backup.zip"
    make(settings, archive)
    assert not any(c.encode() in unpacked(archive) for c in CANARIES)
    new = Settings(_env_file=None, tuvan_data=tmp_path / "new", TUVAN_DATA_KEY_FILE=key)  # type: ignore[call-arg]
    restore(new, archive)
    back = open_database(new)
    assert opened(back) == before
    back.dispose()


def unpacked(archive: Path) -> bytes:
    import zipfile

    with zipfile.ZipFile(archive) as file:
        return b"".join(file.read(name) for name in file.namelist())


def test_the_command_seals_changes_and_opens(many: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.chdir(data)
    monkeypatch.setenv("TUVAN_DATA", str(data))
    monkeypatch.setenv("DATABASE_URL", many.url.render_as_string(hide_password=False))
    told = CliRunner().invoke(app, ["encrypt-data"])
    assert told.exit_code == 1 and "TUVAN_DATA_KEY_FILE" in str(told.exception)
    monkeypatch.setenv("TUVAN_DATA_KEY_FILE", str(key_file(tmp_path / "a.key", secrets.token_bytes(32))))
    plain = opened(many)
    told = CliRunner().invoke(app, ["encrypt-data"], catch_exceptions=False)
    assert told.exit_code == 0 and "Đã mã hóa" in told.output
    assert opened(many) != plain
    told = CliRunner().invoke(app, ["leads", "export", "--output", str(tmp_path / "goi.csv")], catch_exceptions=False)
    assert told.exit_code == 0 and "tv1" not in (tmp_path / "goi.csv").read_text(encoding="utf-8-sig")
    told = CliRunner().invoke(app, ["encrypt-data", "--off", "--json"], catch_exceptions=False)
    assert told.exit_code == 0 and '"now": null' in told.output
    assert opened(many) == plain


def test_words_of_a_citizen_that_look_sealed_stay_words(engine: Engine) -> None:
    words = "tv1r:0011223344556677:AAAA"
    fit_keys(engine, keyring())
    row = {"channel": "plain", "body_hash": "x", "body": words, "received_at": 1.0}
    with writing(engine) as connection:
        connection.execute(insert(unread).values(**row))
        assert connection.execute(select(unread.c.body)).scalar_one() == words

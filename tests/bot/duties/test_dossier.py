"""The dossiers say what the installation is, and leave a clear blank where nobody knows."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.duties.facts import Facts, gather, personal
from bot.duties.incident import NOTICE_HOURS, STEPS
from bot.duties.paper import BLANK, write
from bot.duties.papers import conformity, papers
from bot.duties.results import FAILED, PASSED, SKIPPED, BadResults, of_all, read_results
from bot.outreach.consent import Purpose
from bot.settings import Settings
from bot.storage.migrate import TABLES
from tests.bot.staff.office import Office
from tests.bot.test_docs import commands

ROOT = Path(__file__).parents[3]
KEY = b"k" * 32
XML = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.bot.x.test_a" name="test_one[1]"/><testcase classname="tests.bot.x.test_a" name="test_one[2]"/>
<testcase classname="tests.bot.x.test_a" name="test_two[1]"/>
<testcase classname="tests.bot.x.test_a" name="test_two[2]"><failure/></testcase>
<testcase classname="tests.bot.x.test_a" name="test_three"><skipped/></testcase>
</testsuite></testsuites>"""


def settings(tmp_path: Path, **values: Any) -> Settings:
    return Settings.model_validate({"tuvan_data": tmp_path, **values})


def texts(facts: Facts, results: dict[str, str] | None = None) -> dict[str, str]:
    found = {}
    for paper in papers(facts, results):
        document = docx.Document(io.BytesIO(write(paper)))
        cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
        found[paper.name] = "\n".join([*(p.text for p in document.paragraphs), *cells])
    return found


def test_every_table_is_classified_and_every_column_named_is_there() -> None:
    tables = {name: {c.name for c in t.columns} for m in TABLES for name, t in m.tables.items()}
    rows, none = personal()["personal"], personal()["none"]
    assert sorted([*rows, *none]) == sorted(tables)
    telling = {
        "phone",
        "name",
        "person",
        "event",
        "piece",
        "body",
        "question",
        "answer",
        "notify_to",
        "notify_mail",
        "login",
    }
    for name, row in rows.items():
        assert set(row["columns"]) <= tables[name], name
        assert tables[name] & telling <= set(row["columns"]), f"{name}: a column that tells of somebody is not listed"
        assert row["kept"] in personal()["kept"]
    for name in none:
        assert not tables[name] & (telling - {"name"}), name
    assert set(personal()["purposes"]) == {p.value for p in Purpose}


def test_facts_come_from_settings_and_database(office: Office, tmp_path: Path) -> None:
    for _ in range(3):
        office.lead()
    given = settings(
        tmp_path, TUVAN_OFFICE="BHXH cơ sở Ba Tơ", TUVAN_PRIVACY_CONTACT="Tổ dữ liệu", TUVAN_LEAD_DAYS=77,
        TUVAN_CONVERSATION_DAYS=301, TUVAN_STAFF_NETWORKS="10.9.0.0/16", TUVAN_STAFF_HOURS="1-5 07:00-18:00",
        TUVAN_STAFF_IDLE_MINUTES=17, public_url="https://bhxh.example",
    )  # fmt: skip
    said = texts(gather(given, office.engine, KEY))
    assert set(said) == {
        "danh-gia-tac-dong-xu-ly-du-lieu", "ho-so-de-xuat-cap-do", "bang-doi-chieu-tuan-thu", "so-tay-ung-pho-su-co",
        "thong-bao-quyen-rieng-tu",
    }  # fmt: skip
    impact = said["danh-gia-tac-dong-xu-ly-du-lieu"]
    for fact in (
        "BHXH cơ sở Ba Tơ",
        "Tổ dữ liệu",
        "77 ngày",
        "301 ngày",
        "10.9.0.0/16",
        "07:00-18:00",
        "17 phút",
        "số điện thoại",
    ):
        assert fact.lower() in impact.lower(), fact
    assert re.search(r"đăng ký\n77 ngày[^\n]*\n3\n", impact), "the count of leads"
    assert "không có dòng nào bị sửa" in said["ho-so-de-xuat-cap-do"] and "6 tài khoản" in said["ho-so-de-xuat-cap-do"]
    assert f"{NOTICE_HOURS} giờ" in said["so-tay-ung-pho-su-co"]
    assert "77 ngày" in said["thong-bao-quyen-rieng-tu"]
    assert all(BLANK in text for name, text in said.items() if name != "thong-bao-quyen-rieng-tu")


def test_what_is_unknown_is_a_blank(office: Office, tmp_path: Path) -> None:
    said = texts(gather(settings(tmp_path), office.engine, KEY))
    assert f"Đầu mối bảo vệ dữ liệu cá nhân: {BLANK}" in said["danh-gia-tac-dong-xu-ly-du-lieu"]
    assert "TUVAN_STAFF_NETWORKS" in said["danh-gia-tac-dong-xu-ly-du-lieu"]
    assert BLANK in said["thong-bao-quyen-rieng-tu"]


def test_a_dossier_of_transfer_is_made_for_who_is_outside_alone(office: Office, tmp_path: Path) -> None:
    name = "danh-gia-tac-dong-chuyen-du-lieu-xuyen-bien-gioi"
    at_home = settings(tmp_path, llm_model="ollama:qwen3", llm_base_url="http://127.0.0.1:11434")
    assert name not in texts(gather(at_home, office.engine, KEY))
    foreign = settings(tmp_path, llm_model="openai:gpt-x", llm_abroad_dossier="12/HS ngày 1/2/2026")
    said = texts(gather(foreign, office.engine, KEY))[name]
    assert "openai:gpt-x" in said and "12/HS ngày 1/2/2026" in said and "ngoài Việt Nam" in said
    telegram = settings(tmp_path, telegram_bot_token="42:x")
    assert "api.telegram.org" in texts(gather(telegram, office.engine, KEY))[name]
    zalo = settings(tmp_path, zalo_bot_token="42:x")
    assert name not in texts(gather(zalo, office.engine, KEY))


def test_no_secret_and_no_person_is_in_a_dossier(office: Office, tmp_path: Path) -> None:
    office.lead("Canarinh Thị Lan", phone="+84900123456")
    given = settings(
        tmp_path, telegram_bot_token="42:canary-token", smtp_url="smtps://u:canary-pass@m.example:465", smtp_from="a@b.c",
        llm_model="openai:x", llm_api_key="canary-key", llm_abroad_dossier="1", TUVAN_METRICS_TOKEN="canary-m",
        database_url="postgresql://tuvan:canary-db@localhost/x",
    )  # fmt: skip
    told = "\n".join(texts(gather(given, office.engine, KEY)).values())
    assert "canar" not in told.lower() and "900123456" not in told and "m.example" not in told


def test_the_results_of_a_run_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.xml"
    path.write_text(XML)
    found = read_results(path)
    a = "tests/bot/x/test_a.py::"
    assert found == {a + "test_one": PASSED, a + "test_two": FAILED, a + "test_three": SKIPPED}
    assert of_all([a + "test_one"], found) == PASSED
    assert of_all([a + "test_one", a + "test_gone"], found) == SKIPPED
    assert of_all([a + "test_three", a + "test_two"], found) == FAILED
    assert of_all([], found) == SKIPPED
    for bad in (
        "",
        "<a",
        "<testsuites/>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuites>&e;</testsuites>',
    ):
        path.write_text(bad)
        with pytest.raises(BadResults):
            read_results(path)


def test_conformity_names_tests_that_are_there_and_shows_their_results(office: Office, tmp_path: Path) -> None:
    every = [t for row in conformity() for t in row.get("tests", ())]
    for test in every:
        path, _, name = test.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), test
    assert all(("office" in row) != ("tests" in row) for row in conformity())
    facts = gather(settings(tmp_path), office.engine, KEY)
    name = "bang-doi-chieu-tuan-thu"
    ours = sum("tests" in row for row in conformity())
    assert f"{ours} {PASSED}, 0 {FAILED}" in texts(facts, dict.fromkeys(every, PASSED))[name]
    one_bad = dict.fromkeys(every, PASSED) | {every[0]: FAILED}
    assert f"{ours - 1} {PASSED}, 1 {FAILED}" in texts(facts, one_bad)[name]
    assert "Chưa kèm" in texts(facts)[name] and PASSED + "\n" not in texts(facts)[name]


def test_the_commands_of_the_handbook_exist() -> None:
    known = commands()
    for _, _, command in STEPS:
        assert not command or command.removeprefix("tuvan ") in known
    assert "staff open" in known


def test_the_command_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUVAN_DATA", str(tmp_path / "data"))
    (tmp_path / "run.xml").write_text(XML)
    done = CliRunner().invoke(app, ["dossier", "out", "--junit", "run.xml"])
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "out").glob("*.docx"))) == 5

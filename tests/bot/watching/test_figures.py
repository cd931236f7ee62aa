"""Figures are those of the database and the machine, alerts say what is wrong, the files in docs/operation name real figures."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, update
from starlette.testclient import TestClient
from typer.testing import CliRunner

from bot.backup.making import make
from bot.cli import app
from bot.delivery.leases import ChannelStates
from bot.delivery.tables import conversations, inbox, outbox, tokens
from bot.outreach.tables import leads
from bot.settings import Settings
from bot.watching.figures import Figures
from bot.watching.names import HELP
from bot.watching.rules import alerts, rules
from bot.watching.write import FOLDER, dashboard, prometheus
from bot.web import create_app
from knowledge.store import open_engine, writing
from tests.bot.backup.places import Place, fill, place
from tests.bot.web.answerers import Scripted
from tests.knowledge.store.databases import BACKENDS

NOW = 1_800_000_000.0
HOUR = 3600.0


@pytest.fixture(params=BACKENDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An installation with all three channels, in which nothing is wrong but that there is no backup."""
    with place(request.param, tmp_path / "here") as made:
        fill(made)
        settings = Settings(
            _env_file=None, tuvan_data=made.data, database_url=made.settings.database_url, telegram_bot_token="t",
            zalo_oa_app_id="1", zalo_oa_app_secret="s", zalo_oa_secret_key="k", zalo_oa_refresh_token="r", zalo_bot_token="z",
        )  # type: ignore[call-arg, arg-type]  # fmt: skip
        with writing(made.engine) as connection:
            connection.execute(update(conversations).values(channel="telegram", heard_at=NOW - 30, inbox_due=None))
            connection.execute(update(inbox).values(channel="telegram", state="done"))
            connection.execute(update(leads).values(created_at=NOW - HOUR))
            connection.execute(insert(tokens), {c.name: "" for c in tokens.columns} | {
                "channel": "zalo_oa", "account": "1", "expires_at": NOW + 5 * HOUR, "obtained_at": NOW, "refreshing_since": None,
            })  # fmt: skip
        states = ChannelStates(made.engine)
        for name in ("telegram", "zalo_bot"):
            states.note(name, polled_at=NOW - 20)
        out(made, "sent", sent_at=NOW - 40)
        yield Place(settings, made.engine)


def out(at: Place, state: str, **more: Any) -> None:
    row = {"channel": "telegram", "conversation_id": 1, "inbox_id": None, "piece": {}, "kind": "answer", "created_at": NOW,
           "due_at": NOW, "state": state, "attempts": 0, "unclear": 0, "message_id": "", "problem": "", "sent_at": None}  # fmt: skip
    with writing(at.engine) as connection:
        connection.execute(insert(outbox), row | more)


def figures(at: Place, now: float = NOW) -> dict[str, float]:
    found = {}
    for one in Figures(at.engine, at.settings, lambda: now)():
        found[" ".join([one.name, *one.labels.values()])] = one.value
    return found


def wrong(at: Place, now: float = NOW) -> list[str]:
    return [one.name for one in alerts(Figures(at.engine, at.settings, lambda: now)())]


def test_figures_are_those_of_the_installation(here: Place) -> None:
    out(here, "waiting", due_at=NOW - 50)
    found = figures(here)
    assert found["tuvan_channel_heard_seconds telegram"] == 30
    assert found["tuvan_channel_sent_seconds telegram"] == 40
    assert "tuvan_channel_sent_seconds zalo_oa" not in found
    assert found["tuvan_channel_polled_seconds zalo_bot"] == 20
    assert found["tuvan_token_expiry_seconds zalo_oa"] == 5 * HOUR
    assert found["tuvan_outbox_messages telegram waiting"] == 1 and found["tuvan_outbox_oldest_seconds telegram"] == 50
    assert (
        found["tuvan_leads_waiting"] == 1
        and found["tuvan_leads_oldest_seconds"] == HOUR
        and found["tuvan_leads_late"] == 0
    )
    assert found["tuvan_database_bytes"] > 10_000 and found["tuvan_disk_free_bytes"] > 0
    assert found["tuvan_backup_age_seconds"] == math.inf
    assert found["tuvan_index_missing_passages"] == found["tuvan_passages"] > 0
    assert {name.split()[0] for name in found} == set(HELP)


def trouble(here: Place, name: str) -> None:
    """Makes what `name` is the alert for."""
    states = ChannelStates(here.engine)
    changes: dict[str, Any] = {
        "ChannelProblem": lambda c: None,
        "TokenProblem": lambda c: c.execute(update(tokens).values(problem="x")),
        "TokenEnding": lambda c: c.execute(update(tokens).values(expires_at=NOW + 60)),
        "LeadsLate": lambda c: c.execute(update(leads).values(created_at=NOW - 49 * HOUR)),
    }
    if name == "ChannelProblem":
        states.note("telegram", problem="mã sai")
    elif name == "PollingStopped":
        states.note("telegram", polled_at=NOW - 400)
    elif name in ("DeadLetters", "UnclearLetters"):
        out(here, "dead" if name == "DeadLetters" else "maybe")
    elif name == "SendingLate":
        out(here, "waiting", due_at=NOW - 700)
    elif name == "AnswersLate":
        with writing(here.engine) as c:
            c.execute(update(conversations).where(conversations.c.id == 1).values(inbox_due=NOW))
            c.execute(update(inbox).where(inbox.c.conversation_id == 1).values(state="new", received_at=NOW - 130))
    else:
        with writing(here.engine) as c:
            changes[name](c)


@pytest.mark.parametrize(
    "name",
    ["ChannelProblem", "PollingStopped", "TokenProblem", "TokenEnding", "LeadsLate", "DeadLetters", "UnclearLetters",
     "SendingLate", "AnswersLate"],
)  # fmt: skip
def test_each_trouble_has_its_alert_and_no_other(here: Place, name: str, tmp_path: Path) -> None:
    make(here.settings, tmp_path / "b", now=lambda: NOW)
    before = wrong(here)
    trouble(here, name)
    assert [found for found in wrong(here) if found not in before] == [name]


def test_a_backup_quiets_its_alert_until_it_is_old(here: Place, tmp_path: Path) -> None:
    assert "BackupOld" in wrong(here)
    make(here.settings, tmp_path / "b", now=lambda: NOW)
    assert "BackupOld" not in wrong(here, NOW + 35 * HOUR)
    assert "BackupOld" in wrong(here, NOW + 37 * HOUR)


def test_a_database_that_cannot_be_read_is_an_alert_and_no_exception(tmp_path: Path) -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    settings = Settings(_env_file=None, tuvan_data=tmp_path)  # type: ignore[call-arg]
    assert "DatabaseDown" in [one.name for one in alerts(Figures(engine, settings)())]


def test_looking_makes_no_database(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, tuvan_data=tmp_path)  # type: ignore[call-arg]
    assert "DatabaseDown" in [one.name for one in alerts(Figures(open_engine(settings.database), settings)())]
    assert list(tmp_path.iterdir()) == []


def scraped(at: Place) -> set[str]:
    """The names of what a scrape of a real application has."""
    web = create_app(Scripted(), figures=Figures(at.engine, at.settings, lambda: NOW))
    client = TestClient(web, client=("127.0.0.1", 1))
    client.post("/api/chat", json={"session": "session-of-test", "text": "đóng?"})
    found = set()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        found |= {sample.name for sample in family.samples}
        if family.type == "counter":  # one that nothing has happened to yet
            found.add(f"{family.name}_total")
    return found


def test_the_files_for_prometheus_and_grafana_name_only_what_a_scrape_has(here: Place) -> None:
    known = scraped(here)
    told = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    panels = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))["panels"]
    expressions = [rule["expr"] for group in told["groups"] for rule in group["rules"]]
    expressions += [target["expr"] for panel in panels for target in panel["targets"]]
    named = {name for expression in expressions for name in re.findall(r"\btuvan_\w+", expression)}
    assert len(named) > 20 and named <= known
    assert set(HELP) <= known


def test_the_files_are_those_that_the_rules_make() -> None:
    assert (FOLDER / "alerts.yml").read_text(encoding="utf-8") == prometheus(), "run: python -m bot.watching.write"
    assert (FOLDER / "grafana.json").read_text(encoding="utf-8") == dashboard(), "run: python -m bot.watching.write"


def test_every_rule_says_what_to_do() -> None:
    for rule in rules():
        assert rule.says.endswith(".") and rule.remedy.endswith(".") and rule.severity in ("critical", "warning")
        assert re.fullmatch(r"\d+m", rule.lasting)
    assert len({rule.name for rule in rules()}) == len(rules())


def test_panels_do_not_overlap() -> None:
    taken = set()
    for panel in json.loads(dashboard())["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + dx, at["y"] + dy) for dx in range(at["w"]) for dy in range(at["h"])}
        assert not cells & taken and at["x"] + at["w"] <= 24
        taken |= cells


def test_the_command_has_one_line_each_and_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with place("sqlite", tmp_path / "here") as made:
        fill(made)
        with writing(made.engine) as connection:
            connection.execute(update(leads).values(created_at=time.time()))
            connection.exec_driver_sql("DELETE FROM passages")
        monkeypatch.setenv("TUVAN_DATA", str(made.data))
        told = CliRunner().invoke(app, ["alerts"])
        assert told.exit_code == 1
        assert [line.split(":")[0] for line in told.stdout.splitlines()] == ["BackupOld"]
        make(made.settings, tmp_path / "b")
        assert CliRunner().invoke(app, ["alerts", "--json"]).stdout == "[]\n"
        assert CliRunner().invoke(app, ["alerts"]).exit_code == 0

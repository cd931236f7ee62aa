"""The same machine with PostgreSQL, serve, two workers and poll, as docs/administrator.md has it under "Several processes"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.channels.contract import PATHS
from tests.administrator.machine import fresh_machine, proxy_missing, steps
from tests.administrator.test_fresh_machine import QUESTION, SOURCE, Office
from tests.bot.channels.drivers import until
from tests.emulators import TelegramEmulator, ZaloOAEmulator, serving
from tests.knowledge.store.databases import empty_database

pytestmark = [pytest.mark.proxy, pytest.mark.postgres, pytest.mark.slow]

SERVICE, PASSWORD = 2, 6
"""Places of steps: the service, which is another here; the first password, which is in another journal here."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if missing := proxy_missing():
        pytest.skip(f"no {missing}: apt-get install {missing}")
    telegram, zalo, folder = TelegramEmulator(), ZaloOAEmulator(), tmp_path_factory.mktemp("machine")
    with empty_database("postgresql", folder) as engine, serving(telegram), serving(zalo):
        address = engine.url.render_as_string(hide_password=False)
        accounts = telegram.settings() | zalo.settings() | {"DATABASE_URL": address}
        with fresh_machine(folder / "root", accounts) as machine:
            for number, step in enumerate(steps()):
                for block in steps("## Several processes") if number == SERVICE else [step]:
                    machine.run(block.replace("tuvan.service", "tuvan-serve.service") if number == PASSWORD else block)
            for platform in (telegram, zalo):
                platform.webhook.trust(machine.authority)
            zalo.webhook.url = machine.url + PATHS["zalo_oa"]
            yield Office(machine, telegram, zalo)


def test_both_platforms_are_answered_with_the_source(office: Office) -> None:
    assert office.telegram.webhook.url == office.machine.url + PATHS["telegram"]
    assert office.telegram.user_says(11, QUESTION).status == 200
    assert office.zalo.user_says("21", QUESTION).status == 200
    until(lambda: any(SOURCE in text for text in office.telegram_said(11)), 90, "no answer on Telegram")
    until(lambda: any(SOURCE in sent.text for sent in office.zalo.sent("21")), 90, "no answer on Zalo")


def test_kills_of_server_and_worker_lose_no_message(office: Office) -> None:
    machine, telegram = office.machine, office.telegram
    assert telegram.user_says(31, QUESTION).status == 200
    machine.kill("tuvan-serve.service")
    machine.kill("tuvan-worker@1.service")
    refused = [telegram.user_says(person, QUESTION).status for person in (32, 33)]
    assert all(status is not None and status >= 500 for status in refused), refused
    telegram.webhook.start_retries()
    machine.run("systemctl restart tuvan-serve.service tuvan-worker@1.service")
    people = (31, 32, 33)
    until(lambda: all(any(SOURCE in t for t in office.telegram_said(p)) for p in people), 150, "somebody has no answer")
    assert telegram.webhook.pending == 0

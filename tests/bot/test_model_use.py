"""What the chat model has used is counted for all processes, and a person cannot be told from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bot.model_use import EVERYBODY, Allowance, ModelUse, model_use, named
from bot.storage.migrate import migrate
from knowledge.model import Money, Usage
from tests.knowledge.store.databases import BACKENDS, empty_database

DAY = date(2026, 11, 22)
LAN, MINH = "telegram:777", "web:abcdefgh"


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(request.param, tmp_path) as opened:
        migrate(opened)
        yield opened


def use(engine: Engine, **limits: float) -> ModelUse:
    return ModelUse(engine, Allowance(**limits), Money(tokens_in=1_000, tokens_out=2_000))  # type: ignore[arg-type]


def test_a_person_stops_at_their_limit_and_others_go_on(engine: Engine) -> None:
    meter = use(engine, person_tokens=100)
    assert meter.allows(LAN, DAY)
    meter.used(LAN, DAY, Usage(60, 40))
    assert not meter.allows(LAN, DAY) and meter.allows(MINH, DAY)
    assert meter.allows(LAN, DAY + timedelta(days=1))
    assert not use(engine, person_tokens=100).allows(LAN, DAY)  # another process counts the same


def test_the_day_has_a_limit_of_tokens_and_of_money(engine: Engine) -> None:
    meter = use(engine, day_tokens=1_000)
    meter.used(LAN, DAY, Usage(600, 0))
    assert meter.allows(MINH, DAY)
    meter.used(MINH, DAY, Usage(400, 0))
    assert not meter.allows("web:anybody", DAY)
    assert use(engine, day_cost=2).allows("web:anybody", DAY)  # 1.000 tokens at 1.000 đồng a million: 1 đồng
    assert not use(engine, day_cost=1).allows("web:anybody", DAY)


def test_calls_at_once_are_all_counted(engine: Engine) -> None:
    meter = use(engine)
    threads = [
        threading.Thread(target=lambda: [meter.used(LAN, DAY, Usage(1, 2)) for _ in range(10)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(d.calls, d.usage) for d in meter.days(DAY)] == [(40, Usage(40, 80))]
    assert meter.persons(DAY) == 1


def test_nobody_can_be_told_from_a_row_and_rows_go(engine: Engine) -> None:
    meter = use(engine)
    meter.used(LAN, DAY, Usage(5, 5))
    with engine.connect() as connection:
        rows = {row.person for row in connection.execute(select(model_use))}
    assert rows == {EVERYBODY, named(LAN, DAY)} and "777" not in "".join(rows)
    assert named(LAN, DAY) != named(LAN, DAY + timedelta(days=1))
    assert meter.forget(DAY) == 0
    assert meter.forget(DAY + timedelta(days=1)) == 1
    assert meter.persons(DAY) == 0 and meter.days(DAY)[0].calls == 1

"""The token pair through races, failures and sudden deaths: renewed once, or loudly not at all."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.channels.contract import Later, Misconfigured
from bot.channels.zalo_oa_tokens import TokenStore
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.emulators import Fault, ZaloOAEmulator, serving
from tests.knowledge.store.databases import BACKENDS, empty_database

ROUNDS = int(os.environ.get("TUVAN_TOKEN_ROUNDS", "10"))  # 100 for the figure
KILLS = int(os.environ.get("TUVAN_TOKEN_KILLS", "8"))  # 50 for the figure


@pytest.fixture
def emulator() -> Iterator[ZaloOAEmulator]:
    made = ZaloOAEmulator()
    with serving(made):
        yield made


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(request.param, tmp_path) as opened:
        migrate(opened)
        yield opened


def store(engine: Engine, emulator: ZaloOAEmulator, late: float = 0.0, **seeds: str) -> TokenStore:
    pair = {"seed_access": emulator.oauth.access_token, "seed_refresh": emulator.oauth.refresh_token} | seeds
    return TokenStore(
        engine, emulator.app_id, app_secret=emulator.app_secret, oauth_url=emulator.url,
        clock=lambda: emulator.clock.now() + late, **pair,
    )  # fmt: skip


def outcomes(emulator: ZaloOAEmulator) -> list[str]:
    return [r.outcome for r in emulator.refreshes]


def test_the_pair_of_the_settings_begins_and_is_renewed_in_time(engine: Engine, emulator: ZaloOAEmulator) -> None:
    first = emulator.oauth.access_token
    tokens = store(engine, emulator)
    assert asyncio.run(tokens.current()) == first
    emulator.clock.advance(20 * 3600)
    second = asyncio.run(tokens.current())
    assert second != first and second == emulator.oauth.access_token
    assert asyncio.run(tokens.current()) == second
    assert outcomes(emulator) == ["granted"]


def test_the_settings_do_not_come_back_over_a_renewed_pair_but_a_new_pair_there_does(
    engine: Engine, emulator: ZaloOAEmulator
) -> None:
    old = {"seed_access": emulator.oauth.access_token, "seed_refresh": emulator.oauth.refresh_token}
    asyncio.run(store(engine, emulator, **old).refused(old["seed_access"]))
    renewed = asyncio.run(store(engine, emulator, **old).current())
    assert renewed == emulator.oauth.access_token != old["seed_access"]
    emulator.oauth.revoke()
    with pytest.raises(Misconfigured):
        asyncio.run(store(engine, emulator, **old).refused(renewed))
    again = emulator.oauth.token(
        {"app_id": emulator.app_id, "grant_type": "authorization_code", "code": emulator.oauth.consent()},
        emulator.app_secret,
    )
    new = {"seed_access": again["access_token"], "seed_refresh": again["refresh_token"]}
    assert asyncio.run(store(engine, emulator, **new).current()) == again["access_token"]


def test_a_spent_refresh_token_is_told_loudly_and_not_tried_for_ever(engine: Engine, emulator: ZaloOAEmulator) -> None:
    tokens = store(engine, emulator)
    first = asyncio.run(tokens.current())
    emulator.oauth.revoke()
    for _ in range(3):
        with pytest.raises(Misconfigured) as told:
            asyncio.run(tokens.refused(first))
    assert "Cấp quyền lại" in told.value.remedy
    assert len(outcomes(emulator)) == 1
    asyncio.run(tokens.authorise(emulator.oauth.consent()))
    assert asyncio.run(tokens.current()) == emulator.oauth.access_token


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=500),
        Fault("garbage"),
        Fault("reset"),
        Fault("status", status=200, body='{"access_token": "x"}'),
    ],
    ids=lambda f: f.kind + f.body[:3],
)
def test_a_failed_renewal_overwrites_nothing(engine: Engine, emulator: ZaloOAEmulator, fault: Fault) -> None:
    tokens = store(engine, emulator)
    first = asyncio.run(tokens.current())
    emulator.faults.add("oauth/access_token", fault)
    with pytest.raises((Later, Misconfigured)):
        asyncio.run(tokens.refused(first))
    with engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT access_token, refresh_token, refreshing_since FROM channel_tokens"
        ).one()
    assert kept == (first, emulator.oauth.refresh_token, None)


def _meet(url: str, api: str, token: str, answers: Any, barrier: Any) -> None:
    """One of the processes that find the token dead at the same moment."""
    engine = open_engine(url)
    tokens = TokenStore(
        engine,
        "1000000000000000001",
        app_secret="demo-app-secret",
        oauth_url=api,
        seed_access=SEED[0],
        seed_refresh=SEED[1],
    )
    barrier.wait()
    answers.put(asyncio.run(tokens.refused(token)))
    engine.dispose()


SEED = ("", "")


def test_processes_that_meet_a_dead_token_renew_it_once(tmp_path: Path, emulator: ZaloOAEmulator) -> None:
    global SEED
    SEED = (emulator.oauth.access_token, emulator.oauth.refresh_token)
    url = f"sqlite:///{tmp_path / 'tokens.sqlite3'}"
    engine = open_engine(url)
    migrate(engine)
    tokens = TokenStore(
        engine,
        emulator.app_id,
        app_secret=emulator.app_secret,
        oauth_url=emulator.url,
        seed_access=SEED[0],
        seed_refresh=SEED[1],
    )
    token = asyncio.run(tokens.current())
    engine.dispose()
    context = multiprocessing.get_context("fork")
    for _ in range(ROUNDS):
        before = len(outcomes(emulator))
        answers, barrier = context.Queue(), context.Barrier(8)
        processes = [context.Process(target=_meet, args=(url, emulator.url, token, answers, barrier)) for _ in range(8)]
        for process in processes:
            process.start()
        found = {answers.get(timeout=60) for _ in processes}
        for process in processes:
            process.join(30)
        assert len(found) == 1
        assert outcomes(emulator)[before:] == ["granted"]
        token = found.pop()
        assert token == emulator.oauth.access_token


def _renew_and_die(url: str, api: str, token: str, moment: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, moment)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    engine = open_engine(url)
    tokens = TokenStore(
        engine,
        "1000000000000000001",
        app_secret="demo-app-secret",
        oauth_url=api,
        seed_access=SEED[0],
        seed_refresh=SEED[1],
    )
    asyncio.run(tokens.refused(token))
    time.sleep(5)


@contextmanager
def _a_life(emulator: ZaloOAEmulator, folder: Path) -> Iterator[tuple[str, str]]:
    global SEED
    again = emulator.oauth.token(
        {"app_id": emulator.app_id, "grant_type": "authorization_code", "code": emulator.oauth.consent()},
        emulator.app_secret,
    )
    SEED = (again["access_token"], again["refresh_token"])
    folder.mkdir()
    url = f"sqlite:///{folder / 'tokens.sqlite3'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    yield url, SEED[0]


def test_a_death_between_answer_and_commit_leaves_a_good_pair_or_a_loud_word(
    tmp_path: Path, emulator: ZaloOAEmulator
) -> None:
    context = multiprocessing.get_context("fork")
    seen = set()
    for n in range(KILLS):
        with _a_life(emulator, tmp_path / str(n)) as (url, token):
            process = context.Process(target=_renew_and_die, args=(url, emulator.url, token, 0.02 + 0.18 * n / KILLS))
            process.start()
            process.join(30)
            engine = open_engine(url)
            tokens = TokenStore(
                engine, emulator.app_id, app_secret=emulator.app_secret, oauth_url=emulator.url,
                seed_access=SEED[0], seed_refresh=SEED[1], clock=lambda: time.time() + 60,
            )  # fmt: skip
            try:
                found = asyncio.run(asyncio.wait_for(tokens.refused(token), 30))
                assert found == emulator.oauth.access_token
                seen.add("good")
            except Misconfigured as told:
                assert "Cấp quyền lại" in told.remedy
                seen.add("loud")
            finally:
                engine.dispose()
    assert seen <= {"good", "loud"} and seen

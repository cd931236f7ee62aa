"""One person before any channel: says, presses, shares and reads, the same for each platform and for the web chat.

Each driver runs a whole installation (database, workers, sender, webhooks) in this process against the emulator of its platform,
told of it by settings only.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from bot.channels.registry import Channels, channels_of
from bot.delivery.runtime import Parts, Runtime
from bot.dialogue.forms.readers import FindPlace, nowhere
from bot.dialogue.talk import OFFICE, Office
from bot.messages import Answerer
from bot.settings import Settings
from bot.storage.migrate import migrate
from bot.web import create_app
from knowledge.store import open_engine
from tests.emulators import TelegramEmulator, ZaloBotEmulator, ZaloOAEmulator, serving
from tests.emulators.base import Emulator

SECRET = "a-webhook-secret-for-tests"
PATIENCE = 25.0


def until(holds: Callable[[], bool], seconds: float = PATIENCE, what: str = "it did not come to pass in time") -> None:
    """Waits until `holds`; fails with `what`."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class House:
    """What of an installation a test may look at."""

    settings: Settings
    engine: Engine
    channels: Channels
    answerer: Answerer


class Driver(ABC):
    """A person on one channel. `heard` are the texts the person has read, oldest first."""

    name = ""

    def __init__(self, house: House) -> None:
        self.house = house
        self.runtime: Runtime | None = None

    @abstractmethod
    def say(self, person: str, text: str) -> None:
        """The person writes."""

    @abstractmethod
    def heard(self, person: str) -> list[str]:
        """What the person has read."""

    @abstractmethod
    def offered(self, person: str) -> list[str]:
        """Labels of the choices under the last message."""

    @abstractmethod
    def choose(self, person: str, label: str) -> None:
        """The person takes a choice, by a button or as the platform lets them."""

    def wait(self, person: str, count: int) -> list[str]:
        """What the person has read once there are `count` messages."""
        until(lambda: len(self.heard(person)) >= count, what=f"{self.name}: {self.heard(person)}")
        return self.heard(person)

    def restart(self) -> None:
        """Stops the installation and starts it again; the web chat's application keeps nothing in memory that matters."""
        return


class Messenger(Driver):
    """What the three platforms have in common."""

    emulator: Any
    mode = "polling"
    port = 0
    parts = Parts()
    find_place: FindPlace = staticmethod(nowhere)
    office: Office = OFFICE
    _running: contextlib.ExitStack

    def up(self) -> None:
        """Starts the installation; with webhooks also the web application, always at the same port."""
        self._running = contextlib.ExitStack()
        house = self.house
        runtime = Runtime(
            house.engine,
            house.channels.by_name,
            house.answerer,
            polled=house.channels.polled,
            per_minute=house.settings.messages_per_minute,
            parts=self.parts,
            find_place=self.find_place,
            office=self.office,
            webhooks={self.name: self.address} if self.mode == "webhook" and self.name != "zalo_oa" else {},
        )
        if self.mode == "webhook":
            self._running.enter_context(web(house.answerer, runtime, self.port))
        runtime.start()
        self._running.callback(runtime.stop)
        self.runtime = runtime

    def down(self) -> None:
        """Stops it."""
        self._running.close()

    def restart(self) -> None:
        self.down()
        self.up()

    @property
    def address(self) -> str:
        """Where the platform posts to."""
        return f"http://127.0.0.1:{self.port}/webhooks/{self.name.replace('_', '-')}"

    def say(self, person: str, text: str) -> None:
        self.emulator.user_says(self.id(person), text)

    def heard(self, person: str) -> list[str]:
        return [m.text for m in self.emulator.sent(self.id(person)) if m.text]

    def offered(self, person: str) -> list[str]:
        found: list[str] = self.emulator.buttons(self.id(person))
        return found

    def choose(self, person: str, label: str) -> None:
        self.emulator.press(self.id(person), label)

    @staticmethod
    def id(person: str) -> Any:
        """The platform's id of a person."""
        return person


class OnTelegram(Messenger):
    name = "telegram"

    @staticmethod
    def id(person: str) -> int:
        return 1000 + sum(ord(c) * 31**i for i, c in enumerate(person)) % 1_000_000


class OnZaloOA(Messenger):
    name = "zalo_oa"

    @staticmethod
    def id(person: str) -> str:
        return f"20000000000{OnTelegram.id(person):08d}"


class OnZaloBot(Messenger):
    name = "zalo_bot"

    def offered(self, person: str) -> list[str]:
        lines = self.heard(person)[-1].splitlines() if self.heard(person) else []
        return [line.split(". ", 1)[1] for line in lines if line[:1].isdigit() and ". " in line[:4]]

    def choose(self, person: str, label: str) -> None:
        self.say(person, str(self.offered(person).index(label) + 1))


class OnWeb(Driver):
    """The web chat, over its own HTTP contract."""

    name = "web"

    def __init__(self, house: House, address: str) -> None:
        super().__init__(house)
        self._client = httpx.Client(base_url=address, timeout=30)
        self._read: dict[str, list[str]] = {}
        self._buttons: dict[str, list[dict[str, str]]] = {}

    def say(self, person: str, text: str) -> None:
        self._post(person, text=text)

    def heard(self, person: str) -> list[str]:
        return self._read.get(person, [])

    def offered(self, person: str) -> list[str]:
        return [b["label"] for b in self._buttons.get(person, [])]

    def choose(self, person: str, label: str) -> None:
        self._post(person, button=next(b["value"] for b in self._buttons[person] if b["label"] == label))

    def _post(self, person: str, **what: str) -> None:
        answer = self._client.post("/api/chat", json={"session": f"session-{person}", **what})
        answer.raise_for_status()
        for reply in answer.json()["replies"]:
            self._read.setdefault(person, []).append(reply["text"])
            self._buttons[person] = reply["buttons"]


@contextlib.contextmanager
def web(answerer: Answerer, runtime: Runtime | None, port: int = 0) -> Iterator[str]:
    """The web application with the webhooks of `runtime`; its address."""
    app = create_app(
        answerer,
        channels=runtime.channels if runtime else None,
        acceptor=runtime.acceptor if runtime else None,
        per_session=10_000,
    )
    with serve_app(app, port) as address:
        yield address


@contextlib.contextmanager
def serve_app(app: FastAPI, port: int = 0) -> Iterator[str]:
    """`app` on this machine, in a thread; its address."""
    # listening before the address is told: who asks before uvicorn has come up waits instead of being refused
    with socket.create_server(("127.0.0.1", port), backlog=2048) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(15)


_EMULATORS: dict[str, Callable[[], Emulator]] = {
    "telegram": TelegramEmulator,
    "zalo_oa": ZaloOAEmulator,
    "zalo_bot": lambda: ZaloBotEmulator(probe=False, max_users=10_000, monthly_limit=1_000_000),
}
_DRIVERS: dict[str, type[Messenger]] = {"telegram": OnTelegram, "zalo_oa": OnZaloOA, "zalo_bot": OnZaloBot}
_numbers = itertools.count()


@contextlib.contextmanager
def person_on(
    way: str,
    folder: Path,
    answerer: Answerer,
    *,
    per_minute: int = 10_000,
    database: str = "",
    parts: Parts | None = None,
    find_place: FindPlace = nowhere,
    office: Office = OFFICE,
) -> Iterator[Any]:
    """A driver for `way` ("telegram polling", "telegram webhook", "zalo_oa webhook", "zalo_bot polling", …, "web")."""
    name, _, mode = way.partition(" ")
    data = folder / f"data{next(_numbers)}"
    data.mkdir()
    if name == "web":
        settings = Settings(tuvan_data=data)
        engine = open_engine(settings.database)
        migrate(engine)
        runtime = Runtime(engine, {}, answerer, per_minute=per_minute, find_place=find_place, office=office)
        runtime.start()
        with web(runtime.direct, None) as address:
            yield OnWeb(House(settings, engine, Channels({}, frozenset(), {}), answerer), address)
        runtime.stop()
        engine.dispose()
        return
    emulator = _EMULATORS[name]()
    with serving(emulator):
        told = {key.lower(): value for key, value in emulator.settings().items()}
        told |= {f"{name}_mode": mode, f"{name}_webhook_secret": SECRET} if name != "zalo_oa" else {}
        settings = Settings.model_validate(
            {"tuvan_data": data, "database_url": database, "TUVAN_MESSAGES_PER_MINUTE": per_minute}
            | ({"public_url": "http://127.0.0.1:1"} if name == "zalo_oa" else {})
            | told
        )
        engine = open_engine(settings.database)
        migrate(engine)
        channels = channels_of(settings, engine)
        house = House(settings, engine, channels, answerer)
        driver = _DRIVERS[name](house)
        driver.emulator, driver.find_place, driver.office = emulator, find_place, office
        driver.mode, driver.port, driver.parts = mode, _free_port(), parts or Parts()
        driver.up()
        if name == "zalo_oa":
            emulator.webhook.url = driver.address  # set in the platform's console
        try:
            if mode == "webhook":
                until(lambda: bool(emulator.webhook.url), what="no webhook was registered")
            yield driver
        finally:
            driver.down()
            engine.dispose()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


__all__ = ["SECRET", "Driver", "House", "person_on", "serve_app", "until", "web"]

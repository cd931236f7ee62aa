"""Runs the web application, and wires it to an installation.

Trap: uvicorn stops on SIGTERM and then raises the signal again, which would end the process before the caller closes
the database; here it becomes the same quiet return as Ctrl+C.
"""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, Protocol

import uvicorn
from fastapi import FastAPI

from bot.bootstrap import System
from bot.door_settings import networks_of, own_hosts
from bot.errors import BotError
from bot.messages import Answerer
from bot.settings import Settings
from bot.watching.figures import Figures
from bot.web.app import Doors, create_app
from bot.web.pages import Source
from bot.web.protocol import impatient
from bot.web.readiness import Ready
from bot.web.texts import say
from knowledge.law import DocumentStatus
from knowledge.store import KnowledgeStore

if TYPE_CHECKING:
    from bot.delivery.runtime import Runtime


class CannotListen(BotError):
    """Raised when the address or port cannot be listened at; says why and what to change."""


class Installation(Protocol):
    """What the web chat needs of an installation (`bot.bootstrap.System`)."""

    @property
    def settings(self) -> Settings: ...

    @property
    def store(self) -> KnowledgeStore: ...

    @property
    def answerer(self) -> Answerer: ...


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serves `app` at `host`:`port` until SIGINT or SIGTERM, in the main thread only.

    Requests under way get ten seconds to end. uvicorn's own access log is off: it names paths and queries as sent.
    Raises CannotListen.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=10,
        timeout_keep_alive=15,
        limit_concurrency=1_000,
        http=impatient(),
        ws="none",
    )
    with _door(host, port) as door:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            uvicorn.Server(config).run(sockets=[door])
        except KeyboardInterrupt:
            pass
        finally:
            signal.signal(signal.SIGTERM, before)


def app_for(installation: Installation, runtime: Runtime | None = None) -> FastAPI:
    """The application over the parts of `installation`, with the webhooks of `runtime`."""
    settings, store = installation.settings, installation.store

    def sources() -> list[Source]:
        rows = []
        for document in store.documents():
            who = document.identity
            if document.status is DocumentStatus.ACCEPTED and document.passages and who.in_force is not None:
                rows.append(Source(who.number, who.title, who.in_force.since, who.in_force.until))
        return sorted(rows, key=lambda s: (s.title, s.number))

    from bot.outreach.office import LiveOffice, LiveSettings  # whose libraries only a running installation pays for
    from bot.staff.starting import console_of

    office = LiveOffice(LiveSettings(installation.engine, settings)) if isinstance(installation, System) else None

    return create_app(
        runtime.direct if runtime is not None else installation.answerer,
        ready=Ready(store, runtime),
        figures=Figures(store.engine, settings),
        sources=sources,
        metrics_token=settings.metrics_token.get_secret_value(),
        https=settings.public_url.startswith("https://"),
        channels=runtime.channels if runtime else None,
        acceptor=runtime.acceptor if runtime else None,
        keeping=(lambda: office.keeping) if office is not None else None,
        console=console_of(installation, runtime) if isinstance(installation, System) else None,
        doors=doors_of(settings),
    )


def doors_of(settings: Settings) -> Doors:
    """Who is let in by these settings."""
    from bot.outreach.hours import Hours
    from bot.staff.emergency import open_until

    return Doors(
        hosts=own_hosts(f"{settings.hosts},{settings.staff_host}", settings.public_url, settings.host),
        staff_host=settings.staff_host,
        networks=networks_of(settings.staff_networks),
        hours=Hours.parse(settings.staff_hours) if settings.staff_hours else None,
        lifted=lambda: open_until(settings.tuvan_data),
    )


def make_server(installation: Installation, host: str, port: int) -> None:
    """Serves the web chat of `installation` until stopped. Raises CannotListen."""
    serve(app_for(installation), host, port)


def _door(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = (
            os.strerror(error.errno) if isinstance(error, OSError) and error.errno and error.errno > 0 else str(error)
        )
        raise CannotListen(
            say("cannot_listen", host=host, port=port, reason=reason), say("cannot_listen_remedy")
        ) from error

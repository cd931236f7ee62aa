"""Whom a request is for, and who may come to the console: asked before anything else reads it.

A request for a host name that is not ours is refused: links made of it, caches and browsers that were led here by another site's name
(DNS rebinding) get nothing. The two paths by which a monitor asks whether the process lives are open by any name; they tell nothing.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable, Collection, Sequence

from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.door_settings import Network
from bot.outreach.hours import Hours
from bot.web.metrics import Metrics
from bot.web.middleware import send_line
from bot.web.texts import say

log = logging.getLogger("bot.web")

_ANY_NAME = ("/healthz", "/readyz")


_EVERYWHERE = ("/static/", *_ANY_NAME)  # beginnings of paths that both hosts need


class OwnHost:
    """Refuses with 400 what names no host of `hosts`, names two, or none. Empty `hosts` lets all pass.

    With `staff_host` the console is at that host alone, and the chat at all others: for a browser they are then two sites, and what goes
    wrong in one reads nothing of the other. A page at the wrong host is not there (404).
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], metrics: Metrics, staff_host: str = "") -> None:
        self._app, self._hosts, self._metrics, self._staff_host = app, frozenset(hosts), metrics, staff_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._hosts and scope["path"] not in _ANY_NAME:
            sent = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
            if len(sent) != 1 or _without_port(sent[0]) not in self._hosts:
                self._metrics.refusal("other_host")
                await send_line(scope, send, 400, say("other_host"))
                return
        if scope["type"] == "http" and self._staff_host and not scope["path"].startswith(_EVERYWHERE):
            named = next((value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"), "")
            if (_without_port(named) == self._staff_host) != _of_staff(scope["path"]):
                self._metrics.refusal("not_found")
                await send_line(scope, send, 404, say("not_found"))
                return
        await self._app(scope, receive, send)


class StaffDoor:
    """Keeps the console to listed networks and hours. `lifted` says until when an administrator at the machine opened it to all.

    Trap: it guards every path of the console, the page for signing in too, so a stolen password is of no use elsewhere.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        networks: Sequence[Network],
        hours: Hours | None,
        metrics: Metrics,
        lifted: Callable[[], float] = lambda: 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app, self._networks, self._hours = app, tuple(networks), hours
        self._metrics, self._lifted, self._clock = metrics, lifted, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._closed(scope) if scope["type"] == "http" and _of_staff(scope["path"]) else ""
        if key and await run_in_threadpool(self._lifted) <= self._clock():
            self._metrics.refusal(key)
            log.warning("console refused: %s", key)
            await send_line(scope, send, 403, say(key))
            return
        await self._app(scope, receive, send)

    def _closed(self, scope: Scope) -> str:
        if self._networks and not self._listed(scope):
            return "staff_elsewhere"
        if self._hours is not None and not self._hours.open_at(self._clock()):
            return "staff_closed"
        return ""

    def _listed(self, scope: Scope) -> bool:
        try:
            address = ipaddress.ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)


def _of_staff(path: str) -> bool:
    return path == "/staff" or path.startswith("/staff/")


def _without_port(host: str) -> str:
    if host.startswith("["):
        inside, bracket, rest = host.partition("]")
        return inside + bracket if not rest or (rest[0] == ":" and rest[1:].isdecimal()) else ""
    name, colon, port = host.partition(":")
    return name if not colon or port.isdecimal() else ""

"""Connections out go to the hosts that the settings name, and to no others: whatever a library, a redirect or a text asks for.

Names are looked at when they are resolved, addresses when they are connected to: only those that a name of ours has become, or that a
setting holds. It is one guard for a process, on Python's own audit events, so that no library goes round it; what libpq opens by itself
goes to the host of `DATABASE_URL`.

Trap: an audit hook cannot be taken away. So there is one, which asks what is allowed at that moment.
"""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from bot.connection_settings import database_hosts, stays_here
from bot.settings import Settings

log = logging.getLogger("bot.outgoing")

PROVIDERS = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "google_genai": "generativelanguage.googleapis.com",
}
"""Where a provider of chat models is when no address is set."""
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_FAMILIES = (socket.AF_INET, socket.AF_INET6)


class Elsewhere(ConnectionError):
    """Raised instead of a connection to a host that no setting names; to its caller a connection that was refused."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNREFUSED, "no setting names this host")


_allowed: frozenset[str] | None = None  # None: nobody has said
_resolved: set[str] = set()
_hooked = False


def hosts_of(settings: Settings) -> frozenset[str]:
    """The hosts that `settings` name, and the proxies of this machine."""
    named = [urlsplit(address).hostname or "" for address in (
        settings.telegram_api_url, settings.zalo_oa_api_url, settings.zalo_oa_oauth_url, settings.zalo_bot_api_url,
        settings.llm_base_url, settings.smtp_url.get_secret_value(),
    )]  # fmt: skip
    if settings.llm_model and not settings.llm_base_url:
        named.append(PROVIDERS.get(settings.llm_model.partition(":")[0], ""))
    named += [urlsplit(proxy if "://" in proxy else f"//{proxy}").hostname or "" for proxy in getproxies().values()]
    return frozenset(_plain(host) for host in [*named, *database_hosts(settings.database_url)] if host)


def allow_only(hosts: Iterable[str] | None) -> None:
    """From now on this process connects to `hosts` and to this machine alone; None takes the limit away."""
    global _allowed, _hooked
    _allowed = None if hosts is None else frozenset(map(_plain, hosts))
    _resolved.clear()
    if not _hooked:
        _hooked = True
        socket.getaddrinfo = _watched(socket.getaddrinfo)
        sys.addaudithook(_audit)


def _watched(lookup: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    @wraps(lookup)
    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if _allowed is None:
            return lookup(host, *args, **kwargs)
        name = _plain(host.decode("ascii", "replace") if isinstance(host, bytes) else host or "")
        _ask(name)
        found = lookup(host, *args, **kwargs)
        _resolved.update(_plain(str(entry[4][0])) for entry in found)
        return found

    return getaddrinfo


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if _allowed is None or event not in _EVENTS:
        return
    where, address = args[0], args[1]
    if where.family in _FAMILIES and isinstance(address, tuple) and address:
        _ask(_plain(str(address[0])))


def _ask(host: str) -> None:
    if _allowed is not None and host not in _allowed and host not in _resolved and not stays_here(host):
        log.error("a connection to a host that no setting names was refused")
        raise Elsewhere


def _plain(host: str) -> str:
    """A host as it is compared: small letters, without brackets, zone and the last dot."""
    return host.strip("[]").partition("%")[0].lower().rstrip(".")

"""`POST /webhooks/…`: verify, store, 200. What it means is worked out later, by a worker."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from bot.channels.contract import PATHS, Channel, Refused
from bot.delivery.accepting import Acceptor, CannotStore
from bot.web.metrics import Metrics

log = logging.getLogger("bot.web")


def webhooks_router(channels: Mapping[str, Channel], acceptor: Acceptor, metrics: Metrics) -> APIRouter:
    """The webhook paths of `channels`; the paths of channels that are off do not exist."""
    router = APIRouter(include_in_schema=False)
    for name, channel in channels.items():
        router.add_api_route(PATHS[name], _route(channel, acceptor, metrics), methods=["POST"])
    return router


def _route(channel: Channel, acceptor: Acceptor, metrics: Metrics):  # type: ignore[no-untyped-def]
    async def take(request: Request) -> Response:
        body = await request.body()
        try:
            channel.verify({k.lower(): v for k, v in request.headers.items()}, body)
        except Refused:
            metrics.webhook(channel.name, "refused")
            return JSONResponse({"ok": False}, 403)
        try:
            new = await acceptor.accept(channel, body)
        except CannotStore:
            metrics.webhook(channel.name, "not_stored")
            return JSONResponse({"ok": False}, 503, headers={"Retry-After": "5"})
        metrics.webhook(channel.name, "new" if any(new) else "repeat" if new else "nothing")
        return JSONResponse({"ok": True})

    return take

"""Whether this process is alive, and whether it can answer."""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio
from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.web.metrics import Metrics
from bot.web.texts import say

log = logging.getLogger("bot.web")


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered. `parts` names each part and its state; `reasons` say in words what is missing.

    A part may be degraded (answers go on, `ready` stays true) and still be named in `reasons`.
    """

    ready: bool
    parts: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def health_router(
    ready: Callable[[], Readiness], metrics: Metrics, *, token: str = "", timeout: float = 5.0
) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`. `ready` may block; after `timeout` seconds the answer is "not ready".

    `/metrics` is for this machine itself and, when `token` is not empty, for who sends `Authorization: Bearer {token}`.
    """
    router = APIRouter()

    @router.get("/healthz", summary="Tiến trình đang chạy (process is alive)")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        summary="Sẵn sàng trả lời (ready to answer)",
        responses={503: {"description": "Chưa sẵn sàng, kèm lý do (not ready, with reasons)"}},
    )
    async def readyz() -> JSONResponse:
        try:
            with anyio.fail_after(timeout):
                state = await to_thread.run_sync(ready, abandon_on_cancel=True)
        except TimeoutError:
            state = Readiness(False, reasons=(say("not_ready_slow", limit=f"{timeout:g}"),))
        except Exception as error:
            log.error("readiness check failed: %s", type(error).__name__)
            state = Readiness(False, reasons=(say("not_ready_failed", error=type(error).__name__),))
        body = {"ready": state.ready, "parts": dict(state.parts), "reasons": list(state.reasons)}
        return JSONResponse(body, status_code=200 if state.ready else 503)

    @router.get(
        "/metrics",
        summary="Số liệu cho Prometheus (metrics)",
        response_class=Response,
        responses={403: {"description": "Chỉ cho máy chủ hoặc người có mã (this machine or token only)"}},
    )
    async def figures(request: Request) -> Response:
        if not (_has_token(request, token) or _from_this_machine(request)):
            return JSONResponse({"detail": say("metrics_closed")}, status_code=403)
        return Response(await to_thread.run_sync(metrics.text), media_type=metrics.content_type)

    return router


def _has_token(request: Request, token: str) -> bool:
    sent = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return bool(token) and secrets.compare_digest(sent.encode(), token.encode())


def _from_this_machine(request: Request) -> bool:
    """Loopback, and not handed on by a proxy on this machine, behind which anybody may stand."""
    if any(name in request.headers for name in ("x-forwarded-for", "x-real-ip", "forwarded", "via")):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False

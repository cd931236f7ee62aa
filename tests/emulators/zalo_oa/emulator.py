"""The Zalo OA platform over HTTP: `/v3.0/oa/…`, `/v2.0/oa/…`, `/v4/oa/…`. Refusals are HTTP 200 with a negative `error`."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from tests.emulators.control import Clock, RateWindows
from tests.emulators.delivery import Delivery, Envelope, WebhookSender
from tests.emulators.wire import Answer
from tests.emulators.zalo_oa.api import Api, NoSuchMethod
from tests.emulators.zalo_oa.messages import OAError
from tests.emulators.zalo_oa.oauth import OAuth, Refresh
from tests.emulators.zalo_oa.people import People

IN_TIME = 2.0
"""Seconds in which a webhook must be answered."""


class ZaloOAEmulator(People):
    """One OA and its application. The webhook's address is set in a console on the real platform, here by `webhook.url`.

    Methods are named by their path, for faults and calls alike: `message/cs`, `user/detail`, `getoa`, `oauth/access_token`.

    `night_ban`: consultation messages are refused between 22:00 and 6:00 too, as some report. `package_quota`: messages left for
    the time from 48 hours to 7 days; when used up they are charged, or refused with -211 unless `charged`. `retry_on_status` off:
    only a connection that cannot be opened is tried again. `rate`: calls a minute. `redirects`: allowed addresses after consent.
    """

    name = "zalo-oa"

    def __init__(
        self,
        *,
        app_id: str = "1000000000000000001",
        app_secret: str = "demo-app-secret",
        oa_secret_key: str = "demo-oa-secret-KEY-01",
        oa_id: str = "3000000000000000003",
        webhook_url: str = "",
        clock: Clock | None = None,
    ) -> None:
        self.retry_on_status = True
        self.webhook_disabled = False
        super().__init__(clock)
        self.app_id, self.app_secret, self.oa_secret_key, self.oa_id = app_id, app_secret, oa_secret_key, oa_id
        self.oauth = OAuth(self.clock, app_id, app_secret)
        self.webhook.url = webhook_url
        self.redirects: set[str] = set()
        self.night_ban = False
        self.package_quota, self.charged = 0, True
        self.emit_received = False
        self.rate = 4000
        self._windows = RateWindows(slack=0)
        self._start_people()
        self.api = Api(self)
        self.app.add_api_route("/v4/oa/access_token", self._token, methods=["POST"])
        self.app.add_api_route("/v4/oa/permission", self._permission, methods=["GET"])
        self.app.add_api_route("/{version}/oa/{path:path}", self._call, methods=["GET", "POST"])

    @property
    def refreshes(self) -> list[Refresh]:
        """Attempts to refresh the token, in order."""
        return self.oauth.refreshes

    @property
    def late(self) -> list[Delivery]:
        """Deliveries answered later than 2 s."""
        return [d for d in self.deliveries if d.seconds > IN_TIME]

    def settings(self) -> dict[str, str]:
        return {
            "ZALO_OA_API_URL": self.url,
            "ZALO_OA_OAUTH_URL": self.url,
            "ZALO_OA_APP_ID": self.app_id,
            "ZALO_OA_APP_SECRET": self.app_secret,
            "ZALO_OA_SECRET_KEY": self.oa_secret_key,
            "ZALO_OA_ACCESS_TOKEN": self.oauth.access_token,
            "ZALO_OA_REFRESH_TOKEN": self.oauth.refresh_token,
        }

    def state(self) -> dict[str, Any]:
        granted = sum(1 for r in self.refreshes if r.outcome == "granted")
        return super().state() | {
            "refreshes": len(self.refreshes),
            "refreshes_granted": granted,
            "late": len(self.late),
            "webhook_disabled": self.webhook_disabled,
        }

    def expire_token(self) -> None:
        """Ends the life of the access token now; the refresh token stays good."""
        self.oauth.expire_access()

    async def _token(self, request: Request) -> Response:
        def handle(fields: dict[str, Any]) -> Answer:
            secret = request.headers.get("secret_key")
            if "form-urlencoded" not in request.headers.get("content-type", ""):
                fields = {}
            body = self.oauth.token(fields, secret)
            return Answer(200, body, applied="access_token" in body)

        return await self.answer(request, "oauth/access_token", handle)

    async def _permission(self, app_id: str, redirect_uri: str, code_challenge: str = "", state: str = "") -> Response:
        """The consent page, where the administrator agrees at once."""
        if app_id != self.app_id or (self.redirects and redirect_uri not in self.redirects):
            return Response(
                json.dumps({"error": -14003, "message": "Invalid redirect uri"}), media_type="application/json"
            )
        answer = {"code": self.oauth.consent(code_challenge), "oa_id": self.oa_id} | ({"state": state} if state else {})
        return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}", 302)

    async def _call(self, request: Request, version: str, path: str) -> Response:
        def handle(fields: dict[str, Any]) -> Answer:
            try:
                self._admit(request)
                with self.lock:
                    data = self.api.run(request.method, version, path, fields)
                self.api.after()
                return Answer(200, {"error": 0, "message": "Success", "data": data}, headers=self._rate_headers())
            except OAError as refused:
                return self._error(refused.code, refused.message)
            except NoSuchMethod:
                return Answer(
                    404, {"error": 404, "message": "You are accessing an empty or invalid API"}, applied=False
                )

        return await self.answer(request, path, handle)

    def _admit(self, request: Request) -> None:
        token = request.headers.get("access_token")  # no other header counts
        verdict = self.oauth.verdict(token)
        if verdict:
            text = "Access token is invalid" if verdict == -216 else "Access token has expired or been removed"
            raise OAError(verdict, text)
        proof = request.headers.get("appsecret_proof")
        if proof is not None:
            right = hmac.new(self.app_secret.encode(), (token or "").encode(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(proof, right):
                raise OAError(-242, "appsecret_proof is invalid")
        now = self.clock.now()
        if self._windows.exceeded("app", self.rate, 60, now) > 0:
            self.record.violated("*", self.rate, 60)
            raise OAError(-32, "Your application reached its rate limit")
        self._windows.note("app", now)

    def _rate_headers(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self.rate), "X-RateLimit-Remain": str(self._windows.left("app", self.rate))}

    def _make_sender(self) -> WebhookSender:
        def counts(delivery: Delivery) -> bool:
            return delivery.status is None or (self.retry_on_status and delivery.status != 200)

        def gave_up(envelope: Envelope) -> None:
            self.webhook_disabled, self.webhook.url = True, ""

        intervals = (30, 300, 900, 1800, 3600)
        return WebhookSender(self.clock, intervals=intervals, retry_header="num_retry", counts=counts, gave_up=gave_up)

    def _key(self, method: str, fields: dict[str, Any]) -> str:
        recipient = fields.get("recipient")
        return str(recipient.get("user_id", "")) if isinstance(recipient, dict) else ""

    def _too_many(self, seconds: float) -> Answer:
        return self._error(-32, "Your application reached its rate limit")

    def _error(self, code: int, description: str) -> Answer:
        return Answer(200, {"error": code, "message": description}, applied=False)

    def _unreadable(self, problem: str) -> Answer:
        return self._error(-201, "Params is invalid!")

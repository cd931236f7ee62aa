"""OAuth v4 of Zalo: consent codes, access tokens of 25 hours, refresh tokens that work once."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from dataclasses import dataclass
from typing import Any

from tests.canaries import note
from tests.emulators.control import Clock

ACCESS_LIFE = 25 * 3600
REFRESH_LIFE = 90 * 24 * 3600
CODE_LIFE = 600


@dataclass(frozen=True, slots=True)
class Refresh:
    """One attempt to refresh: at which time, with which token, and what came of it (`granted`, `spent`, …)."""

    at: float
    refresh_token: str
    outcome: str


def challenge(verifier: str) -> str:
    """PKCE challenge: base64url without padding of SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class OAuth:
    """Tokens of one OA. A new pair ends the old access token; a refresh token is good for one use.

    `numeric_errors` off: refusals carry only their names, as the real server sometimes does.
    """

    def __init__(self, clock: Clock, app_id: str, app_secret: str) -> None:
        self.app_id, self.app_secret = app_id, app_secret
        self.numeric_errors = True
        self.revoked = False
        self._clock = clock
        self._lock = threading.RLock()
        self._codes: dict[str, tuple[float, str]] = {}
        self._refresh: dict[str, float] = {}
        self._spent: set[str] = set()
        self._known: set[str] = set()
        self._refreshes: list[Refresh] = []
        self.access_token, self.refresh_token, self.access_until = "", "", 0.0
        self._new_pair()

    @property
    def refreshes(self) -> list[Refresh]:
        """Attempts to refresh, in order."""
        with self._lock:
            return list(self._refreshes)

    def verdict(self, token: str | None) -> int:
        """0 when `token` is alive, -220 when it has expired or was replaced, -216 when it is nothing."""
        with self._lock:
            if token and token == self.access_token:
                return -220 if self._clock.now() >= self.access_until else 0
            return -220 if token in self._known else -216

    def expire_access(self) -> None:
        """Ends the life of the access token; the refresh token stays good."""
        with self._lock:
            self.access_until = self._clock.now()

    def revoke(self) -> None:
        """Ends both tokens: only a new consent helps."""
        with self._lock:
            self.access_until = self._clock.now()
            self._spent.update(self._refresh)
            self._refresh.clear()

    def consent(self, code_challenge: str = "") -> str:
        """A new authorisation code, as after an administrator agreed."""
        with self._lock:
            code = secrets.token_urlsafe(24)
            self._codes[code] = (self._clock.now() + CODE_LIFE, code_challenge)
            return code

    def token(self, fields: dict[str, Any], secret_key: str | None) -> dict[str, Any]:
        """Body of the answer to a token request; refusals are bodies too."""
        with self._lock:
            if secret_key != self.app_secret or str(fields.get("app_id")) != self.app_id:
                return self._refused("Invalid app secret key or app id", -14004)
            if fields.get("grant_type") == "authorization_code":
                until, wanted = self._codes.pop(str(fields.get("code")), (0.0, ""))
                if self._clock.now() >= until:
                    return self._refused("Invalid authorization code", -14013)
                if wanted and challenge(str(fields.get("code_verifier", ""))) != wanted:
                    return self._refused("Invalid code verifier", -14010)
                return self._new_pair()
            if fields.get("grant_type") == "refresh_token":
                return self._refreshed(str(fields.get("refresh_token") or ""))
            return self._refused("Invalid grant type", -14005)

    def _refreshed(self, token: str) -> dict[str, Any]:
        until = self._refresh.pop(token, None)
        if until is None or self._clock.now() >= until:
            outcome = "spent" if token in self._spent else "unknown" if until is None else "expired"
            self._refreshes.append(Refresh(self._clock.now(), token, outcome))
            return self._refused("Invalid refresh token", -14014)
        self._spent.add(token)
        self._refreshes.append(Refresh(self._clock.now(), token, "granted"))
        return self._new_pair()

    def _new_pair(self) -> dict[str, Any]:
        self.access_token = "access-" + secrets.token_urlsafe(32)
        self.refresh_token = "refresh-" + secrets.token_urlsafe(32)
        note("an access token of the Official Account", self.access_token)
        note("a refresh token of the Official Account", self.refresh_token)
        self._known.add(self.access_token)
        self.access_until = self._clock.now() + ACCESS_LIFE
        self._refresh[self.refresh_token] = self._clock.now() + REFRESH_LIFE
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": str(ACCESS_LIFE),
        }

    def _refused(self, reason: str, code: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "error_name": reason,
            "error_reason": f"{reason}: the request cannot be granted",
            "error_description": reason,
            "ref_doc": "https://developers.zalo.me/docs/official-account",
        }
        return body | ({"error": code} if self.numeric_errors else {})

"""The signature of Zalo OA webhooks, right and wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata

STYLES = (
    "good",
    "bare",
    "upper",
    "missing",
    "empty",
    "truncated",
    "hmac",
    "reordered",
    "app_secret",
    "reserialised",
    "nfd",
    "other_timestamp",
)
"""Ways to sign. The first three are right (bare hex and upper case have been seen), all others must be refused."""


def oa_mac(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """SHA-256 of application id, raw body, timestamp and OA secret key put together; 64 hex digits."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + oa_secret.encode()).hexdigest()


def signature(style: str, app_id: str, body: bytes, timestamp: str, oa_secret: str, app_secret: str) -> str | None:
    """Value of the header `X-ZEvent-Signature`; None: no header. Raises ValueError for an unknown style."""
    good = oa_mac(app_id, body, timestamp, oa_secret)
    reserialised = json.dumps(json.loads(body)).encode()
    decomposed = unicodedata.normalize("NFD", body.decode()).encode()
    reordered = hashlib.sha256((oa_secret + app_id).encode() + body + timestamp.encode()).hexdigest()
    values = {
        "missing": None,
        "good": f"mac={good}",
        "bare": good,
        "upper": f"mac={good.upper()}",
        "empty": "",
        "truncated": f"mac={good[:-1]}",
        "hmac": "mac=" + hmac.new(oa_secret.encode(), body, hashlib.sha256).hexdigest(),
        "reordered": f"mac={reordered}",
        "app_secret": "mac=" + oa_mac(app_id, body, timestamp, app_secret),
        "reserialised": "mac=" + oa_mac(app_id, reserialised, timestamp, oa_secret),
        "nfd": "mac=" + oa_mac(app_id, decomposed, timestamp, oa_secret),
        "other_timestamp": "mac=" + oa_mac(app_id, body, f"{timestamp}0", oa_secret),
    }
    if style not in values:
        raise ValueError(f"unknown signature style {style!r}; known: {', '.join(STYLES)}")
    return values[style]

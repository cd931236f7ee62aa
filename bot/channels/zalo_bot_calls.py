"""One call to the Zalo Bot Platform, and what its failures mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from bot.channels.contract import ChannelError, Later, Misconfigured, Rejected, Unclear, Unreachable

_LONGEST_TOLD = 200  # characters of the platform's words that are kept
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not succeed. `code` is the platform's or the HTTP status; "unsent" when the request never left, "lost" when
    no answer came that can be understood. `envelope`: the platform itself has answered. `after`: seconds it asks us to wait."""

    code: str
    description: str = ""
    envelope: bool = False
    after: float | None = None


class TokenTransport(httpx.AsyncBaseTransport):
    """Puts the token into the address at the last moment, so that no request, error or log line of the client holds it."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._base = httpx.URL(api_url).path.rstrip("/")
        # A transport of our own turns off the client's look at HTTPS_PROXY, which offices need.
        url = httpx.URL(api_url)
        proxy = None if proxy_bypass(url.host) else getproxies().get(url.scheme)
        self._inner = httpx.AsyncHTTPTransport(proxy=proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends `request`, whose path is that of the API and a method, with the token between them."""
        method = request.url.path.removeprefix(self._base)
        url = request.url.copy_with(path=f"{self._base}/bot{self._token}{method}")
        return await self._inner.handle_async_request(
            httpx.Request(
                request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
            )
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


async def call(
    client: httpx.AsyncClient, method: str, fields: Mapping[str, str], *, seconds: float, secret: str
) -> dict[str, Any] | Failure:
    """The envelope of a successful call, or what went wrong. `secret` is wiped out of the platform's words."""
    timeout = httpx.Timeout(10.0, read=seconds)
    try:
        # escaped to ASCII: half a surrogate in a text is the platform's to refuse, not an error of the encoder
        content = json.dumps(dict(fields)).encode()
        headers = {"content-type": "application/json"}
        response = await client.post(f"/{method}", content=content, headers=headers, timeout=timeout)
    except _NOT_SENT as error:
        return Failure("unsent", type(error).__name__)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        return Failure("lost", type(error).__name__)
    return _outcome(response, secret)


def error_of(failure: Failure, *, method: str = "sendMessage", remedy: str = "") -> ChannelError:
    """What `failure` of `method` means to whoever called."""
    code = failure.code
    told = f"Zalo Bot: {failure.description or 'không rõ lý do'} ({code})"
    if code == "unsent":
        return Later(f"Chưa nối được tới Zalo Bot ({failure.description}).", code=code)
    if code in ("lost", "408"):
        return Unclear(f"Zalo Bot không trả lời rõ ràng ({failure.description or code}).", code=code)
    if code == "401":
        return Misconfigured("Zalo Bot không nhận mã truy cập.", remedy, code=code)
    if code == "429":  # a rate, or the month's quota: both are the account's
        return Later(told, after=failure.after, everyone=True, code=code)
    if code in ("0", "200", "403") or (len(code) == 3 and code[0] == "5"):  # 403 is "server-side error" here
        return Later(told, after=failure.after, code=code)
    if not failure.envelope:  # some other server: a redirect, a page of a proxy
        return Misconfigured("Địa chỉ API Zalo Bot không đúng.", "Kiểm ZALO_BOT_API_URL.", code=code)
    if method.startswith("send") and (code == "404" or "chat not found" in failure.description.lower()):
        return Unreachable(told, code=code)
    if code == "404":
        return Misconfigured(told, remedy, code=code)
    return Rejected(told, code=code)


def _outcome(response: httpx.Response, secret: str) -> dict[str, Any] | Failure:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "ok" not in body:
        # 200 with something unreadable: it may have been done
        return Failure("lost" if response.is_success else str(response.status_code), after=_after(response))
    if response.is_success and body["ok"] is True:
        return body
    code = body.get("error_code") or response.status_code
    described = str(body.get("description") or "")
    for part in (secret, secret.partition(":")[2]):
        described = described.replace(part, "***") if part else described
    return Failure(str(code), described[:_LONGEST_TOLD], envelope=True, after=_after(response))


def _after(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header; the platform documents none."""
    try:
        return min(3600.0, max(0.0, float(response.headers.get("retry-after", ""))))
    except ValueError:
        return None

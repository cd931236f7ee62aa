"""The token pair of an Official Account: renewed once for all processes, never lost without a loud word.

An access token lives 25 hours; the refresh token works once and gives a new pair. Traps: two processes that refresh together would
spend the token twice; a process that dies between the platform's answer and the commit loses the pair for good. So one process
claims the refresh in a short transaction (`refreshing_since`), the others wait for its result; the new pair is stored before it is
used; a claim left behind is taken over after a while, and when the platform then says that the token is spent, the account is
marked as one that a person must authorise again. No lock of the database is held while the platform is asked.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.channels.contract import Later, Misconfigured
from bot.channels.zalo_oa_errors import AUTHORISE
from bot.clocks import come
from bot.delivery.tables import tokens
from knowledge.store import reading, writing

CHANNEL = "zalo_oa"
_LEAST_LEFT = 600.0  # seconds a token must still live
_RENEW_AFTER = 20 * 3600.0
_SEED_LIFE = 20 * 3600.0  # nobody knows how old the pair in the settings is; the platform will say when it is dead
_STALE = 30.0  # a claim older than this was left behind
_PATIENCE = 45.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class TokenStore:
    """The tokens of `account` (the application's id) in SQL. For any number of processes; `seed_…` are those of the settings."""

    def __init__(
        self,
        engine: Engine,
        account: str,
        *,
        app_secret: str,
        oauth_url: str,
        seed_access: str,
        seed_refresh: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._account, self._secret, self._url = engine, account, app_secret, oauth_url
        self._seed = (seed_access, seed_refresh)
        self._clock = clock

    async def current(self) -> str:
        """An access token with some life left. Raises Later, Misconfigured."""
        row = await asyncio.to_thread(self._row)
        now = self._clock()
        if row.access_token and row.expires_at - now > _LEAST_LEFT and now - row.obtained_at < _RENEW_AFTER:
            _sound(row)
            return str(row.access_token)
        return await self._renewed(row)

    async def refused(self, token: str) -> str:
        """A token other than `token`, which the platform has refused. Raises Later, Misconfigured."""
        row = await asyncio.to_thread(self._row)
        if row.access_token and row.access_token != token:
            return str(row.access_token)
        return await self._renewed(row)

    async def authorise(self, code: str, verifier: str = "") -> None:
        """Stores the pair for the `code` of the consent page. Raises Later, Misconfigured."""
        fields = {"code": code, "app_id": self._account, "grant_type": "authorization_code"}
        answer = await self._ask(fields | ({"code_verifier": verifier} if verifier else {}))
        await asyncio.to_thread(self._row)
        if not await asyncio.to_thread(self._keep, answer):
            raise Misconfigured(f"Zalo không cấp mã: {_reason(answer)}.", AUTHORISE, code="authorise")

    def age(self) -> tuple[float, str]:
        """(seconds since the pair was obtained, what is wrong with it)."""
        row = self._row()
        return self._clock() - row.obtained_at, row.problem

    async def _renewed(self, row: Row[Any]) -> str:
        """The token after `row`'s: renewed by us or by whoever was faster."""
        ends = time.monotonic() + _PATIENCE
        old = row.access_token
        while True:
            _sound(row)
            if await asyncio.to_thread(self._claim, old):
                return await self._renew(row)
            if time.monotonic() > ends:
                raise Later("Đang chờ mã Zalo OA mới.", after=5.0, code="refreshing")
            await asyncio.sleep(0.1)
            row = await asyncio.to_thread(self._row)
            if row.access_token and row.access_token != old:
                return str(row.access_token)

    async def _renew(self, row: Row[Any]) -> str:
        """Asks the platform; we hold the claim."""
        row = await asyncio.to_thread(self._row)  # what is stored now, not what we saw before the claim
        fields = {"refresh_token": row.refresh_token, "app_id": self._account, "grant_type": "refresh_token"}
        try:
            answer = await self._ask(fields)
        except Later:
            await asyncio.to_thread(self._note, refreshing_since=None)
            raise
        if not await asyncio.to_thread(self._keep, answer):
            told = f"Zalo không đổi mã: {_reason(answer)}."
            await asyncio.to_thread(self._note, refreshing_since=None, problem=told)
            raise Misconfigured(told, AUTHORISE, code="authorise")
        return str(answer["access_token"])

    async def _ask(self, fields: Mapping[str, str]) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(base_url=self._url, timeout=httpx.Timeout(10.0, read=20.0)) as client:
                response = await client.post(
                    "/v4/oa/access_token", data=dict(fields), headers={"secret_key": self._secret}
                )
        except _NOT_SENT as error:
            raise Later(f"Chưa nối được tới Zalo ({type(error).__name__}).", code="unsent") from None
        except httpx.HTTPError as error:
            # It may have been done and the answer lost: the next try finds out, and says so loudly.
            raise Later(f"Zalo không trả lời khi đổi mã ({type(error).__name__}).", code="lost") from None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or response.status_code >= 500 or answer.get("error") == -32:
            raise Later(
                f"Zalo trả lời không rõ khi đổi mã (HTTP {response.status_code}).", code=str(response.status_code)
            )
        return answer

    def _keep(self, answer: Mapping[str, Any]) -> bool:
        """Stores the pair of `answer`, the old one beside it; False, and nothing stored, when a token is missing."""
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
            return False
        now = self._clock()
        with writing(self._engine) as connection:
            connection.execute(
                update(tokens)
                .where(*self._mine())
                .values(
                    previous_access_token=tokens.c.access_token,
                    previous_refresh_token=tokens.c.refresh_token,
                    access_token=access,
                    refresh_token=refresh,
                    expires_at=now + _seconds(answer.get("expires_in")),
                    obtained_at=now,
                    refreshing_since=None,
                    problem="",
                )
            )
        return True

    def _claim(self, access: str) -> bool:
        """Takes the right to refresh while the pair is still that of `access`; False when another one has it."""
        now = self._clock()
        free = tokens.c.refreshing_since.is_(None) | come(tokens.c.refreshing_since, now - _STALE, 2 * _STALE)
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(tokens)
                .where(*self._mine(), tokens.c.access_token == access, tokens.c.problem == "", free)
                .values(refreshing_since=now)
            )
        return taken.rowcount == 1

    def _note(self, **values: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(tokens).where(*self._mine()).values(**values))

    def _row(self) -> Row[Any]:
        """What is stored; made from the settings the first time and when somebody has put another pair there."""
        seed = hashlib.sha256("\n".join(self._seed).encode()).hexdigest()
        row = self._read()
        if row is not None and row.seed == seed:
            return row
        now = self._clock()
        values = {
            "access_token": self._seed[0], "refresh_token": self._seed[1], "previous_access_token": "",
            "previous_refresh_token": "", "seed": seed, "expires_at": now + _SEED_LIFE if self._seed[0] else 0.0,
            "obtained_at": now, "refreshing_since": None, "problem": "",
        }  # fmt: skip
        try:
            with writing(self._engine) as connection:
                if row is None:
                    connection.execute(insert(tokens).values(channel=CHANNEL, account=self._account, **values))
                else:  # only if nobody else has done so meanwhile
                    connection.execute(update(tokens).where(*self._mine(), tokens.c.seed == row.seed).values(**values))
        except IntegrityError:  # another process was first
            pass
        found = self._read()
        if found is None:
            raise Later("Chưa đọc được mã Zalo OA.", code="database")
        return found

    def _read(self) -> Row[Any] | None:
        with reading(self._engine) as connection:
            return connection.execute(select(tokens).where(*self._mine())).first()

    def _mine(self) -> tuple[Any, Any]:
        return tokens.c.channel == CHANNEL, tokens.c.account == self._account


def pkce() -> tuple[str, str]:
    """(verifier, challenge) for the consent page: 43 characters each, base64url without padding."""
    verifier = secrets.token_urlsafe(32)
    return verifier, challenge(verifier)


def challenge(verifier: str) -> str:
    """The PKCE challenge of `verifier`."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _sound(row: Row[Any]) -> None:
    if row.problem:
        raise Misconfigured(row.problem, AUTHORISE, code="authorise")


def _seconds(value: Any) -> float:
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 25 * 3600.0


def _reason(answer: Mapping[str, Any]) -> str:
    found = answer.get("error_description") or answer.get("error_reason") or answer.get("error_name")
    return str(found or answer.get("message") or f"mã lỗi {answer.get('error')}")[:200]

"""`tuvan doctor`: asks every part of an installation whether it is well, and says what to do where it is not."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
from sqlalchemy import Engine

from bot.bootstrap import bootstrap
from bot.channels.registry import channels_of
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, note, print_json
from bot.delivery.inbox import Inbox
from bot.delivery.leases import ChannelStates
from bot.delivery.outbox import Outbox
from bot.errors import BotError
from bot.settings import Settings, load_settings
from bot.storage.opening import open_as_it_is
from knowledge.errors import KnowledgeError
from knowledge.store import journal_mode_for, sqlite_module

CLOCK_TOLERANCE = 60.0
"""Seconds by which our clock may differ from a platform's: signatures and windows of time still work."""
_LEAST_FREE = 1_000_000_000  # bytes: a new index generation needs room beside the old one


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `needed`: without it people are not served, so the status of the command is 1."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = False


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Kiểm tra cài đặt: dữ liệu, mô hình, chỉ mục, đồng hồ, từng kênh; nói việc cần làm."""
    settings = load_settings()
    found = [*of_knowledge(settings), *of_channels(settings), *of_model(settings), *of_programs()]
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            mark = "tốt " if one.ok else "hỏng" if one.needed else "thiếu"
            remedy = f" → {one.remedy}" if one.remedy and not one.ok else ""
            console.print(f"{mark} {one.name}: {one.detail}{remedy}", style="" if one.ok else "yellow", markup=False)
    if not all(one.ok for one in found if one.needed):
        sys.exit(1)


def of_knowledge(settings: Settings) -> list[Finding]:
    """Data folder, database, documents, model, vectors, index."""
    folder = Path(settings.tuvan_data)
    try:
        system = bootstrap(settings, report=note)
    except (BotError, KnowledgeError) as error:
        return [Finding("cài đặt", False, str(error), error.remedy, needed=True)]
    try:
        state = system.store.state()
        live = [d for d in system.store.documents() if d.passages]
        missing, total = system.store.count_missing_vectors(system.embedder.fingerprint)
        free = shutil.disk_usage(folder).free
        again = "Chạy `tuvan ingest` với thư mục văn bản."
        return [
            Finding("thư mục dữ liệu", True, str(folder)),
            Finding("đĩa", free > _LEAST_FREE, f"còn {free / 1e9:.1f} GB", "Dọn bớt hoặc chuyển TUVAN_DATA."),
            _database(system.engine),
            Finding(
                "văn bản đang dùng", bool(live), f"{len(live)} văn bản, {sum(d.passages for d in live)} đoạn", again
            ),
            Finding("mô hình nhúng", True, f"{system.embedder.dimension} chiều", needed=True),
            Finding("vector", missing == 0, f"{total - missing}/{total} đoạn", again),
            Finding("chỉ mục", state.live_generation is not None, f"thế hệ {state.live_generation}", again),
        ]
    finally:
        system.close()


def of_channels(settings: Settings) -> list[Finding]:
    """Clock, token and webhook of each channel, asked of the platforms themselves; what waits and what could not be sent."""
    engine = open_as_it_is(settings)
    try:
        return asyncio.run(_ask(settings, engine))
    finally:
        engine.dispose()


def of_model(settings: Settings) -> list[Finding]:
    """Whether the chat model of the settings answers; nothing where none is set. The answering does not wait for it."""
    if not settings.llm_model:
        return []
    from knowledge.model import ModelFailed, Prompt
    from knowledge.model.langchain_model import open_model

    name = f"mô hình ngôn ngữ {settings.llm_model}"
    try:
        model = open_model(
            settings.llm_model,
            address=settings.llm_base_url,
            key=settings.llm_api_key.get_secret_value(),
            seconds=settings.llm_seconds,
            tokens=16,
        )
        begun = time.monotonic()
        model.say(Prompt("Trả lời một chữ.", "Xin chào"), lambda piece: True)
    except ModelFailed as error:
        return [Finding(name, False, f"không trả lời ({error})", "Kiểm LLM_BASE_URL, LLM_API_KEY và máy chủ mô hình.")]
    except KnowledgeError as error:
        return [Finding(name, False, str(error), error.remedy, needed=True)]
    return [Finding(name, True, f"trả lời sau {time.monotonic() - begun:.1f} giây")]


def of_programs() -> list[Finding]:
    """Programs that some files need."""
    wanted = (
        ("tesseract", "đọc bản quét", "apt-get install tesseract-ocr tesseract-ocr-vie"),
        ("soffice", "đọc tệp .doc", "apt-get install libreoffice-writer-nogui"),
    )
    return [Finding(program, shutil.which(program) is not None, use, remedy) for program, use, remedy in wanted]


def clock_finding(dates: Iterable[str], now: float) -> Finding:
    """Our clock `now` (seconds since 1970) against the `Date` headers that platforms have just sent."""
    theirs = []
    for text in dates:
        try:
            theirs.append(parsedate_to_datetime(text).timestamp())
        except ValueError:
            continue
    if not theirs:
        return Finding("đồng hồ", True, "chưa so được với nền tảng nào")
    off = min((now - their for their in theirs), key=abs)
    remedy = "Bật đồng bộ giờ của máy (chrony hoặc systemd-timesyncd)."
    return Finding("đồng hồ", abs(off) <= CLOCK_TOLERANCE, f"lệch {off:+.0f} giây", remedy, needed=True)


async def _ask(settings: Settings, engine: Engine) -> list[Finding]:
    channels, states = channels_of(settings, engine), ChannelStates(engine)
    found: list[Finding] = []
    if settings.tuvan_today is not None:
        today = f"{settings.tuvan_today.day}/{settings.tuvan_today.month}/{settings.tuvan_today.year}"
        found.append(
            Finding("ngày", False, f"TUVAN_TODAY đặt cố định {today}", "Bỏ TUVAN_TODAY khi phục vụ người dân.")
        )
    if not channels.by_name:
        return [*found, Finding("kênh", True, "chưa kênh nào có mã; chỉ có trò chuyện trên web")]
    found.append(clock_finding(await _dates(_addresses(settings, channels.by_name)), time.time()))
    for name, channel in channels.by_name.items():
        state = states.of(name)
        if state.off_since is not None:
            found.append(Finding(f"kênh {name}", False, "đang tắt", f"Mở lại: tuvan channel on {name} --reason …"))
        if state.problem:
            found.append(Finding(f"kênh {name}", False, state.problem, needed=True))
        async with channel.opened():
            for check in await channel.checks(channels.webhooks.get(name, "")):
                found.append(Finding(f"kênh {name}: {check.name}", check.ok, check.detail, check.remedy, needed=True))
    inbox, outbox = Inbox(engine), Outbox(engine)
    left = outbox.count("dead") + outbox.count("maybe")
    found.append(Finding("tin chưa gửi được", left == 0, f"{left} tin", "Xem bằng `tuvan channel letters`."))
    found.append(Finding("tin chờ trả lời", True, f"{inbox.waiting()} tin"))
    return found


def _addresses(settings: Settings, names: Iterable[str]) -> list[str]:
    of = {
        "telegram": settings.telegram_api_url,
        "zalo_oa": settings.zalo_oa_api_url,
        "zalo_bot": settings.zalo_bot_api_url,
    }
    return [of[name] for name in names]


async def _dates(addresses: Iterable[str]) -> list[str]:
    """The `Date` headers of whatever each address answers; nothing of those that do not answer."""
    found = []
    async with httpx.AsyncClient(timeout=10.0, follow_redirects=False) as client:
        for address in addresses:
            try:
                answer = await client.get(address)
            except (httpx.HTTPError, httpx.InvalidURL):
                continue
            if told := answer.headers.get("date"):
                found.append(told)
    return found


def _database(engine: Engine) -> Finding:
    name = engine.dialect.name
    if name != "sqlite":
        return Finding("cơ sở dữ liệu", True, name, needed=True)
    version = sqlite_module().sqlite_version_info
    mode = "nhật ký ghi trước (WAL)" if journal_mode_for(version) == "wal" else "nhật ký hoàn tác: thư viện SQLite cũ"
    return Finding("cơ sở dữ liệu", True, f"sqlite {'.'.join(map(str, version))}, {mode}", needed=True)

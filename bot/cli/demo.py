"""`tuvan demo`: a made-up province to try the console with."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.output import console, note
from bot.errors import BadSettings
from bot.settings import Environment, load_settings


@app.command()
def demo(
    leads: Annotated[int, typer.Option("--leads", min=1, max=50_000, help="Số người quan tâm.")] = 5_000,
    conversations: Annotated[
        int, typer.Option("--conversations", min=1, max=500_000, help="Số cuộc trò chuyện.")
    ] = 50_000,
) -> None:
    """Nạp một tỉnh giả định vào thư mục dữ liệu trống để thử trang cán bộ; không có ai là thật."""
    from bot.backup.before import up_to_date
    from bot.outreach.communes import load_communes
    from bot.staff.accounts import COSTLY
    from bot.staff.demo import fill
    from bot.staff.passwords import new_password
    from knowledge.store import open_engine

    settings = load_settings()
    if settings.tuvan_env is Environment.PRODUCTION:
        raise BadSettings("tuvan demo không chạy khi TUVAN_ENV=production.", "Dùng một bản cài để thử.")
    if conversations < leads:
        raise BadSettings("Số cuộc trò chuyện phải nhiều hơn số người quan tâm.")
    engine = open_engine(settings.database)
    up_to_date(settings, engine)
    password = new_password()
    units = load_communes(settings.province).units
    fill(
        engine, units, time.time(), lead_count=leads, conversation_count=conversations, password=COSTLY.hash(password),
        report=note,
    )  # fmt: skip
    console.print(
        f"Đã nạp. Cán bộ xã, phường: cb.{units[0].code}, mật khẩu {password} (chung cho mọi xã).", markup=False
    )

"""`tuvan migrate-data`: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import make_url

from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, print_json, progress_bars
from bot.redaction import install
from bot.settings import load_settings, secrets_of


@app.command("migrate-data")
def migrate_data(
    target_url: Annotated[
        str, typer.Argument(metavar="TARGET_URL", help="Cơ sở dữ liệu mới, còn trống: postgresql://… hoặc sqlite:///….")
    ],
    as_json: AsJson = False,
) -> None:
    """Chuyển mọi dữ liệu sang một cơ sở dữ liệu trống (SQLite ↔ PostgreSQL): chuyển hết và đúng, hoặc không chuyển gì.

    Dừng mọi tiến trình tuvan trước. Từng bảng được đếm và so mã băm ở hai bên trước khi ghi nhận. Nguồn không bị đổi.
    """
    from bot.backup.before import up_to_date
    from bot.storage.moving import move
    from knowledge.store import open_engine

    settings = load_settings()
    source, target = open_engine(settings.database), open_engine(target_url)
    password = make_url(target_url).password
    install([*secrets_of(settings), *([str(password)] if password else [])])
    try:
        up_to_date(settings, source)
        with progress_bars() as bars:
            running = bars.add_task("Chuyển dữ liệu", total=None)
            done = move(
                source, target,
                lambda table, at, total: bars.update(running, description=table, completed=at, total=total),
            )  # fmt: skip
    finally:
        source.dispose()
        target.dispose()
    if as_json:
        print_json([{"table": found.table, "rows": found.rows, "sum": found.sum} for found in done])
        return
    rows = f"{sum(found.rows for found in done):,}".replace(",", ".")
    console.print(f"Đã chuyển {len(done)} bảng, {rows} dòng; số dòng và mã băm hai bên giống nhau.", markup=False)
    address = make_url(target_url).render_as_string(hide_password=True)
    console.print(
        f"Đặt DATABASE_URL={address} (kèm mật khẩu nếu có) rồi chạy lại; giữ nguyên thư mục dữ liệu: khoá nhật ký, "
        "biểu mức và thẻ của cán bộ ở đó.",
        markup=False,
    )

"""`tuvan encrypt-data`: personal data in the database sealed by a key outside it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, note, print_json, progress_bars
from bot.errors import BadSettings
from bot.settings import load_settings


@app.command("encrypt-data")
def encrypt_data(
    off: Annotated[bool, typer.Option("--off", help="Giải mã trở lại, để chạy không cần khóa.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mã hóa dữ liệu cá nhân trong cơ sở dữ liệu bằng khóa đầu tiên của TUVAN_DATA_KEY_FILE, hoặc đổi sang khóa đó.

    Dừng mọi tiến trình tuvan và sao lưu trước. Mã hóa hết hoặc không đổi gì. Mất khóa là mất dữ liệu: cất một bản ở nơi khác.
    """
    from bot.backup.before import up_to_date
    from bot.storage.encrypting import seal
    from bot.storage.opening import keys_for
    from knowledge.store import open_engine

    settings = load_settings()
    keys = keys_for(settings)
    if keys is None:
        raise BadSettings(
            "TUVAN_DATA_KEY_FILE chưa đặt.", "Tạo khóa: openssl rand -base64 32 > tệp, rồi đặt biến này tới tệp đó."
        )
    engine = open_engine(settings.database)
    try:
        up_to_date(settings, engine, note)
        with progress_bars() as bars:
            running = bars.add_task("Mã hóa", total=None)
            done = seal(
                engine, keys, off=off,
                progress=lambda table, at, total: bars.update(running, description=table, completed=at, total=total),
            )  # fmt: skip
    finally:
        engine.dispose()
    if as_json:
        print_json({"before": done.before, "now": done.now, "rows": done.rows, "left": done.left})
        return
    rows = f"{sum(done.rows.values()):,}".replace(",", ".")
    if done.now:
        console.print(f"Đã mã hóa {rows} dòng bằng khóa {done.now}. Cất một bản của tệp khóa ở nơi khác.", markup=False)
    else:
        console.print(f"Đã giải mã {rows} dòng. Bỏ TUVAN_DATA_KEY_FILE rồi chạy lại.", markup=False)
    if done.left:
        note(
            f"Chưa viết lại được tệp cơ sở dữ liệu ({done.left}): trang cũ có thể còn dữ liệu chưa mã hóa; chạy lại lệnh này."
        )
    note("Bản sao lưu làm trước đó (cả trong backups/ của thư mục dữ liệu) còn dữ liệu như cũ: xóa hoặc giữ kín.")

"""`tuvan run` and its parts: `serve`, `worker`, `poll`."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from bot.bootstrap import System, bootstrap
from bot.cli.app import app
from bot.cli.output import messages, note, progress_bars
from bot.errors import BadSettings
from bot.knowing import bring_in, bring_in_starter
from bot.settings import load_settings
from bot.storage.presence import serving_from

if TYPE_CHECKING:  # delivery and its libraries take a second to load, which other commands need not pay
    from bot.delivery.runtime import Parts

Host = Annotated[str | None, typer.Option("--host", help="Địa chỉ lắng nghe; mặc định TUVAN_HOST.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Cổng; mặc định TUVAN_PORT.")]


@app.command()
def run(host: Host = None, port: Port = None) -> None:
    """Làm tất cả: nâng cấp dữ liệu, nạp cẩm nang nếu kho còn trống, phục vụ web và mọi kênh đã có mã."""
    settings = load_settings()
    system = bootstrap(settings, serving=True, report=note)
    try:
        _everything(system, host, port)
    finally:
        system.close()


def _everything(system: System, host: str | None, port: int | None) -> None:
    from bot.delivery.runtime import Parts

    with serving_from(system.engine):
        with progress_bars() as bars:
            if not system.store.source_files():
                note("Nạp cẩm nang BHXH tự nguyện đi kèm …")
                bring_in_starter(system, bars)
            else:
                bring_in(system, [], bars)
        _serve(system, host, port, Parts())


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Chỉ phục vụ web và nhận webhook; việc trả lời trên các kênh do tuvan worker làm."""
    from bot.delivery.runtime import Parts

    system = bootstrap(load_settings(), serving=True, report=note)
    try:
        with serving_from(system.engine):
            _serve(system, host, port, Parts(answer=False, send=False, poll=False))
    finally:
        system.close()


@app.command()
def worker() -> None:
    """Trả lời và gửi tin trên các kênh; chạy được nhiều tiến trình, trên nhiều máy chung một PostgreSQL."""
    from bot.delivery.runtime import Parts

    system = bootstrap(load_settings(), report=note)
    try:
        with serving_from(system.engine):
            system.search.current()  # loads what is known before the first citizen asks
            system.prepare()
            _work(system, Parts(poll=False), "Đang trả lời trên")
    finally:
        system.close()


@app.command()
def poll() -> None:
    """Đặt menu, webhook và hỏi tin mới từ các kênh ở chế độ polling; tiến trình thứ hai đứng chờ thay phiên."""
    from bot.delivery.runtime import Parts

    system = bootstrap(load_settings(), report=note)
    try:
        with serving_from(system.engine):
            _work(system, Parts(answer=False, send=False), "Đang nhận tin từ")
    finally:
        system.close()


def _work(system: System, parts: Parts, doing: str) -> None:
    from bot.delivery.starting import runtime_of

    runtime = runtime_of(system, parts)
    if not runtime.channels:
        raise BadSettings("Chưa kênh nào có mã.", "Đặt TELEGRAM_BOT_TOKEN, ZALO_OA_… hoặc ZALO_BOT_TOKEN trong .env.")
    stopped = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    runtime.start()
    messages.print(f"{doing}: {', '.join(runtime.channels)}. Dừng bằng Ctrl+C.", markup=False)
    try:
        stopped.wait()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        runtime.stop()


def _staff_door(system: System, address: str) -> None:
    from bot.staff.starting import FIRST, accounts_of, first_account

    messages.print(f"Trang cán bộ: {address}/staff", markup=False, style="bold")
    password = first_account(accounts_of(system.engine, system.settings.tuvan_data), system.engine)
    if password:
        messages.print(
            f"Đăng nhập lần đầu: {FIRST}, mật khẩu {password} (chỉ hiện lần này, phải đổi ngay).", markup=False
        )


def _serve(system: System, host: str | None, port: int | None, parts: Parts) -> None:
    from bot.delivery.starting import runtime_of
    from bot.web import app_for
    from bot.web import serve as serve_web

    settings = system.settings
    at, door = host or settings.host, port or settings.port
    system.search.current()  # loads what is known before the first citizen asks
    address = settings.public_url or f"http://{'127.0.0.1' if at in ('0.0.0.0', '::') else at}:{door}"  # noqa: S104
    messages.print(f"Trò chuyện trên web: {address}/", markup=False, style="bold")
    runtime = runtime_of(system, parts)
    if runtime.channels:
        messages.print(f"Kênh: {', '.join(runtime.channels)}", markup=False)
    _staff_door(system, address)
    messages.print("Dừng bằng Ctrl+C.", markup=False, style="dim")
    runtime.start()
    try:
        serve_web(app_for(system, runtime), at, door)
    finally:
        runtime.stop()

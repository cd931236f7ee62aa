"""`tuvan run`, `tuvan serve`, `tuvan doctor`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import System, bootstrap
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, messages, note, print_json, progress_bars
from bot.knowing import bring_in, bring_in_starter
from bot.settings import Settings, load_settings

Host = Annotated[str | None, typer.Option("--host", help="Địa chỉ lắng nghe; mặc định TUVAN_HOST.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Cổng; mặc định TUVAN_PORT.")]


@app.command()
def run(host: Host = None, port: Port = None) -> None:
    """Làm tất cả: nâng cấp dữ liệu, nạp cẩm nang nếu kho còn trống, phục vụ web."""
    settings = load_settings()
    system = bootstrap(settings, serving=True, report=note)
    try:
        with progress_bars() as bars:
            if not system.store.source_files():
                note("Nạp cẩm nang BHXH tự nguyện đi kèm …")
                bring_in_starter(system, bars)
            else:
                bring_in(system, [], bars)
        _serve(system, host, port)
    finally:
        system.close()


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Chỉ phục vụ web, với kho tri thức đang có."""
    system = bootstrap(load_settings(), serving=True, report=note)
    try:
        _serve(system, host, port)
    finally:
        system.close()


def _serve(system: System, host: str | None, port: int | None) -> None:
    from bot.web import app_for
    from bot.web import serve as serve_web

    settings = system.settings
    at, door = host or settings.host, port or settings.port
    system.search.current()  # loads what is known before the first citizen asks
    address = settings.public_url or f"http://{'127.0.0.1' if at in ('0.0.0.0', '::') else at}:{door}"  # noqa: S104
    messages.print(f"Trò chuyện trên web: {address}/", markup=False, style="bold")
    messages.print("Dừng bằng Ctrl+C.", markup=False, style="dim")
    serve_web(app_for(system), at, door)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Kiểm tra cài đặt: cơ sở dữ liệu, mô hình, chỉ mục, phần mềm đi kèm."""
    settings = load_settings()
    checks = _checks(settings)
    if as_json:
        print_json([{"name": name, "ok": ok, "detail": detail} for name, ok, detail in checks])
    else:
        for name, ok, detail in checks:
            console.print(f"{'tốt ' if ok else 'thiếu'} {name}: {detail}", style="" if ok else "yellow", markup=False)
    if not all(ok for name, ok, _ in checks if name in _NEEDED):
        sys.exit(1)


_NEEDED = ("cơ sở dữ liệu", "mô hình nhúng")


def _checks(settings: Settings) -> list[tuple[str, bool, str]]:
    import shutil

    found: list[tuple[str, bool, str]] = [
        ("thư mục dữ liệu", Path(settings.tuvan_data).is_dir(), str(settings.tuvan_data))
    ]
    system = bootstrap(settings, report=note)
    try:
        state = system.store.state()
        live = [d for d in system.store.documents() if d.passages]
        missing, total = system.store.count_missing_vectors(system.embedder.fingerprint)
        found += [
            ("cơ sở dữ liệu", True, system.engine.dialect.name),
            ("văn bản đang dùng", bool(live), f"{len(live)} văn bản, {sum(d.passages for d in live)} đoạn"),
            ("mô hình nhúng", True, f"{system.embedder.dimension} chiều"),
            ("vector", missing == 0, f"{total - missing}/{total} đoạn"),
            ("chỉ mục", state.live_generation is not None, f"thế hệ {state.live_generation}"),
        ]
    finally:
        system.close()
    for program, use in (("tesseract", "đọc bản quét"), ("soffice", "đọc tệp .doc")):
        found.append((program, shutil.which(program) is not None, use))
    return found

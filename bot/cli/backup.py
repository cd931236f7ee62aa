"""`tuvan backup`, `tuvan restore`."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.backup.making import make
from bot.backup.restoring import inspect
from bot.backup.restoring import restore as put_back
from bot.backup.sealing import BadSecret, checked, read_secret
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, note, print_json
from bot.settings import Settings, load_settings

KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="Tệp khóa để mã hóa hoặc mở; để ngoài thư mục dữ liệu, cất riêng.")
]
Ask = Annotated[bool, typer.Option("--passphrase", help="Hỏi cụm mật khẩu thay cho tệp khóa.")]


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="Tệp mới, hoặc thư mục (tên tệp là ngày giờ).")],
    key_file: KeyFile = None,
    passphrase: Ask = False,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="Chỉ giữ ngần này bản mới nhất trong thư mục; 0 là giữ hết.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Sao lưu cơ sở dữ liệu và tệp của cán bộ, cả khi đang chạy; đọc lại kiểm tra."""
    settings = load_settings()
    secret = _secret(settings, key_file, passphrase, twice=True)
    made = make(settings, target, secret=secret, keep=keep)
    if as_json:
        print_json(
            {
                "file": str(made.path),
                "bytes": made.bytes,
                "encrypted": made.sealed,
                "revision": made.manifest.revision,
                "rows": sum(made.manifest.counts.values()),
                "files": len(made.manifest.parts) - 1,
                "seconds": round(made.seconds, 2),
                "removed": [str(path) for path in made.removed],
            }
        )
        return
    how = "đã mã hóa" if made.sealed else "chưa mã hóa: có dữ liệu cá nhân, giữ kín"
    console.print(
        f"Đã sao lưu và kiểm tra {made.path}: {made.bytes / 1e6:.1f} MB, {sum(made.manifest.counts.values())} dòng, "
        f"{len(made.manifest.parts) - 1} tệp ({how}).",
        markup=False,
    )
    for old in made.removed:
        console.print(f"Đã bỏ bản cũ {old}.", markup=False)
    note("Không có trong bản sao lưu: .env, thư mục keys/ (khóa nhật ký) và khóa mã hóa; cất riêng các thứ đó.")


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="Bản sao lưu.")],
    key_file: KeyFile = None,
    passphrase: Ask = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Thay dữ liệu đang có bằng bản sao lưu; dừng chương trình trước.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Chỉ kiểm tra bản sao lưu, không khôi phục.")] = False,
    as_json: AsJson = False,
) -> None:
    """Khôi phục một bản sao lưu vào thư mục dữ liệu trống, SQLite hoặc PostgreSQL."""
    settings = load_settings()
    secret = _secret(settings, key_file, passphrase)
    if check:
        told = inspect(settings, archive, secret=secret)
        if as_json:
            print_json({"made_at": told.made_at, "revision": told.revision, "counts": dict(told.counts)})
        else:
            console.print(f"Bản sao lưu tốt: {told.made_at}, {sum(told.counts.values())} dòng.", markup=False)
        return
    done = put_back(settings, archive, secret=secret, replace=replace)
    rows = sum(done.manifest.counts.values())
    if as_json:
        print_json({"made_at": done.manifest.made_at, "rows": rows, "files": done.files, "waiting": done.waiting})
    else:
        console.print(f"Đã khôi phục bản {done.manifest.made_at}: {rows} dòng, {done.files} tệp.", markup=False)
    if done.waiting:
        note(f"{done.waiting} tin chưa gửi lúc sao lưu sẽ được gửi khi chạy lại; xem bằng tuvan channel status.")
    if done.without_keys:
        note("Chép lại keys/audit.key trước khi chạy, nếu không nhật ký sẽ báo không nguyên vẹn.")
    note("Cán bộ phải đăng nhập lại; ai đã yêu cầu xóa dữ liệu sau ngày sao lưu phải được xóa lần nữa.")


def _secret(settings: Settings, key_file: Path | None, ask: bool, *, twice: bool = False) -> bytes | None:
    if key_file is not None and ask:
        raise BadSecret("Có cả --key-file và --passphrase.", "Chỉ dùng một trong hai.")
    if key_file is not None:
        if key_file.resolve().is_relative_to(settings.tuvan_data.resolve()):
            raise BadSecret(
                "Tệp khóa nằm trong thư mục dữ liệu.", "Chuyển ra chỗ khác: khóa không đi cùng bản sao lưu."
            )
        return read_secret(key_file)
    if not ask:
        return None
    if not sys.stdin.isatty():
        raise BadSecret("Không có bàn phím để hỏi cụm mật khẩu.", "Dùng --key-file.")
    given = getpass.getpass("Cụm mật khẩu: ")
    if twice and getpass.getpass("Nhập lại: ") != given:
        raise BadSecret("Hai lần nhập khác nhau.", "Làm lại.")
    return checked(given.encode())

"""`tuvan staff …`: accounts of the console."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, print_json
from bot.errors import BadSettings
from bot.settings import load_settings
from bot.staff.access import ROLE_NAMES, Identity, Role
from bot.staff.accounts import Accounts
from bot.time_zone import TIME_ZONE

staff = typer.Typer(help="Tài khoản của trang cán bộ.", no_args_is_help=True)
app.add_typer(staff, name="staff")

Login = Annotated[str, typer.Argument(help="Tên đăng nhập, ví dụ lan.bato.")]


@staff.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="Họ tên.")],
    role: Annotated[Role, typer.Option("--role", help="Vai trò.")] = Role.COMMUNE,
    commune: Annotated[
        list[str] | None, typer.Option("--commune", help="Xã, phường phụ trách; ghi nhiều lần cho nhiều nơi.")
    ] = None,
) -> None:
    """Thêm một tài khoản; in mật khẩu lần đầu."""
    from bot.outreach.communes import load_communes

    known = load_communes(load_settings().province)
    codes = []
    for typed in commune or []:
        found = known.by_code(typed) or known.find(typed).sure
        if found is None:
            raise BadSettings(f"Không rõ xã, phường “{typed}”.", "Ghi đầy đủ, ví dụ: xã Ba Tơ.")
        codes.append(found.code)
    password = _accounts().add(login, name, role, codes, by=getpass.getuser())
    console.print(f"Đã thêm {login}. Mật khẩu lần đầu: {password}", markup=False)


@staff.command("list")
def everybody(as_json: AsJson = False) -> None:
    """Các tài khoản."""
    people = _accounts().everybody()
    if as_json:
        print_json(
            [
                {"login": p.login, "name": p.name, "role": p.role, "communes": sorted(p.communes), "active": p.active}
                for p in people
            ]
        )
        return
    for p in people:
        state = "" if p.active else " · đã khoá"
        console.print(f"{p.login} · {p.name} · {ROLE_NAMES[p.role]}{state}", markup=False)
    if not people:
        console.print("Chưa có tài khoản nào.", markup=False)


@staff.command("disable")
def disable(login: Login) -> None:
    """Khoá một tài khoản ngay, cả những phiên đang mở."""
    _accounts().disable(login, by=getpass.getuser())
    console.print(f"Đã khoá {login}.", markup=False)


@staff.command("reset")
def reset(
    login: Login,
    identity: Annotated[
        Identity | None,
        typer.Option(
            "--drop-second-factor",
            help="Bỏ cả xác thực hai lớp (mất điện thoại): đã gặp người này, hay có văn bản của thủ trưởng đơn vị.",
        ),
    ] = None,
) -> None:
    """Mở lại tài khoản với mật khẩu mới; xác thực hai lớp giữ nguyên."""
    password = _accounts().reset(login, by=getpass.getuser(), identity=identity)
    console.print(f"Mật khẩu mới của {login}: {password}", markup=False)


@staff.command("open")
def open_door(
    minutes: Annotated[int, typer.Argument(min=0, max=480, help="Số phút; 0 là đóng lại ngay.")],
    reason: Annotated[str, typer.Option("--reason", help="Vì sao; ghi vào nhật ký.")],
) -> None:
    """Mở tạm trang cán bộ cho mọi mạng, mọi giờ, khi khẩn cấp; chỉ chạy tại máy chủ."""
    from bot.staff.audit import audit_key
    from bot.staff.emergency import open_for
    from bot.storage.opening import open_database

    settings = load_settings()
    engine = open_database(settings)
    data = settings.tuvan_data
    until = open_for(data, engine, audit_key(data), minutes, reason, by=getpass.getuser())
    if until:
        at = datetime.fromtimestamp(until, TIME_ZONE)
        console.print(f"Trang cán bộ mở cho mọi mạng, mọi giờ đến {at:%H:%M ngày %d/%m/%Y}.", markup=False)
    else:
        console.print("Trang cán bộ trở lại theo TUVAN_STAFF_NETWORKS và TUVAN_STAFF_HOURS.", markup=False)


def _accounts() -> Accounts:
    from bot.staff.starting import accounts_of
    from bot.storage.opening import open_database

    settings = load_settings()
    engine = open_database(settings)
    return accounts_of(engine, settings.tuvan_data)

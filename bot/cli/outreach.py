"""`tuvan campaign …`, `tuvan leads export`, `tuvan retention`."""

from __future__ import annotations

import csv
import getpass
import time
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine, select

from bot.backup.before import up_to_date
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, print_json
from bot.errors import BadSettings
from bot.outreach.campaigns import Campaigns, link, qr_png
from bot.outreach.office import LiveSettings
from bot.outreach.retention import sweep
from bot.outreach.tables import leads
from bot.settings import load_settings
from knowledge.store import open_engine, reading

campaign = typer.Typer(help="Đợt vận động: mã, liên kết, mã QR, số người để lại thông tin.", no_args_is_help=True)
lead_commands = typer.Typer(help="Người để lại thông tin cần gọi lại.", no_args_is_help=True)
app.add_typer(campaign, name="campaign")
app.add_typer(lead_commands, name="leads")

Code = Annotated[str, typer.Argument(help="Mã đợt vận động, ví dụ PN-BaTo.")]
_COLUMNS = (
    "created_at",
    "status",
    "name",
    "phone",
    "commune",
    "need",
    "best_time",
    "channel",
    "campaign",
    "organisation",
    "question",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@campaign.command("add")
def add(
    code: Code,
    name: Annotated[str, typer.Option("--name", help="Tên đợt vận động.")],
    organisation: Annotated[str, typer.Option("--organisation", help="Tổ chức, đoàn thể.")] = "",
    greeting: Annotated[str, typer.Option("--greeting", help="Lời chào riêng.")] = "",
    top_up: Annotated[str, typer.Option("--top-up", help="Phần tổ chức hỗ trợ thêm, bằng lời của tổ chức.")] = "",
) -> None:
    """Thêm một đợt vận động."""
    Campaigns(_open()).add(
        code, name, by=getpass.getuser(), organisation=organisation, greeting=greeting, top_up=top_up
    )
    console.print(f"Đã thêm {code}.", markup=False)


@campaign.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Các đợt vận động và số người đã để lại thông tin."""
    rows = Campaigns(_open()).rows()
    if as_json:
        print_json(
            [
                {"code": r.code, "name": r.name, "organisation": r.organisation, "active": r.active, "leads": r.leads}
                for r in rows
            ]
        )
        return
    for r in rows:
        console.print(
            f"{r.code} · {r.name} · {r.organisation or 'không tổ chức'} · {'đang chạy' if r.active else 'đã kết thúc'} · {r.leads} người",
            markup=False,
        )
    if not rows:
        console.print("Chưa có đợt vận động nào.", markup=False)


@campaign.command("end")
def end(code: Code) -> None:
    """Kết thúc một đợt vận động; số liệu vẫn giữ."""
    Campaigns(_open()).end(code)
    console.print(f"Đã kết thúc {code}.", markup=False)


@campaign.command("qr")
def qr(
    code: Code,
    output: Annotated[Path, typer.Option("--output", help="Tệp PNG để ghi.")],
    telegram: Annotated[str, typer.Option("--telegram", help="Tên bot Telegram, không có @.")] = "",
) -> None:
    """Ghi mã QR mở Telegram (hoặc trang web khi có PUBLIC_URL) với mã này."""
    links = link(code, telegram_name=telegram, public_url=load_settings().public_url)
    target = links.get("telegram") or links.get("web")
    if target is None:
        raise BadSettings("Chưa có địa chỉ để đưa vào mã QR.", "Thêm --telegram TÊN_BOT hoặc đặt PUBLIC_URL.")
    output.write_bytes(qr_png(target))
    console.print(f"Đã ghi {output}: {target}", markup=False)


@lead_commands.command("export")
def export(
    output: Annotated[Path, typer.Option("--output", help="Tệp CSV để ghi (UTF-8, mở được bằng Excel).")],
    status: Annotated[str, typer.Option("--status", help="Chỉ lấy tình trạng này, ví dụ new.")] = "",
) -> None:
    """Xuất danh sách người cần gọi ra tệp CSV."""
    # Who withdrew their consent is not called any more, so their number leaves the system in no file.
    query = select(leads).where(leads.c.status.not_in(("withdrawn", "merged"))).order_by(leads.c.id)
    with reading(_open()) as connection:
        rows = list(connection.execute(query.where(leads.c.status == status) if status else query).mappings())
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for row in rows:
            at = time.strftime("%Y-%m-%d %H:%M", time.gmtime(row["created_at"] + 7 * 3600))
            national = "0" + row["phone"].removeprefix("+84") if row["phone"].startswith("+84") else row["phone"]
            values = dict(row) | {"created_at": at, "phone": national}
            writer.writerow([safe_cell(str(values[column])) for column in _COLUMNS])
    output.chmod(0o600)
    console.print(
        f"Đã ghi {len(rows)} người vào {output}. Tệp có dữ liệu cá nhân: giữ kín, xóa khi xong việc.", markup=False
    )


def safe_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    clean = text.replace("\x00", "")
    return f"'{clean}" if clean.lstrip(" \n").startswith(_FORMULA) or clean.startswith(_FORMULA) else clean


@app.command()
def retention(as_json: AsJson = False) -> None:
    """Xóa dữ liệu đã hết thời hạn giữ; chạy mỗi ngày, tuvan run tự làm."""
    engine = _open()
    settings = LiveSettings(engine, load_settings())()
    gone = sweep(engine, time.time(), lead_days=settings.lead_days, conversation_days=settings.conversation_days)
    if as_json:
        print_json(gone.as_dict())
        return
    console.print(
        f"Đã xóa {gone.leads} người đã liên hệ xong, {gone.conversations} cuộc trò chuyện, {gone.reviews} mục đã xem lại.",
        markup=False,
    )


def _open() -> Engine:
    settings = load_settings()
    engine = open_engine(settings.database)
    up_to_date(settings, engine)
    return engine

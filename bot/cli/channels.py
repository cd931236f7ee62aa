"""`tuvan channel …`: states of channels, the off switch, messages that could not be sent."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated

import typer

from bot.channels.contract import PATHS
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, print_json
from bot.delivery.inbox import Inbox
from bot.delivery.leases import ChannelStates
from bot.delivery.outbox import Outbox
from bot.errors import BadSettings
from bot.settings import load_settings
from bot.storage.opening import open_database
from bot.time_zone import TIME_ZONE

commands = typer.Typer(help="Các kênh trò chuyện: tình trạng, tắt mở, tin chưa gửi được.", no_args_is_help=True)
app.add_typer(commands, name="channel")

Name = Annotated[str, typer.Argument(help=f"Kênh: {', '.join(PATHS)}.")]
Reason = Annotated[str, typer.Option("--reason", help="Vì sao; được ghi lại cùng người làm.")]


@commands.command()
def status(as_json: AsJson = False) -> None:
    """Tình trạng từng kênh: bật hay tắt, tin đang chờ, tin chưa gửi được, trục trặc."""
    states, outbox, _ = _open()
    rows = []
    for name in PATHS:
        state = states.of(name)
        rows.append(
            {
                "channel": name,
                "on": state.off_since is None,
                "waiting": outbox.count("waiting", name),
                "dead": outbox.count("dead", name),
                "maybe": outbox.count("maybe", name),
                "problem": state.problem,
            }
        )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        problem = f" · {row['problem']}" if row["problem"] else ""
        console.print(
            f"{row['channel']}: {'bật' if row['on'] else 'tắt'} · chờ gửi {row['waiting']} · chưa gửi được {row['dead']}"
            f" · không rõ đã đến {row['maybe']}{problem}",
            markup=False,
        )


@commands.command()
def off(
    name: Name,
    reason: Reason,
    message: Annotated[str, typer.Option("--message", help="Lời báo cho người nhắn; để trống là lời có sẵn.")] = "",
) -> None:
    """Tắt trả lời tự động trên một kênh; người nhắn được báo, tin của họ vẫn được lưu."""
    states, _, _ = _open()
    states.switch(_known(name), on=False, by=getpass.getuser(), reason=reason, message=message)
    console.print(f"Đã tắt {name}.", markup=False)


@commands.command()
def on(name: Name, reason: Reason) -> None:
    """Mở lại trả lời tự động trên một kênh."""
    states, _, _ = _open()
    states.switch(_known(name), on=True, by=getpass.getuser(), reason=reason)
    console.print(f"Đã mở {name}.", markup=False)


@commands.command()
def history(name: Name) -> None:
    """Ai đã tắt, mở kênh, lúc nào và vì sao."""
    states, _, _ = _open()
    for at, is_on, by, reason in states.history(_known(name)):
        console.print(f"{_time(at)} · {'mở' if is_on else 'tắt'} · {by} · {reason}", markup=False)


@commands.command()
def letters(
    resend: Annotated[list[int] | None, typer.Option("--resend", help="Gửi lại tin có số này; lặp lại được.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tin chưa gửi được (dead) hoặc không rõ đã đến chưa (maybe); gửi lại bằng --resend SỐ."""
    _, outbox, _ = _open()
    if resend:
        console.print(f"Đã xếp gửi lại {outbox.resend(resend)} tin.", markup=False)
        return
    found = outbox.letters()
    if as_json:
        print_json([{"id": x.id, "channel": x.channel, "state": x.state, "attempts": x.attempts, "problem": x.problem,
                     "at": _time(x.created_at), "text": x.text} for x in found])  # fmt: skip
        return
    for letter in found:
        words = " ".join(letter.text.split())[:60]
        console.print(
            f"{letter.id} · {_time(letter.created_at)} · {letter.channel} · {letter.state} · {letter.problem} · {words}",
            markup=False,
        )
    if not found:
        console.print("Không có tin nào chưa gửi được.", markup=False)


def _open() -> tuple[ChannelStates, Outbox, Inbox]:
    engine = open_database(load_settings())
    return ChannelStates(engine), Outbox(engine), Inbox(engine)


def _known(name: str) -> str:
    if name not in PATHS:
        raise BadSettings(f"Không có kênh “{name}”.", f"Chọn một trong: {', '.join(PATHS)}.")
    return name


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, TIME_ZONE):%d/%m/%Y %H:%M}"

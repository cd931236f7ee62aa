"""`tuvan handoff …`: conversations in which a person is wanted, taken, answered and handed back."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, print_json
from bot.delivery.outbox import Outbox
from bot.outreach.handover import Handover
from bot.outreach.handover_texts import channel_name, reason_name, state_name
from bot.settings import load_settings
from bot.storage.opening import open_database
from bot.time_zone import TIME_ZONE

commands = typer.Typer(help="Người muốn gặp cán bộ: xem, nhận, nhắn, trả lại cho máy.", no_args_is_help=True)
app.add_typer(commands, name="handoff")

Number = Annotated[int, typer.Argument(help="Số của cuộc trò chuyện, xem ở tuvan handoff list.")]
_WHO = {"citizen": "Người dân", "bot": "Máy", "staff": "Cán bộ"}


@commands.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="Cả những cuộc đã xong.")] = False, as_json: AsJson = False
) -> None:
    """Các cuộc trò chuyện đang chờ hoặc đã có cán bộ nhận; chờ lâu nhất ở trên."""
    states = ("waiting", "taken", "closed") if everything else ("waiting", "taken")
    rows = _open().rows(states)
    if as_json:
        print_json([{"number": r.number, "channel": r.channel, "reason": r.reason, "state": r.state,
                     "asked_at": _time(r.asked_at), "taken_by": r.taken_by} for r in rows])  # fmt: skip
        return
    for r in rows:
        by = f" · {r.taken_by}" if r.taken_by else ""
        console.print(
            f"{r.number} · {_time(r.asked_at)} · {channel_name(r.channel)} · {reason_name(r.reason)} · {state_name(r.state)}{by}",
            markup=False,
        )
    if not rows:
        console.print("Không có ai đang chờ cán bộ.", markup=False)


@commands.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Nội dung cuộc trò chuyện: người dân, máy và cán bộ đã nói gì. Có dữ liệu cá nhân: giữ kín."""
    lines = _open().transcript(number)
    if as_json:
        print_json([{"at": _time(x.at), "who": x.who, "text": x.text, "state": x.state} for x in lines])
        return
    for line in lines:
        unsent = f" ({line.state})" if line.state not in ("", "sent") else ""
        console.print(f"[{_time(line.at)}] {_WHO[line.who]}{unsent}: {line.text}", markup=False)
    if not lines:
        console.print("Chưa có tin nào.", markup=False)


@commands.command()
def take(number: Number) -> None:
    """Nhận cuộc trò chuyện: từ lúc này máy im lặng, kể cả câu trả lời đang chờ gửi."""
    _open().take(number, getpass.getuser())
    console.print(
        f"Đã nhận số {number}. Nhắn: tuvan handoff say {number} “…”. Xong thì: tuvan handoff close {number}.",
        markup=False,
    )


@commands.command()
def say(number: Number, text: Annotated[str, typer.Argument(help="Lời nhắn cho người dân.")]) -> None:
    """Nhắn cho người dân ngay trong kênh của họ; phải nhận cuộc trò chuyện trước."""
    _open().say(number, getpass.getuser(), text)
    console.print("Đã xếp gửi.", markup=False)


@commands.command()
def close(number: Number) -> None:
    """Trả cuộc trò chuyện lại cho máy; người dân được báo một câu."""
    _open().close(number, getpass.getuser())
    console.print(f"Đã trả số {number} lại cho máy.", markup=False)


def _open() -> Handover:
    from bot.channels.registry import channels_of  # its libraries take a second to load

    settings = load_settings()
    engine = open_database(settings)
    return Handover(
        engine,
        Outbox(engine),
        can=lambda: {name: channel.capabilities for name, channel in channels_of(settings, engine).by_name.items()},
    )


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, TIME_ZONE):%d/%m/%Y %H:%M}"

"""A piece as the messages Telegram takes: text with its markup, picture, keyboard. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.contract import Ask, Piece, Rejected
from bot.messages import Button
from knowledge.yaml_files import load_yaml

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

VALUE_BYTES = 64
_CAPTION_LIMIT = 1024
_LONG_LABEL = 20  # characters; two longer labels do not fit beside each other on a phone


@dataclass(frozen=True, slots=True)
class Part:
    """One call: a photo with `text` under it when there is a `picture`, else a message. `html` is `text` with its bold spans."""

    text: str
    html: str
    picture: str = ""
    markup: Markup | None = None


@cache
def menu() -> dict[str, Any]:
    """`telegram_menu.yaml`."""
    loaded: dict[str, Any] = load_yaml(files("bot.channels").joinpath("telegram_menu.yaml").read_text("utf-8"))
    return loaded


def parts(piece: Piece, *, private: bool) -> list[Part]:
    """The messages of `piece`, nearly always one. Raises Rejected when a button cannot be carried.

    A message has one keyboard: a form beside buttons follows in a message of its own; the old form is not taken away beside buttons
    (it folds itself away once used). Groups get no form, for the platform has it in private chats only.
    """
    buttons = _inline(piece.buttons) if piece.buttons else None
    form = _form(piece.ask, private)
    made: list[Part] = []
    markup = buttons or form
    if piece.picture and len(piece.text.encode("utf-16-le", "surrogatepass")) // 2 > _CAPTION_LIMIT:
        made.append(Part("", "", piece.picture))
        made.append(Part(piece.text, html_of(piece), markup=markup))
    else:
        made.append(Part(piece.text, html_of(piece), piece.picture, markup))
    if buttons and isinstance(form, ReplyKeyboardMarkup):
        text = str(menu()["contact_text"])
        made.append(Part(text, escape(text), markup=form))
    return made


def html_of(piece: Piece) -> str:
    """The text with its strong spans in `<b>`; all else is escaped, so nothing in it can be taken for markup."""
    found: list[str] = []
    at = 0
    for start, end in _apart(piece.strong, len(piece.text)):
        found += (escape(piece.text[at:start]), "<b>", escape(piece.text[start:end]), "</b>")
        at = end
    return "".join([*found, escape(piece.text[at:])])


def rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Buttons in rows: short labels in twos, a long one alone."""
    made: list[list[Button]] = []
    open_row = False
    for button in buttons:
        short = len(button.label) <= _LONG_LABEL
        if short and open_row:
            made[-1].append(button)
            open_row = False
        else:
            made.append([button])
            open_row = short
    return made


def _inline(buttons: Sequence[Button]) -> InlineKeyboardMarkup:
    for button in buttons:
        if not 1 <= len(button.value.encode("utf-8", "replace")) <= VALUE_BYTES:
            raise Rejected(f"Giá trị của nút «{button.label}» phải dài 1–{VALUE_BYTES} byte.", code="callback_data")
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.value) for b in row] for row in rows(buttons)]
    )


def _form(ask: Ask, private: bool) -> ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if ask is Ask.CONTACT and private:
        button = KeyboardButton(str(menu()["contact_button"]), request_contact=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if ask is Ask.FORGET_KEYBOARD else None


def _apart(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Spans within the text, in order, those that touch or overlap joined."""
    made: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made

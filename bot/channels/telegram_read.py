"""What Telegram tells us, as events. Pure: an update as JSON in, events out; unknown fields and kinds are passed over."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.contract import ContactShare, Inbound, Kind

CHANNEL = "telegram"

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?=\s|$)\s*", re.ASCII)
# In order: an animation is also sent as a document, a venue also as a location.
_WHAT = {
    "photo": "photo",
    "sticker": "sticker",
    "voice": "voice",
    "audio": "voice",
    "animation": "video",
    "video": "video",
    "video_note": "video",
    "document": "file",
    "venue": "location",
    "location": "location",
}
# Notes of the platform about the chat, written by nobody.
_SERVICE = frozenset((
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
    "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "write_access_allowed", "users_shared",
    "chat_shared", "connected_website", "chat_background_set", "boost_added", "proximity_alert_triggered",
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "video_chat_scheduled", "video_chat_started",
    "video_chat_ended", "video_chat_participants_invited", "giveaway_created", "giveaway_winners",
    "giveaway_completed",
))  # fmt: skip
_GONE = frozenset(("kicked", "left"))


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are. `id` comes with the token; `username` is empty until the platform has told it."""

    id: str
    username: str = ""

    def named(self, username: str) -> bool:
        """Whether `username` may be ours: while ours is unknown, what is delivered to us is taken to be meant for us."""
        return not self.username or username.lower() == self.username.lower()

    def mention(self) -> re.Pattern[str] | None:
        """Finds "@us" in a text; None while our name is unknown."""
        return re.compile(rf"(?<!\w)@{re.escape(self.username)}(?!\w)", re.IGNORECASE) if self.username else None


def read(body: bytes, us: Self) -> Sequence[Inbound]:
    """The events of an update: none for what needs no answer. Raises ValueError for what is no update."""
    update = json.loads(body)
    if not isinstance(update, dict):
        raise ValueError("the body is no object")
    number = _number(update.get("update_id"))
    if number is None:
        raise ValueError("no update_id")
    event: Inbound | None = None
    if message := _part(update, "message"):
        event = _of_message(message, number, us)
    elif query := _part(update, "callback_query"):
        event = _of_press(query, number)
    elif change := _part(update, "my_chat_member"):
        event = _of_membership(change, number)
    return [] if event is None else [event]


def _of_message(message: Mapping[str, Any], number: int, us: Self) -> Inbound | None:
    sender, chat = _part(message, "from"), _part(message, "chat")
    if not _id(sender) or sender.get("is_bot") is True or _part(message, "sender_chat") or _SERVICE & message.keys():
        return None
    group = _is_group(chat)
    if group is None:
        return None
    text = _clean(message.get("text")) or _clean(message.get("caption"))
    command = _COMMAND.match(text)
    if group:
        addressed = _addressed(message, text, command, us)
        if addressed is None:
            return None
        text = addressed
        command = _COMMAND.match(text)
    ours = command is not None and (not command[2] or us.named(command[2]))
    said = text[command.end() :] if command and ours else ""
    if command and ours:
        text = f"/{command[1]} {said}".rstrip()  # "/tinh@us" is "/tinh"
    kind, what, contact = _kind(message, sender)
    if kind is Kind.CONTACT:
        text = ""
    elif kind is Kind.TEXT and command and ours and command[1].lower() == "start":
        kind, text = Kind.START, said
    return Inbound(
        channel=CHANNEL,
        event_id=str(number),
        conversation=_id(chat) or _id(sender),
        person=_id(sender),
        kind=kind,
        text=text,
        order=number,
        name=_name(sender),
        message_id=_clean(message.get("message_id")),
        contact=contact,
        what=what,
        group=group,
    )


def _kind(message: Mapping[str, Any], sender: Mapping[str, Any]) -> tuple[Kind, str, ContactShare | None]:
    """Kind, `what` and contact of a message that somebody wrote."""
    if contact := _part(message, "contact"):
        own = bool(_clean(contact.get("user_id"))) and _clean(contact.get("user_id")) == _id(sender)
        return Kind.CONTACT, "", ContactShare(_clean(contact.get("phone_number")), _name(contact), own)
    if isinstance(message.get("text"), str):
        return Kind.TEXT, "", None
    return Kind.OTHER, next((what for field, what in _WHAT.items() if message.get(field)), "unknown"), None


def _addressed(message: Mapping[str, Any], text: str, command: re.Match[str] | None, us: Self) -> str | None:
    """What is said to us in a group, without our name; None when it is said to others."""
    if command and command[2]:
        return text if us.named(command[2]) else None
    mention = us.mention()
    if mention and mention.search(text):
        return mention.sub("", text).strip(" \n,:;")
    replied = _part(message, "reply_to_message")
    to_us = _id(_part(replied, "from")) == us.id and not _SERVICE & replied.keys()
    entities = [*_list(message.get("entities")), *_list(message.get("caption_entities"))]
    linked = any(_id(_part(e, "user")) == us.id for e in entities if isinstance(e, dict))
    return text if command or to_us or linked else None


def _of_press(query: Mapping[str, Any], number: int) -> Inbound | None:
    sender, message = _part(query, "from"), _part(query, "message")
    chat = _part(message, "chat")
    if not _id(sender) or not isinstance(query.get("data"), str) or sender.get("is_bot") is True:
        return None
    return Inbound(
        channel=CHANNEL,
        event_id=str(number),
        conversation=_id(chat) or _id(sender),  # a button of an old message may come without its chat
        person=_id(sender),
        kind=Kind.BUTTON,
        text=_storable(query["data"]),  # a value of ours: given back as it is
        order=number,
        name=_name(sender),
        message_id=_clean(message.get("message_id")),
        acknowledge=_clean(query.get("id")),
        group=bool(_is_group(chat)),
    )


def _of_membership(change: Mapping[str, Any], number: int) -> Inbound | None:
    """We were blocked, unblocked, added or removed. Being added to a group is nobody's word to us."""
    sender, chat = _part(change, "from"), _part(change, "chat")
    before = _clean(_part(change, "old_chat_member").get("status"))
    now = _clean(_part(change, "new_chat_member").get("status"))
    group = _is_group(chat)
    if not _id(chat) or group is None:
        return None
    if now in _GONE:
        kind = Kind.STOP
    elif now == "member" and not group and before != "member":
        kind = Kind.FOLLOW
    else:
        return None
    return Inbound(
        channel=CHANNEL,
        event_id=str(number),
        conversation=_id(chat),
        person=_id(sender) or _id(chat),
        kind=kind,
        order=number,
        name=_name(sender),
        group=group,
    )


def _is_group(chat: Mapping[str, Any]) -> bool | None:
    """Whether several people write here; None for a channel, where nobody talks to us."""
    kind = _clean(chat.get("type"))
    if kind == "channel":
        return None
    return kind in ("group", "supergroup") or (kind != "private" and _id(chat).startswith("-"))


def _name(user: Mapping[str, Any]) -> str:
    """Display name of a User or Contact."""
    parts = (_clean(user.get("first_name")), _clean(user.get("last_name")))
    return " ".join(p for p in parts if p) or _clean(user.get("username"))


def _id(part: Mapping[str, Any]) -> str:
    return _clean(part.get("id"))


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _clean(value: Any) -> str:
    """Words or an id (which may come as a number) as text in NFC."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return unicodedata.normalize("NFC", _storable(value)).strip() if isinstance(value, str) else ""


def _storable(text: str) -> str:
    """`text` without what no database takes: half surrogates and NUL."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").replace("\x00", "")

"""What the Zalo Bot Platform tells us, as events. Pure.

An update is `{"event_name", "message"}`, alone or in an envelope `{"ok", "result"}`; which of the two arrives has varied.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.contract import Inbound, Kind

CHANNEL = "zalo_bot"

_WHAT = {
    "image": "photo",
    "photo": "photo",
    "sticker": "sticker",
    "voice": "voice",
    "audio": "voice",
    "location": "location",
}
_SILENT = {"reaction", "delivered", "seen", "recalled", "deleted"}  # nothing a person waits to be answered
_FOLLOWS = {"user.follow", "follow", "user.followed"}
_STOPS = {"user.unfollow", "unfollow", "user.unfollowed"}
_START = re.compile(r"/start(?:@\S+)?(?:\s+(.*\S))?\s*", re.IGNORECASE | re.DOTALL)
_SECONDS_BELOW = 100_000_000_000  # a date below is in seconds, not milliseconds


def read(body: bytes) -> Sequence[Inbound]:
    """The events of a body: none for a probe or what needs no answer. Raises ValueError for what is no update."""
    if not body.strip():
        return []
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("the body is no object")
    update = found.get("result", found)
    if not update:
        return []
    updates = update if isinstance(update, list) else [update]
    return [event for one in updates if (event := _event(one)) is not None]


def message_id_of(update: Mapping[str, Any]) -> str:
    """The platform's id of the message of an update, or a hash that is the same in every repeat."""
    message = update.get("message")
    if isinstance(message, dict) and (given := _text(message.get("message_id"))):
        return given
    text = json.dumps(update, sort_keys=True, ensure_ascii=True)
    return f"h:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _event(update: Any) -> Inbound | None:
    if not isinstance(update, dict) or not ("event_name" in update or "message" in update):
        raise ValueError("no event_name and no message")
    name = _text(update.get("event_name")).lower()
    message = update.get("message")
    if not isinstance(message, dict):
        if name not in _FOLLOWS | _STOPS:
            return None  # e.g. "unsupported" without a message: nobody to answer
        message = update
    sender = _part(message, "from", "sender", "follower", "user")
    chat = _part(message, "chat")
    person = _text(sender.get("id"))
    conversation = _text(chat.get("id")) or person
    if not conversation or sender.get("is_bot") is True:
        return None
    kind, text, what = _kind(name, message)
    if kind is None:
        return None
    return Inbound(
        channel=CHANNEL,
        event_id=message_id_of(update),
        conversation=conversation,
        person=person or conversation,
        kind=kind,
        text=text,
        order=_milliseconds(message.get("date", update.get("timestamp"))),
        name=_text(sender.get("display_name")),
        message_id=_text(message.get("message_id")),
        what=what,
        group=_text(chat.get("chat_type")).upper() == "GROUP",
    )


def _kind(name: str, message: Mapping[str, Any]) -> tuple[Kind | None, str, str]:
    """Kind, text and `what` of an event; kind None when it needs no answer."""
    if name in _FOLLOWS | _STOPS:
        return (Kind.FOLLOW if name in _FOLLOWS else Kind.STOP), "", ""
    first, _, rest = name.partition(".")
    subject = rest.partition(".")[0]
    subject = "" if subject == "received" else subject
    if subject in _SILENT or first not in ("", "message"):
        return None, "", ""
    text = _text(message.get("text"))
    if subject == "text" or (text and not subject):
        if start := _START.fullmatch(text):
            return Kind.START, start.group(1) or "", ""
        return Kind.TEXT, text, ""
    return Kind.OTHER, _text(message.get("caption")) or text, _WHAT.get(subject) or _what_of(message)


def _what_of(message: Mapping[str, Any]) -> str:
    """What a message is by its fields, where the event does not tell."""
    for fields, what in ((("photo_url", "photo"), "photo"), (("sticker",), "sticker"), (("voice_url",), "voice")):
        if any(message.get(field) for field in fields):
            return what
    return "unknown"


def _part(message: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return next((found for name in names if isinstance(found := message.get(name), dict)), {})


def _text(value: Any) -> str:
    """Text of a field; ids may come as numbers. What no database takes (half surrogates, NUL) is left out."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").replace("\x00", "")


def _milliseconds(value: Any) -> int:
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
    if not 0 < number < _SECONDS_BELOW * 100:
        return 0
    return number * 1000 if number < _SECONDS_BELOW else number

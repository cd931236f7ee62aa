"""What a Zalo Official Account's webhook tells us, as events. Pure. Ids and times are texts, sometimes numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.contract import ContactShare, Inbound, Kind

CHANNEL = "zalo_oa"
_BUTTON = re.compile(r"#[0-9a-f]+\.[0-9]+")  # values of our buttons come back as typed words
_START = re.compile(r"/start(?:\s+(.*\S))?\s*", re.IGNORECASE | re.DOTALL)
_WHAT = {
    "image": "photo",
    "gif": "photo",
    "sticker": "sticker",
    "audio": "voice",
    "video": "video",
    "file": "file",
    "location": "location",
    "link": "unknown",
    "business_card": "unknown",
}


def read(body: bytes) -> Sequence[Inbound]:
    """The events of a body; none for echoes of our own messages and what needs no answer. Raises ValueError for what is no event."""
    found = json.loads(body)
    if not isinstance(found, dict) or not isinstance(found.get("event_name"), str):
        raise ValueError("no event_name")
    event = _event(found, found["event_name"])
    return [event] if event is not None else []


def _event(raw: Mapping[str, Any], name: str) -> Inbound | None:
    if name.startswith("oa_send_"):
        # An officer who writes in the account's own tool has an admin_id; without it the echo is that of our own message.
        if not _part(raw, "sender").get("admin_id"):
            return None
        return _made(raw, name, _text(_part(raw, "recipient").get("id")), Kind.STAFF)
    if name in ("follow", "unfollow"):
        who = _text(_part(raw, "follower").get("id"))
        return _made(raw, name, who, Kind.FOLLOW if name == "follow" else Kind.STOP)
    if name == "user_click_chatnow":
        return _made(raw, name, _text(raw.get("user_id")) or _text(_part(raw, "sender").get("id")), Kind.START)
    who = _text(_part(raw, "sender").get("id"))
    if name == "user_submit_info":
        return _made(raw, name, who, Kind.CONTACT, contact=_contact(_part(raw, "info")))
    if not name.startswith("user_send_"):
        return None  # seen, received, reactions, tags, groups, what is new
    kind = name.removeprefix("user_send_")
    text = _text(_part(raw, "message").get("text"))
    if kind != "text":
        return _made(raw, name, who, Kind.OTHER, text=text, what=_WHAT.get(kind, "unknown"))
    if start := _START.fullmatch(text):
        return _made(raw, name, who, Kind.START, text=start.group(1) or "")
    return _made(raw, name, who, Kind.BUTTON if _BUTTON.fullmatch(text) else Kind.TEXT, text=text)


def _made(
    raw: Mapping[str, Any],
    name: str,
    person: str,
    kind: Kind,
    *,
    text: str = "",
    what: str = "",
    contact: ContactShare | None = None,
) -> Inbound | None:
    if not person:
        return None
    message_id = _text(_part(raw, "message").get("msg_id"))
    return Inbound(
        channel=CHANNEL,
        event_id=message_id or _hash(name, person, raw),
        conversation=person,
        person=person,
        kind=kind,
        text=text,
        order=_milliseconds(raw.get("timestamp")),
        message_id=message_id,
        contact=contact,
        what=what,
    )


def _hash(name: str, person: str, raw: Mapping[str, Any]) -> str:
    """The same for every repeat of an event without an id, which carries the first one's time."""
    parts = [name, person, _text(raw.get("timestamp")), json.dumps(raw.get("info"), sort_keys=True)]
    return f"h:{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:40]}"


def _contact(info: Mapping[str, Any]) -> ContactShare:
    """Both shapes of a shared card: the address in parts of its own, or flat."""
    place = _part(info, "full_address")
    words = [place.get("user_address"), place.get("user_ward"), place.get("user_city")]
    flat = [info.get("address"), info.get("ward"), info.get("district"), info.get("city")]
    found = ", ".join(_text(w).strip() for w in (words if place else flat) if _text(w).strip())
    return ContactShare(_text(info.get("phone")), _text(info.get("name")).strip(), place=found)


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    """Text of a field; ids, phones and times may come as numbers. What no database takes is left out."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").replace("\x00", "")


def _milliseconds(value: Any) -> int:
    found = _text(value)
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 15 else 0

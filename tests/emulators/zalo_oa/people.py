"""What people do with a Zalo Official Account, and the signed events it makes of that."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.emulators.base import Emulator
from tests.emulators.delivery import Envelope, Happening
from tests.emulators.zalo_oa.signing import signature

VIETNAM = timezone(timedelta(hours=7))
NAMES = ("Lan", "Minh", "Hoa", "Tuấn", "Hạnh", "Dũng", "Mai", "Phúc")
CDN = "https://cdn.invalid"


@dataclass(slots=True)
class Follower:
    """A person as the OA knows them. `followed`: None when they only wrote, False after they left."""

    id: str
    name: str
    followed: bool | None = None
    blocked: bool = False
    last_interaction: float | None = None
    asked_info: bool = False
    shared: dict[str, Any] = field(default_factory=dict)
    buttons: list[dict[str, Any]] = field(default_factory=list)  # newest first
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def by_app(self) -> str:
        """Their id for the application."""
        return f"4{self.id[1:]}"


class People(Emulator):
    """Acts of people, each posted at once as a signed event unless held. User ids are any text."""

    app_id: str
    oa_id: str
    app_secret: str
    oa_secret_key: str

    def _start_people(self) -> None:
        self.users: dict[str, Follower] = {}
        self.signature_style = "good"
        self.old_info_shape = False
        self._last_stamp = 0
        self._message_ids = itertools.count(0xAA11BB22CC33)
        names = (
            "user_says press fill_info send_photo send_sticker send_location send_file send_voice send_link follow unfollow block"
            " unblock click_chatnow seen react staff_says business_card unknown_event raw_event buttons"
        )
        self.actions = {name: getattr(self, name) for name in names.split()}

    # what people do

    def user_says(self, user_id: str, text: str, *, quote: str = "") -> Happening:
        """Types a text; `quote` is the id of the message it answers."""
        extra = {"quote_msg_id": quote} if quote else {}
        return self._message(user_id, "user_send_text", text=text, **extra)

    def buttons(self, user_id: str) -> list[str]:
        """Titles of the buttons the person can press, newest message first."""
        user = self.users.get(str(user_id))
        return [str(b["title"]) for b in user.buttons] if user else []

    def press(self, user_id: str, label: str) -> Happening:
        """Presses the newest button with this title or payload. A query comes back as an ordinary text; others make no event."""
        with self.lock:
            user = self._enter(user_id)
            found = next((b for b in user.buttons if label in (b["title"], b.get("payload"))), None)
        if found is None:
            raise ValueError(f"no button {label!r} in sight; there are: {self.buttons(user_id)}")
        if found["type"] in ("oa.query.show", "oa.query.hide"):
            return self._message(user_id, "user_send_text", text=found["payload"])
        return Happening({})

    def fill_info(
        self, user_id: str, name: str, phone: str = "84900000001", *, city: str = "", ward: str = "", address: str = ""
    ) -> Happening:
        """Answers the form of `request_user_info`. Raises ValueError when none was sent."""
        with self.lock:
            user = self._enter(user_id)
            if not user.asked_info:
                raise ValueError("no request for information is open")
            user.asked_info, user.shared = False, {"name": name, "phone": phone, "address": address, "city": city}
        place = {"user_city": city, "user_ward": ward, "user_address": address}
        info: dict[str, Any] = {"name": name, "phone": phone, "full_address": place}
        if self.old_info_shape:
            info = {"name": name, "phone": int(phone), "address": address, "city": city, "district": ward}
        event = {"event_name": "user_submit_info", "sender": {"id": user.id}, "recipient": {"id": self.oa_id}}
        return self.emit(event | {"info": info}, user.id)

    def send_photo(self, user_id: str, caption: str = "") -> Happening:
        """Sends a picture."""
        payload = {"thumbnail": f"{CDN}/t.jpg", "url": f"{CDN}/i.jpg"}
        return self._message(user_id, "user_send_image", text=caption, attachments=_one("image", payload))

    def send_sticker(self, user_id: str) -> Happening:
        """Sends a sticker."""
        payload = {"id": "bfe458bf64fa8da4d4eb", "url": f"{CDN}/s.png"}
        return self._message(user_id, "user_send_sticker", attachments=_one("sticker", payload))

    def send_location(self, user_id: str, latitude: float = 10.7769, longitude: float = 106.7009) -> Happening:
        """Sends a place; the numbers travel as text."""
        payload = {"coordinates": {"latitude": str(latitude), "longitude": str(longitude)}}
        return self._message(user_id, "user_send_location", attachments=_one("location", payload))

    def send_file(self, user_id: str, file_name: str = "don.pdf") -> Happening:
        """Sends a file."""
        payload = {"name": file_name, "size": "3", "type": "pdf", "checksum": "0" * 32, "url": f"{CDN}/f"}
        return self._message(user_id, "user_send_file", attachments=_one("file", payload))

    def send_voice(self, user_id: str) -> Happening:
        """Sends a voice message."""
        return self._message(user_id, "user_send_audio", attachments=_one("audio", {"url": f"{CDN}/a.amr"}))

    def send_link(self, user_id: str, url: str = "https://example.vn") -> Happening:
        """Sends a link."""
        payload = {"thumbnail": f"{CDN}/t.jpg", "description": "Trang", "url": url}
        return self._message(user_id, "user_send_link", attachments=_one("link", payload))

    def business_card(self, user_id: str) -> Happening:
        """Sends a contact card, which does not show the phone number."""
        payload = {"thumbnail": f"{CDN}/t.jpg", "description": "{}", "url": f"{CDN}/card"}
        return self._message(user_id, "user_send_business_card", attachments=_one("link", payload))

    def follow(self, user_id: str, source: str = "oa_profile") -> Happening:
        """Follows the OA."""
        return self._follow("follow", user_id, True, source)

    def unfollow(self, user_id: str, source: str = "oa_profile") -> Happening:
        """Leaves: sends get -213 until they act again."""
        return self._follow("unfollow", user_id, False, source)

    def block(self, user_id: str) -> Happening:
        """Stops messages of the OA; no event tells of it."""
        self._enter(user_id, acts=False).blocked = True
        return Happening({})

    def unblock(self, user_id: str) -> Happening:
        """Takes it back."""
        self._enter(user_id, acts=False).blocked = False
        return Happening({})

    def click_chatnow(self, user_id: str) -> Happening:
        """Opens the chat by a widget."""
        user = self._enter(user_id)
        event = {"oa_id": self.oa_id, "user_id": user.id, "user_id_by_app": user.by_app}
        return self.emit({**event, "event_name": "user_click_chatnow"}, user.id)

    def seen(self, user_id: str) -> Happening:
        """Reads what the OA sent."""
        user = self._enter(user_id, acts=False)
        ids = [m["message_id"] for m in user.history if m["src"] == 0]
        event = {"event_name": "user_seen_message", "sender": {"id": self.oa_id}, "recipient": {"id": user.id}}
        return self.emit(event | {"message": {"msg_ids": ids}}, user.id)

    def react(self, user_id: str, message_id: str = "") -> Happening:
        """Reacts to a message."""
        user = self._enter(user_id)
        message = {"msg_id": message_id, "react_icon": "/-heart"}
        event = {"event_name": "user_reacted_message", "sender": {"id": user.id}, "recipient": {"id": self.oa_id}}
        return self.emit(event | {"message": message}, user.id)

    def staff_says(self, user_id: str, text: str, admin_id: str = "9000000000000000009") -> Happening:
        """An officer writes to the person in the OA's chat tool: an echo with `admin_id`."""
        user = self._enter(user_id, acts=False)
        message = {"msg_id": self._message_id(), "text": text}
        return self.emit(self._echo("oa_send_text", user, message, admin_id), user.id)

    def unknown_event(self, user_id: str = "2000000000000000002", name: str = "user_does_something_new") -> Happening:
        """An event nobody has heard of."""
        return self.emit({"event_name": name, "sender": {"id": user_id}, "recipient": {"id": self.oa_id}}, user_id)

    def raw_event(self, event: dict[str, Any], signature_style: str = "good", key: str = "") -> Happening:
        """Any event, signed in any style (`signing.STYLES`)."""
        return self.emit(dict(event), key, style=signature_style)

    # events

    def emit(self, event: dict[str, Any], key: str, *, style: str = "", later: bool = False) -> Happening:
        """Completes, signs and posts an event. Never called with the lock held: its receiver may call back."""
        with self.lock:
            now = int(self.clock.now() * 1000)
            stamp = self._last_stamp + 1 if now <= self._last_stamp < now + 1000 else now
            self._last_stamp = stamp
        event = {"app_id": self.app_id, **event}
        event.setdefault("timestamp", str(stamp))
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        how = style or self.signature_style
        mac = signature(how, self.app_id, body, str(event["timestamp"]), self.oa_secret_key, self.app_secret)
        headers = {} if mac is None else {"X-ZEvent-Signature": mac}
        envelope = Envelope(event.get("event_name", ""), key, body, headers)
        if later:
            self.webhook.send_later(envelope)
            return Happening(event)
        return Happening(event, self.webhook.send(envelope))

    def _echo(self, name: str, user: Follower, message: dict[str, Any], admin_id: str = "") -> dict[str, Any]:
        sender = {"id": self.oa_id} | ({"admin_id": admin_id} if admin_id else {})
        return {
            "user_id_by_app": user.by_app,
            "event_name": name,
            "sender": sender,
            "recipient": {"id": user.id},
            "message": message,
        }

    def _message(self, user_id: str, event_name: str, **content: Any) -> Happening:
        with self.lock:
            user = self._enter(user_id)
            message = {**content, "msg_id": self._message_id()}
            user.history.append(
                {
                    "src": 1,
                    "time": int(self.clock.now() * 1000),
                    "message_id": message["msg_id"],
                    "type": event_name.removeprefix("user_send_"),
                    "message": content.get("text", ""),
                }
            )
        event = {
            "sender": {"id": user.id},
            "user_id_by_app": user.by_app,
            "recipient": {"id": self.oa_id},
            "event_name": event_name,
            "message": message,
        }
        return self.emit(event, user.id)

    def _follow(self, name: str, user_id: str, followed: bool, source: str) -> Happening:
        with self.lock:
            user = self._enter(user_id, acts=followed)
            user.followed = followed
        event = {
            "oa_id": self.oa_id,
            "follower": {"id": user.id},
            "user_id_by_app": user.by_app,
            "event_name": name,
            "source": source,
        }
        return self.emit(event, user.id)

    def _enter(self, user_id: str, *, acts: bool = True) -> Follower:
        """The person; acting opens the 48-hour window again."""
        with self.lock:
            number = str(user_id)
            name = NAMES[sum(number.encode()) % len(NAMES)]
            user = self.users.setdefault(number, Follower(number, name))
            if acts:
                user.last_interaction = self.clock.now()
                user.followed = None if user.followed is False else user.followed
            return user

    def _message_id(self) -> str:
        with self.lock:
            return f"{next(self._message_ids):019x}"

    def local_time(self) -> datetime:
        """Now, in Vietnam."""
        return datetime.fromtimestamp(self.clock.now(), VIETNAM)


def _one(kind: str, payload: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": kind, "payload": payload}]

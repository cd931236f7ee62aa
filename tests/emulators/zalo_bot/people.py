"""What people do with a bot of the Zalo Bot Platform, and the events it becomes."""

from __future__ import annotations

import itertools
import json
from typing import Any

from tests.emulators.base import Emulator
from tests.emulators.delivery import Envelope, Happening

NAMES = ("Lan", "Minh", "Hoa", "Tuấn", "Hạnh", "Dũng", "Mai", "Phúc")
CDN = "https://cdn.invalid"


class People(Emulator):
    """Acts of people. Events are polled one by one, or posted to the webhook."""

    def _start_people(self, max_users: int) -> None:
        self.users: dict[str, str] = {}
        self.max_users = max_users
        self.wrapped = False
        self.docs_photo_field = False
        self.secret_token = ""
        self.queue: list[dict[str, Any]] = []
        self._ids = itertools.count(0x0A1B2C3D4E5F)
        names = (
            "user_says send_photo send_sticker send_voice send_file unsupported_without_message empty_probe raw_event"
        )
        self.actions = {name: getattr(self, name) for name in names.split()}

    def user_says(self, user_id: str, text: str, *, name: str = "") -> Happening:
        """Types a text."""
        return self._event(user_id, "message.text.received", name, text=text)

    def send_photo(self, user_id: str, caption: str = "") -> Happening:
        """Sends a picture; its address is in `photo_url`, or in `photo` if `docs_photo_field`."""
        field = "photo" if self.docs_photo_field else "photo_url"
        content = {field: f"{CDN}/p.jpg", "caption": caption, "message_type": "CHAT_PHOTO"}
        return self._event(user_id, "message.image.received", "", **content)

    def send_sticker(self, user_id: str) -> Happening:
        """Sends a sticker."""
        return self._event(user_id, "message.sticker.received", "", sticker="bfe458bf64fa8da4", url=f"{CDN}/s.png")

    def send_voice(self, user_id: str) -> Happening:
        """Sends a voice message."""
        content = {"voice_url": f"{CDN}/v.aac", "message_type": "CHAT_VOICE"}
        return self._event(user_id, "message.voice.received", "", **content)

    def send_file(self, user_id: str) -> Happening:
        """Sends a file, link or contact card: the bot only learns that it was something unsupported."""
        return self._event(user_id, "message.unsupported.received", "")

    def unsupported_without_message(self) -> Happening:
        """An unsupported event that says nothing at all."""
        return self._emit({"event_name": "message.unsupported.received"}, "")

    def empty_probe(self) -> Happening:
        """A POST with an empty body, as the platform makes to see whether somebody is there."""
        envelope = Envelope("", "", b"", self._headers())
        return Happening({}, self.webhook.send(envelope))

    def raw_event(self, event: dict[str, Any], secret: str | None = None) -> Happening:
        """Any body, with the right secret or another ('' sends none)."""
        return self._emit(event, "", raw=True, secret=secret)

    def _event(self, user_id: str, event_name: str, name: str, **content: Any) -> Happening:
        number = str(user_id)
        with self.lock:
            if number not in self.users and len(self.users) >= self.max_users:
                return Happening({})  # the plan is full: a new person does not reach the bot
            shown = self.users.setdefault(number, name or NAMES[sum(number.encode()) % len(NAMES)])
            self.users[number] = name or shown
            message = {
                "message_id": f"{next(self._ids):x}",
                "date": int(self.clock.now() * 1000),
                "chat": {"id": number, "chat_type": "PRIVATE"},
                "from": {"id": number, "display_name": self.users[number], "is_bot": False},
                **content,
            }
        return self._emit({"event_name": event_name, "message": message}, number)

    def _emit(self, event: dict[str, Any], key: str, *, raw: bool = False, secret: str | None = None) -> Happening:
        with self.lock:
            polled = not self.webhook.url
            if polled:
                self.queue.append(event)
        if polled:
            return Happening(event)
        body = {"ok": True, "result": event} if self.wrapped and not raw else event
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        envelope = Envelope(event.get("event_name", ""), key, text, self._headers(secret))
        return Happening(event, self.webhook.send(envelope))

    def _headers(self, secret: str | None = None) -> dict[str, str]:
        value = self.secret_token if secret is None else secret
        return {"X-Bot-Api-Secret-Token": value} if value else {}

"""What people do in Telegram: write, press, share, block. Each act gives the update it became and its deliveries."""

from __future__ import annotations

from typing import Any

from tests.emulators.base import PHOTO, Emulator
from tests.emulators.delivery import Happening
from tests.emulators.telegram.markup import commands
from tests.emulators.telegram.state import Chat, Person, State

NAMES = ("Lan", "Minh", "Hoa", "Tuấn", "Hạnh", "Dũng", "Mai", "Phúc")
UserId = int | str


class People(Emulator):
    """Acts of people. A person exists from their first act on; before it the bot cannot write to them."""

    data: State

    def emit(self, kind: str, value: dict[str, Any], chat_id: int) -> Happening:
        """Makes an update of what happened. Never called with the lock held: a webhook's receiver may call back."""
        raise NotImplementedError

    def _add_actions(self) -> None:
        names = (
            "user_says press press_data share_contact send_photo send_document send_sticker send_voice send_location"
        )
        self.actions = {name: getattr(self, name) for name in [*names.split(), "block", "unblock", "buttons"]}

    def user_says(
        self, user_id: UserId, text: str, *, name: str = "", chat_id: int | None = None, reply_to: int | None = None
    ) -> Happening:
        """Types a text; `chat_id` (negative) is a group. In a group the bot only gets commands, mentions and replies to it."""
        with self.lock:
            person, chat = self._enter(user_id, name, chat_id)
            found = commands(text)
            replied = chat.messages.get(reply_to or 0)
            message = self.data.add_message(
                chat, person.user(), text=text, entities=found or None, reply_to_message=replied
            )
            mention = f"@{self.data.bot['username']}" in text
            to_bot = replied is not None and replied["from"]["id"] == self.data.bot["id"]
        if not (chat.private or found or mention or to_bot):
            return Happening({})
        return self.emit("message", message, chat.id)

    def buttons(self, user_id: UserId) -> list[str]:
        """Labels the person can press now: inline keyboards of all messages, newest first, then the reply keyboard."""
        with self.lock:
            chat = self.data.chats.get(int(user_id))
            inline = [button["text"] for _, button in self._inline(chat)] if chat else []
            return inline + [str(button["text"]) for button in self._keyboard(user_id)]

    def press(self, user_id: UserId, label: str, *, message_id: int | None = None) -> Happening:
        """Presses the newest button with this label or callback data. Raises ValueError when there is none in sight."""
        with self.lock:
            person, chat = self._enter(user_id, "", None)
            inline = self._inline(chat)
            keyboard = self._keyboard(user_id)
        for message, button in inline:
            if message_id in (None, message["message_id"]) and label in (button["text"], button.get("callback_data")):
                if "callback_data" not in button:
                    return Happening({})  # opens a link: the bot learns nothing
                return self._press(person, chat, message, button["callback_data"])
        for button in keyboard:
            if button["text"] == label:
                return self.share_contact(user_id) if button.get("request_contact") else self.user_says(user_id, label)
        raise ValueError(f"no button {label!r} in sight; there are: {self.buttons(user_id)}")

    def press_data(self, user_id: UserId, data: str, message_id: int | None = None) -> Happening:
        """A press with any data, as from an old or forged keyboard."""
        with self.lock:
            person, chat = self._enter(user_id, "", None)
            message = chat.messages.get(message_id or 0) or {
                "message_id": message_id or 1,
                "date": 0,  # a message the bot can no longer reach
                "chat": chat.object(),
            }
        return self._press(person, chat, message, data)

    def share_contact(
        self, user_id: UserId, phone: str = "+84900000001", contact_user_id: int | None = None
    ) -> Happening:
        """Shares a phone number: one's own, or that of `contact_user_id`."""
        person, _ = self._enter(user_id, "", None)
        contact = {
            "phone_number": phone,
            "first_name": person.first_name,
            "user_id": contact_user_id or person.id,
        }
        return self._send(user_id, contact=contact)

    def send_photo(self, user_id: UserId, data: bytes = PHOTO, caption: str = "") -> Happening:
        """Sends a picture, which the bot can fetch with getFile."""
        stored = self.data.add_file(data, "photos", "jpg")
        size = {"file_id": stored.id, "file_unique_id": stored.unique_id, "width": 90, "height": 90}
        return self._send(user_id, photo=[size | {"file_size": len(data)}], caption=caption or None)

    def send_document(self, user_id: UserId, data: bytes = b"%PDF-1.4", file_name: str = "don.pdf") -> Happening:
        """Sends a file."""
        stored = self.data.add_file(data, "documents", "pdf")
        names = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_name": file_name}
        return self._send(user_id, document=names | {"file_size": len(data)})

    def send_sticker(self, user_id: UserId) -> Happening:
        """Sends a sticker."""
        stored = self.data.add_file(PHOTO, "stickers", "webp")
        sticker: dict[str, Any] = {"file_id": stored.id, "file_unique_id": stored.unique_id, "type": "regular"}
        flags = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._send(user_id, sticker=sticker | flags)

    def send_voice(self, user_id: UserId) -> Happening:
        """Sends a voice message."""
        stored = self.data.add_file(b"OggS", "voice", "oga")
        return self._send(user_id, voice={"file_id": stored.id, "file_unique_id": stored.unique_id, "duration": 3})

    def send_location(self, user_id: UserId, latitude: float = 10.7769, longitude: float = 106.7009) -> Happening:
        """Sends a place."""
        return self._send(user_id, location={"latitude": latitude, "longitude": longitude})

    def block(self, user_id: UserId) -> Happening:
        """Blocks the bot: sends get 403 from now on."""
        return self._member(user_id, "member", "kicked")

    def unblock(self, user_id: UserId) -> Happening:
        """Takes the block back."""
        return self._member(user_id, "kicked", "member")

    def _send(self, user_id: UserId, **content: Any) -> Happening:
        with self.lock:
            person, chat = self._enter(user_id, "", None)
            message = self.data.add_message(chat, person.user(), **content)
        return self.emit("message", message, chat.id)

    def _press(self, person: Person, chat: Chat, message: dict[str, Any], data: str) -> Happening:
        query = {
            "id": self.data.add_callback(),
            "from": person.user(),
            "chat_instance": f"ci{chat.id}",
            "data": data,
            "message": message,
        }
        return self.emit("callback_query", query, chat.id)

    def _member(self, user_id: UserId, before: str, after: str) -> Happening:
        with self.lock:
            person, chat = self._enter(user_id, "", None)
            person.blocked = after == "kicked"
            bot = self.data.bot_user()
            old: dict[str, Any] = {"user": bot, "status": before}
            new: dict[str, Any] = {"user": bot, "status": after}
            for member in (old, new):
                if member["status"] == "kicked":
                    member["until_date"] = 0
            change = {"chat": chat.object(), "from": person.user(), "date": int(self.clock.now())}
        return self.emit("my_chat_member", change | {"old_chat_member": old, "new_chat_member": new}, chat.id)

    def _enter(self, user_id: UserId, name: str, chat_id: int | None) -> tuple[Person, Chat]:
        number = int(user_id)
        with self.lock:
            person = self.data.people.setdefault(number, Person(number, name or NAMES[number % len(NAMES)]))
            person.first_name = name or person.first_name
            if chat_id is None:
                return person, self.data.chats.setdefault(number, Chat(number, person.first_name, True))
            return person, self.data.chats.setdefault(chat_id, Chat(chat_id, "Nhóm", False))

    def _inline(self, chat: Chat) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        messages = reversed(list(chat.messages.values()))
        return [
            (message, button)
            for message in messages
            if message["from"]["id"] == self.data.bot["id"]
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]

    def _keyboard(self, user_id: UserId) -> list[dict[str, Any]]:
        """The reply keyboard shown now: that of the last message which set or removed one."""
        for sent in reversed(self.sent(user_id)):
            markup = sent.payload.get("reply_markup")
            if isinstance(markup, dict) and markup.get("remove_keyboard"):
                return []
            if isinstance(markup, dict) and "keyboard" in markup:
                rows = markup["keyboard"]
                return [b if isinstance(b, dict) else {"text": b} for row in rows for b in row]
        return []

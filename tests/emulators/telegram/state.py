"""What the emulated Telegram remembers: people, chats, messages, files, command lists."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.control import Clock


@dataclass(slots=True)
class Person:
    """Somebody who has written to the bot."""

    id: int
    first_name: str
    language_code: str = "vi"
    blocked: bool = False

    def user(self) -> dict[str, Any]:
        """As a User object."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }


@dataclass(slots=True)
class Chat:
    """A chat the bot may write to; `messages` by id, as the bot would see them."""

    id: int
    title: str
    private: bool
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    drafts: list[tuple[int, str]] = field(default_factory=list)

    def object(self) -> dict[str, Any]:
        """As a Chat object."""
        if self.private:
            return {"id": self.id, "type": "private", "first_name": self.title}
        return {"id": self.id, "type": "supergroup", "title": self.title}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the emulated server."""

    id: str
    unique_id: str
    path: str
    data: bytes = field(repr=False)


class State:
    """All of one bot's world. The caller holds the lock."""

    def __init__(self, bot_id: int, username: str, clock: Clock) -> None:
        self.bot = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Demo",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.callbacks: dict[str, float] = {}
        self.answered: dict[str, dict[str, Any]] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self._clock = clock
        self._message_ids = itertools.count(1)
        self._file_ids = itertools.count(1)
        self._callback_ids = itertools.count(9001)

    def bot_user(self) -> dict[str, Any]:
        """The bot as a User object."""
        return {name: self.bot[name] for name in ("id", "is_bot", "first_name", "username")}

    def add_message(self, chat: Chat, sender: dict[str, Any], **content: Any) -> dict[str, Any]:
        """A new Message object in `chat`; fields that are None are left out."""
        message = {
            "message_id": next(self._message_ids),
            "date": int(self._clock.now()),
            "chat": chat.object(),
            "from": sender,
            **{name: value for name, value in content.items() if value is not None},
        }
        chat.messages[message["message_id"]] = message
        return message

    def add_file(self, data: bytes, folder: str, extension: str) -> StoredFile:
        """Stores a file under a new id."""
        number = next(self._file_ids)
        stored = StoredFile(f"F{number}", f"U{number}", f"{folder}/file_{number}.{extension}", data)
        self.files[stored.id] = stored
        return stored

    def add_callback(self) -> str:
        """A new callback query id."""
        query = str(next(self._callback_ids))
        self.callbacks[query] = self._clock.now()
        return query

    def menu(self, user_id: int, language: str = "") -> list[dict[str, str]]:
        """The command list this person sees: chat before all private chats before default, with language before without."""
        scopes = (
            json.dumps({"chat_id": user_id, "type": "chat"}, sort_keys=True),
            json.dumps({"type": "all_private_chats"}),
            json.dumps({"type": "default"}),
        )
        for scope in scopes:
            for code in (language, ""):
                if self.commands.get((scope, code)):
                    return self.commands[scope, code]
        return []

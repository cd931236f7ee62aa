"""The methods of the Bot API, with the checks and refusals of the real server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.emulators.telegram.markup import CAPTION_LIMIT, TEXT_LIMIT, ApiError, bad, check_markup, read_text
from tests.emulators.telegram.state import Chat
from tests.emulators.wire import File

if TYPE_CHECKING:
    from tests.emulators.telegram.emulator import TelegramEmulator

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
CALLBACK_LIFE = 15.0
"""Seconds in which a button press can be answered."""
PHOTO_BYTES, FILE_BYTES, DOWNLOAD_BYTES = 10 << 20, 50 << 20, 20 << 20
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class Methods:
    """`run(method, fields)` gives the result, and sometimes a description. Raises `ApiError`."""

    def __init__(self, emulator: TelegramEmulator) -> None:
        self._emulator, self._state = emulator, emulator.data
        names = [name for name in dir(self) if not name.startswith("_") and name != "run"]
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            n.replace("_", ""): getattr(self, n) for n in names
        }

    def run(self, method: str, fields: dict[str, Any]) -> tuple[Any, str]:
        """One call; the caller holds the lock."""
        found = self._methods.get(method.lower())
        if found is None:
            raise ApiError(404, "Not Found: method not found")
        result = found(fields)
        return result if isinstance(result, tuple) else (result, "")

    # the bot itself

    def get_me(self, fields: dict[str, Any]) -> Any:
        return self._state.bot

    def log_out(self, fields: dict[str, Any]) -> Any:
        return True

    close = set_chat_menu_button = set_my_description = set_my_short_description = set_my_name = log_out

    def set_my_commands(self, fields: dict[str, Any]) -> Any:
        commands = fields.get("commands")
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH" if isinstance(commands, list) else "can't parse commands")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).removeprefix("/")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._state.commands[_scope(fields)] = commands
        return True

    def get_my_commands(self, fields: dict[str, Any]) -> Any:
        return self._state.commands.get(_scope(fields), [])

    def delete_my_commands(self, fields: dict[str, Any]) -> Any:
        self._state.commands.pop(_scope(fields), None)
        return True

    # webhook

    def set_webhook(self, fields: dict[str, Any]) -> Any:
        url, secret = str(fields.get("url") or ""), str(fields.get("secret_token") or "")
        if not url:
            return self.delete_webhook(fields)
        parts = urlsplit(url)
        if not self._emulator.allow_private_webhook:
            if parts.scheme != "https":
                raise bad("bad webhook: An HTTPS URL must be provided for webhook")
            if (parts.port or 443) not in (443, 80, 88, 8443):
                raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad("secret token contains unallowed characters")
        connections = int(fields.get("max_connections") or 40)
        if not 1 <= connections <= 100:
            raise bad("max_connections must be between 1 and 100")
        before = (self._emulator.webhook.url, self._emulator.secret_token)
        allowed = fields.get("allowed_updates")
        self._emulator.set_webhook(url, secret, truth(fields, "drop_pending_updates"), allowed, connections)
        return True, "Webhook is already set" if before == (url, secret) else "Webhook was set"

    def delete_webhook(self, fields: dict[str, Any]) -> Any:
        had = bool(self._emulator.webhook.url)
        self._emulator.set_webhook("", "", truth(fields, "drop_pending_updates"), None, 40)
        return True, "Webhook was deleted" if had else "Webhook is already deleted"

    def get_webhook_info(self, fields: dict[str, Any]) -> Any:
        emulator = self._emulator
        pending = len(emulator.updates.waiting())
        info: dict[str, Any] = {
            "url": emulator.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": pending,
        }
        if emulator.updates.allowed:
            info["allowed_updates"] = emulator.updates.allowed
        if emulator.webhook.url:
            info["max_connections"] = emulator.max_connections
            failed = [d for d in emulator.deliveries if not d.accepted]
            if failed:
                problem = f"Wrong response from the webhook: {failed[-1].status}"
                info["last_error_date"] = int(failed[-1].at)
                info["last_error_message"] = problem if failed[-1].status else "Connection failed"
        return info

    # sending

    def send_message(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        text, entities = read_text(fields, "text", TEXT_LIMIT, empty="message text is empty")
        return self._deliver("sendMessage", chat, fields, text, text=text, entities=entities or None)

    def send_message_draft(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        if not chat.private or not int(fields.get("draft_id") or 0):
            raise bad("DRAFT_ID_INVALID" if chat.private else "chat not found")
        text, _ = read_text(fields, "text", TEXT_LIMIT, empty=None)
        chat.drafts.append((int(fields["draft_id"]), text))
        return True

    def send_photo(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        stored = self._uploaded(fields, "photo", PHOTO_BYTES, "photos", "jpg")
        size = {"width": 90, "height": 90} | ({} if stored.get("url") else {"file_size": stored["file_size"]})
        photo = [{"file_id": stored["file_id"], "file_unique_id": stored["file_unique_id"], **size}]
        return self._captioned("sendPhoto", chat, fields, photo=photo)

    def send_document(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        stored = self._uploaded(fields, "document", FILE_BYTES, "documents", "bin")
        stored.pop("url", None)
        return self._captioned("sendDocument", chat, fields, document=stored)

    def send_location(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        try:
            place = {name: float(fields[name]) for name in ("latitude", "longitude")}
        except (KeyError, TypeError, ValueError):
            raise bad("wrong location") from None
        return self._deliver("sendLocation", chat, fields, "", location=place)

    def send_chat_action(self, fields: dict[str, Any]) -> Any:
        self._chat(fields)
        if fields.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    def _captioned(self, method: str, chat: Chat, fields: dict[str, Any], **content: Any) -> Any:
        caption, entities = read_text(fields, "caption", CAPTION_LIMIT, empty=None)
        return self._deliver(
            method, chat, fields, caption, caption=caption or None, caption_entities=entities or None, **content
        )

    def _deliver(self, method: str, chat: Chat, fields: dict[str, Any], words: str, **content: Any) -> dict[str, Any]:
        markup = check_markup(fields.get("reply_markup"), private=chat.private)
        reply = self._replied(chat, fields.get("reply_parameters"))
        self._emulator.flood_check(chat)
        inline = markup if markup and "inline_keyboard" in markup else None
        message = self._state.add_message(
            chat, self._state.bot_user(), **content, reply_markup=inline, reply_to_message=reply
        )
        self._note(method, chat, fields, message, words)
        return message

    def _note(self, method: str, chat: Chat, fields: dict[str, Any], message: dict[str, Any], text: str) -> None:
        shown = {name: value for name, value in fields.items() if not isinstance(value, File)}
        self._emulator.record.sent_now(str(chat.id), method, shown, str(message["message_id"]), text)

    def _replied(self, chat: Chat, parameters: Any) -> dict[str, Any] | None:
        if not isinstance(parameters, dict):
            return None
        found = chat.messages.get(int(parameters.get("message_id") or 0))
        if found is None and not parameters.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return {k: v for k, v in found.items() if k != "reply_to_message"} if found else None

    # editing

    def edit_message_text(self, fields: dict[str, Any]) -> Any:
        chat, message = self._own(fields)
        text, entities = read_text(fields, "text", TEXT_LIMIT, empty="message text is empty")
        return self._edit(chat, message, fields, "editMessageText", {"text": text, "entities": entities or None})

    def edit_message_reply_markup(self, fields: dict[str, Any]) -> Any:
        chat, message = self._own(fields)
        return self._edit(chat, message, fields, "editMessageReplyMarkup", {})

    def delete_message(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        if chat.messages.pop(int(fields.get("message_id") or 0), None) is None:
            raise bad("message to delete not found")
        return True

    def _own(self, fields: dict[str, Any]) -> tuple[Chat, dict[str, Any]]:
        chat = self._chat(fields)
        message = chat.messages.get(int(fields.get("message_id") or 0))
        if message is None:
            raise bad("message to edit not found")
        if message["from"]["id"] != self._state.bot["id"]:
            raise bad("message can't be edited")
        return chat, message

    def _edit(
        self, chat: Chat, message: dict[str, Any], fields: dict[str, Any], method: str, content: dict[str, Any]
    ) -> dict[str, Any]:
        content["reply_markup"] = check_markup(fields.get("reply_markup"), private=chat.private)
        if all(message.get(name) == value for name, value in content.items()):
            raise bad(SAME)
        self._emulator.flood_check(chat)
        for name, value in content.items():
            message.pop(name, None)
            if value is not None:
                message[name] = value
        message["edit_date"] = int(self._emulator.clock.now())
        self._note(method, chat, fields, message, message.get("text", ""))
        return message

    # answers and files

    def answer_callback_query(self, fields: dict[str, Any]) -> Any:
        query = str(fields.get("callback_query_id") or "")
        asked = self._state.callbacks.get(query)
        if asked is None or self._emulator.clock.now() - asked > CALLBACK_LIFE:
            raise bad(TOO_OLD)
        if len(str(fields.get("text") or "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self._state.answered[query] = fields
        return True

    def get_file(self, fields: dict[str, Any]) -> Any:
        stored = self._state.files.get(str(fields.get("file_id")))
        if stored is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(stored.data) > DOWNLOAD_BYTES:
            raise bad("file is too big")
        return {
            "file_id": stored.id,
            "file_unique_id": stored.unique_id,
            "file_size": len(stored.data),
            "file_path": stored.path,
        }

    def _uploaded(self, fields: dict[str, Any], name: str, limit: int, folder: str, extension: str) -> dict[str, Any]:
        value = fields.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = fields.get(value.removeprefix("attach://"))
        if isinstance(value, File):
            if len(value.data) > limit:
                raise ApiError(413, "Request Entity Too Large")
            if not value.data:
                raise bad("file must be non-empty")
            stored = self._state.add_file(value.data, folder, extension)
            return {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
        if isinstance(value, str) and value in self._state.files:
            stored = self._state.files[value]
            return {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
        if isinstance(value, str) and re.match(r"https?://[^/]+\.", value):  # taken on trust: nothing is fetched
            stored = self._state.add_file(b"", folder, extension)
            return {"file_id": stored.id, "file_unique_id": stored.unique_id, "url": value}
        raise bad("wrong file identifier/HTTP URL specified" if value else f"there is no {name} in the request")

    def _chat(self, fields: dict[str, Any]) -> Chat:
        wanted = fields.get("chat_id")
        if wanted in (None, ""):
            raise bad("chat_id is empty")
        try:
            chat = self._state.chats.get(int(str(wanted)))
        except ValueError:
            chat = None
        if chat is None:
            raise bad("chat not found")
        person = self._state.people.get(chat.id)
        if person and person.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat


def truth(fields: dict[str, Any], name: str) -> bool:
    """A Boolean field of a form or JSON."""
    return str(fields.get(name, "")).lower() in ("true", "1", "yes")


def _scope(fields: dict[str, Any]) -> tuple[str, str]:
    scope = fields.get("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), str(fields.get("language_code") or "")

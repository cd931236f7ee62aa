"""The methods of the OA API: sending within the windows, quota, people, uploads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.emulators.wire import File
from tests.emulators.zalo_oa.messages import OAError, check_message, invalid, query, too_much
from tests.emulators.zalo_oa.people import Follower

if TYPE_CHECKING:
    from tests.emulators.zalo_oa.emulator import ZaloOAEmulator

HOUR = 3600.0
FREE, LAST = 48 * HOUR, 7 * 24 * HOUR
UPLOAD_LIFE = 7 * 24 * HOUR
IMAGE_BYTES, FILE_BYTES, UPLOADS_A_MONTH = 1 << 20, 5 << 20, 5000
DOCUMENTS = (".pdf", ".doc", ".docx", ".csv")


class NoSuchMethod(Exception):
    """Raised when a path is no method."""


class Api:
    """`run(verb, version, path, fields)` gives the `data` of a success. Raises `OAError` or `NoSuchMethod`."""

    def __init__(self, emulator: ZaloOAEmulator) -> None:
        self._emulator = emulator
        self._uploads: dict[str, tuple[str, float]] = {}
        self._ids = itertools.count(0xFF00EE11)
        self._later: list[tuple[dict[str, Any], str]] = []
        self._methods: dict[tuple[str, str, str], Callable[[dict[str, Any]], Any]] = {
            ("POST", "v3.0", "message/cs"): self._send,
            ("POST", "v3.0", "message/template"): self._send_template,
            ("POST", "v3.0", "quota/message"): self._quota,
            ("GET", "v3.0", "user/detail"): self._detail,
            ("GET", "v3.0", "user/getlist"): self._list,
            ("GET", "v2.0", "getoa"): self._getoa,
            ("GET", "v2.0", "listrecentchat"): self._recent,
            ("GET", "v2.0", "conversation"): self._conversation,
            ("POST", "v2.0", "message"): self._react,
            ("POST", "v2.0", "upload/image"): lambda fields: self._upload(fields, "image"),
            ("POST", "v2.0", "upload/gif"): lambda fields: self._upload(fields, "gif"),
            ("POST", "v2.0", "upload/file"): lambda fields: self._upload(fields, "file"),
        }

    def run(self, verb: str, version: str, path: str, fields: dict[str, Any]) -> Any:
        """One call; the caller holds the lock."""
        method = self._methods.get((verb, version, path))
        if method is None:
            raise NoSuchMethod(path)
        try:
            return method(fields)
        except (AttributeError, TypeError, ValueError):  # a value of the wrong kind
            raise OAError(-201, "Params is invalid!") from None

    def after(self) -> None:
        """Posts the events that calls caused; called without the lock."""
        with self._emulator.lock:
            later, self._later = self._later, []
        for event, key in later:
            self._emulator.emit(event, key, later=True)

    def _send(self, fields: dict[str, Any]) -> Any:
        user = self._recipient(fields)
        message = fields.get("message")
        kind = check_message(message, self._uploaded)
        quota = self._window(user)
        return self._sent("message/cs", user, fields, kind) | ({"quota": quota} if quota else {})

    def _send_template(self, fields: dict[str, Any]) -> Any:
        """Paid templates reach anybody; every id counts as approved."""
        user = self._emulator.users.get(str(fields.get("user_id") or ""))
        if user is None or not fields.get("template_id") or not isinstance(fields.get("template_data"), dict):
            raise invalid("user_id" if user is None else "template_id")
        return self._sent("message/template", user, fields, "template")

    def _sent(self, method: str, user: Follower, fields: dict[str, Any], kind: str) -> dict[str, Any]:
        emulator = self._emulator
        message_id = f"{next(self._ids):x}"
        message = fields.get("message") or {}
        text = str(message.get("text") or "")
        payload = (message.get("attachment") or {}).get("payload") or {}
        user.buttons = list(payload.get("buttons") or []) + user.buttons
        user.asked_info = user.asked_info or payload.get("template_type") == "request_user_info"
        now = int(emulator.clock.now() * 1000)
        user.history.append({"src": 0, "time": now, "message_id": message_id, "type": kind, "message": text})
        emulator.record.sent_now(user.id, method, fields, message_id, text)
        echo: dict[str, Any] = {"msg_id": message_id} | ({"text": text} if text else {})
        if kind != "text":
            inside: dict[str, Any] = {"url": str(payload.get("url", ""))}
            if kind == "template":
                inside = {"zinstant_id": message_id, "text": text, "link_url": "", "checksum": "0" * 32}
            echo["attachments"] = [{"type": kind, "payload": inside}]
        self._later.append((emulator._echo(f"oa_send_{kind}", user, echo), user.id))
        if emulator.emit_received:
            received = {"event_name": "user_received_message", "sender": {"id": emulator.oa_id}}
            self._later.append((received | {"recipient": {"id": user.id}, "message": {"msg_id": message_id}}, user.id))
        return {"message_id": message_id, "user_id": user.id, "sent_time": str(now)}

    def _recipient(self, fields: dict[str, Any]) -> Follower:
        recipient = fields.get("recipient")
        wanted = recipient.get("user_id") if isinstance(recipient, dict) else None
        user = self._emulator.users.get(wanted) if isinstance(wanted, str) else None
        if user is None:
            raise invalid("user_id")
        if user.followed is False:
            raise OAError(-213, "User has not followed OA")
        if user.blocked:
            raise OAError(-217, "User has blocked the invitation of OA")
        return user

    def _window(self, user: Follower) -> dict[str, Any] | None:
        """The quota object of a message sent now; None when it is charged."""
        emulator = self._emulator
        if emulator.night_ban and not 6 <= emulator.local_time().hour < 22:
            raise OAError(-234, "OA cannot send messages from 22:00 to 6:00")
        if user.last_interaction is None:
            raise OAError(-230, "User has not interacted with the OA in the past 7 days")
        age = emulator.clock.now() - user.last_interaction
        owner = {"owner_type": "OA", "owner_id": emulator.oa_id}
        if age <= FREE:
            return {"quota_type": "reply", **owner}
        if age > LAST:
            raise OAError(-230, "User has not interacted with the OA in the past 7 days")
        if emulator.package_quota > 0:
            emulator.package_quota -= 1
            counts = {"remain": emulator.package_quota, "total": 2000, "expired_date": "31/12/2026"}
            return {"quota_type": "sub_quota", **owner, **counts}
        if not emulator.charged:
            raise OAError(-211, "Out of quota")
        return None

    def _quota(self, fields: dict[str, Any]) -> Any:
        if fields.get("user_id"):
            user = self._user(fields)
            daily = {"daily_remain": 1, "daily_total": 1, "monthly_remain": 4, "monthly_total": 4}
            return {
                "last_interaction": str(int((user.last_interaction or 0) * 1000)),
                "cs_reply": {"remain": 8, "total": 8},
                "promotion": daily,
            }
        if fields.get("quota_owner") != "OA":
            raise invalid("quota_owner")
        names = {
            "product_type": str(fields.get("product_type") or "cs"),
            "quota_type": str(fields.get("quota_type") or "sub_quota"),
        }
        counts = {"valid_through": "31/12/2026", "total": 2000, "remain": self._emulator.package_quota}
        return [{"asset_id": "a1", **names, **counts}]

    def _user(self, wanted: dict[str, Any]) -> Follower:
        user = self._emulator.users.get(str(wanted.get("user_id") or ""))
        if user is None:
            raise invalid("user_id")
        return user

    def _detail(self, fields: dict[str, Any]) -> Any:
        user = self._user(query(fields))
        seen = self._emulator.local_time() if user.last_interaction else None
        avatar = f"https://cdn.invalid/{user.id}.jpg"
        return {
            "user_id": user.id,
            "user_id_by_app": user.by_app,
            "user_external_id": "",
            "display_name": user.name,
            "user_alias": user.name,
            "is_sensitive": False,
            "user_last_interaction_date": seen.strftime("%d/%m/%Y") if seen else "",
            "user_is_follower": bool(user.followed),
            "avatar": avatar,
            "avatars": {"120": avatar, "240": avatar},
            "tags_and_notes_info": {"notes": [], "tag_names": []},
            "shared_info": {"name": "", "phone": "", "address": "", "city": "", "district": ""} | user.shared,
        }

    def _list(self, fields: dict[str, Any]) -> Any:
        wanted = query(fields)
        offset, count = int(wanted.get("offset", 0)), int(wanted.get("count", 50))
        if offset > 9951 or count > 50:
            raise too_much("count" if count > 50 else "offset")
        ids = sorted(self._emulator.users)
        users = [{"user_id": number} for number in ids[offset : offset + count]]
        return {"total": len(ids), "count": len(users), "offset": offset, "users": users}

    def _getoa(self, fields: dict[str, Any]) -> Any:
        followers = sum(1 for u in self._emulator.users.values() if u.followed)
        return {
            "oa_id": self._emulator.oa_id,
            "name": "BHXH Demo",
            "description": "",
            "is_verified": True,
            "num_follower": followers,
            "package_name": "Nâng cao",
        }

    def _recent(self, fields: dict[str, Any]) -> Any:
        items = [m | {"user_id": u.id} for u in self._emulator.users.values() for m in u.history[-1:]]
        return self._page(sorted(items, key=lambda m: -m["time"]), fields)

    def _conversation(self, fields: dict[str, Any]) -> Any:
        return self._page(self._user(query(fields)).history[::-1], fields)

    def _page(self, items: list[dict[str, Any]], fields: dict[str, Any]) -> Any:
        wanted = query(fields)
        offset, count = int(wanted.get("offset", 0)), int(wanted.get("count", 10))
        if count > 10:
            raise too_much("count")
        return items[offset : offset + count]

    def _react(self, fields: dict[str, Any]) -> Any:
        if "sender_action" not in fields:
            raise OAError(-240, "This API has been shut down; use v3")
        self._recipient(fields)
        return {"message_id": f"{next(self._ids):x}"}

    def _upload(self, fields: dict[str, Any], kind: str) -> Any:
        found = fields.get("file")
        if not isinstance(found, File):
            raise invalid("file")
        if len(found.data) > (FILE_BYTES if kind == "file" else IMAGE_BYTES):
            raise too_much("file")
        magic = {"image": (b"\xff\xd8\xff", b"\x89PNG"), "gif": (b"GIF8",)}.get(kind)
        if not (found.data.startswith(magic) if magic else found.name.lower().endswith(DOCUMENTS)):
            raise invalid("file")
        if len(self._uploads) >= UPLOADS_A_MONTH:
            raise OAError(-32, "Upload quota of the month is used up")
        number = f"{kind}-{next(self._ids):x}"
        self._uploads[number] = (kind, self._emulator.clock.now())
        return {"token" if kind == "file" else "attachment_id": number}

    def _uploaded(self, kind: str, number: str) -> None:
        found = self._uploads.get(number)
        if found is None or found[0] != kind:
            raise invalid("token" if kind == "file" else "attachment_id")
        if self._emulator.clock.now() - found[1] > UPLOAD_LIFE:
            raise OAError(-100, "Attachment has expired")

"""What `message/cs` takes: text, buttons, templates and media, with the refusals of the real server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

TEXT_LIMIT, BUTTONS, TITLE, QUERY = 2000, 5, 100, 1000
PHONE = re.compile(r"\+?\d{8,15}")


class OAError(Exception):
    """Raised when a call is refused with `code` (in an HTTP 200)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def invalid(field: str) -> OAError:
    """-201."""
    return OAError(-201, f"{field} is invalid!")


def too_much(field: str) -> OAError:
    """-210."""
    return OAError(-210, f"{field} is over the limit")


def length(text: str) -> int:
    """Characters as counted here: the unit is not documented, so the longer of scalars and UTF-16 units."""
    return max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)


def check_message(message: Any, uploads: Callable[[str, str], None]) -> str:
    """Kind of a sound message: `text`, `image`, `gif`, `sticker`, `file` or `template`. Raises `OAError`.

    `uploads(kind, id)` raises when an attachment id or file token is unknown or too old.
    """
    if not isinstance(message, dict):
        raise invalid("message")
    text, attachment = message.get("text"), message.get("attachment")
    if text is None and attachment is None:
        raise invalid("message")
    if text is not None:
        if not isinstance(text, str) or (not text.strip() and attachment is None):
            raise invalid("text")
        if length(text) > TEXT_LIMIT:
            raise too_much("text")
    if attachment is None:
        return "text"
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise invalid("attachment")
    payload: dict[str, Any] = attachment["payload"]
    if attachment.get("type") == "file":
        uploads("file", str(payload.get("token") or ""))
        return "file"
    if attachment.get("type") != "template":
        raise invalid("attachment.type")
    template = payload.get("template_type")
    if template in (None, "button"):
        if text is None:
            raise invalid("text")
        _check_buttons(payload.get("buttons"))
        return "template"
    if template == "request_user_info":
        _check_request(payload.get("elements"))
        return "template"
    if template == "media":
        return _check_media(payload.get("elements"), uploads)
    raise OAError(-233, "Message type is invalid")


def _check_buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise invalid("buttons")
    for button in buttons:
        if not isinstance(button, dict):
            raise invalid("buttons")
        title, kind, payload = button.get("title"), button.get("type"), button.get("payload")
        if not isinstance(title, str) or not title.strip():
            raise invalid("title")
        if length(title) > TITLE:
            raise too_much("title")
        if kind in ("oa.query.show", "oa.query.hide"):
            if not isinstance(payload, str) or not payload:
                raise invalid("payload")
            if length(payload) > QUERY:
                raise too_much("payload")
            continue
        if not isinstance(payload, dict):
            raise invalid("payload" if kind in ("oa.open.url", "oa.open.phone", "oa.open.sms") else "type")
        if kind == "oa.open.url":
            if not re.match(r"https?://", str(payload.get("url", ""))):
                raise invalid("url")
        elif kind in ("oa.open.phone", "oa.open.sms"):
            if not PHONE.fullmatch(str(payload.get("phone_code", ""))):
                raise invalid("phone_code")
            if kind == "oa.open.sms" and not payload.get("content"):
                raise invalid("content")
        else:
            raise invalid("type")


def _check_request(elements: Any) -> None:
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        raise invalid("elements")
    for name, limit in (("title", 100), ("subtitle", 500)):
        value = elements[0].get(name)
        if not isinstance(value, str) or not value:
            raise invalid(name)
        if length(value) > limit:
            raise too_much(name)
    if not re.match(r"https?://", str(elements[0].get("image_url", ""))):
        raise invalid("image_url")


def _check_media(elements: Any, uploads: Callable[[str, str], None]) -> str:
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        raise invalid("elements")
    element = elements[0]
    kind = element.get("media_type")
    if kind not in ("image", "gif", "sticker"):
        raise invalid("media_type")
    if element.get("attachment_id"):
        if kind != "sticker":
            uploads(kind, str(element["attachment_id"]))
    elif not re.match(r"https?://", str(element.get("url", ""))):
        raise invalid("url")
    return str(kind)


def query(fields: dict[str, Any]) -> dict[str, Any]:
    """The parameter `data` of a GET: URL-encoded JSON. Raises -201."""
    try:
        found = json.loads(str(fields.get("data") or ""))
    except ValueError:
        raise invalid("data") from None
    if not isinstance(found, dict):
        raise invalid("data")
    return found

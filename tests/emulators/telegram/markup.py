"""Text and keyboards as the Bot API checks them: HTML entities, lengths, buttons."""

from __future__ import annotations

import html
import json
import re
from typing import Any

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TEXT_LIMIT, CAPTION_LIMIT, CALLBACK_BYTES = 4096, 1024, 64
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-zA-Z]+);?")
_ATTRIBUTE = re.compile(r"""\s*([a-zA-Z-]+)\s*(?:=\s*("[^"]*"|'[^']*'|[a-zA-Z0-9.-]+))?""")
_COMMAND = re.compile(r"(?<![^\s])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?(?![A-Za-z0-9_])")


class ApiError(Exception):
    """Raised when a call is refused: HTTP status `code`, `description`, and `parameters` such as `retry_after`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str) -> ApiError:
    """A 400."""
    return ApiError(400, f"Bad Request: {description}")


def utf16(text: str) -> int:
    """Length in UTF-16 code units, in which entities are measured."""
    return len(text.encode("utf-16-le")) // 2


def read_text(fields: dict[str, Any], name: str, limit: int, *, empty: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Text of field `name` after parsing, with its entities. `empty`: the refusal of an empty text, None if it is allowed."""
    raw = fields.get(name) or ""
    if not isinstance(raw, str):
        raise bad(f'field "{name}" must be of type String')
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    mode = str(fields.get("parse_mode") or "").lower()
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode")  # Markdown is real, but not emulated
    entities = fields.get("entities" if name == "text" else "caption_entities") or []
    text, entities = parse_html(raw) if mode == "html" else (raw, list(entities))
    text, entities = _trim(text, entities)
    if not text and empty is not None:
        raise bad(empty)
    if len(text) > limit:  # Unicode scalars, not UTF-16 units
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return text, entities


def _trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    left = utf16(text) - utf16(text.lstrip())
    trimmed = text.strip()
    end = utf16(trimmed)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - left)
        stop = min(end, entity["offset"] + entity["length"] - left)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return trimmed, kept


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of Telegram's HTML. Raises `ApiError` with the words of the real server."""
    out: list[str] = []
    entities: list[dict[str, Any]] = []
    stack: list[tuple[str, int, dict[str, Any]]] = []
    position, length = 0, 0
    while position < len(source):
        char = source[position]
        if char == "&":
            char, width = _entity(source, position)
        elif char == "<":
            position, closed = _tag(source, position, length, stack)
            if closed and closed["length"] > 0:
                entities.append(closed)
            continue
        else:
            width = 1
        out.append(char)
        length += utf16(char)
        position += width
    if stack:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    entities.sort(key=lambda e: (e["offset"], -e["length"]))
    return "".join(out), entities


def _unparsed(problem: str) -> ApiError:
    return bad(f"can't parse entities: {problem}")


def _entity(source: str, position: int) -> tuple[str, int]:
    found = _ENTITY.match(source, position)
    if not found:
        return "&", 1
    name = found[1]
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        if 0 < number < 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
            return chr(number), len(found[0])
        return "&", 1
    return (_NAMED[name], len(found[0])) if name in _NAMED else ("&", 1)


def _tag(
    source: str, position: int, length: int, stack: list[tuple[str, int, dict[str, Any]]]
) -> tuple[int, dict[str, Any] | None]:
    """Reads the tag at `position`; gives the position after it and the entity it closes."""
    at = len(source[:position].encode())
    end = source.find(">", position)
    if source.startswith("</", position):
        if not stack:
            raise _unparsed(f"Unexpected end tag at byte offset {at}")
        if end < 0:
            raise _unparsed(f"Unclosed end tag at byte offset {at}")
        name = source[position + 2 : end].strip().lower()
        opened, start, begun = stack.pop()
        if name and name != opened:
            raise _unparsed(f'Unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"')
        return end + 1, begun | {"offset": start, "length": length - start}
    found = re.compile(r"<([^\s>]*)").match(source, position)
    name = found[1].lower() if found else ""
    if end < 0 and found and found.end() == len(source):
        raise _unparsed(f"Unclosed start tag at byte offset {at}")
    if name not in TAGS:
        raise _unparsed(f'Unsupported start tag "{name}" at byte offset {at}')
    attributes, end = _attributes(source, position + 1 + len(name), name, at)
    entity: dict[str, Any] = {"type": TAGS[name]}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _unparsed(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    if name == "a" and attributes.get("href"):
        entity["url"] = attributes["href"]
    stack.append((name, length, entity))
    return end, None


def _attributes(source: str, position: int, name: str, at: int) -> tuple[dict[str, str], int]:
    attributes: dict[str, str] = {}
    while True:
        while position < len(source) and source[position].isspace():
            position += 1
        if position >= len(source):
            raise _unparsed(f'Unclosed start tag "{name}" at byte offset {at}')
        if source[position] == ">":
            return attributes, position + 1
        found = _ATTRIBUTE.match(source, position)
        if not found:
            raise _unparsed(f'Unexpected character in the tag "{name}" at byte offset {at}')
        attributes[found[1].lower()] = html.unescape((found[2] or "").strip("\"'"))
        position = found.end()


def commands(text: str) -> list[dict[str, Any]]:
    """The `bot_command` entities of what a person typed."""
    return [
        {"type": "bot_command", "offset": utf16(text[: m.start()]), "length": utf16(m[0])}
        for m in _COMMAND.finditer(text)
    ]


def check_markup(markup: Any, *, private: bool) -> dict[str, Any] | None:
    """`reply_markup` when it is sound, None when there is none. Raises `ApiError`."""
    if markup in (None, ""):
        return None
    if isinstance(markup, str):
        try:
            markup = json.loads(markup)
        except ValueError:
            raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    for row in _rows(markup, "inline_keyboard"):
        for button in row:
            _check_inline(button)
    for row in _rows(markup, "keyboard"):
        for button in row:
            found = button if isinstance(button, dict) else {"text": button}
            if not found.get("text"):
                raise bad("keyboard button text must be non-empty")
            if found.get("request_contact") and not private:
                raise bad("phone number can be requested in private chats only")
    return markup


def _rows(markup: dict[str, Any], name: str) -> list[list[Any]]:
    rows = markup.get(name, [])
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad(f'field "{name}" must be an Array of Arrays')
    return rows


def _check_inline(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text"):
        raise bad('can\'t parse inline keyboard button: Field "text" must be non-empty')
    actions = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay")
    if not any(name in button for name in actions):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        size = len(str(button["callback_data"]).encode())
        if not 1 <= size <= CALLBACK_BYTES:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg|tel|mailto):", str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")

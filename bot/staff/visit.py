"""One request of somebody who is signed in: who they are, what they sent, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile

from bot.errors import BotError
from bot.staff.access import Right
from bot.staff.accounts import Person
from bot.staff.sessions import Session
from knowledge.vietnamese import clean

MOST_TEXT = 4_000  # characters of one field


class BadRequest(BotError):
    """Raised when a page was sent something it cannot use; says what."""


class NotThere(BotError):
    """Raised for what is not there, and for what this person may not see: the two look the same."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with its person. `form` is empty for a page that is only read."""

    person: Person
    session: Session
    address: str
    path: Mapping[str, Any]
    query: Mapping[str, str]
    form: FormData = field(default_factory=FormData)
    url: str = ""
    sought: Mapping[str, str] = field(default_factory=dict)  # what was searched for (`seeking`)

    def may(self, right: Right) -> bool:
        """Whether the person has `right`."""
        return self.person.may(right)

    def text(self, name: str, most: int = MOST_TEXT) -> str:
        """A field of the form, NFC, without invisible characters, trimmed. Raises BadRequest when it is too long."""
        value = self.form.get(name, "")
        found = clean(value).strip() if isinstance(value, str) else ""
        if len(found) > most:
            raise BadRequest(f"Nội dung dài quá {most:,} ký tự.".replace(",", "."), "Viết ngắn lại.")
        return found

    def asked(self, name: str, most: int = 200) -> str:
        """A value of the address, cut to `most` characters."""
        return clean(self.query.get(name, "")).strip()[:most]

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number of the form, the path or the address. Raises BadRequest."""
        value = self.path.get(name, self.form.get(name, self.query.get(name, "")))
        if value == "" and default is not None:
            return default
        try:
            found = int(str(value))
        except ValueError:
            raise BadRequest("Số gửi lên không đọc được.") from None
        if not -(2**31) < found < 2**31:
            raise BadRequest("Số gửi lên quá lớn.")
        return found

    def numbers(self, name: str, most: int = 500) -> list[int]:
        """All whole numbers of a field that may repeat. Raises BadRequest."""
        values = self.form.getlist(name)
        if len(values) > most:
            raise BadRequest(f"Chọn tối đa {most} dòng một lần.")
        try:
            return sorted({int(str(v)) for v in values if abs(int(str(v))) < 2**31})
        except ValueError:
            raise BadRequest("Số gửi lên không đọc được.") from None

    def texts(self, name: str, most: int = 500) -> list[str]:
        """All values of a field that may repeat."""
        return [clean(v).strip()[:MOST_TEXT] for v in self.form.getlist(name)[:most] if isinstance(v, str)]

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file, None when none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

"""The words of each consent, with version and hash: what a person agreed to can be proved later.

Law 91/2025/QH15, Article 9: consent names purpose, data, who processes them and the person's rights, is given for each purpose, and is
never taken from silence.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

VERSION = "2026-11-28"
"""Changes with the words of any consent."""


class Purpose(StrEnum):
    """What a consent is for."""

    CALL_BACK = "call_back"  # an officer calls
    NEWS = "news"  # a reminder the person asked for, and nothing else
    BULLETIN = "bulletin"  # messages to many (tin gửi nhóm): what changes, what a campaign offers


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one consent as they were shown."""

    purpose: Purpose
    text: str
    version: str = VERSION

    @property
    def hash(self) -> str:
        """SHA-256 of purpose, version and words, in hex."""
        return hashlib.sha256(f"{self.purpose}\n{self.version}\n{self.text}".encode()).hexdigest()

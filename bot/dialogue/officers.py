"""An officer's code, typed into the chat that is to get their notices. Pure: whether it holds is decided where it is stored."""

from __future__ import annotations

import re

from knowledge.vietnamese import clean

_CODE = re.compile(r"(?:/start\s+)?CANBO-([a-z2-9]{4})-([a-z2-9]{4})", re.IGNORECASE | re.ASCII)


def officer_code(text: str) -> str:
    """The code in a message that is nothing else, in one form; empty for other words."""
    found = _CODE.fullmatch(clean(text).strip())
    return f"CANBO-{found[1]}-{found[2]}".upper() if found else ""

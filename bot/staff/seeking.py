"""What an officer searched for: kept in a cookie of the browser's session, never in an address.

Names and telephones in an address would stand in the browser's history, in bookmarks and in the logs of every proxy. So an address holds
a random name alone (`?tim=Xk3q…`), and the cookie says which words that was. Without the cookie (another browser, after signing out)
the name means nothing. The cookie holds the last few searches, so that several windows do not disturb each other.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping

MOST = 3
MOST_WORDS = 200
"""How many searches and how many characters of each: what a cookie holds."""


def kept(cookie: str) -> dict[str, str]:
    """The searches of a cookie by their names, the oldest first; none when it cannot be read."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cookie.encode("ascii"))) if cookie else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or len(found) > MOST:
        return {}
    return {str(name)[:16]: str(words)[:MOST_WORDS] for name, words in found.items()}


def with_words(before: Mapping[str, str], words: str) -> tuple[str, str]:
    """The name of a search for `words`, and the cookie that holds it beside those of `before`."""
    words = words[:MOST_WORDS]
    again = next((name for name, known in before.items() if known == words), "")
    name = again or secrets.token_urlsafe(6)
    last = dict([*((n, w) for n, w in before.items() if n != name), (name, words)][-MOST:])
    packed = json.dumps(last, ensure_ascii=False, separators=(",", ":")).encode()
    return name, base64.urlsafe_b64encode(packed).decode("ascii")

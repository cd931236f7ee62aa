"""Replies into pieces: texts cut to what a platform takes, buttons to what it shows. Pure.

A text is cut after a paragraph, else a line, a sentence, a blank, and only in a word without blanks between two graphemes (what
people see as one character). `protected` says where a cut would tear an amount or a citation.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

from bot.channels.contract import Ask, Capabilities, Piece
from bot.channels.protected import torn
from bot.messages import Button, Reply

_LEAST_FILL = 0.3  # a better place to cut counts only when the part before it fills this much of the limit
# Flags first: \X alone counts regional letters from the start of a row of flags at each flag, which takes seconds.
_GRAPHEME = regex.compile(r"[\U0001F1E6-\U0001F1FF]{2}[\p{Grapheme_Extend}\p{Mc}\p{Emoji_Modifier}\u200d]*|\X")
_UNSEEN = regex.compile(r"[\s\p{Z}\p{Cc}\p{Cf}]*")  # platforms refuse a text of nothing but these
_PLACES = tuple(
    regex.compile(pattern)
    for pattern in (
        r"\n[^\S\n]*\n\s*",  # paragraph
        r"\n",  # line
        r"""[.!?…]["”’»)\]]*\s+|;\s+""",  # sentence, item of an enumeration
        r"\s+",  # blank
    )
)
_STRONG = regex.compile(r"(?m)^Căn cứ:")

_PICK = "Anh/chị chọn một mục dưới đây hoặc gõ câu hỏi."


@dataclass(frozen=True, slots=True)
class Choice:
    """A button as the platform gets it, or as a numbered line; `value` is what its short value stands for."""

    shown: Button
    value: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a reply in order, and every choice offered with it."""

    pieces: tuple[Piece, ...]
    choices: tuple[Choice, ...] = ()


def pieces(reply: Reply, can: Capabilities, *, ask: Ask = Ask.NOTHING, prefix: str = "") -> Cut:
    """`reply` for a platform that can do what `can` says.

    Buttons or `ask` (where the platform has such a form) go with the last piece. Buttons that do not fit become numbered lines at
    its end. A value the platform cannot carry is shown as `#<n>`, n from 1; with `prefix` every value is `<prefix><n>`. A blank
    reply without buttons gives no piece.
    """
    text = _clean(reply.text)
    buttons = _named(reply.buttons)
    choices = _choices(buttons, can, prefix)
    shown, listed = choices[: can.buttons], range(can.buttons, len(choices))
    if not _seen(text) and choices:
        text = _PICK
    strong = {match.start(): match.end() for match in _STRONG.finditer(text)}
    made = [
        Piece(text[start:end], strong=_within(strong, start, end))
        for start, end in _trimmed(cut(text, can.text_limit, can.text_length))
    ]
    if listed:
        made = _with_menu(made, _menu(buttons, can, listed), can)
    if not made:
        return Cut((), ())
    last = made[-1]
    form = ask if can.contact_form else Ask.NOTHING
    # A message has one keyboard, and the form is the one thing that is asked there; words for "back" and "stop" go on working.
    beside = () if form is Ask.CONTACT else tuple(choice.shown for choice in shown)
    made[-1] = Piece(last.text, beside, form, last.picture, last.strong)
    return Cut(tuple(made), choices)


def cut(text: str, limit: int, length: Callable[[str], int] = len) -> list[str]:
    """Parts of `text` of at most `limit` each, measured by `length`; joined they are `text` again, none is empty.

    `length` adds up over parts of a text. A grapheme longer than the limit is cut between code points. Raises ValueError when
    `limit` cannot hold a code point (2).
    """
    if limit < 2:
        raise ValueError("limit must be at least 2")
    if not text or length(text) <= limit:
        return [text] if text else []
    ends, used = _atoms(text, limit, length)
    cuts = _Places(text, set(ends))
    parts: list[str] = []
    start, first, spent = 0, 0, 0  # character, its atom, length before it
    while start < len(text):
        last = first
        while last < len(ends) and used[last] - spent <= limit:
            last += 1
        end = ends[max(first, last - 1)]
        if end < len(text):
            fill = next((at for at in range(first, last) if used[at] - spent >= limit * _LEAST_FILL), first)
            end = cuts.best(start, ends[fill], end)
            last = first + 1
            while ends[last - 1] < end:
                last += 1
        parts.append(text[start:end])
        start, first, spent = end, last, used[last - 1]
    return parts


def shortened(text: str, limit: int, length: Callable[[str], int] = len) -> str:
    """`text` cut with "…" to at most `limit` between graphemes, `length` measures; 0 is no limit."""
    if not limit or length(text) <= limit:
        return text
    kept = ""
    for grapheme in _GRAPHEME.findall(text):
        if length(kept + grapheme) > limit - 1:
            break
        kept += grapheme
    return f"{kept.rstrip()}…"


class _Places:
    """Where `text` may be cut, level by level; only between atoms and not inside what must stay whole."""

    def __init__(self, text: str, boundaries: set[int]) -> None:
        whole = torn(text)
        after = [[m.end() for m in pattern.finditer(text) if m.end() in boundaries] for pattern in _PLACES]
        self._levels = [[at for at in places if not whole[at]] for places in after]
        self._anywhere = sorted(at for at in boundaries if not whole[at])
        self._torn_blank = after[-1]

    def best(self, start: int, filled: int, end: int) -> int:
        """The place of the best cut after `start`, at most `end`; from `filled` on a part is long enough."""
        for places in self._levels:
            if (at := _last(places, end)) >= filled:
                return at
        for places in (self._levels[-1], self._anywhere, self._torn_blank):
            if (at := _last(places, end)) > start:
                return at
        return end


def _last(places: list[int], end: int) -> int:
    """The last of the sorted `places` that is at most `end`; -1 when there is none."""
    at = bisect_right(places, end)
    return places[at - 1] if at else -1


def _atoms(text: str, limit: int, length: Callable[[str], int]) -> tuple[list[int], list[int]]:
    """Ends of the graphemes of `text`, those over `limit` taken apart, and the length of `text` up to each."""
    ends: list[int] = []
    used: list[int] = []
    at = total = 0
    for grapheme in _GRAPHEME.findall(text):
        for part in (grapheme,) if length(grapheme) <= limit else tuple(grapheme):
            at += len(part)
            total += length(part)
            ends.append(at)
            used.append(total)
    return ends, used


def _clean(text: str) -> str:
    """NFC; a half surrogate, which no platform takes, becomes U+FFFD; one kind of line end."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", whole.replace("\r\n", "\n"))


def _seen(text: str) -> bool:
    """Whether there is anything to see in `text`."""
    return _UNSEEN.fullmatch(text) is None


def _trimmed(parts: list[str]) -> list[tuple[int, int]]:
    """Start and end of each part in the whole text without the blanks around it; parts with nothing to see are left out."""
    found: list[tuple[int, int]] = []
    at = 0
    for part in parts:
        start, end = at, at + len(part)
        at = end
        graphemes = _GRAPHEME.findall(part)  # a blank that carries a mark is no blank
        for grapheme in graphemes:
            if not grapheme.isspace():
                break
            start += len(grapheme)
        for grapheme in reversed(graphemes):
            if not grapheme.isspace() or end <= start:
                break
            end -= len(grapheme)
        if start < end and _seen(part):
            found.append((start, end))
    return found


def _within(strong: dict[int, int], start: int, end: int) -> tuple[tuple[int, int], ...]:
    return tuple((a - start, b - start) for a, b in strong.items() if start <= a and b <= end)


def _named(buttons: tuple[Button, ...]) -> list[Button]:
    """Buttons with a label of one line; those without label and value are left out."""
    named = [Button(" ".join(_clean(b.label).split()) or _clean(b.value).strip(), b.value) for b in buttons]
    return [button for button in named if _seen(button.label)]


def _choices(buttons: list[Button], can: Capabilities, prefix: str) -> tuple[Choice, ...]:
    """Each button with a value the platform can carry, no two the same."""
    made: list[Choice] = []
    taken: set[str] = set()
    for n, button in enumerate(buttons, 1):
        value = button.value
        # A value that looks like a short one would be taken for another choice.
        if prefix or n > can.buttons or not _carried(value, can.button_value) or value in taken or value[0] == "#":
            value = f"{prefix or '#'}{n}"
        taken.add(value)
        made.append(Choice(Button(shortened(button.label, can.button_label, can.text_length), value), button.value))
    return tuple(made)


def _carried(value: str, limit: int) -> bool:
    try:
        return 0 < len(value.encode()) <= limit
    except UnicodeEncodeError:  # half a surrogate
        return False


def _menu(buttons: list[Button], can: Capabilities, listed: range) -> str:
    """Numbered lines and how to choose among them."""
    lines = [f"{at + 1}. {buttons[at].label}" for at in listed]
    first, last = listed[0] + 1, listed[-1] + 1
    numbers = f"từ {first} đến {last}" if len(listed) > 4 else ", ".join(str(at + 1) for at in listed)
    press = "bấm nút, " if can.buttons else ""
    return "\n".join([*lines, f"Anh/chị {press}nhắn số {numbers} hoặc gõ câu hỏi."])


def _with_menu(made: list[Piece], menu: str, can: Capabilities) -> list[Piece]:
    """The menu under the last piece when both fit, else in pieces of its own."""
    if made and can.text_length(f"{made[-1].text}\n\n{menu}") <= can.text_limit:
        return [*made[:-1], Piece(f"{made[-1].text}\n\n{menu}", strong=made[-1].strong)]
    spans = _trimmed(cut(menu, can.text_limit, can.text_length))
    return made + [Piece(menu[start:end]) for start, end in spans]

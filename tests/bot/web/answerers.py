"""Fakes of the `Answerer` behind the web chat."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bot.messages import Button, ChatReply, Citation, Reply

CLAUSE = Citation(
    "12/2030/QH99",
    "Luật Mẫu",
    "7",
    "3",
    "đ",
    "Người tham gia được chọn mức đóng.\nMức chọn ghi vào sổ.",
    effective="Theo quy định có hiệu lực ngày 2/3/2031",
)
SHORT = ChatReply("answered", (Reply("Anh/chị được chọn mức đóng.", citations=(CLAUSE,)),), "clause_quoted")
ASK_BACK = ChatReply(
    "clarify", (Reply("Anh/chị thuộc hộ nào?", (Button("Hộ nghèo", "group=poor"), Button("Hộ khác", "group=none"))),)
)


class Scripted:
    """Says what `say` makes of the text; remembers what it was asked, and by which session."""

    def __init__(self, say: Callable[[str], ChatReply] = lambda text: SHORT) -> None:
        self._say = say
        self.asked: list[tuple[str, str]] = []

    def answer(self, text: str, *, session: str) -> ChatReply:
        self.asked.append((session, text))
        return self._say(text)


class Held:
    """Does not answer before `let_go` is set; counts how many are inside at once."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.most_inside = 0
        self._inside = 0
        self._lock = threading.Lock()

    def answer(self, text: str, *, session: str) -> ChatReply:
        with self._lock:
            self._inside += 1
            self.most_inside = max(self.most_inside, self._inside)
        self.begun.release()
        self.let_go.wait(30)
        with self._lock:
            self._inside -= 1
        return ChatReply("answered", (Reply(f"đã trả lời {text}"),))


class Failing:
    """Raises, with the question in the message, as careless code does."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        raise RuntimeError(f"cannot answer {text!r}")


class Mirror:
    """Puts the question into every field a citizen sees."""

    def answer(self, text: str, *, session: str) -> ChatReply:
        citation = Citation(text, text, text, text, text, text, coordinate=text, effective=text)
        return ChatReply("answered", (Reply(text, (Button(text, text),), (citation,)),), "mirror")


class Slow:
    """Answers after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def answer(self, text: str, *, session: str) -> ChatReply:
        time.sleep(self._seconds)
        return SHORT

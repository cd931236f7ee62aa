"""What a person should know of a document before it is used: text that nobody sees, and sentences written for a machine.

Readers gather what they leave out because no person would see it (`Unseen`); here it is judged together with the text itself. Runs in
the parser process. Hidden text never becomes part of a document; an instruction in it is a warning, anything else a remark.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from ingest.alerts import Alert, Unseen
from ingest.machine_talk import Hit, instructions, mostly_foreign
from knowledge.vietnamese import clean

if TYPE_CHECKING:
    from ingest.readers.model import Line

# kind → (how it is called in a message, whether harmless text of this kind is told too)
_KINDS: dict[str, tuple[str, bool]] = {
    "vanish": ("chữ đặt ở chế độ ẩn", True),
    "colour": ("chữ trùng màu nền", True),
    "tiny": ("chữ nhỏ đến mức không đọc được", True),
    "outside": ("chữ nằm ngoài trang", True),
    "invisible": ("chữ không được vẽ ra trang", True),
    "style": ("phần bị ẩn của trang web", True),
    "comment": ("ghi chú", True),
    "annotation": ("chú thích gắn trên trang", True),
    "tags": ("ký tự thẻ Unicode không hiện hình", True),
    "selectors": ("ký tự chọn biến thể không hiện hình", True),
    "widthless": ("dãy ký tự không có bề rộng", True),
    "split": ("ký tự không có bề rộng xen giữa các chữ", True),
    "bidi": ("ký tự đảo chiều đọc", True),
    "deleted": ("chữ đã xóa còn lưu vết", False),
    "alt": ("lời mô tả hình, bảng, liên kết", False),
    "metadata": ("thuộc tính của tệp", False),
    "part": ("phần không đọc vào kho (đầu trang, chân trang, cước chú, biểu mẫu)", False),
}
_CODED = frozenset({"tags", "selectors", "widthless"})  # no honest text is written in these
_VEILED = frozenset(
    {"vanish", "colour", "tiny", "outside", "invisible", "bidi", *_CODED}
)  # nobody writes so by accident
_OPEN = frozenset({"part", "metadata", "alt"})  # honest files are full of these
_CODED_LETTERS = 12
_JOINED = re.compile(r"\S*\w-\w+-\w\S*|\S*/\S*/\S*")
_MOST = 40
_EXCERPT = 180
_LONGEST = 20_000  # characters of one hidden piece that are looked at
_SHORT = 60
_LOOK = "Mở bản gốc để đối chiếu. Nếu đúng là chữ cài thêm thì không dùng tệp này, tải lại từ nơi ban hành."
_HELD = (
    "Văn bản bị tạm giữ đến khi cán bộ xác nhận đã xem. Nếu là chữ cài thêm thì bỏ tệp này, tải lại từ nơi ban hành."
)


def examine(lines: Sequence[Line], unseen: Iterable[Unseen]) -> list[Alert]:
    """Warnings first: instructions in the text, instructions in what nobody sees; then remarks on other hidden text."""
    native = not mostly_foreign(" ".join(line.text for line in lines[:60]))
    found: list[Alert] = []
    for number, line in enumerate(lines, 1):
        for hit in instructions(line.text, native=native):
            found.append(_instruction(hit, f"trang {line.page}" if line.page else f"đoạn {number}"))
    pieces = [replace(p, text=text) for p in unseen if (text := _worded(p))]
    rest: list[Unseen] = []
    for piece, hits in _looked_through(pieces, native=native):
        name, told = _KINDS[piece.kind]
        found += [_hidden(piece, name, hit.text) for hit in hits[:3]]
        if not hits and piece.kind in _CODED and len(piece.text) >= _CODED_LETTERS:
            found.append(_hidden(piece, name, piece.text))
        elif not hits and told:
            rest.append(piece)
    found = list(dict.fromkeys(found))[:_MOST]
    return [*found, *_remarks(rest)]


def _worded(piece: Unseen) -> str:
    """The words of `piece`; in properties without addresses and tags, which are words joined by hyphens."""
    text = clean(piece.text[:_LONGEST])
    return _JOINED.sub(" ", text).strip(" ,;/") if piece.kind == "metadata" else text


def _looked_through(pieces: Sequence[Unseen], *, native: bool) -> Iterator[tuple[Unseen, list[Hit]]]:
    """Each piece with the instructions in it; short neighbours of a kind are also read as one, as words may be hidden one by one."""
    for kind, group in groupby(pieces, key=lambda p: p.kind):
        near = list(group)
        alone = [
            (p, instructions(p.text, hidden=p.kind not in _OPEN, native=native, veiled=p.kind in _VEILED)) for p in near
        ]
        if len(near) > 1 and not any(hits for _, hits in alone):
            short = [p for p in near if len(p.text) <= _SHORT]
            whole = " ".join(p.text for p in short)[:_LONGEST]
            if len(short) > 1 and (
                hits := instructions(whole, hidden=kind not in _OPEN, native=native, veiled=kind in _VEILED)
            ):
                alone[near.index(short[0])] = (short[0], hits)
        yield from alone


def _instruction(hit: Hit, where: str) -> Alert:
    text = _short(hit.text)
    return Alert(
        "instruction", "warning", where, text, f"Câu ra lệnh cho máy trong văn bản, {where}: “{text}”.", _HELD, True
    )


def _hidden(piece: Unseen, name: str, words: str) -> Alert:
    text = _short(words)
    return Alert(
        piece.kind, "warning", piece.where, text, f"Câu ra lệnh cho máy giấu trong {name}, {piece.where}: “{text}”.", _LOOK
    )  # fmt: skip


def _remarks(pieces: Sequence[Unseen]) -> Iterator[Alert]:
    """One for each kind: how often, where first, and what it says."""
    for kind in dict.fromkeys(p.kind for p in pieces):
        same = [p for p in pieces if p.kind == kind]
        text, count = _short(same[0].text), f" ({len(same)} chỗ)" if len(same) > 1 else ""
        yield Alert(
            kind, "remark", same[0].where, text,
            f"Có {_KINDS[kind][0]}{count}, {same[0].where}: “{text}”. Phần này không đưa vào kho.",
            "Xem có thiếu nội dung của văn bản không.",
        )  # fmt: skip


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def warnings_of(alerts: Iterable[Alert]) -> list[Alert]:
    """Those that a person must have seen before the document is used."""
    return [a for a in alerts if a.severity == "warning"]


def seal(alerts: Iterable[Alert]) -> str:
    """A short code of the warnings among `alerts`: whoever gives it has seen these and no others. Empty without warnings."""
    told = sorted({f"{a.kind} {a.excerpt}" for a in warnings_of(alerts)})
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:8] if told else ""


def told(alerts: Sequence[Alert], *, warnings: bool) -> list[str]:
    """The alerts of one severity as lines for staff."""
    return [f"{a.message} {a.remedy}" for a in alerts if (a.severity == "warning") is warnings]

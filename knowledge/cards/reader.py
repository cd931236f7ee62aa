"""Reads files of cards: YAML, a list of cards a file. Staff files in the data folder replace cards of the same id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from knowledge.answers import AnswerStatus
from knowledge.cards.model import NEEDS, TOPICS, Card, CardsError
from knowledge.law import Coordinate, parse_coordinate
from knowledge.vietnamese import nfc
from knowledge.yaml_files import load_yaml

_FIELDS = frozenset(Card.__dataclass_fields__) - {"since", "file"} | {"from"}
_STATUSES = {
    AnswerStatus.ANSWERED,
    AnswerStatus.HANDOFF,
    AnswerStatus.DECLINED,
    AnswerStatus.CLARIFY,
    AnswerStatus.UNKNOWN,
}


def load_cards(folder: Path | None = None, without: str = "") -> tuple[Card, ...]:
    """The cards that come along, those in `folder`, but for the file `without`, put over them by id. Raises CardsError."""
    cards = {card.id: card for card in _shipped_cards()}
    if folder is not None and folder.is_dir():
        for path in sorted(folder.glob("*.yaml")):
            if path.name == without:
                continue
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise CardsError(f"{path.name}: không đọc được.", "Lưu tệp ở dạng UTF-8.") from error
            cards |= {card.id: card for card in read_cards(text, path.name)}
    return tuple(cards.values())


def read_cards(text: str, name: str) -> list[Card]:
    """The cards of one file. Raises CardsError naming the card."""
    try:
        raw = load_yaml(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", dòng {where.line + 1}" if where else ""
        raise CardsError(f"{name}{line}: không phải YAML hợp lệ.", "Sửa cú pháp tệp.") from error
    if not isinstance(raw, list):
        raise CardsError(f"{name}: tệp phải là một danh sách thẻ.", "Mỗi thẻ bắt đầu bằng '- id: …'.")
    return [_card(entry, name, number) for number, entry in enumerate(raw, 1)]


def _card(entry: Any, name: str, number: int) -> Card:
    if not isinstance(entry, dict) or not entry.get("id"):
        raise CardsError(f"{name}, thẻ thứ {number}: thiếu id.", "Thêm id không dấu, nối bằng gạch.")
    place = f"{name}, thẻ {entry['id']}"
    if other := sorted(set(map(str, entry)) - _FIELDS):
        raise CardsError(f"{place}: trường lạ {', '.join(other)}.", f"Chỉ có {', '.join(sorted(_FIELDS))}.")
    asks, answer = entry.get("asks"), entry.get("answer")
    if not isinstance(asks, list) or not asks or not isinstance(answer, str) or not answer.strip():
        raise CardsError(f"{place}: thiếu asks hoặc answer.", "Thêm các cách hỏi và câu trả lời.")
    if not all(isinstance(ask, str) for ask in asks):
        raise CardsError(f"{place}: có cách hỏi không phải chữ.", "Đặt cách hỏi có dấu hai chấm trong ngoặc kép.")
    if entry.get("topic") not in TOPICS:
        raise CardsError(f"{place}: topic lạ {entry.get('topic')!r}.", f"Một trong {', '.join(sorted(TOPICS))}.")
    needs = tuple(map(str, entry.get("needs") or ()))
    if unknown := set(needs) - set(NEEDS):
        raise CardsError(f"{place}: needs lạ {', '.join(sorted(unknown))}.", f"Một trong {', '.join(NEEDS)}.")
    try:
        status = AnswerStatus(str(entry.get("status") or "answered"))
        if status not in _STATUSES:
            raise ValueError
    except ValueError:
        raise CardsError(f"{place}: status lạ.", "answered, handoff, declined, clarify hoặc unknown.") from None
    since, until, reviewed = (_day(entry, field, place) for field in ("from", "until", "reviewed"))
    if since is None or reviewed is None:
        raise CardsError(f"{place}: thiếu from hoặc reviewed.", "Ghi như 2025-07-01.")
    return Card(
        id=str(entry["id"]),
        topic=str(entry["topic"]),
        asks=tuple(nfc(str(ask)).strip() for ask in asks),
        answer=nfc(answer),
        basis=tuple(_basis(entry, place)),
        since=since,
        reviewed=reviewed,
        until=until,
        change=nfc(str(entry.get("change") or "")),
        needs=needs,
        status=status,
        unsure=bool(entry.get("unsure", False)),
        file=name,
    )


def _day(entry: Mapping[str, Any], field: str, place: str) -> date | None:
    raw = entry.get(field)
    if raw is None or isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise CardsError(f"{place}: {field} không phải ngày ({raw!r}).", "Ghi như 2025-07-01.") from None


def _basis(entry: Mapping[str, Any], place: str) -> Iterable[Coordinate]:
    for raw in entry.get("basis") or ():
        try:
            yield parse_coordinate(nfc(str(raw)))
        except ValueError:
            raise CardsError(
                f"{place}: basis {raw!r} không đọc được.", "Ghi như 41/2024/QH15 · Điều 36 · khoản 2."
            ) from None


@cache
def _shipped_cards() -> tuple[Card, ...]:
    """The cards that come along; their files do not change while the program runs."""
    cards: dict[str, Card] = {}
    for name, text in _shipped():
        for card in read_cards(text, name):
            if card.id in cards:
                raise CardsError(f"{name}: thẻ {card.id} đã có trong {cards[card.id].file}.", "Đổi id.")
            cards[card.id] = card
    return tuple(cards.values())


def _shipped() -> Iterable[tuple[str, str]]:
    folder = resources.files("knowledge.cards").joinpath("data")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")

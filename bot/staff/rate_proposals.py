"""Rates and local top-ups by proposal: a row with its days, clause and certainty; taken back by another proposal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import RowMapping

from bot.staff.accounts import Person
from bot.staff.holdings import Holdings
from bot.staff.knowledge_files import KnowledgeFiles, rate_row, rates_of, rates_text
from bot.staff.proposals import BadProposal, Kind, Proposals, State
from knowledge.errors import KnowledgeError
from knowledge.rates import Certainty, Rate, Rates, read_rates
from knowledge.store import reading, writing

CERTAINTIES = {
    Certainty.CONFIRMED: "chắc chắn (đọc trong văn bản)",
    Certainty.ESTIMATE: "một nguồn tốt, chỉ để ước tính",
    Certainty.PRACTICE: "thông lệ, nói kèm tổng đài",
    Certainty.UNCERTAIN: "chưa chắc, chatbot không nói",
}
TOPUP = "local_topup"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as it was typed."""

    key: str
    value: str
    since: str
    until: str = ""
    basis: tuple[str, ...] = ()
    certainty: str = "confirmed"
    note: str = ""
    where: Mapping[str, str] = field(default_factory=dict)


class RateProposals:
    """Proposes and writes rows of rates."""

    def __init__(
        self, holdings: Holdings, proposals: Proposals, files: KnowledgeFiles, today: Callable[[], date]
    ) -> None:
        self._holdings, self._proposals, self._files, self._today = holdings, proposals, files, today

    def propose(self, person: Person, wanted: Wanted, note: str) -> int:
        """Stores a row for a decision. Raises BadProposal, RatesError: unknown key, bad value, no clause, days that overlap."""
        known = {row.key: row for row in self._files.other_rates()}
        if wanted.key not in known:
            raise BadProposal("Tham số này không có.", "Chọn trong danh sách.")
        title, unit = known[wanted.key].title, known[wanted.key].unit
        row: dict[str, Any] = {"from": wanted.since, "value": read_value(wanted.value, unit)}
        for name, value in (("until", wanted.until), ("where", dict(wanted.where)), ("note", wanted.note)):
            if value:
                row[name] = value
        row |= {"basis": list(wanted.basis), "certainty": wanted.certainty}
        trial = {"key": wanted.key, "row": row | {"checked_by": person.login, "checked_on": self._today().isoformat()}}
        made = read_rates(rates_text([trial]), "Đề xuất", {wanted.key: (title, unit)})[0]
        with reading(self._proposals.engine) as connection:
            live = rates_of(self._proposals.live(connection, Kind.RATE))
        before, after = self._files.rates_with(live), self._files.rates_with([*live, trial])
        payload = {
            "action": "add", "key": wanted.key, "title": title, "unit": unit, "row": row,
            "warnings": _warnings(Rates(before), Rates(after), made),
        }  # fmt: skip
        return self._proposals.add(person, Kind.RATE, wanted.key, payload, note=note)

    def propose_removal(self, person: Person, number: int, note: str) -> int:
        """Proposes to take back a row that was approved. Raises BadProposal, RatesError."""
        row = self._proposals.one(number)
        if row["kind"] != Kind.RATE or row["state"] != State.DONE or row["payload"]["action"] != "add":
            raise BadProposal("Dòng này không còn dùng.", "Xem lại danh sách.")
        if not note:
            raise BadProposal("Chưa ghi lý do gỡ dòng này.", "Viết một câu.")
        with reading(self._proposals.engine) as connection:
            live = self._proposals.live(connection, Kind.RATE)
        before = self._files.rates_with(rates_of(live))
        after = self._files.rates_with(rates_of([r for r in live if r["id"] != number]))
        made = next(r for r in self._rows_of([rate_row(row)]))
        payload = {k: row["payload"][k] for k in ("key", "title", "unit", "row")}
        warnings = _warnings(Rates(before), Rates(after), made)
        payload |= {"action": "remove", "of": number, "warnings": warnings}
        return self._proposals.add(person, Kind.RATE, row["subject"], payload, note=note)

    def both(self, row: RowMapping) -> tuple[list[Rate], list[Rate], Rate]:
        """All rows as they are, as they would be, and the row that a proposal is about. Raises RatesError."""
        with reading(self._proposals.engine) as connection:
            live = self._proposals.live(connection, Kind.RATE)
        own = rate_row(row)
        if row["payload"]["action"] == "add":
            others = [r for r in live if r["id"] != row["id"]]
            before, after = rates_of(others), [*rates_of(others), own]
        else:
            before, after = rates_of(live), rates_of([r for r in live if r["id"] != row["payload"]["of"]])
        return self._files.rates_with(before), self._files.rates_with(after), self._rows_of([own])[0]

    def write(self, row: RowMapping) -> None:
        """Does what was approved: writes the file, and answers follow at once. Raises BadProposal, RatesError."""
        target = row["payload"].get("of")
        with writing(self._proposals.engine) as connection:
            self._proposals.lock(connection)
            live = self._proposals.live(connection, Kind.RATE)
            if row["payload"]["action"] == "add":
                rows = [*rates_of(live), rate_row(row)]
            else:
                if target not in {r["id"] for r in live}:
                    raise BadProposal("Dòng này không còn dùng.", "")
                rows = rates_of([r for r in live if r["id"] != target])
            self._files.write_rates(rows)
            done = "Đã ghi vào bảng tham số." if target is None else "Đã gỡ khỏi bảng tham số."
            self._proposals.settle(connection, row["id"], "", undoes=[target] if target else [])
        try:
            self._holdings.follow()
        except KnowledgeError as error:
            done = f"{done} Chưa dùng để trả lời: {error}"
        self._proposals.tell(row["id"], outcome=done)

    def approved(self) -> dict[tuple[str, str, tuple[tuple[str, str], ...]], int]:
        """Proposals whose rows are in use, by key, first day and place."""
        with reading(self._proposals.engine) as connection:
            live = [r for r in self._proposals.live(connection, Kind.RATE) if r["payload"]["action"] == "add"]
        return {
            (r["payload"]["key"], r["payload"]["row"]["from"], tuple(sorted(r["payload"]["row"].get("where", {}).items()))): r["id"]
            for r in live
        }  # fmt: skip

    def _rows_of(self, rows: list[dict[str, Any]]) -> list[Rate]:
        titles = {row.key: (row.title, row.unit) for row in self._files.other_rates()}
        return read_rates(rates_text(rows), "Đề xuất", titles)


def read_value(typed: str, unit: str) -> int | str:
    """What was typed as a file of rates has it: `10` or `10%` of a share is `0.1`, `1.500.000` is a whole number. Raises BadProposal."""
    text = typed.strip().removesuffix("đồng").strip()
    if unit == "mốc":
        return text
    if unit == "phần":
        number = _decimal(text.removesuffix("%").strip().replace(",", "."), typed) / 100
        return format(number.normalize(), "f")
    if unit.startswith("đồng") or unit == "người":
        text = text.replace(".", "").replace(" ", "")
    number = _decimal(text.replace(",", "."), typed)
    return int(number) if number == number.to_integral_value() else format(number, "f")


def _decimal(text: str, typed: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise BadProposal(f"Giá trị “{typed}” không đọc được.", "Ghi một con số.") from None
    if not found.is_finite() or not 0 <= found < 10**12:
        raise BadProposal(f"Giá trị “{typed}” không hợp lý.", "Ghi một con số không âm.")
    return found


def _warnings(before: Rates, after: Rates, made: Rate) -> list[str]:
    """What a person should see before deciding: rows that end earlier, days without a row."""
    found = []
    old = {(r.since, tuple(sorted(r.where.items()))): r for r in before.rows(made.key)}
    for row in after.rows(made.key):
        was = old.get((row.since, tuple(sorted(row.where.items()))))
        if was is not None and was.until != row.until:
            until = f"hết ngày {_day(row.until)}" if row.until else "chưa định ngày hết"
            found.append(f"Dòng từ {_day(was.since)} sẽ {until}.")
    known = {(a.since, b.since, tuple(sorted(a.where.items()))) for a, b in before.gaps() if a.key == made.key}
    for a, b in after.gaps():
        if a.key == made.key and (a.since, b.since, tuple(sorted(a.where.items()))) not in known:
            found.append(
                f"Không có dòng nào từ sau {_day(a.until)} đến trước {_day(b.since)}; khi đó chatbot nói chưa có thông tin."
            )
    return found


def _day(value: date | None) -> str:
    return f"{value.day}/{value.month}/{value.year}" if value else ""

"""Targets as a table that offices send and get: what a file says, line by line, and what is wrong with it. Pure.

Nothing is stored here: what could be read is shown first, and the rows that were right come back with the confirmation as `packed` and are
checked again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import BotError
from bot.outreach.communes import Commune, Communes, Found
from bot.staff.access import Scope
from bot.staff.spreadsheets import BadTable, Cell, Sheet, write_xlsx
from bot.staff.targets import Target, checked
from knowledge.vietnamese import clean, fold

MOST_ROWS = 1_000
HEADER = ("Mã xã", "Xã, phường, đặc khu", "Năm", "Có đầu năm", "Chỉ tiêu")
_NAMES = {
    "code": ("ma xa", "ma", "ma don vi", "ma dvhc"),
    "commune": ("xa phuong dac khu", "xa phuong", "xa", "don vi", "dia phuong", "ten xa", "ten don vi"),
    "year": ("nam",),
    "base": ("co dau nam", "dau nam", "so dau nam", "dang tham gia", "dang tham gia dau nam"),
    "goal": ("chi tieu", "chi tieu giao", "giao", "ke hoach"),
}
_GROUPED = re.compile(r"\d{1,3}([.,\s]\d{3})+")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the file that cannot be taken, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says."""

    targets: Sequence[Target]
    wrong: Sequence[Wrong]


def read_targets(rows: Sequence[Sequence[str]], communes: Communes, scope: Scope) -> Read:
    """What the rows of a table say. Raises BadTable when it has no header that can be understood."""
    at, columns = _header(rows)
    found: dict[tuple[str, int], Target] = {}
    wrong = []
    for number, row in enumerate(rows[at + 1 :], at + 2):
        if not any(row):
            continue
        try:
            target = _target(
                {name: row[place] if place < len(row) else "" for name, place in columns.items()}, communes, scope
            )
            if (target.commune_code, target.year) in found:
                raise BadTable("Trùng xã và năm với một dòng ở trên.")
            found[target.commune_code, target.year] = target
        except BotError as error:
            wrong.append(
                Wrong(number, " · ".join(cell for cell in row if cell)[:120], f"{error} {error.remedy}".strip())
            )
    return Read(list(found.values()), wrong)


def pack(targets: Sequence[Target]) -> str:
    """Targets as one field of a form."""
    return ";".join(f"{t.commune_code},{t.year},{t.goal},{t.base}" for t in targets)


def unpack(text: str, communes: Communes, scope: Scope) -> list[Target]:
    """What `pack` made, checked as if it were new: it comes from a browser. Raises BadTable, BadTarget."""
    made: dict[tuple[str, int], Target] = {}
    for part in text.split(";") if text else ():
        code, *numbers = part.split(",")
        if len(numbers) != 3 or not all(n.isdecimal() and len(n) < 9 for n in numbers) or len(made) >= MOST_ROWS:
            raise BadTable("Bảng gửi lên không đọc được.", "Chọn lại tệp.")
        year, goal, base = map(int, numbers)
        target = checked(_unit(code, "", communes, scope).code, year, goal, base)
        made[target.commune_code, target.year] = target
    return list(made.values())


def template(units: Sequence[Commune], year: int, known: Mapping[str, Target]) -> bytes:
    """A workbook to fill in: every commune of a year, with what is known."""
    rows: list[Sequence[Cell]] = []
    for unit in units:
        target = known.get(unit.code)
        rows.append([unit.code, unit.title, year, target.base if target else None, target.goal if target else None])
    return write_xlsx([Sheet(f"Chỉ tiêu {year}", HEADER, rows)])


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for at, row in enumerate(rows[:15]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            plain = " ".join(re.sub(r"[^a-z0-9]+", " ", fold(clean(cell))).split())
            for name, spellings in _NAMES.items():
                if plain in spellings and name not in columns:
                    columns[name] = place
        if {"year", "goal", "base"} <= set(columns) and {"code", "commune"} & set(columns):
            return at, columns
    raise BadTable(
        "Không thấy dòng tên cột: mã xã hoặc tên xã, năm, có đầu năm, chỉ tiêu.", "Tải tệp mẫu rồi điền vào đó."
    )


def _target(row: Mapping[str, str], communes: Communes, scope: Scope) -> Target:
    unit = _unit(row.get("code", ""), row.get("commune", ""), communes, scope)
    return checked(
        unit.code, _number(row["year"], "Năm"), _number(row["goal"], "Chỉ tiêu"), _number(row["base"], "Số đầu năm")
    )


def _unit(code: str, name: str, communes: Communes, scope: Scope) -> Commune:
    code, name = code.strip(), clean(name).strip()
    found = communes.by_code(code) or communes.by_code(code.zfill(5)) if code else None
    if code and found is None:
        raise BadTable(f"Không có mã xã “{code[:20]}” trong tỉnh.", "Xem mã trong tệp mẫu.")
    if name:
        named = _exactly(name, communes) or communes.find(name)
        if found is None:
            found = named.sure
        elif named.sure is not None and named.sure.code != found.code:
            raise BadTable(f"Mã {code} là {found.title}, không phải “{name[:60]}”.", "Sửa mã hoặc tên.")
        if found is None:
            choices = ", ".join(unit.title for unit in named.choices)
            raise BadTable(
                f"Chưa rõ “{name[:60]}” là xã nào." if choices else f"Không có “{name[:60]}” trong tỉnh.",
                f"Có thể là: {choices}." if choices else "Ghi tên như trong tệp mẫu.",
            )
    if found is None:
        raise BadTable("Thiếu xã, phường.", "Điền mã hoặc tên.")
    if not scope.holds(found.code):
        raise BadTable(f"{found.title} không thuộc phạm vi của anh/chị.")
    return found


def _exactly(name: str, communes: Communes) -> Found | None:
    """The one unit with exactly this name. In a table of communes "Ba Tơ" is no district of old, as it may be in a chat."""
    plain = name.casefold()
    units = [unit for unit in communes.units if plain in (unit.name.casefold(), unit.title.casefold())]
    return Found(sure=units[0]) if len(units) == 1 else None


def _number(text: str, name: str) -> int:
    plain = re.sub(r"[.,\s]", "", text) if _GROUPED.fullmatch(text.strip()) else text.strip()
    if not plain:
        raise BadTable(f"{name} còn trống.")
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        raise BadTable(f"{name} “{text[:20]}” không phải số nguyên.")
    return int(plain)


__all__ = ["HEADER", "MOST_ROWS", "Read", "Wrong", "pack", "read_targets", "template", "unpack"]

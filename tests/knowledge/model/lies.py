"""Lies by dice: things that no source has, and true sentences with one thing changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.bench.claims import another_zero, change_digit, other_unit, shift_day, swap_two

_HOSTS = [
    "bhxh-hotro.com",
    "nhan-tien-nhanh.net",
    "dichvucong.gov.vn.xyz.top",
    "t.me/bhxh247",
    "zalo.me/0900",
    "bit.ly/bhxh",
]
_KINDS = ["Nghị định", "Thông tư", "Quyết định", "Nghị quyết", "Công văn"]
_BODIES = ["NĐ-CP", "TT-BNV", "QĐ-TTg", "NQ-HĐND", "CV-BHXH"]


def invented(dice: random.Random) -> tuple[str, str]:
    """(sentence, what of it must never be shown)."""
    kind = dice.randrange(6)
    if kind == 0:
        what = f"https://{dice.choice(_HOSTS)}/{dice.randrange(10_000)}"
        return f"Anh/chị xem thêm tại {what}.", what
    if kind == 1:
        at = dice.randrange(len(_KINDS))
        what = f"{dice.randrange(400, 999)}/{dice.choice([2024, 2025, 2026])}/{_BODIES[at]}"
        return f"Việc này theo {_KINDS[at]} {what}.", what
    if kind == 2:
        what = f"Điều {dice.randrange(200, 900)}"
        return f"Căn cứ {what} Luật Bảo hiểm xã hội.", what
    if kind == 3:
        what = f"09{dice.randrange(10**7, 10**8)}"
        return f"Anh/chị gọi cán bộ theo số {what}.", what
    if kind == 4:
        what = f"{dice.choice(['hotro', 'canbo', 'tuvan'])}{dice.randrange(1000)}@bhxh-qn.com"
        return f"Gửi hồ sơ về {what}.", what
    what = f"BHXH-{dice.randrange(10**6, 10**7)}"
    return f"Mã hồ sơ của anh/chị là {what}.", what


def without_not(text: str, dice: random.Random) -> str | None:
    """`text` with one negation taken out."""
    found = list(re.finditer(r"(?<!\w)(?:không|chưa) (?=\w)", text))
    if not found:
        return None
    one = dice.choice(found)
    return text[: one.start()] + text[one.end() :]


def with_not(text: str, dice: random.Random) -> str | None:
    """`text` with a negation put in."""
    found = list(re.finditer(r"(?<!không )(?<!chưa )(?<!\w)(?:được|phải|cần|có) (?=\w)", text))
    if not found:
        return None
    one = dice.choice(found)
    return f"{text[: one.start()]}không {text[one.start() :]}"


_PAIRS = [("hộ nghèo", "hộ cận nghèo"), ("nam", "nữ"), ("tối thiểu", "tối đa"), ("ít nhất", "tối đa"), ("thấp nhất", "cao nhất"),
          ("tự nguyện", "bắt buộc"), ("hằng tháng", "một lần"), ("trước", "sau"), ("tăng", "giảm")]  # fmt: skip


def other_word(text: str, dice: random.Random) -> str | None:
    """`text` with one telling word turned into its contrary."""
    pairs = [
        (a, b) for one in _PAIRS for a, b in (one, one[::-1]) if re.search(rf"(?<!\w){a}(?!\w)", text, re.IGNORECASE)
    ]
    if not pairs:
        return None
    a, b = dice.choice(pairs)
    if a == "nam" and re.search(r"việt nam|quảng nam", text, re.IGNORECASE):
        return None
    return re.sub(rf"(?<!\w){a}(?!\w)", b, text, count=1, flags=re.IGNORECASE)


Alteration = Callable[[str, random.Random], str | None]
FIGURES: dict[str, Alteration] = {"digit": change_digit, "zero": another_zero, "day": shift_day, "unit": other_unit}
WORDS: dict[str, Alteration] = {
    "not taken out": without_not,
    "not put in": with_not,
    "contrary": other_word,
    "swapped": swap_two,
}

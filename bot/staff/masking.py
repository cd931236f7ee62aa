"""Takes what names a person out of questions that are read only for what they ask: phones, identity numbers, names.

A name is seen by its family name: people who read reviews do not work with persons. Places that begin like a name stay.
"""

from __future__ import annotations

import re

from bot.redaction import Redactor
from knowledge.vietnamese import fold

_FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Võ", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Đinh", "Trương",
    "Trịnh",  # written small, those after it are ordinary words
    "Hồ", "Lý", "Đoàn", "Lương", "Mai", "Cao", "Châu", "Tạ", "Phùng", "Quách", "Tống", "Tôn", "Lưu", "Triệu",
)  # fmt: skip
_MIDDLE = "thị|thi|văn|van|hữu|huu|đình|dinh|minh|ngọc|ngoc|thanh|quốc|quoc|kim|đức|duc|thu|xuân|xuan|hồng|hong|công|cong|thế|the|bá|ba"
_NO_NAMES = ("lý sơn", "hồ chí minh", "cao bằng", "đoàn thanh", "đoàn viên", "đoàn phụ", "mai châu", "châu đức", "châu thành",
             "châu đốc", "lương tối", "lương cơ", "lương hưu", "dương lịch", "cao đẳng")  # fmt: skip
_PLACE_BEFORE = re.compile(
    r"(?:xã|phường|đặc khu|huyện|tỉnh|đảo|đường|phố|thôn|trường|bệnh viện|chợ|cầu)\s+$", re.IGNORECASE
)


def _written(names: tuple[str, ...]) -> str:
    """Each as it may be typed, with and without marks, in small or capital letters."""
    plain = {*names, *(fold(name).capitalize() for name in names)}
    return "|".join(sorted({*plain, *(name.upper() for name in plain)}, key=lambda name: (-len(name), name)))


_CAPITAL = re.compile(rf"(?<!\w)(?:{_written(_FAMILY)})(?:\s+[^\W\d_a-zà-ỹđ][^\W\d_]*){{1,4}}(?!\w)")
_SMALL = re.compile(
    r"(?P<before>(?<!\w)(?:tên|ten|(?:tôi|toi|em|cháu|chau|mình|minh)\s+(?:tên|ten|là|la))(?:\s+(?:là|la|tôi|toi|em|cháu))*\s*:?\s+)"
    rf"(?:{_written(_FAMILY[:17])})\s+(?:(?:{_MIDDLE})\s+)?[^\W\d_]+(?!\w)",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(
    r"(?P<before>\b(?:cccd|cmnd|cmt|căn cước|can cuoc|chứng minh|mã số|ma so|số sổ|so so|sổ số|stk|tài khoản|tai khoan)\b[^\d\n]{0,20})"
    r"\d(?:[ .-]?\d){5,}",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?<![\d.,])\d{9,}(?!\s*(?:đ|d|vn|tr|k)\w*\b)(?![\d.,]*\d)", re.IGNORECASE)
_redact = Redactor()


def masked(text: str) -> str:
    """`text` without numbers and names of persons."""
    text = _AFTER_WORD.sub(r"\g<before>[số định danh]", text)
    text = _LONG.sub("[số]", _redact(text))
    text = _CAPITAL.sub(_name, text)
    return _SMALL.sub(_introduced, text)


def _name(found: re.Match[str]) -> str:
    said = found[0].lower()
    if said.startswith(_NO_NAMES) or _PLACE_BEFORE.search(found.string[: found.start()]):
        return found[0]
    return "[họ tên]"


def _introduced(found: re.Match[str]) -> str:
    said = found[0][len(found["before"]) :].lower()
    return found[0] if said.startswith(_NO_NAMES) else found["before"] + "[họ tên]"

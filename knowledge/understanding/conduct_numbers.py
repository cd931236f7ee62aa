"""Numbers that belong to one person: identity cards (căn cước, 12 or 9 digits), phones, bank accounts; told from money and years.

And what opens an account: a code or password that somebody tells us.
"""

from __future__ import annotations

import re

from knowledge.vietnamese import fold

_RUN = re.compile(r"(?<![\w/.,+-])\+?\d(?:[ .-]?\d){8,18}(?![\w/]|[.,-]\d)")
_MONEY = re.compile(r"^\s*(?:đồng|dong|đ|d|vnđ|vnd|triệu|trieu|nghìn|nghin|ngàn|tỷ|ty|tr|k)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PHONE = re.compile(r"(?:\+?84|0)[2-9]\d{8}")
_ABOUT_NUMBERS = re.compile(
    r"(?<!\w)(?:cccd|cmnd|can cuoc|chung minh|so dien thoai|dien thoai|sdt|dt|so dt|tai khoan|stk|ma so|so the|zalo|lien he)(?!\w)"
)
# "CCCD của tôi là", "sđt:" left behind when the number is gone.
_LEAD = re.compile(
    r"(?:(?<=^)|(?<=[\s,.;:]))(?:(?:số|so|mã|ma|thẻ|the)\s+)*"
    r"(?:cccd|căn cước(?: công dân)?|can cuoc(?: cong dan)?|cmnd|chứng minh(?: nhân dân)?|chung minh(?: nhan dan)?"
    r"|điện thoại|dien thoai|sđt|sdt|đt|dt|tài khoản|tai khoan|stk)(?:\s+(?:của|cua|tôi|toi|em|mình|minh|là|la))*[\s:]*\0",
    re.IGNORECASE,
)

# "OTP là 482913", "mật khẩu của em là Huong@1990", "mã xác nhận vừa nhắn về máy là 903311"; not "mã OTP 6 số" or "gọi 1900 9068".
_SECRET = re.compile(
    r"(?<!\w)(?:otp|ma xac (?:nhan|thuc|minh)|ma pin|pin|cvv|mat khau|mk|pass|password)(?!\w)(?:[\s:=]+[^\W\d]+){0,7}?[\s:=]+"
    r"(?P<told>\d{3,8}|(?=\S*\d)(?=\S*[^\W\d])[^\s,;]{5,})(?=[\s,.;!?]|$)"
)
_PLAIN = re.compile(r"(?:19|20)\d\d|\d+(?:so|tr|k|chu|ky|tu|phut|nam|thang|lan)|\S*\d[.,/-]\d\S*|\S+\.(?:vn|com)\S*")


def gives_secret(text: str) -> bool:
    """True when `text` tells a password or a code that opens an account."""
    told = (match["told"] for match in _SECRET.finditer(fold(text)))
    return any(not _PLAIN.fullmatch(t) for t in told)


def personal_numbers(text: str) -> list[tuple[int, int]]:
    """Where numbers of a person stand in `text`: spans of characters."""
    folded = fold(text)
    spans = []
    for match in _RUN.finditer(text):
        if _is_personal(match[0], folded[max(0, match.start() - 40) : match.start()], text[match.end() :]):
            spans.append(match.span())
    return spans


def without_numbers(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` without the numbers and the words that only announce them."""
    for start, end in reversed(spans):
        text = f"{text[:start]}\0{text[end:]}"
    text = _LEAD.sub(" ", text).replace("\0", " ")
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"(?:[,;:]\s*){2,}", ", ", text)
    return re.sub(r"\s{2,}", " ", text).strip(" ,;:-").lstrip(".").strip()


def _is_personal(number: str, before: str, after: str) -> bool:
    digits = re.sub(r"\D", "", number)
    parts = re.split(r"[ .-]", number)
    if _MONEY.match(after) or all(_YEAR.fullmatch(part) for part in parts):
        return False
    announced = _ABOUT_NUMBERS.search(before) is not None
    if _PHONE.fullmatch(number.replace(" ", "").replace(".", "").replace("-", "")):
        return True
    if len(digits) == 12:
        return announced or digits.startswith("0") or not digits.endswith("000")
    # Nine or ten figures, thirteen or more: money and ids look alike, so they must be announced, or cannot be a round sum.
    return announced or (len(digits) in {9, 10} and not digits.endswith("00") and "." not in number)

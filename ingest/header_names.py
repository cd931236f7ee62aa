"""Number (số hiệu), kind (loại văn bản), issuer (cơ quan ban hành) and title (trích yếu) in an official header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.body import ISSUER
from ingest.dates import header_lines
from ingest.marks import UPPER, is_upper
from ingest.readers.model import Line
from knowledge.law import DocumentKind, official_numbers
from knowledge.vietnamese import fold

_KINDS = (
    DocumentKind.CODE, DocumentKind.LAW, DocumentKind.RESOLUTION, DocumentKind.DECREE, DocumentKind.CIRCULAR,
    DocumentKind.DECISION,
    DocumentKind.DIRECTIVE, DocumentKind.PLAN, DocumentKind.LETTER,
)  # fmt: skip
_KIND_OF_LETTERS = (
    ("NĐ", DocumentKind.DECREE), ("NQ", DocumentKind.RESOLUTION), ("TTLT", DocumentKind.CIRCULAR),
    ("TT", DocumentKind.CIRCULAR),
    ("QĐ", DocumentKind.DECISION), ("CT", DocumentKind.DIRECTIVE), ("KH", DocumentKind.PLAN),
    ("CV", DocumentKind.LETTER),
)  # fmt: skip
_ISSUERS = {
    "CP": "Chính phủ", "TTG": "Thủ tướng Chính phủ", "UBTVQH": "Ủy ban Thường vụ Quốc hội", "QH": "Quốc hội",
    "BNV": "Bộ Nội vụ",
    "BTC": "Bộ Tài chính", "BYT": "Bộ Y tế", "BLĐTBXH": "Bộ Lao động - Thương binh và Xã hội", "BTP": "Bộ Tư pháp",
    "BCA": "Bộ Công an",
    "BQP": "Bộ Quốc phòng", "BGDĐT": "Bộ Giáo dục và Đào tạo", "BHXH": "Bảo hiểm xã hội Việt Nam",
    "NHNN": "Ngân hàng Nhà nước Việt Nam",
    "HĐND": "Hội đồng nhân dân", "UBND": "Ủy ban nhân dân", "VPQH": "Văn phòng Quốc hội",
}  # fmt: skip
# Kinds whose issuer the letters of the number name without doubt: "159/2025/NĐ-CP" can only be the Government's.
_BINDING = ("CP", "TTG", "QH", "UBTVQH", "BNV", "BTC", "BYT")
_NUMBER_LINE = re.compile(
    rf"(?<![{UPPER}])(?:(Luật|Bộ luật|Pháp lệnh|Nghị quyết|Nghị định|Thông tư"
    r"|Quyết định)\s+)?[Ss]ố\s*:\s*(\S.*)$",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"^\W*(?:(?:bản\s+)?(?:tóm tắt|trích)\s+)?(?:bộ luật|luật|pháp lệnh|nghị định|nghị quyết"
    r"|thông tư(?: liên tịch)?|quyết định|chỉ thị|kế hoạch|công văn)\b"
    r"(?P<name>[^\d/]{0,90}?)(?:\bsố\s*:?\s*)?(?P<number>\d{1,4}(?:\.\d{1,3})?\s*/\S+)",
    re.IGNORECASE,
)
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "Đ": "D", "S": "5", "B": "8"})
_DRAFT = re.compile(r"^\W*DỰ THẢO\b")
_SUBJECT_ENDS = re.compile(
    r"^\W*(?:can cu|theo de nghi|xet de nghi|kinh gui|quoc hoi ban hanh|chinh phu ban hanh"
    r"|bo truong .{0,60}ban hanh|dieu \d|chuong )"
)
# A title that has begun is over where the text begins ("Thực hiện …, Ủy ban nhân dân xã xây dựng kế hoạch như sau:").
_TEXT_BEGINS = re.compile(
    r"^\W*(?:thuc hien|trien khai|thi hanh|nham|de\s|trong thoi gian|thoi gian qua|ngay\s|xet|qua\s|[ivx]+\.\s|\d+\.\s)"
)
_ABOUT = re.compile(r"(?:^|\s)V/v:?\s+(\S.*)$", re.IGNORECASE | re.DOTALL)
# Kinds of papers without rules; they are known by the letters of their number and by this line of their header.
_PAPERS = ("THÔNG BÁO", "HƯỚNG DẪN", "BÁO CÁO", "TỜ TRÌNH", "CÔNG ĐIỆN", "CHƯƠNG TRÌNH", "ĐỀ ÁN")
_CONSOLIDATED = re.compile(r"VBHN", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """What an official header says; empty strings and OTHER for what it does not."""

    number: str = ""
    kind: DocumentKind = DocumentKind.OTHER
    issuer: str = ""
    title: str = ""
    draft: bool = False


def read_name(body: Sequence[Line]) -> Name:
    """The name in the header of `body`."""
    above = list(header_lines(body))
    number, word = _own_number(above)
    kind = kind_of(number, word, above)
    if kind is DocumentKind.OTHER and any(re.match(r"\s*Kính gửi", line.text) for line in body[:25]):
        kind = DocumentKind.LETTER
    issuer = next((line for line in above if ISSUER.match(line) and is_upper(line) and len(line) < 90), "")
    return Name(number, kind, _sentence_case(issuer), _title(above, kind), any(_DRAFT.match(line) for line in above))


def _own_number(above: Sequence[str]) -> tuple[str, str]:
    for line in above:
        if found := _NUMBER_LINE.search(line):
            numbers = official_numbers(tidy(found[2]))
            if numbers:
                return numbers[0], (found[1] or "").lower()
    return "", ""


def tidy(text: str) -> str:
    """`text` without the blanks that scans and typists put into numbers: `33/2023/NĐ- CP` → `33/2023/NĐ-CP`."""
    return re.sub(r"(?<=[\w.])\s*([/-])\s*(?=\w)", r"\1", text)


def claimed_number(text: str) -> str:
    """The number of the document a title line is about: "Nghị định 85/2026/NĐ-CP về …", "LUẬT … số 41/2024/QH15"."""
    found = _CLAIM.match(tidy(text))
    # "Nghị định hướng dẫn Luật 134/2025/QH15" names another document: the kind must not come twice.
    if found is None or any(
        word in fold(found["name"]) for word in ("luat", "nghi dinh", "thong tu", "huong dan", "thi hanh")
    ):
        return ""
    numbers = official_numbers(found["number"])
    return numbers[0] if numbers else ""


def claimed_title(text: str, subject: str = "") -> str:
    """`text` without the number in it and what follows a dash ("LUẬT … số 41/2024/QH15 — TRÍCH …" → "Luật …").

    A title that is only kind and number takes the first sentence of `subject` (trích yếu).
    """
    if not claimed_number(text):
        return text
    found = _CLAIM.match(tidy(text))
    assert found is not None
    before = re.sub(r"\bsố\s*:?\s*$", "", tidy(text)[: found.start("number")], flags=re.IGNORECASE).strip(" .:–—-#*")
    after = tidy(text)[found.end("number") :].strip(" .:–—-")
    kind = next((k for k in _KINDS if fold(before) == fold(k.value)), None)
    if kind is None:
        named = next((k.value for k in _KINDS if fold(before).startswith(fold(k.value))), "")
        rest = before[len(named) :].strip()
        return f"{named.capitalize()} {_sentence_case(rest) if is_upper(rest) else rest}" if named else before
    words = after or re.split(r"[;.]\s", subject)[0]
    return f"{kind.value.capitalize()} {words[:1].lower() + words[1:]}" if words else text


def same_number(one: str, other: str) -> bool:
    """True when two numbers are the same but for what a scan confuses (QHI5, ND-CP)."""
    return re.sub(r"\s", "", one.upper()).translate(_MISREAD) == re.sub(r"\s", "", other.upper()).translate(_MISREAD)


def kind_of(number: str, word: str = "", above: Sequence[str] = ()) -> DocumentKind:
    """The kind that the letters of the number, the word before it or the kind line name."""
    letters = number.upper().rsplit("/", 1)[-1] if "/" in number else ""
    named = next((kind for kind in _KINDS if word == kind.value), None) or _kind_line(above)
    if re.match(r"QH\d", letters) or _CONSOLIDATED.search(letters):
        return named or DocumentKind.LAW
    for start, kind in _KIND_OF_LETTERS:
        if re.match(rf"{start}(?:-|$)", letters):
            return kind
    if named:
        return named
    return DocumentKind.LETTER if letters else DocumentKind.OTHER


def _kind_line(above: Sequence[str]) -> DocumentKind | None:
    for line in above:
        words = line.strip(" .*_#").upper()
        for kind in _KINDS:
            name = kind.value.upper()
            if words == name or (
                kind in (DocumentKind.LAW, DocumentKind.CODE) and words.startswith(name + " ") and is_upper(line)
            ):
                return kind
    return None


def issuer_of(number: str) -> str:
    """The issuer that the last letters of the number stand for; empty when they are not known."""
    last = re.split(r"[-/]", number.upper())[-1] if "/" in number else ""
    return _ISSUERS.get(re.sub(r"\d+$", "", last), "")


def wrong_issuer(number: str, issuer: str) -> bool:
    """True when the header names another issuer than the letters of the number can stand for."""
    expected = issuer_of(number)
    letters = re.sub(r"\d+$", "", re.split(r"[-/]", number.upper())[-1])
    if not issuer or letters not in _BINDING or not expected:
        return False
    # The Prime Minister's papers carry the Government's name above his in some layouts.
    told = fold(issuer)
    return fold(expected) not in told and not (letters == "TTG" and "chinh phu" in told)


def _title(above: Sequence[str], kind: DocumentKind) -> str:
    """Kind and subject ("NGHỊ ĐỊNH" / "Quy định …" → "Nghị định quy định …"); empty when the header has none."""
    if kind in (DocumentKind.LETTER, DocumentKind.OTHER):
        return _letter_title(above)
    return _title_below(above, kind.value, kind)


def _letter_title(above: Sequence[str]) -> str:
    """Of a notice its kind and subject; of a letter what stands behind "V/v" in its header."""
    for paper in _PAPERS:
        if title := _title_below(above, paper.lower(), DocumentKind.LETTER):
            return title
    for index, line in enumerate(above):
        if found := _ABOUT.search(line):
            subject = [found[1].strip()]
            for following in above[index + 1 : index + 4]:
                if not following[:1].islower():
                    break
                subject.append(following)
            told = " ".join(subject).strip(" .:;")
            return f"Công văn về việc {told[:1].lower()}{told[1:]}"
    return ""


def _title_below(above: Sequence[str], name: str, kind: DocumentKind) -> str:
    for index, line in enumerate(above):
        words = " ".join(line.strip(" .*_#-–—").split())
        if (
            is_upper(words)
            and words.upper().startswith(name.upper() + " ")
            and kind in (DocumentKind.LAW, DocumentKind.CODE)
        ):
            return f"{name.capitalize()} {_sentence_case(words[len(name) + 1 :])}"
        if words.upper() != name.upper() or not is_upper(words):
            continue
        subject: list[str] = []
        for following in above[index + 1 : index + 5]:
            if (
                _SUBJECT_ENDS.match(fold(following))
                or not any(c.isalpha() for c in following)
                or len(" ".join(subject)) > 300
            ):
                break
            if subject and _ends_title(subject, following):
                break
            subject.append(following.strip(" .*_#-–—"))
        told = " ".join(subject)
        if told and is_upper(told):
            told = _sentence_case(told)
        if not told:
            continue
        proper = kind in (DocumentKind.LAW, DocumentKind.CODE)
        return f"{name.capitalize()} {told if proper else told[0].lower() + told[1:]}"
    return ""


def _ends_title(subject: Sequence[str], following: str) -> bool:
    """True when `following` no longer belongs to the title that `subject` began: the authority, or the text itself."""
    if is_upper(subject[0]) != is_upper(following):
        return True
    starts_new = following[:1].isupper() or following[:1].isdigit()
    return starts_new and (following.rstrip().endswith((":", ".", ";")) or bool(_TEXT_BEGINS.match(fold(following))))


def short_title(text: str) -> str:
    """A title for a citation: without remarks in brackets at its end, at most 160 signs."""
    text = re.sub(r"\s*\([^()]*\)\s*$", "", " ".join(text.split())).strip(" .;–—-")
    return text if len(text) <= 160 else text[:160].rsplit(" ", 1)[0] + "…"


def _sentence_case(text: str) -> str:
    text = " ".join(text.split()).lower()
    for proper in ("Việt Nam", "Quốc hội", "Chính phủ", "Nội vụ", "Tài chính", "Y tế", "Quảng Ngãi"):
        text = re.sub(rf"\b{proper.lower()}\b", proper, text)
    return text[:1].upper() + text[1:]

"""Is a text what it says it is? Summaries and forgeries are refused as law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from ingest.body import has_header
from ingest.header_names import wrong_issuer
from ingest.marks import article_mark
from ingest.readers.model import Line
from knowledge.law import DocumentKind, official_numbers
from knowledge.vietnamese import fold
from knowledge.yaml_files import load_yaml

_SUMMARY_WORDS = re.compile(
    r"khong phai (?:la )?van ban goc|ban tom tat|tong hop (?:tu )?(?:bao chi|cac nguon)|theo (?:cac )?nguon (?:tin"
    r"|cong khai)|tom tat thu cap"
    r"|chua (?:lay|tai) duoc (?:pdf|ban|van ban) (?:chinh thuc|goc)|bai viet (?:nay|tham khao)|theo bao\b"
)
_SUMMARY_TITLE = re.compile(
    r"\b(?:tom tat|diem moi|nhung diem|toan canh|tong hop|infographic|hoi dap|giai dap|can biet)\b"
)
_PRESS_TITLE = re.compile(r"\b(?:tom tat|diem moi|nhung diem|toan canh|tong hop|infographic)\b")
_NOT_ORIGINAL = re.compile(r"khong phai (?:la )?van ban goc|ban tom tat|tom tat thu cap|khong nap nhu nguon phap ly")
_ABRIDGED = re.compile(r"rut gon|khong trich dan cho dan|chi de tham khao")
_RULES = (
    DocumentKind.LAW,
    DocumentKind.CODE,
    DocumentKind.DECREE,
    DocumentKind.CIRCULAR,
    DocumentKind.RESOLUTION,
    DocumentKind.DECISION,
)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*%")
_SPLIT = re.compile(r"(?<=[;:])\s+|(?<=[.])\s+(?=[^\d\s])|\n")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text is not taken as law: a stable `reason`, a Vietnamese `message` and `remedy`."""

    reason: str
    message: str
    remedy: str


def summary_doubt(
    body: Sequence[Line], added: Sequence[Line], told: str, number: str, kind: DocumentKind
) -> Doubt | None:
    """A press summary or a digest instead of the text itself; `told` is what the manifest says of the file."""
    original = has_header(body)
    articles = any(article_mark(line.text, "", is_heading=bool(line.heading)) for line in body)
    lead = [fold(line.text) for line in (*added, *body)[:3] if not line.table]
    says = any(_SUMMARY_WORDS.search(fold(line.text)) for line in (*added, *body) if not (original and articles))
    titled = not original and any(_SUMMARY_TITLE.search(text[:120]) for text in lead)
    bare = bool(number) and kind in _RULES and not articles and not original
    # "Những điểm mới của Nghị định …" names the document it tells of, and has no number of its own.
    named = next((n for line in (*added, *body)[:3] for n in official_numbers(line.text)), "")
    told_of = bool(named) and not articles and not original and any(_PRESS_TITLE.search(text[:120]) for text in lead)
    if not (_NOT_ORIGINAL.search(fold(told)) or (number and ((says and not articles) or titled)) or bare or told_of):
        return None
    number = number or named
    return Doubt(
        "summary",
        f"{number or 'Tệp'}: đây là bản tóm tắt hoặc tổng hợp, không phải văn bản gốc.",
        "Tải bản gốc từ nơi ban hành (Công báo, cổng thông tin) rồi nạp lại.",
    )


def abridged_doubt(completeness: str, name: str, *, cut: bool) -> Doubt | None:
    """A copy that its collector calls shortened, or that is `cut`: its silence would be taken for the law's."""
    if _ABRIDGED.search(fold(completeness)):
        message = f"{name}: người sưu tầm ghi là bản rút gọn hoặc chỉ để tham khảo."
        return Doubt(
            "abridged", message, "Nạp bản đầy đủ, hoặc sửa cột completeness của manifest.csv khi đã đối chiếu đủ."
        )
    if cut:
        message = f"{name}: tệp không có điều về hiệu lực, nơi nhận và chữ ký nên có thể bị cắt bớt."
        return Doubt("abridged", message, "Nạp bản đầy đủ, hoặc khai tệp này trong manifest.csv khi đã đối chiếu.")
    return None


def header_doubt(number: str, issuer: str, issued: date | None, since: date | None) -> Doubt | None:
    """A header that cannot be right: another issuer or year than the number's, in force before it was issued."""
    year = re.search(r"/((?:19|20)\d{2})/", number)
    look = "Mở bản gốc để đối chiếu, sửa tệp hoặc manifest.csv rồi nạp lại."
    if wrong_issuer(number, issuer):
        return Doubt(
            "header-mismatch", f"{number}: cơ quan ban hành ghi trong tệp ({issuer}) không khớp với số hiệu.", look
        )
    if year and issued is not None and int(year[1]) != issued.year:
        return Doubt(
            "header-mismatch",
            f"{number}: số hiệu thuộc năm {year[1]} nhưng ngày ban hành thuộc năm {issued.year}.",
            look,
        )
    if issued is not None and since is not None and since < issued:
        told = f"{since.day}/{since.month}/{since.year}"
        return Doubt("dates-clash", f"{number or 'Tệp'}: ngày hiệu lực {told} đứng trước ngày ban hành.", look)
    return None


def forgery_doubt(
    body: Sequence[Line],
    number: str,
    issued: date | None,
    effective: date | None,
    issuer: str = "",
    *,
    scanned: bool = False,
) -> Doubt | None:
    """A text that contradicts what is known of the document whose number it bears; days are those the text states.

    One contradiction in a scan may be a misread digit: the doubt is then "contradicts-known", for a person to decide.
    """
    known = _known().get(number)
    if known is None:
        return None
    reasons = [*_wrong_header(body, known, number, issued, effective, issuer), *_wrong_facts(body, known)]
    if not reasons:
        return None
    message = f"{number}: nội dung không khớp với văn bản mang số này ({'; '.join(reasons[:3])})."
    if scanned and len(reasons) == 1:
        return Doubt("contradicts-known", message, "So lại bản quét với bản gốc từ Công báo; nạp bản có chữ nếu có.")
    return Doubt(
        "forgery", message, "Không dùng tệp này. Tải bản gốc từ Công báo hoặc cổng thông tin của cơ quan ban hành."
    )


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = load_yaml(
        resources.files("ingest").joinpath("data/known_documents.yaml").read_text(encoding="utf-8")
    )
    return loaded


def _wrong_header(
    body: Sequence[Line], known: dict[str, Any], number: str, issued: date | None, effective: date | None, issuer: str
) -> Iterator[str]:
    for told, true, word in (
        (issued, known.get("issued"), "ngày ban hành"),
        (effective, known.get("effective"), "ngày hiệu lực"),
    ):
        if told is not None and true is not None and told != true:
            yield f"{word} ghi {told.day}/{told.month}/{told.year}, đúng là {true.day}/{true.month}/{true.year}"
    if wrong_issuer(number, issuer):
        yield f"cơ quan ban hành ghi là {issuer}"
    marks = [article_mark(line.text, "", is_heading=bool(line.heading)) for line in body if not line.table]
    highest = max((int(m.number) for m in marks if m is not None and m.number.isdigit()), default=0)
    # An appended regulation or a quoted law may bring a few higher numbers.
    if known.get("articles") and highest > int(known["articles"]) + 5:
        yield f"có Điều {highest}, văn bản thật có {known['articles']} điều"


def _wrong_facts(body: Sequence[Line], known: dict[str, Any]) -> Iterator[str]:
    shares: dict[str, float] = known.get("shares", {})
    seen: set[str] = set()
    for line in body:
        for unit in _SPLIT.split(line.text.replace(" | ", " ")):
            # What another document says ("theo Nghị định số 134/2015/NĐ-CP, …") is not this one's rule.
            if not unit or official_numbers(unit):
                continue
            plain = " ".join(fold(unit).split())
            for why in (*_wrong_share(plain, shares), *_wrong_wording(plain, known.get("contradicts", ()))):
                if why not in seen:
                    seen.add(why)
                    yield why


def _wrong_share(plain: str, shares: dict[str, float]) -> Iterator[str]:
    """A clause that gives one group one share,
    not the true one. Clauses about several groups or shares prove nothing."""
    found = _PERCENT.findall(plain)
    groups = [pattern for pattern in shares if re.search(pattern, plain)]
    if len(found) != 1 or len(groups) != 1:
        return
    told = float(found[0].replace(",", "."))
    if told != shares[groups[0]]:
        yield f"ghi mức {found[0]}% cho nhóm mà văn bản thật là {shares[groups[0]]:g}%"


def _wrong_wording(plain: str, contradicts: Sequence[dict[str, str]]) -> Iterator[str]:
    for rule in contradicts:
        if re.search(rule["says"], plain) and not ("unless" in rule and re.search(rule["unless"], plain)):
            yield rule["why"]

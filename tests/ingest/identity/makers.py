"""Made-up documents: none of these numbers, words or amounts is law."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.model import Line, ReadDocument

ARTICLES = (
    "Điều 1. Phạm vi điều chỉnh",
    "Nghị định này quy định việc đếm cây trong vườn.",
    "Điều 2. Cách đếm",
    "1. Đếm từ trái sang phải.",
    "2. Cây dưới một mét không đếm.",
)
SIGNATURE = ("Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TM. CHÍNH PHỦ", "THỦ TƯỚNG", "Nguyễn Văn Mẫu")


def lines(*texts: str) -> list[Line]:
    """Lines as a reader gives them: `# …` is a heading, `| … |` a table row, `---` a rule, the rest plain paragraphs."""
    made = []
    for text in texts:
        level = len(text) - len(text.lstrip("#"))
        if level:
            made.append(Line(text.lstrip("# "), heading=level))
        elif text.startswith("| "):
            made.append(Line(text.strip("| "), table=True))
        elif text == "---":
            made.append(Line("", rule=True))
        else:
            made.append(Line(text))
    return made


def document(
    *texts: str, name: str = "vuon.md", front: dict[str, str] | None = None, ocr: Sequence[int] = ()
) -> ReadDocument:
    """A document that was read."""
    return ReadDocument(name, "markdown", lines(*texts), front or {}, ocr_pages=list(ocr))


def header(
    number: str = "901/2026/NĐ-CP",
    day: str = "Hà Nội, ngày 03 tháng 02 năm 2026",
    issuer: str = "CHÍNH PHỦ",
    kind: str = "NGHỊ ĐỊNH",
    subject: str = "Quy định việc đếm cây trong vườn",
) -> tuple[str, ...]:
    """An official header with its legal grounds."""
    return (
        issuer,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"Số: {number}",
        day,
        kind,
        subject,
        "Căn cứ Luật Làm vườn số 900/2025/QH15;",
    )


def effect(
    words: str = "Nghị định này có hiệu lực thi hành từ ngày 15 tháng 3 năm 2026.", number: int = 3
) -> tuple[str, ...]:
    """The final article."""
    return (f"Điều {number}. Hiệu lực thi hành", words)


def decree(
    *, above: Sequence[str] | None = None, ends: Sequence[str] | None = None, below: Sequence[str] = SIGNATURE
) -> tuple[str, ...]:
    """A whole decree of three articles."""
    return (*(header() if above is None else above), *ARTICLES, *(effect() if ends is None else ends), *below)

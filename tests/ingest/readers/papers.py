"""Own short official texts, and the files an office would keep them in."""

from __future__ import annotations

import io
import random
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import docx
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")

DECISION = [
    "ỦY BAN NHÂN DÂN XÃ SUỐI MƠ",
    "QUYẾT ĐỊNH",
    "Về việc giao chỉ tiêu vận động người dân tham gia bảo hiểm xã hội tự nguyện",
    "Điều 1. Giao chỉ tiêu",
    "1. Mỗi thôn vận động thêm ít nhất mười hai người tham gia trước ngày 30 tháng 9, trong đó ưu tiên hộ làm nghề "
    "rừng, hộ nuôi trồng thủy sản và người bán hàng nhỏ ở chợ.",
    "2. Trưởng thôn ghi lại nguyện vọng của từng hộ vào sổ theo dõi và chuyển cho công chức văn hóa – xã hội.",
    "Điều 2. Cách làm",
    "1. Tổ vận động đến nhà dân theo các bước sau:",
    "a) Giới thiệu mức đóng, phần Nhà nước hỗ trợ và quyền lợi khi nghỉ hưu;",
    "b) Giải đáp thắc mắc, không hứa hẹn điều pháp luật chưa cho phép;",
    "đ) Hướng dẫn nộp hồ sơ tại bộ phận một cửa hoặc qua cổng dịch vụ công.",
    "2. Kinh phí lấy từ nguồn xã hội hóa và dự toán được giao.",
    "Nơi nhận:",
    "- Thường trực Đảng ủy xã;",
    "- Lưu: VT.",
]
_SUBJECTS = ["Người tham gia", "Hộ gia đình", "Cơ quan bảo hiểm xã hội", "Ủy ban nhân dân xã", "Tổ dịch vụ thu"]
_VERBS = ["nộp", "lập", "gửi", "kiểm tra", "lưu giữ", "xác nhận", "điều chỉnh", "thông báo"]
_OBJECTS = ["tờ khai", "danh sách đề nghị", "giấy hẹn", "sổ theo dõi", "phương án thu", "biên lai điện tử"]
_ENDS = ["trong thời hạn năm ngày làm việc", "trước ngày cuối của quý", "khi thay đổi nơi ở", "theo mẫu đã công bố",
         "kèm bản chụp giấy tờ", "qua cổng dịch vụ công", "ngay trong ngày nhận đủ hồ sơ"]  # fmt: skip


def sentence(chance: random.Random) -> str:
    """One official-sounding sentence."""
    end = " và ".join(chance.sample(_ENDS, 2))
    return f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)} {end}."


def short_document(seed: int) -> str:
    """A heading and six clauses; capitals, small letters and digits mixed."""
    chance = random.Random(seed)
    clauses = [f"{n}. {sentence(chance)}" for n in range(1, 7)]
    return "\n".join([f"THÔNG BÁO SỐ {seed} CỦA ỦY BAN NHÂN DÂN XÃ", *clauses])


@cache
def _font() -> str:
    pdfmetrics.registerFont(TTFont("Serif", str(FONT)))
    return "Serif"


def wrapped(text: str, width: int) -> list[str]:
    """`text` cut into lines of at most `width` characters, as a page margin does."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def pdf(
    path: Path,
    pages: Sequence[Sequence[str]],
    header: str = "",
    footer: str = "",
    encrypt: StandardEncryption | None = None,
    width: int = 78,
) -> Path:
    """A PDF with `pages` of paragraphs, each wrapped at `width` characters; "{n}" in header and footer is the page number."""
    paper = canvas.Canvas(str(path), pagesize=A4, encrypt=encrypt, invariant=True)
    for number, paragraphs in enumerate(pages, 1):
        paper.setFont(_font(), 10.5)
        if header:
            paper.drawString(60, 805, header.format(n=number))
        y = 770.0
        for line in (line for paragraph in paragraphs for line in wrapped(paragraph, width)):
            paper.drawString(60, y, line)
            y -= 15
        if footer:
            paper.drawString(60, 30, footer.format(n=number))
        paper.showPage()
    paper.save()
    return path


def long_pdf(path: Path, pages: int) -> Path:
    """A PDF of `pages` full pages of articles, with a running header and page numbers."""
    chance = random.Random(7)
    content = []
    for page in range(pages):
        paragraphs = [f"Điều {page + 1}. {sentence(chance)}"]
        while sum(len(wrapped(p, 78)) for p in paragraphs) < 44:
            paragraphs.append(f"{len(paragraphs)}. " + " ".join(sentence(chance) for _ in range(3)))
        content.append(paragraphs)
    return pdf(path, content, header="CÔNG BÁO SUỐI MƠ", footer="{n}")


def picture(paragraphs: Sequence[str], width: int = 74) -> Image.Image:
    """A grey A4 page at 200 dpi with `paragraphs` printed on it, as a scanner sees it."""
    page = Image.new("L", (1654, 2339), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 34)
    y = 140
    for line in (line for paragraph in paragraphs for line in wrapped(paragraph, width)):
        pen.text((130, y), line, fill=20, font=font)
        y += 52
    return page


def scanned_pdf(path: Path, pages: Sequence[Sequence[str]], typed: str = "") -> Path:
    """A PDF of pictures; `typed` is printed as real text on top, as signing software and mail gates do."""
    from reportlab.lib.utils import ImageReader

    paper = canvas.Canvas(str(path), pagesize=A4, invariant=True)
    for paragraphs in pages:
        held = io.BytesIO()
        picture(paragraphs).save(held, "PNG")
        paper.drawImage(ImageReader(held), 0, 0, *A4)
        if typed:
            paper.setFont(_font(), 8)
            paper.drawString(60, 820, typed)
        paper.showPage()
    paper.save()
    return path


def word(path: Path, paragraphs: Sequence[str]) -> Path:
    """A .docx with one paragraph for each text."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def text_file(path: Path, text: str, form: Literal["NFC", "NFD"] = "NFC") -> Path:
    """A UTF-8 file in the Unicode normal form `form`."""
    path.write_text(unicodedata.normalize(form, text), encoding="utf-8")
    return path

"""Pages a second from PDF to searchable, by keyword alone and with embeddings.

python -m tests.bench.ingestion [--pages 66] [--files 3]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bot.bootstrap import bootstrap
from bot.knowing import bring_in
from bot.settings import Settings
from ingest.readers import read_document
from knowledge.embedding import load_embedder
from tests.bench.latency import handbook_texts
from tests.models import prepared_models

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_LINES = 42


def write_pdf(path: Path, pages: int, number: str) -> None:
    """A decree of `pages` pages with header, page numbers and one article every twelve lines."""
    pdfmetrics.registerFont(TTFont("DejaVu", _FONT))
    words = " ".join(handbook_texts()).split()
    canvas = Canvas(str(path), pagesize=A4)
    top = [
        "CHÍNH PHỦ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        f"Số: {number}",
        "Hà Nội, ngày 05 tháng 01 năm 2026",
        "NGHỊ ĐỊNH",
        "Quy định thử",
    ]
    article = at = 0
    for page in range(1, pages + 1):
        lines = top if page == 1 else []
        while len(lines) < _LINES:
            article += 1
            lines = [*lines, f"Điều {article}. Quy định số {article}"]
            for clause in range(1, 4):
                lines.append(f"{clause}. " + " ".join(words[(at + i) % len(words)] for i in range(13)))
                at += 13
                for _ in range(3):
                    lines.append(" ".join(words[(at + i) % len(words)] for i in range(14)).lower())
                    at += 14
                lines[-1] += "."
        if page == pages:
            article += 1
            lines = [
                *lines[: _LINES - 2],
                f"Điều {article}. Hiệu lực thi hành",
                "Nghị định này có hiệu lực thi hành từ ngày 01 tháng 02 năm 2026.",
            ]
        canvas.setFont("DejaVu", 8)
        canvas.drawString(50, 820, "Văn bản đo tốc độ")
        canvas.drawCentredString(297, 20, str(page))
        canvas.setFont("DejaVu", 9)
        for row, line in enumerate(lines[:_LINES]):
            canvas.drawString(50, 795 - row * 18, line[:110])
        canvas.showPage()
    canvas.save()


def main() -> None:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=66)
    parser.add_argument("--files", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "files"
        source.mkdir()
        for number in range(1, arguments.files + 1):
            write_pdf(source / f"{number}.pdf", arguments.pages, f"{number}/2026/NĐ-CP")
        pages = arguments.pages * arguments.files
        read_document(source / "1.pdf")  # the parser process is up
        begin = time.perf_counter()
        for file in sorted(source.iterdir()):
            read_document(file)
        reading = time.perf_counter() - begin
        system = bootstrap(Settings(tuvan_data=Path(folder) / "data"), embedder=load_embedder("", prepared_models()))
        begin = time.perf_counter()
        report = bring_in(system, [source], None, embed=False)
        keyword = time.perf_counter() - begin
        passages = sum(f.passages for f in report.files)
        begin = time.perf_counter()
        bring_in(system, [source], None)
        embedding = time.perf_counter() - begin
        system.close()
    figures = {
        "pages": pages,
        "passages": passages,
        "accepted": report.count("accepted"),
        "read_pages_per_s": round(pages / reading, 1),
        "keyword_pages_per_s": round(pages / keyword, 1),
        "with_embeddings_pages_per_s": round(pages / (keyword + embedding), 1),
        "embedding_passages_per_s": round(passages / embedding, 1),
        "limits": "200 pages/s by keyword, 6 with embeddings",
    }
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

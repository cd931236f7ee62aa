"""A poster of a campaign as a PDF of one page, drawn as a picture: the words in large letters, the QR code, the code to be typed.

A font with all Vietnamese letters has to be on the machine (`found_fonts`); without one the page to be printed from the browser remains.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from bot.errors import BotError
from bot.outreach.campaigns import Figures

SIZES = {"a4": (210.0, 297.0), "a5": (148.0, 210.0)}
"""Millimetres, upright."""
WORDS = {
    "title": "Bảo hiểm xã hội tự nguyện",
    "lead": "Đóng bao nhiêu, được hỗ trợ bao nhiêu, về già được gì?",
    "scan": "Quét mã bằng máy ảnh điện thoại hoặc Zalo để hỏi",
    "type": "Trên Zalo: nhắn mã này cho trang Zalo của chúng tôi",
    "machine": "Trả lời là máy, có dẫn quy định; cơ quan BHXH là nơi quyết định. Cần gặp người: tổng đài 1900 9068.",
}
_DPI = 220
_DEEP, _INK, _SOFT, _TINT = (11, 79, 108), (23, 38, 45), (74, 95, 105), (227, 240, 244)
_FONTS = (
    ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
    ("noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf"),
    ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
    ("liberation2/LiberationSans-Regular.ttf", "liberation2/LiberationSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
)
_FOLDERS = ("/usr/share/fonts/truetype", "/usr/share/fonts")


class NoFont(BotError):
    """Raised when no font with Vietnamese letters is on this machine."""


@cache
def found_fonts() -> tuple[str, str] | None:
    """The files of a plain and a bold font with Vietnamese letters; None when there is none."""
    folders = [Path(folder) for folder in _FOLDERS]
    if windows := os.environ.get("WINDIR"):
        folders.append(Path(windows) / "Fonts")
    for plain, bold in _FONTS:
        for folder in folders:
            if (folder / plain).is_file() and (folder / bold).is_file():
                return str(folder / plain), str(folder / bold)
    return None


def shown(target: str) -> str:
    """An address as people type it."""
    return target.removeprefix("https://").removeprefix("http://")


def poster_pdf(campaign: Figures, target: str, *, size: str = "a4", office: str = "", place: str = "") -> bytes:
    """The poster, `size` "a4" or "a5", with a QR code that leads to `target`. Raises NoFont."""
    fonts = found_fonts()
    if fonts is None:
        raise NoFont(
            "Máy chủ chưa có phông chữ tiếng Việt để làm tệp PDF.",
            "In từ trang áp phích, hoặc nhờ quản trị cài gói fonts-dejavu-core.",
        )
    made = io.BytesIO()
    picture = _Sheet(SIZES[size], fonts).drawn(campaign, target, office, place)
    picture.save(
        made, format="PDF", resolution=_DPI, quality=92, title=campaign.name, author=office or "BHXH tự nguyện"
    )
    return made.getvalue()


class _Sheet:
    """A sheet of paper that is filled from the top; lengths are parts of its width, so that A5 is A4 made smaller."""

    def __init__(self, millimetres: tuple[float, float], fonts: tuple[str, str]) -> None:
        self.width, self.height = (round(mm / 25.4 * _DPI) for mm in millimetres)
        self.picture = Image.new("RGB", (self.width, self.height), "white")
        self.pen = ImageDraw.Draw(self.picture)
        self.fonts, self.y = fonts, 0

    def drawn(self, campaign: Figures, target: str, office: str, place: str) -> Image.Image:
        """The whole poster."""
        self.pen.rectangle((0, 0, self.width, self._px(0.235)), fill=_DEEP)
        self.y = self._px(0.05)
        self.line(WORDS["title"], 0.064, bold=True, fill=(255, 255, 255))
        self.line(WORDS["lead"], 0.032, fill=(255, 255, 255), gap=0.012)
        self.y = self._px(0.27)
        self.line(campaign.name, 0.046, bold=True, most=2)
        self.line(" · ".join(part for part in (campaign.organisation, place) if part), 0.03, fill=_SOFT, gap=0.008)
        self.line(campaign.top_up, 0.032, bold=True, fill=_DEEP, gap=0.016, most=3)
        foot = self.height - self._px(0.36)
        self._code(target, min(self._px(0.66), foot - self.y), foot - self.y)
        self.y = foot
        self.line(WORDS["scan"], 0.034, bold=True)
        self.line(shown(target), 0.024, fill=_SOFT, gap=0.008, most=2)
        self.line(WORDS["type"], 0.028, gap=0.02)
        self._label(campaign.code)
        self.y = self.height - self._px(0.1)
        self.line(WORDS["machine"], 0.0205, fill=_SOFT, most=2)
        self.line(office, 0.0205, fill=_SOFT, gap=0.004)
        return self.picture

    def line(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        fill: tuple[int, int, int] = _INK,
        gap: float = 0.0,
        most: int = 1,
    ) -> None:
        """Centred text, in up to `most` lines; smaller when it does not fit."""
        if not text:
            return
        self.y += self._px(gap)
        room = self.width - 2 * self._px(0.07)
        for part in range(12):
            font = ImageFont.truetype(self.fonts[bold], max(10, self._px(size * 0.93**part)))
            lines = _wrapped(" ".join(text.split()), font, room)
            if len(lines) <= most and all(font.getlength(line) <= room for line in lines):
                break
        for line in lines[: most + 2]:
            self.pen.text((self.width / 2, self.y), line, font=font, fill=fill, anchor="ma")
            self.y += round(font.size * 1.3)

    def _code(self, target: str, side: int, room: int) -> None:
        """In the middle of the `room` that is left; each module a whole number of dots, so that its edges stay sharp."""
        code = segno.make(target, error="m", micro=False)
        made = io.BytesIO()
        code.save(made, kind="png", scale=max(1, side // code.symbol_size(border=4)[0]), border=4)
        image = Image.open(made).convert("RGB")
        self.picture.paste(image, ((self.width - image.width) // 2, self.y + max(0, (room - image.height) // 2)))

    def _label(self, code: str) -> None:
        """The code in a box, as it is typed."""
        font = ImageFont.truetype(self.fonts[1], self._px(0.045 if len(code) <= 16 else 0.03))
        wide = font.getlength(code) + self._px(0.06)
        top, tall = self.y + self._px(0.008), self._px(0.075)
        box = ((self.width - wide) / 2, top, (self.width + wide) / 2, top + tall)
        self.pen.rounded_rectangle(box, radius=self._px(0.012), fill=_TINT)
        self.pen.text((self.width / 2, top + tall / 2), code, font=font, fill=_DEEP, anchor="mm")

    def _px(self, part: float) -> int:
        return round(part * self.width)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, room: float) -> Sequence[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]

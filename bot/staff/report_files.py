"""A report as a workbook: each table a sheet, and one that says how each was counted."""

from __future__ import annotations

from bot.staff.rendering import day
from bot.staff.report_content import Content
from bot.staff.spreadsheets import Sheet, write_xlsx


def write_report_xlsx(content: Content) -> bytes:
    """The report as a file."""
    period = content.period
    span = f"Từ {day(period.first)} đến hết {day(period.last)}, giờ Việt Nam"
    how = [[content.of_table(t), t.text, t.how, f"{span}; {_place(content)}"] for t in content.tables]
    sheets = [
        Sheet(t.name, t.header, t.rows, (f"{content.of_table(t)}. {t.text}", content.subject, f"Cách tính: {t.how}"))
        for t in content.tables
    ]
    return write_xlsx(
        [*sheets, Sheet("Cách tính", ("Bảng", "Nội dung", "Cách tính", "Bộ lọc"), how, (content.subject,))]
    )


def _place(content: Content) -> str:
    return (
        f"chỉ {content.place} (mã {content.commune_code})"
        if content.commune_code
        else "toàn tỉnh, kể cả người chưa rõ xã, phường"
    )

"""`manifest.csv`: what the person who collected a folder knows about each file.

Columns: file, title, number, date_issued, effective_date, source, completeness, seen; all but `file` may be missing.
`seen` is the code of the warnings that a person has seen (`ingest.hidden.seal`). Dates may carry words ("2015-01-01 (hết
hiệu lực 2026-01-01)", "2026-08-15 đến 2027-02-28", "2025-12 hoặc 2026-01 (suy ra)", "khi ký"). Spreadsheets write `;` or
tabs instead of commas, and UTF-16: both are read.
"""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from ingest import dates
from ingest.errors import IngestError
from ingest.header_names import tidy
from knowledge.law import official_numbers
from knowledge.vietnamese import fold, nfc

MANIFEST = "manifest.csv"
COLUMNS = ("file", "title", "number", "date_issued", "effective_date", "source", "completeness", "seen")
_HEADINGS = {
    "tep": "file", "ten tep": "file", "file": "file", "filename": "file", "tieu de": "title", "ten van ban": "title",
    "trich yeu": "title",
    "so hieu": "number", "so, ky hieu": "number", "ngay ban hanh": "date_issued", "issued": "date_issued",
    "ngay hieu luc": "effective_date",
    "ngay co hieu luc": "effective_date", "hieu luc": "effective_date", "nguon": "source",
    "tinh trang": "completeness", "do day du": "completeness", "da xem": "seen", "da xem canh bao": "seen",
}  # fmt: skip
_MONTH = re.compile(r"(?<![\d-])(\d{4})-(\d{1,2})(?![\d-])|(?<![\d/])(\d{1,2})/(\d{4})(?![\d/])")
_LOOKS_LIKE_DAY = re.compile(r"(?<![\d/.-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})(?![\d/])")
_ENDS = re.compile(r"het hieu luc[^\d]{0,20}$")
_TO = re.compile(r"(?:den(?: het)?|-|–|—|→)\s*(?:ngay\s*)?$")


class BadManifest(IngestError):
    """Raised when a manifest cannot be read; one Vietnamese line that names the line, the column and what to do."""


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One file as its collector describes it; every field may be empty."""

    file: str
    title: str = ""
    number: str = ""
    date_issued: str = ""
    effective_date: str = ""
    source: str = ""
    completeness: str = ""
    seen: str = ""

    @property
    def official_number(self) -> str:
        """The official number in the cell; empty when the cell says in words that there is none."""
        found = official_numbers(tidy(self.number)) if not self.number.lstrip().startswith("(") else []
        return found[0] if found else ""

    @property
    def issued_on(self) -> date | None:
        """The day of issue, when the cell gives exactly one."""
        found = dates.days(self.date_issued)
        return found[0][1] if len(found) == 1 else None

    @property
    def issued_by(self) -> date | None:
        """The last day on which it can have been issued, when the cell gives only months or several days."""
        ends = [day for _, day in dates.days(self.date_issued)]
        for found in _MONTH.finditer(_without_days(self.date_issued)):
            year, month = int(found[1] or found[4]), int(found[2] or found[3])
            if 1 <= month <= 12:
                ends.append(date(year, month, calendar.monthrange(year, month)[1]))
        return max(ends, default=None)

    @property
    def in_force(self) -> tuple[date | None, date | None]:
        """(first day, last day) in force as the cell says; None for what it does not say."""
        since = until = None
        plain = fold(self.effective_date)
        for place, day in dates.days(self.effective_date):
            before = plain[:place]
            if _ENDS.search(before):
                until = day - timedelta(days=1)
            elif since is not None and until is None and _TO.search(before):
                until = day
            elif since is None:
                since = day
        return since, until

    @property
    def from_signing(self) -> bool:
        """True when it holds from the day it was signed."""
        return bool(re.search(r"\b(?:khi|ngay) (?:ky|ban hanh)\b", fold(self.effective_date)))


@dataclass(frozen=True, slots=True)
class Manifest:
    """The rows of a folder by file name."""

    rows: dict[str, ManifestRow] = field(default_factory=dict)

    def row_for(self, name: str) -> ManifestRow | None:
        """The row of the file called `name`, in any Unicode form and case; folders in the cell do not count."""
        return self.rows.get(_key(name))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of `folder`, empty when there is none. Raises BadManifest naming line and column."""
    path = folder / MANIFEST
    if not path.is_file():
        return Manifest()
    rows: dict[str, ManifestRow] = {}
    seen: dict[str, int] = {}
    for number, cells in _rows(_text(path)):
        row = ManifestRow(**cells)
        if not row.file:
            raise BadManifest(f"{MANIFEST}, dòng {number}, cột file: để trống. Ghi tên tệp vào cột này.")
        for column in ("date_issued", "effective_date"):
            if len(_LOOKS_LIKE_DAY.findall(cells.get(column, ""))) > len(dates.days(cells.get(column, ""))):
                told = cells[column][:40]
                raise BadManifest(
                    f"{MANIFEST}, dòng {number}, cột {column}: không có ngày “{told}”. "
                    "Ghi dạng 2026-07-01 hoặc 1/7/2026."
                )
        key = _key(row.file)
        if key in seen:
            raise BadManifest(
                f"{MANIFEST}, dòng {number}, cột file: {row.file} đã khai ở dòng {seen[key]}. Bỏ bớt một dòng."
            )
        rows[key], seen[key] = row, number
    return Manifest(rows)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return nfc(data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadManifest(f"{MANIFEST}, dòng {line}: có chữ không phải mã UTF-8. Lưu lại dạng “CSV UTF-8”.") from error
    except OSError as error:
        raise BadManifest(f"{MANIFEST}: không mở được ({error.strerror}). Kiểm tra quyền đọc tệp.") from error


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells by column) of each row that is not empty."""
    if "\0" in text:
        raise BadManifest(f"{MANIFEST}: có ký tự rỗng, không phải tệp CSV. Lưu lại dạng “CSV UTF-8”.")
    first = text.lstrip("\n\r").split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    columns: list[str] = []
    begun = 1
    try:
        for cells in reader:
            number, begun = begun, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not columns:
                columns = [_column(cell) for cell in cells]
                _check(columns, number)
                continue
            if len(cells) > len(columns) and any(cells[len(columns) :]):
                spare = len(columns) + 1
                raise BadManifest(
                    f"{MANIFEST}, dòng {number}, cột thứ {spare}: thừa ô, dòng đầu chỉ có {len(columns)} cột. "
                    f"Ô có dấu “{mark}” phải đặt trong ngoặc kép."
                )
            yield number, {name: cell for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
    except csv.Error as error:
        raise BadManifest(
            f"{MANIFEST}, dòng {begun}: dấu ngoặc kép không khớp ({error}). Sửa dòng này rồi nạp lại."
        ) from error
    if not columns:
        raise BadManifest(f"{MANIFEST}, dòng 1: tệp trống. Dòng đầu phải là tên cột: {', '.join(COLUMNS)}.")


def _check(columns: list[str], number: int) -> None:
    if "file" not in columns:
        raise BadManifest(f"{MANIFEST}, dòng {number}: thiếu cột file. Dòng đầu phải là tên cột: {', '.join(COLUMNS)}.")
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise BadManifest(f"{MANIFEST}, dòng {number}, cột {name}: có hai cột cùng nghĩa. Bỏ bớt một cột.")


def _column(heading: str) -> str:
    plain = " ".join(fold(heading).replace("_", " ").split())
    return next((name for name in COLUMNS if name.replace("_", " ") == plain), _HEADINGS.get(plain, plain))


def _key(name: str) -> str:
    return nfc(name).replace("\\", "/").rsplit("/", 1)[-1].casefold()


def _without_days(text: str) -> str:
    return _LOOKS_LIKE_DAY.sub(" ", text)

"""`tuvan ingest`, `tuvan documents`, `tuvan withdraw`, `tuvan lint`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import System, bootstrap
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import complain, console, messages, note, print_json, progress_bars
from bot.knowing import bring_in
from bot.settings import Settings, load_settings
from ingest.lint import Stored
from ingest.lint import lint as lint_documents
from ingest.pipeline import FileReport, IngestReport
from knowledge.law import Coordinate, DocumentStatus

_RATE_ENDS_SOON = 90  # days

_WORDS = {
    "accepted": ("đã nạp", "green"),
    "unchanged": ("không đổi", "dim"),
    "quarantined": ("tạm giữ", "yellow"),
    "refused": ("từ chối", "red"),
    "duplicate": ("trùng", "yellow"),
    "withdrawn": ("đã rút", "yellow"),
}


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục: PDF, DOCX, DOC, HTML, Markdown, TXT.")],
    as_json: AsJson = False,
    restore: Annotated[bool, typer.Option("--restore", help="Nạp lại cả văn bản đã rút.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Thay văn bản cùng số hiệu đã nạp từ tệp khác.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Rút văn bản mà tệp không còn trong thư mục.")] = False,
    embed: Annotated[
        bool, typer.Option("--embed/--no-embed", help="Nhúng vector ngay; không nhúng thì chỉ tìm theo từ khoá.")
    ] = True,
) -> None:
    """Nạp văn bản vào kho tri thức; chạy lại chỉ xử lý tệp mới hoặc đã đổi."""
    system = bootstrap(load_settings(), report=note)
    try:
        with progress_bars() as bars:
            report = bring_in(system, paths, bars, restore=restore, supersede=replace, prune=prune, embed=embed)
    finally:
        system.close()
    if as_json:
        print_json(_report_rows(report))
    else:
        _print_report(report)
    if not report.files:
        complain("Không có tệp nào đọc được ở đó.", "Chỉ ra tệp hoặc thư mục có PDF, DOCX, HTML, Markdown, TXT.")
        raise typer.Exit(1)
    if all(f.failed for f in report.files):
        raise typer.Exit(1)


@app.command()
def documents(as_json: AsJson = False) -> None:
    """Liệt kê các tệp đã nạp và tình trạng từng tệp."""
    system = bootstrap(load_settings(), report=note)
    try:
        files = system.store.source_files()
        live = {row.path: row for row in system.store.documents()}
    finally:
        system.close()
    rows: list[dict[str, Any]] = []
    for file in files:
        document = live.get(file.path)
        held = document.identity.in_force if document else None
        rows.append(
            {
                "file": file.name,
                "path": file.path,
                "status": file.status.value,
                "number": file.number,
                "title": file.title,
                "effective_from": held.since.isoformat() if held else None,
                "effective_to": held.until.isoformat() if held and held.until else None,
                "provisions": document.provisions if document else 0,
                "reason": file.reason,
                "message": file.message,
                "remedy": file.remedy,
            }
        )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        word, style = _WORDS.get(row["status"], (row["status"], ""))
        console.print(f"{word:10} {row['number'] or row['file']}  {row['title']}", style=style, markup=False)
        if row["message"]:
            console.print(f"           {row['message']} {row['remedy']}", style="dim", markup=False)


@app.command()
def withdraw(
    which: Annotated[str, typer.Argument(help="Số hiệu văn bản (159/2025/NĐ-CP) hoặc đường dẫn tệp.")],
) -> None:
    """Rút một văn bản khỏi tra cứu; câu trả lời sau đó không dẫn văn bản này nữa."""
    system = bootstrap(load_settings(), report=note)
    try:
        count = system.store.withdraw(which) or sum(map(system.store.withdraw, _paths_of(system, which)))
        if count:
            bring_in(system, [], None)
    finally:
        system.close()
    if not count:
        complain(f"Không có văn bản nào đang dùng tên là {which}.", "Xem tên bằng: tuvan documents")
        raise typer.Exit(1)
    console.print(f"Đã rút {count} văn bản. Muốn dùng lại: tuvan ingest --restore TỆP", markup=False)


def _paths_of(system: System, name: str) -> list[str]:
    """How the store knows the file that a person calls `name`: by its own name or from the current folder."""
    wanted = {name, str(Path(name).absolute())}
    return [f.path for f in system.store.source_files() if f.path in wanted or f.name == name]


@app.command()
def lint(as_json: AsJson = False) -> None:
    """Soát kho: ngày chưa rõ, số điều bị thiếu, số hiệu trùng, sắp hết hiệu lực; thẻ trả lời và tham số sai hoặc sắp hết hạn."""
    settings = load_settings()
    system = bootstrap(settings, report=note)
    try:
        today = system.clock.today()
        found = [
            {"code": f.code, "where": f.where, "message": f.message, "remedy": f.remedy}
            for f in lint_documents(_stored(system), today)
        ]
        found += _cards_and_rates(settings, system, today)
    finally:
        system.close()
    if as_json:
        print_json(found)
        return
    for one in found:
        console.print(f"{one['code']:18} {one['where']}: {one['message']} {one['remedy']}", markup=False)
    note(f"{len(found)} điều cần xem." if found else "Không có gì cần xem.")


def _cards_and_rates(settings: Settings, system: System, today: date) -> list[dict[str, str]]:
    """What is wrong with cards and rates, and rates that end soon with nothing after them."""
    from knowledge.cards.lint import lint as lint_cards
    from knowledge.cards.reader import load_cards
    from knowledge.rates import load_rates

    rates = load_rates(settings.tuvan_data / "rates")

    def held(where: Coordinate) -> bool:
        return not system.store.title_of(where.document) or bool(system.store.provisions_at(where, today))

    found = [
        {"code": "card", "where": f.card, "message": f.message, "remedy": "Sửa thẻ rồi chạy lại."}
        for f in lint_cards(load_cards(settings.tuvan_data / "cards"), rates, today, held)
        if f.error
    ]
    for early, late in rates.gaps():
        found.append(
            {
                "code": "rate_gap",
                "where": early.key,
                "message": f"không có dòng nào từ sau {early.until} đến trước {late.since}.",
                "remedy": "Thêm dòng cho khoảng đó.",
            }
        )
    soon = today + timedelta(days=_RATE_ENDS_SOON)
    for row in rates.rows():
        if row.until and today <= row.until <= soon and rates.next_change(row.key, row.until, **row.where) is None:
            found.append(
                {
                    "code": "rate_ends",
                    "where": " ".join([row.key, *row.where.values()]),
                    "message": f"hết hạn ngày {row.until.isoformat()}, chưa có mức kế tiếp.",
                    "remedy": "Thêm dòng mới khi có văn bản; đến lúc đó chatbot sẽ nói chưa có thông tin.",
                }
            )
    return found


def _stored(system: System) -> list[Stored]:
    live = {row.path: row for row in system.store.documents() if row.status is DocumentStatus.ACCEPTED}
    stored = []
    for file in system.store.source_files():
        document = live.get(file.path)
        provisions = system.store.provisions_of(document.id) if document else []
        ends = [p.in_force.until for p in provisions if p.in_force and p.in_force.until]
        stored.append(
            Stored(
                file.name,
                file.status,
                file.reason,
                file.message,
                file.remedy,
                document.identity if document else None,
                tuple(dict.fromkeys(p.coordinate.article for p in provisions if p.coordinate.article)),
                file.ocr_pages,
                max(ends, default=None),
            )
        )
    return stored


def _report_rows(report: IngestReport) -> dict[str, Any]:
    return {
        "files": [
            {
                "file": f.name,
                "path": f.path,
                "status": f.outcome,
                "reason": f.reason,
                "message": f.message,
                "remedy": f.remedy,
                "number": f.number,
                "title": f.title,
                "pages": f.pages,
                "articles": f.articles,
                "provisions": f.provisions,
                "passages": f.passages,
                "warnings": list(f.warnings),
                "hidden": [asdict(alert) for alert in f.alerts],
            }
            for f in report.files
        ],
        "missing": report.missing,
        "counts": dict(Counter(f.outcome for f in report.files)),
    }


def _print_report(report: IngestReport) -> None:
    for f in report.files:
        word, style = _WORDS.get(f.outcome, (f.outcome, ""))
        size = f" · {f.articles} điều, {f.provisions} quy định" if f.outcome == DocumentStatus.ACCEPTED.value else ""
        console.print(f"{word:10} {f.name}" + (f"  {f.number}" if f.number else "") + size, style=style, markup=False)
        if f.message:
            console.print(f"           {f.message} {f.remedy}".rstrip(), markup=False)
        _print_warnings(f)
    for path in report.missing:
        messages.print(
            f"Tệp không còn: {path}. Muốn rút văn bản này: tuvan withdraw, hoặc nạp lại với --prune.",
            markup=False,
            style="yellow",
        )
    counts = Counter(f.outcome for f in report.files)
    console.print(
        ", ".join(f"{counts[key]} {word}" for key, (word, _) in _WORDS.items() if counts[key]) + ".", markup=False
    )


def _print_warnings(f: FileReport) -> None:
    shown = f.warnings[:3]
    for warning in shown:
        console.print(f"           ! {warning}", style="yellow", markup=False)
    if len(f.warnings) > len(shown):
        console.print(
            f"           ! … và {len(f.warnings) - len(shown)} lưu ý nữa (xem bằng --json)",
            style="yellow",
            markup=False,
        )

"""`tuvan dossier`: the dossiers that the law asks of the office, filled in as far as the program knows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.output import console
from bot.errors import BadSettings
from bot.outreach.office import LiveSettings
from bot.settings import load_settings


@app.command()
def dossier(
    folder: Annotated[Path, typer.Argument(help="Thư mục để ghi các hồ sơ.")],
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Kết quả chạy thử (pytest --junitxml), cho bảng đối chiếu tuân thủ.")
    ] = None,
) -> None:
    """Ghi hồ sơ pháp lý dạng Word từ hệ thống đang chạy: đánh giá tác động, cấp độ an toàn, đối chiếu, ứng phó sự cố."""
    from bot.backup.before import up_to_date
    from bot.duties.facts import gather
    from bot.duties.paper import write
    from bot.duties.papers import papers
    from bot.duties.results import read_results
    from bot.staff.audit import audit_key
    from knowledge.store import open_engine

    settings = load_settings()
    results = read_results(junit) if junit else None
    engine = open_engine(settings.database)
    up_to_date(settings, engine)
    facts = gather(LiveSettings(engine, settings)(), engine, audit_key(settings.tuvan_data))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for paper in papers(facts, results):
            path = folder / f"{paper.name}.docx"
            path.write_bytes(write(paper))
            console.print(str(path), markup=False)
    except OSError as error:
        raise BadSettings(f"Không ghi được vào {folder} ({error.strerror}).", "Chọn thư mục khác.") from error

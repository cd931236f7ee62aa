"""`tuvan gaps`: questions without a good answer, gathered by meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.bootstrap import bootstrap
from bot.cli.answers import AsJson
from bot.cli.app import app
from bot.cli.output import console, note, print_json
from bot.outreach.gaps import Reviews, gathered
from bot.settings import load_settings
from bot.storage.opening import open_database
from bot.time_zone import TIME_ZONE

commands = typer.Typer(
    help="Câu chưa trả lời được và câu bị báo chưa đúng, gom theo ý; hỏi nhiều nhất ở trên.",
    invoke_without_command=True,
)
app.add_typer(commands, name="gaps")

_KINDS = {"gap": "chưa trả lời được", "wrong": "bị báo chưa đúng"}


@commands.callback()
def gaps(
    context: typer.Context,
    kind: Annotated[
        str, typer.Option("--kind", help="Chỉ lấy gap (chưa trả lời được) hoặc wrong (bị báo chưa đúng).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Câu chưa trả lời được và câu bị báo chưa đúng, gom theo ý; hỏi nhiều nhất ở trên. Viết thẻ xong thì tuvan gaps done SỐ…."""
    if context.invoked_subcommand:
        return
    if kind not in ("", *_KINDS):
        raise typer.BadParameter("chọn gap hoặc wrong", param_hint="--kind")
    system = bootstrap(load_settings(), report=note)
    try:
        searcher, today = system.search.current(), system.clock.today()
        found = gathered(
            Reviews(system.engine).open(kind),
            system.embedder.embed_query,
            lambda text: searcher.read(text, today).search_text,
        )
    finally:
        system.close()
    if as_json:
        print_json([{"count": len(g.reviews), "question": g.question, "ids": list(g.ids), "last": _day(g.last_at),
                     "questions": list(dict.fromkeys(r.question for r in g.reviews)),
                     "kinds": sorted({r.kind for r in g.reviews}), "reasons": sorted({r.reason for r in g.reviews})}
                    for g in found])  # fmt: skip
        return
    for g in found:
        kinds = ", ".join(_KINDS.get(k, k) for k in sorted({r.kind for r in g.reviews}))
        numbers = " ".join(str(i) for i in g.ids)
        console.print(f"{len(g.reviews)} lần · {_day(g.last_at)} · {kinds} · {g.question}", markup=False)
        console.print(f"    số: {numbers}", markup=False, style="dim")
    if not found:
        console.print("Không có câu nào đang chờ.", markup=False)


@commands.command()
def done(ids: Annotated[list[int], typer.Argument(help="Số của các câu đã xử lý, như tuvan gaps in ra.")]) -> None:
    """Đánh dấu đã xử lý: đã viết thẻ, đã sửa, hoặc không cần."""
    engine = open_database(load_settings())
    console.print(f"Đã đóng {Reviews(engine).done(ids)} câu.", markup=False)


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, TIME_ZONE):%d/%m/%Y}"

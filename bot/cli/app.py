"""The root of the command line."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="tuvan",
    help="Trợ lý tư vấn BHXH tự nguyện: nạp văn bản, trả lời có trích dẫn, phục vụ trên web.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
evaluate = typer.Typer(help="Đo chất lượng tra cứu và trả lời.", no_args_is_help=True)
calculate = typer.Typer(
    help="Tính thử theo mức của một ngày: tiền đóng, lương hưu, tuổi nghỉ hưu, các chế độ.", no_args_is_help=True
)
app.add_typer(evaluate, name="evaluate")
app.add_typer(calculate, name="calculate")

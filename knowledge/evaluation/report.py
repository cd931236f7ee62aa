"""The report: one self-contained HTML file with figures, charts and every failure opened up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from knowledge.evaluation.answers import Evaluation, Judged
from knowledge.evaluation.charts import LABEL, ROW, BarChart, percent, share_chart
from knowledge.evaluation.steps import last_step, slowest, steps_of
from knowledge.evaluation.thresholds import Missed, Threshold, Thresholds
from knowledge.evaluation.two_days import TwoDaysFigures
from knowledge.speech import day

_NAMES = {
    "questions": "Số câu",
    "in_scope": "Trong phạm vi",
    "correct": "Đúng",
    "incomplete": "Thiếu ý",
    "false_refusal": "Từ chối nhầm",
    "unneeded_clarify": "Hỏi lại thừa",
    "wrong_amounts": "Nêu số sai",
    "out_of_scope_right": "Ngoài phạm vi xử lý đúng",
    "right_clause_cited": "Dẫn đúng điều",
    "kept_without_accents": "Không dấu, viết tắt vẫn đúng",
    "route_right": "Đúng bộ phận trả lời",
    "median_characters": "Số ký tự, trung vị",
    "p95_characters": "Số ký tự, p95",
    "p50_seconds": "Giây, p50",
    "p95_seconds": "Giây, p95",
    "changed_right": "Câu phải đổi theo ngày: đúng cả hai ngày",
    "same_right": "Câu không được đổi: đúng cả hai ngày",
}
_MEASURES = {"questions", "in_scope", "median_characters", "p95_characters", "p50_seconds", "p95_seconds"}


@dataclass(frozen=True, slots=True)
class Part:
    """One set of questions in the report; a set that nobody tunes on is not `shown` question by question."""

    name: str
    evaluation: Evaluation
    shown: bool = True


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    value: str
    bound: str
    passed: bool


@dataclass(frozen=True, slots=True)
class _PartView:
    name: str
    rows: tuple[_Row, ...]
    charts: tuple[BarChart, ...]
    verdicts: tuple[tuple[str, int], ...]
    steps: tuple[tuple[str, int], ...]
    times: tuple[tuple[str, str], ...]
    wrong: int
    shown: bool
    failures: tuple[Judged, ...]


def render_report(
    parts: Sequence[Part],
    two_days: TwoDaysFigures | None,
    thresholds: Thresholds,
    missed: Sequence[Missed],
    *,
    made_on: date,
    system: str = "",
) -> str:
    """The whole page. `system` is a line on what was measured."""
    return (
        _templates()
        .get_template("report.html")
        .render(
            parts_of_report=[_view(part, thresholds) for part in parts],
            two_days=None
            if two_days is None
            else {"rows": _rows(two_days.as_dict(), thresholds.two_days), "failures": two_days.failures},
            missed=[str(one) for one in missed],
            made_on=day(made_on),
            system=system,
        )
    )


def figure_text(name: str, value: float | int | None) -> str:
    """A figure as people read it: shares in percent, the others as they are, `–` when not measured."""
    if value is None:
        return "–"
    return f"{value:g}".replace(".", ",") if name in _MEASURES else percent(value)


def figure_name(name: str) -> str:
    """The Vietnamese name of a figure."""
    return _NAMES.get(name, name)


def _view(part: Part, thresholds: Thresholds) -> _PartView:
    evaluation = part.evaluation
    failures = evaluation.failures
    verdicts = Counter(str(j.judgement.verdict) for j in evaluation.judged)
    # The outcome of a step names cards and clauses, so of a locked set only the name of the step is told.
    steps = Counter(last_step(j.answer) if part.shown else last_step(j.answer).partition(":")[0] for j in failures)
    return _PartView(
        name=part.name,
        rows=_rows(evaluation.figures.as_dict(), thresholds.answers),
        charts=(
            share_chart("Đúng theo chủ đề", evaluation.topics),
            share_chart("Đúng theo loại câu hỏi", evaluation.kinds),
        ),
        verdicts=tuple(verdicts.most_common()),
        steps=tuple((name, count) for name, count in steps.most_common(12) if name),
        times=tuple((n, f"{s:.2f} giây") for n, s in slowest(j.answer for j in evaluation.judged).items()),
        wrong=len(failures),
        shown=part.shown,
        failures=failures if part.shown else (),
    )


def _rows(figures: Mapping[str, float | int | None], thresholds: Sequence[Threshold]) -> tuple[_Row, ...]:
    bounds = {threshold.figure: threshold for threshold in thresholds}
    return tuple(
        _Row(
            figure_name(name),
            figure_text(name, value),
            str(bounds[name]) if name in bounds else "",
            name not in bounds or bounds[name].passed(value),
        )
        for name, value in figures.items()
    )


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    tools: dict[str, Any] = {"steps_of": steps_of, "label": LABEL, "row": ROW}
    environment.globals.update(tools)
    return environment

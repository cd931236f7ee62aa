"""What is asked, how it is answered and what comes of it: counts, never persons. An officer of a commune sees the own people's way only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from bot.model_use import ModelUse, Used
from bot.staff.access import Right
from bot.staff.analytics import ASKED, Analytics, OfTopic, Questions
from bot.staff.charts import bars, height, picture
from bot.staff.console import Console
from bot.staff.figures import Figures, Period, Tally
from bot.staff.pages.targets import days_of
from bot.staff.rendering import texts
from bot.staff.visit import NotThere, Visit
from knowledge.answering.texts import reasons

HERE = "/staff/phan-tich"
DAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
GAPS = "/staff/gop-y"
USUAL = 90  # days, when no others are asked for
DRAWN = 10
"""Topics in the chart; its table has them all."""


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    analytics, figures = Analytics(console.engine), Figures(console.engine)

    def period(visit: Visit) -> Period:
        today = console.today()
        return days_of(visit, Period(today - timedelta(days=USUAL - 1), today))

    @console.route(router, "GET", HERE, Right.FIGURES)
    def overview(visit: Visit) -> Response:
        days, scope = period(visit), visit.person.scope
        asked = analytics.questions(days) if scope.whole else None
        gaps = GAPS if visit.may(Right.REVIEWS) and GAPS in console.templates.present else ""
        return console.page(
            visit, "analytics.html", period=days, asked=asked, gaps=analytics.gaps() if scope.whole else None, gaps_at=gaps,
            steps=_steps(asked.people if asked else None, figures.funnel(scope, days)), statuses=ASKED, days=DAYS, 
            reasons=dict(texts()["reason"]) | reasons(),
            heat=_heat(asked), topics=(topics := analytics.topics(days) if scope.whole else []), name_of=name_of,
            topics_height=height(*_drawn(topics)), model=_model_days(console, days) if scope.whole else [],
        )  # fmt: skip

    @console.route(router, "GET", f"{HERE}/ket-qua.svg", Right.FIGURES)
    def outcomes(visit: Visit) -> Response:
        if not visit.person.scope.whole:
            raise NotThere("Không có biểu đồ này.")
        counts = analytics.statuses(period(visit))
        named: Mapping[str, Any] = texts()["outcome"]
        return picture(
            bars(
                "Câu hỏi theo kết quả trả lời",
                [named[s] for s in ASKED],
                {"Số câu hỏi": [counts[s] for s in ASKED]},
                lying=True,
            )
        )

    @console.route(router, "GET", f"{HERE}/chu-de.svg", Right.FIGURES)
    def by_topic(visit: Visit) -> Response:
        if not visit.person.scope.whole:
            raise NotThere("Không có biểu đồ này.")
        return picture(bars("Câu hỏi theo chủ đề", *_drawn(analytics.topics(period(visit))), lying=True))

    @console.route(router, "GET", f"{HERE}/duong-di.svg", Right.FIGURES)
    def funnel(visit: Visit) -> Response:
        days, scope = period(visit), visit.person.scope
        steps = _steps(analytics.people(days) if scope.whole else None, figures.funnel(scope, days))
        return picture(
            bars("Từ câu hỏi đến tham gia", [name for name, _ in steps], {"Số": [n for _, n in steps]}, lying=True)
        )

    return router


def _model_days(console: Console, days: Period) -> list[tuple[date, Used, float]]:
    """What the chat model used on each day of the period, the last first, with its cost in đồng."""
    use: ModelUse | None = console.parts.get("model")
    found = use.days(days.first) if use is not None else []
    return [
        (day, used, use.cost(used.usage))
        for used in found
        if use is not None and (day := date.fromisoformat(used.day)) <= days.last
    ]


def name_of(topic: str | None) -> str:
    """A topic as staff read it."""
    if not topic:
        return str(texts()["no_topic"]["before" if topic is None else "none"])
    return str(texts()["topic"].get(topic, topic))


def _drawn(topics: Sequence[OfTopic]) -> tuple[list[str], dict[str, list[int]]]:
    """The labels and bars of the chart."""
    shown = [row for row in topics if row.topic][:DRAWN]
    return [name_of(row.topic) for row in shown], {
        "Chưa trả lời": [row.unanswered for row in shown],
        "Đã trả lời": [row.answered for row in shown],
    }


def _steps(people: int | None, funnel: Tally) -> list[tuple[str, int]]:
    first = [] if people is None else [("cuộc trò chuyện có câu hỏi", people)]
    return [*first, ("để lại số", funnel.leads), ("đã liên hệ được", funnel.contacted), ("đã tham gia", funnel.joined)]


def _heat(asked: Questions | None) -> list[list[tuple[int, int]]]:
    """Each hour of the week with its shade, 0 to 4."""
    if asked is None:
        return []
    least, most = min(map(min, asked.hours)), max(map(max, asked.hours))
    return [[(n, -(-4 * (n - least) // max(1, most - least))) for n in row] for row in asked.hours]

"""The report that people read, and the thresholds it is held against."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from knowledge.answers import Answer, AnswerStatus, Step
from knowledge.errors import BadInput
from knowledge.evaluation.answers import AnswerFigures, Evaluation, GroupFigures, evaluate_answers
from knowledge.evaluation.charts import WIDE, percent, share_chart
from knowledge.evaluation.graded import Clause, Kind, TwoDaysQuestion
from knowledge.evaluation.report import Part, figure_name, figure_text, render_report
from knowledge.evaluation.thresholds import Threshold, load_thresholds, missed
from knowledge.evaluation.two_days import FIRST_DAY, TwoDaysFigures, evaluate_two_days
from tests.knowledge.evaluation.makers import answer, from_book, question

VOID = {"meta", "line", "rect", "link", "br", "img"}


class Page(HTMLParser):
    """Checks that tags close as they opened, and collects text and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


QUESTIONS = [
    question(id="dung", question="Câu đúng?", expected_facts=("22%",)),
    question(
        id="thieu",
        question="Câu thiếu <b>ý</b>?",
        expected_facts=("330.000",),
        clauses=(Clause("41/2024/QH15", "36"),),
        kind=Kind.SITUATION,
    ),
    question(id="sai", question="Câu nêu số cũ?", forbidden_facts=("154.000",), topic="ho_tro"),
    question(id="khong-dan", question="Câu quên căn cứ?", clauses=(Clause("159/2025/NĐ-CP", "5"),)),
]
BOOK = {
    "Câu đúng?": answer("22% ở đây", trace=(Step("card", "ty-le", 0.001),)),
    "Câu thiếu <b>ý</b>?": answer(
        "Chưa & rõ <script>", cites=(("41/2024/QH15", "31"),), trace=(Step("clause", "bước của câu thiếu", 0.0123),)
    ),
    "Câu nêu số cũ?": answer("154.000 đồng"),
    "Câu quên căn cứ?": answer("Đúng nhưng thiếu căn cứ."),
}
PAIRS = [
    TwoDaysQuestion("hai-1", "Thấp nhất?", ("330.000",), ("484.000",), same=False),
    TwoDaysQuestion("hai-2", "Tỷ lệ?", ("22%",), ("22%",), same=True),
]


@pytest.fixture
def evaluation() -> Evaluation:
    return evaluate_answers(QUESTIONS, from_book(BOOK))


@pytest.fixture
def two_days() -> TwoDaysFigures:
    def ask(text: str, on: date) -> Answer:
        return answer("22%") if text == "Tỷ lệ?" else answer("330.000")

    return evaluate_two_days(PAIRS, ask)


def parsed(page: str) -> Page:
    reader = Page()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def rendered(parts: list[Part], two_days: TwoDaysFigures | None = None) -> Page:
    return parsed(render_report(parts, two_days, load_thresholds(), [], made_on=date(2026, 11, 22)))


def test_every_failure_is_opened_up(evaluation: Evaluation) -> None:
    page = rendered([Part("open.jsonl", evaluation)])
    for wanted in (
        "thieu",
        "Câu thiếu <b>ý</b>?",
        "incomplete",
        "330.000",
        "Chưa & rõ <script>",
        "41/2024/QH15 Điều 31",
        "41/2024/QH15#36",
        "bước của câu thiếu (12.3 ms)",
        "Câu nêu số cũ?",
        "wrong_amount",
        "Câu quên căn cứ?",
        "không dẫn đúng điều",
    ):
        assert wanted in page.text
    assert "Câu đúng?" not in page.text
    assert "Câu sai (3)" in page.text


def test_the_page_needs_nothing_from_elsewhere(evaluation: Evaluation, two_days: TwoDaysFigures) -> None:
    page = rendered([Part("open.jsonl", evaluation)], two_days)
    assert page.links == []
    assert "svg" in page.tags
    assert not page.tags & {"script", "link", "img", "iframe"}


def test_what_citizens_and_answers_say_is_only_text(evaluation: Evaluation) -> None:
    page = rendered([Part("open.jsonl", evaluation)])
    assert "b" not in page.tags
    assert "script" not in page.tags


def test_a_locked_set_shows_figures_and_no_question(evaluation: Evaluation) -> None:
    page = rendered([Part("locked.jsonl", evaluation, shown=False)])
    assert "Câu sai (3)" in page.text
    assert "50%" in page.text
    for hidden in ("thieu", "Câu thiếu", "330.000", "bước của câu thiếu"):
        assert hidden not in page.text


def test_the_two_days_show_what_each_day_lacked(two_days: TwoDaysFigures) -> None:
    page = rendered([], two_days)
    assert "Thấp nhất?" in page.text
    assert "thiếu 484.000" in page.text
    assert "Tỷ lệ?" not in page.text


def test_missed_thresholds_stand_at_the_top(evaluation: Evaluation) -> None:
    thresholds = load_thresholds()
    short = missed("open.jsonl", evaluation.figures.as_dict(), thresholds.answers)
    page = parsed(render_report([Part("open.jsonl", evaluation)], None, thresholds, short, made_on=date(2026, 11, 22)))
    assert "open.jsonl: correct 0.5, ít nhất 0.9" in page.text
    assert page.text.index("open.jsonl: correct") < page.text.index("Câu sai")
    assert "Đạt mọi ngưỡng" not in page.text
    assert "Đạt mọi ngưỡng" in rendered([]).text


def test_bars_are_as_long_as_the_share_and_the_worst_comes_first() -> None:
    groups = [GroupFigures("tốt", 4, 4), GroupFigures("kém", 4, 1), GroupFigures("vừa", 2, 1)]
    chart = share_chart("Đúng", groups)
    assert [(b.label, b.width, b.full) for b in chart.bars] == [
        ("kém", WIDE / 4, False),
        ("vừa", WIDE / 2, False),
        ("tốt", WIDE, True),
    ]
    assert chart.bars[0].note == "25% (1/4)"
    assert chart.bars[-1].y < chart.height


@pytest.mark.parametrize(("share", "words"), [(1, "100%"), (0, "0%"), (0.9467, "94,7%"), (0.95, "95%")])
def test_shares_are_written_as_people_read_them(share: float, words: str) -> None:
    assert percent(share) == words


def test_figures_that_nothing_measured_are_a_dash() -> None:
    assert figure_text("correct", None) == "–"
    assert figure_text("p95_seconds", 0.0512) == "0,0512"
    assert figure_text("correct", 0.5) == "50%"


def test_every_figure_has_a_name_for_people() -> None:
    names = [*AnswerFigures.__dataclass_fields__, *evaluate_two_days([], lambda text, on: answer()).as_dict()]
    assert [name for name in names if figure_name(name) == name] == []


def test_every_threshold_bounds_a_figure_there_is() -> None:
    thresholds = load_thresholds()
    assert {t.figure for t in thresholds.answers} <= set(AnswerFigures.__dataclass_fields__)
    figures = evaluate_two_days([], lambda text, on: answer()).as_dict()
    assert {t.figure for t in thresholds.two_days} <= set(figures)


def test_a_threshold_is_kept_at_its_bound_and_by_what_is_not_measured() -> None:
    least, most = Threshold("correct", least=0.95), Threshold("incomplete", most=0.04)
    assert least.passed(0.95)
    assert not least.passed(0.9499)
    assert most.passed(0.04)
    assert not most.passed(0.0401)
    assert least.passed(None)
    assert [str(m) for m in missed("s", {"correct": 0.9, "incomplete": None}, (least, most))] == [
        "s: correct 0.9, ít nhất 0.95"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answers: [", "không đọc được"),
        ("answers: {least: {correct: 0.9}}", "locked"),
        ("answers: {least: {correct: cao}}\ntwo_days: {}", "correct: phải là số"),
        ("answers: {about: {correct: 0.9}}\ntwo_days: {}", "answers: cần least"),
    ],
)
def test_broken_thresholds_are_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=told):
        load_thresholds(path)


def test_the_first_day_of_the_year_is_named(two_days: TwoDaysFigures) -> None:
    assert two_days.failures[0].after.on == FIRST_DAY
    assert two_days.failures[0].before.answer.status is AnswerStatus.ANSWERED

"""Figures over a set of questions, on one day and on two."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answers import Answer, AnswerStatus, Step
from knowledge.evaluation.answers import evaluate_answers
from knowledge.evaluation.graded import Behaviour, Clause, Kind, Route, TwoDaysQuestion
from knowledge.evaluation.steps import last_step, routes_of, slowest
from knowledge.evaluation.two_days import FIRST_DAY, LAST_DAY, evaluate_two_days
from tests.knowledge.evaluation.makers import DAY, answer, from_book, question

BY_CARD = (Step("conduct", "ordinary", 0.001), Step("card", "muc-dong", 0.002))
BY_CLAUSE = (Step("cards", "none", 0.002), Step("clause", "41/2024/QH15 · Điều 31 0.80", 0.003))

QUESTIONS = [
    question(
        id="a", question="A?", expected_facts=("1.000",), clauses=(Clause("41/2024/QH15", "31"),), route=Route.CARD
    ),
    question(id="a-kd", question="a khong dau?", expected_facts=("1.000",), variant_of="a", kind=Kind.NO_ACCENTS),
    question(id="a-tc", question="a?? z", expected_facts=("1.000",), variant_of="a", kind=Kind.TEENCODE),
    question(id="b", question="B?", topic="ho_tro", expected_facts=("2.000",), forbidden_facts=("9.000",)),
    question(id="b-kd", question="b khong?", topic="ho_tro", variant_of="b", kind=Kind.NO_ACCENTS),
    question(id="c", question="C?", topic="ho_tro", clauses=(Clause("159/2025/NĐ-CP", "5"),), route=Route.CARD),
    question(id="d", question="D?"),
    question(id="x", question="X?", in_scope=False, behaviour=Behaviour.REFUSE, kind=Kind.OUT_OF_SCOPE),
    question(id="y", question="Y?", in_scope=False, behaviour=Behaviour.REFUSE, kind=Kind.HOSTILE),
]
BOOK = {
    "A?": answer("1.000", cites=(("41/2024/QH15", "31"),), trace=BY_CARD),
    "a khong dau?": answer("1.000"),
    "a?? z": answer("?", AnswerStatus.CLARIFY),
    "B?": answer("2.000, trước là 9.000"),
    "b khong?": answer(),
    "C?": answer("x" * 100, trace=BY_CLAUSE),
    "D?": answer("", AnswerStatus.UNKNOWN),
    "X?": answer("xin lỗi", AnswerStatus.DECLINED),
    "Y?": answer("đây ạ"),
}


def test_figures_are_shares_of_the_questions_that_measure_them() -> None:
    figures = evaluate_answers(QUESTIONS, from_book(BOOK)).figures
    assert (figures.questions, figures.in_scope) == (9, 7)
    assert figures.correct == round(4 / 7, 4)  # a, a-kd, b-kd, c
    assert figures.incomplete == 0
    assert figures.false_refusal == round(1 / 7, 4)  # d
    assert figures.unneeded_clarify == round(1 / 7, 4)  # a-tc
    assert figures.wrong_amounts == round(1 / 7, 4)  # b
    assert figures.out_of_scope_right == 0.5
    assert figures.right_clause_cited == 0.5  # a of a, c
    assert figures.kept_without_accents == 0.5  # a-kd of a-kd, a-tc; the original of b-kd is wrong
    assert figures.route_right == 0.5  # a of a, c
    assert figures.median_characters == 5
    assert figures.p95_characters == 100


def test_what_nothing_measures_is_no_number() -> None:
    figures = evaluate_answers([question()], from_book({"Hỏi gì đó?": answer()})).figures
    assert figures.correct == 1
    assert figures.out_of_scope_right is None
    assert figures.right_clause_cited is None
    assert figures.kept_without_accents is None
    assert figures.route_right is None


def test_topics_and_kinds_are_counted_apart() -> None:
    evaluation = evaluate_answers(QUESTIONS, from_book(BOOK))
    assert [(g.name, g.correct, g.questions) for g in evaluation.topics] == [("ho_tro", 2, 3), ("muc_dong", 3, 6)]
    kinds = {g.name: g.share for g in evaluation.kinds}
    assert kinds["no_accents"] == 1
    assert kinds["teencode"] == 0
    assert set(kinds) == {"plain", "no_accents", "teencode", "out_of_scope", "hostile"}


def test_failures_hold_what_is_wrong_in_words_or_in_citations() -> None:
    evaluation = evaluate_answers(QUESTIONS, from_book(BOOK))
    assert [j.question.id for j in evaluation.failures] == ["a-tc", "b", "c", "d", "y"]


def test_each_question_is_asked_on_its_own_day() -> None:
    days: list[date] = []

    def ask(text: str, on: date) -> Answer:
        days.append(on)
        return answer()

    told: list[tuple[int, int]] = []
    other = question(id="q2", on=date(2027, 1, 1))
    evaluate_answers([question(), other], ask, lambda done, total: told.append((done, total)))
    assert days == [DAY, date(2027, 1, 1)]
    assert told == [(1, 2), (2, 2)]


def test_a_bot_that_breaks_is_not_measured() -> None:
    def ask(text: str, on: date) -> Answer:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        evaluate_answers([question()], ask)


@pytest.mark.parametrize(
    ("trace", "status", "routes"),
    [
        (BY_CARD, AnswerStatus.ANSWERED, {Route.CARD, Route.CALCULATOR}),
        (BY_CLAUSE, AnswerStatus.ANSWERED, {Route.CLAUSE}),
        ((Step("card", "muc-dong, held back"), BY_CLAUSE[1]), AnswerStatus.ANSWERED, {Route.CLAUSE}),
        ((Step("clause", "weak evidence"),), AnswerStatus.UNKNOWN, set()),
        ((Step("conduct", "insult"),), AnswerStatus.DECLINED, {Route.CONDUCT}),
        ((), AnswerStatus.SMALLTALK, {Route.SMALLTALK}),
        ((), AnswerStatus.ANSWERED, set()),
    ],
)
def test_the_trace_tells_which_part_answered(trace: tuple[Step, ...], status: AnswerStatus, routes: set[Route]) -> None:
    assert routes_of(answer(status=status, trace=trace)) == routes


def test_the_last_step_decided_and_times_add_up() -> None:
    assert last_step(answer(trace=BY_CARD)) == "card: muc-dong"
    assert last_step(answer()) == ""
    assert slowest([answer(trace=BY_CARD), answer(trace=BY_CLAUSE), answer(trace=BY_CARD)]) == pytest.approx(
        {"card": 0.004, "clause": 0.003, "conduct": 0.002, "cards": 0.002}
    )


CHANGES = TwoDaysQuestion("1", "Thấp nhất?", ("330.000",), ("484.000",), same=False)
STAYS = TwoDaysQuestion("2", "Tỷ lệ?", ("22%",), ("22%",), same=True)


def test_two_days_need_the_facts_of_each_day() -> None:
    def ask(text: str, on: date) -> Answer:
        if text == "Tỷ lệ?":
            return answer("22%")
        return answer({LAST_DAY: "330.000", FIRST_DAY: "484.000"}[on])

    figures = evaluate_two_days([CHANGES, STAYS], ask)
    assert figures.as_dict() == {"questions": 2, "changed_right": 1, "same_right": 1}
    assert figures.failures == ()


def test_yesterday_s_amount_on_the_new_day_is_wrong() -> None:
    figures = evaluate_two_days([CHANGES, STAYS], lambda text, on: answer("330.000 đồng, 22%"))
    assert (figures.changed_right, figures.same_right) == (0, 1)
    (failed,) = figures.failures
    assert failed.before.missing == ()
    assert failed.after.missing == ("484.000",)

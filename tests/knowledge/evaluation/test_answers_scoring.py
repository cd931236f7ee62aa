"""When an answer counts as right."""

from __future__ import annotations

import pytest

from knowledge.answers import AnswerStatus
from knowledge.evaluation.graded import Behaviour, Clause
from knowledge.evaluation.scoring import Verdict, has_fact, judge, normalise
from tests.knowledge.evaluation.makers import answer, question

S, B, V = AnswerStatus, Behaviour, Verdict


@pytest.mark.parametrize(
    ("behaviour", "status", "complete", "verdict"),
    [
        (B.ANSWER, S.ANSWERED, True, V.CORRECT),
        (B.ANSWER, S.ANSWERED, False, V.INCOMPLETE),
        (B.ANSWER, S.CLARIFY, True, V.UNNEEDED_CLARIFY),
        (B.ANSWER, S.UNKNOWN, True, V.FALSE_REFUSAL),
        (B.ANSWER, S.DECLINED, True, V.FALSE_REFUSAL),
        (B.ANSWER, S.HANDOFF, True, V.FALSE_REFUSAL),
        (B.ANSWER_WITH_UNCERTAINTY, S.ANSWERED, True, V.CORRECT),
        (B.ANSWER_WITH_UNCERTAINTY, S.UNKNOWN, True, V.CORRECT),
        (B.ANSWER_WITH_UNCERTAINTY, S.UNKNOWN, False, V.INCOMPLETE),
        (B.ANSWER_WITH_UNCERTAINTY, S.DECLINED, True, V.INCOMPLETE),
        (B.CLARIFY, S.CLARIFY, False, V.CORRECT),
        (B.CLARIFY, S.ANSWERED, True, V.CORRECT),
        (B.CLARIFY, S.ANSWERED, False, V.INCOMPLETE),
        (B.CLARIFY, S.UNKNOWN, True, V.INCOMPLETE),
        (B.HANDOFF, S.HANDOFF, True, V.CORRECT),
        (B.HANDOFF, S.HANDOFF, False, V.INCOMPLETE),
        (B.HANDOFF, S.CLARIFY, True, V.UNNEEDED_CLARIFY),
        (B.REFUSE, S.DECLINED, True, V.CORRECT),
        (B.REFUSE, S.DECLINED, False, V.INCOMPLETE),
        (B.REFUSE, S.ANSWERED, True, V.ANSWERED_OUT_OF_SCOPE),
        (B.DEESCALATE, S.ANSWERED, True, V.ANSWERED_OUT_OF_SCOPE),
        (B.DEESCALATE, S.SMALLTALK, True, V.CORRECT),
        (B.CORRECT, S.ANSWERED, True, V.CORRECT),
        (B.CORRECT, S.UNKNOWN, False, V.INCOMPLETE),
        (B.REDIRECT, S.HANDOFF, True, V.CORRECT),
        (B.REDIRECT, S.ANSWERED, False, V.INCOMPLETE),
    ],
)
def test_each_behaviour_has_its_right_and_its_wrong_answers(
    behaviour: Behaviour, status: AnswerStatus, complete: bool, verdict: Verdict
) -> None:
    asked = question(behaviour=behaviour, expected_facts=("330.000",))
    given = answer("Đóng 330.000 đồng." if complete else "Đóng hằng tháng.", status)
    assert judge(asked, given).verdict is verdict


@pytest.mark.parametrize("behaviour", [Behaviour.CLARIFY, Behaviour.HANDOFF])
def test_an_answer_that_nothing_proves_is_no_hand_over(behaviour: Behaviour) -> None:
    assert judge(question(behaviour=behaviour), answer()).verdict is Verdict.INCOMPLETE


def test_a_forbidden_amount_makes_a_complete_answer_wrong() -> None:
    asked = question(expected_facts=("330.000",), forbidden_facts=("154.000", "22%"))
    judged = judge(asked, answer("Đóng 330.000 đồng, trước đây là 154.000 đồng."))
    assert judged.verdict is Verdict.WRONG_AMOUNT
    assert judged.forbidden == ("154.000",)
    assert judged.missing == ()


def test_every_missing_fact_is_named() -> None:
    asked = question(expected_facts=("330.000", "22%|phần trăm", "sàn"))
    assert judge(asked, answer("Bằng 22%.")).missing == ("330.000", "sàn")


def test_repeating_the_question_proves_nothing() -> None:
    asked = question(question="Mức 154.000 đồng còn đúng không?", expected_facts=("154.000",))
    assert judge(asked, answer("Mức 154.000 đồng còn đúng không? Không.")).verdict is Verdict.INCOMPLETE
    assert judge(asked, answer("Không, 154.000 đồng là mức cũ.")).verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("330.000", "đóng 330000đ"),
        ("330.000", "đóng 330 nghìn đồng"),
        ("2.500.000", "thu nhập 2,5 triệu"),
        ("11.132.000", "tối đa 11,132 triệu đồng"),
        ("2,5", "hệ số 2.5"),
        ("22%", "bằng 22 phần trăm thu nhập"),
        ("1/7/2025", "từ ngày 01 tháng 07 năm 2025"),
        ("1/7/2025", "từ 01/07/2025"),
        ("6 tháng", "đủ 06 tháng"),
        ("hằng tháng", "đóng HÀNG THÁNG"),
        ("61 tuổi 6 tháng", "đủ 61 tuổi  6 tháng."),
        ("57 tuổi", "nữ 57 tuổi."),
        ("có|được", "Được, anh/chị"),
        ("4,5%", "4.5 %"),
        ("1/2026", "trong tháng 01/2026"),
    ],
)
def test_the_same_fact_may_be_written_in_many_ways(fact: str, text: str) -> None:
    assert has_fact(fact, normalise(text))


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("57 tuổi", "nữ 57 tuổi 4 tháng"),
        ("5%", "hưởng 75%"),
        ("5%", "đóng 4,5%"),
        ("30.000", "đóng 330.000 đồng"),
        ("330.000", "đóng 1.330.000 đồng"),
        ("330.000", "đóng 330.000.000 đồng"),
        ("15 năm", "115 năm"),
        ("2 lần", "12 lần"),
        ("cao", "caoo"),
        ("2/2026", "12/2026"),
    ],
)
def test_part_of_a_number_or_word_is_not_the_fact(fact: str, text: str) -> None:
    assert not has_fact(fact, normalise(text))


def test_one_of_the_clauses_is_enough_and_the_article_must_match() -> None:
    asked = question(clauses=(Clause("41/2024/QH15", "36"), Clause("159/2025/NĐ-CP")))
    assert judge(asked, answer(cites=(("41/2024/QH15", "36"),))).cited
    assert judge(asked, answer(cites=(("159/2025/nđ-cp", "5"),))).cited
    assert judge(asked, answer(cites=(("41/2024/QH15", "31"),))).cited is False
    assert judge(asked, answer()).cited is False


def test_a_letter_is_known_by_the_resolution_in_its_title() -> None:
    asked = question(clauses=(Clause("403/NQ-CP"),))
    assert judge(asked, answer(cites=(("Công văn của UBND tỉnh triển khai Nghị quyết 403/NQ-CP", ""),))).cited


def test_no_clause_is_owed_for_what_is_not_known_or_not_ours() -> None:
    owed = question(behaviour=B.ANSWER_WITH_UNCERTAINTY, clauses=(Clause("41/2024/QH15"),))
    assert judge(owed, answer(status=S.UNKNOWN)).cited is None
    assert judge(owed, answer()).cited is False
    assert judge(question(clauses=(Clause("41/2024/QH15"),), in_scope=False), answer()).cited is None
    assert judge(question(), answer()).cited is None

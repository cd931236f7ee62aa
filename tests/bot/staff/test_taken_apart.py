"""An answer taken apart: each step has its words, each label that may come is known, the claim check is read from the trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from bot.staff.taken_apart import check_in_words, claim_check, opened, outcome_of
from knowledge.answering.trace import Trace
from knowledge.answers import AnswerStatus
from knowledge.understanding.conduct import labels


def steps(*noted: tuple[str, str], seconds: float = 0.01) -> list[dict[str, Any]]:
    return [{"name": name, "result": result, "seconds": seconds} for name, result in noted]


def test_a_step_shows_what_came_of_it_and_its_share_of_the_time() -> None:
    trace = steps(("read", "question"), ("search", "6 passages"))
    trace.append({"name": "cards", "result": "a-b 10.07/1.00, c-d 7.68/0.38", "seconds": 0.02})
    first, second, third = opened(trace, {"a-b": "Đóng bao nhiêu?"}.get)  # type: ignore[arg-type]
    assert (first.name, first.result, first.milliseconds, first.share) == ("Đọc câu hỏi", "câu hỏi thường", 10.0, 25.0)
    assert second.result == "6 đoạn còn hiệu lực"
    assert third.share == 50.0 and third.result == "2 thẻ gần nhất"
    assert [(card.id, card.name, card.score, card.sure) for card in third.scored] == [
        ("a-b", "Đóng bao nhiêu?", 10.07, 1.0), ("c-d", None, 7.68, 0.38)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "result", "said"),
    [
        ("card", "muc-dong", "muc-dong (“Tên muc-dong”)"),
        ("card", "muc-dong, held back", "muc-dong, held back"),
        ("part", "muc-dong 0.81", "muc-dong (“Tên muc-dong”), độ chắc 0,81"),
        ("clause", "41/2024/QH15 · Điều 36 · khoản 2 0.93", "41/2024/QH15 · Điều 36 · khoản 2, độ chắc 0,93"),
        ("clause", "weak evidence", "không đoạn nào đủ sát để trích"),
        ("card of clause", "none", "không có"),
        ("cards", "none", "không có"),
        ("cards", "muc-dong is not about 41/2024/QH15", "thẻ muc-dong không nói về văn bản 41/2024/QH15"),
        ("cards", "muc-dong says less than 41/2024/QH15 · Điều 3", "41/2024/QH15 · Điều 3 nói đúng điều được hỏi hơn thẻ"),
        ("conduct", "off_topic", "ngoài phạm vi"),
        ("conduct", "ordinary", "câu hỏi trong phạm vi"),
        ("remembered", "group, income", "group, income"),
        ("something new", "as it is", "as it is"),
    ],
)  # fmt: skip
def test_each_result_in_words(name: str, result: str, said: str) -> None:
    (step,) = opened(steps((name, result)), lambda card: f"Tên {card}")
    if result.endswith("held back"):
        assert "bị giữ lại" in step.result and "held back" not in step.result
    else:
        assert step.result.startswith(said)


@pytest.mark.parametrize(
    ("kept", "trace", "check"),
    [
        ("answered:card:a", [("card", "a")], "passed"),
        ("answered:clause_quoted", [("card", "a, held back"), ("clause", "L · Điều 3 0.93")], "passed"),
        ("unknown:held_back", [("clause", "L · Điều 3 0.93, held back")], "held"),
        ("unknown:weak_evidence", [("card", "a, held back"), ("clause", "weak evidence")], "held"),
        ("unknown:weak_evidence", [("clause", "weak evidence")], "none"),
        ("unknown:clause_not_held", [("card of clause", "none")], "none"),
        ("smalltalk:greeting", [], "none"),
        ("declined:off_topic", [("conduct", "off_topic")], "none"),
    ],
)  # fmt: skip
def test_the_claim_check_is_read_from_the_trace(kept: str, trace: list[tuple[str, str]], check: str) -> None:
    assert claim_check(steps(*trace), kept) == check and check_in_words(check)


def test_everything_that_may_be_noted_has_its_words() -> None:
    modules = [m for package in ("answering", "model") for m in files(f"knowledge.{package}").iterdir()]
    source = "\n".join(m.read_text(encoding="utf-8") for m in modules if m.name.endswith(".py"))
    noted = set(re.findall(r'(?:trace|_notes)\.note\(\s*"([^"]+)"', source))
    assert len(noted) >= 16
    for name in noted:
        (step,) = opened(steps((name, "x")))
        assert step.name != name, f"step {name} has no Vietnamese name"
    for label in labels():
        (step,) = opened(steps(("conduct", label.name)))
        assert step.result != label.name, f"conduct {label.name} has no Vietnamese name"
        assert outcome_of(f"declined:{label.name}").reason != label.name
    for status in AnswerStatus:
        assert outcome_of(f"{status.value}:card:a").status != status.value


def test_an_outcome_names_its_card() -> None:
    found = outcome_of("answered:card:muc-dong")
    assert (found.status, found.reason, found.card) == ("trả lời được", "Trả lời bằng thẻ đã duyệt", "muc-dong")
    assert outcome_of("").reason == ""


def test_a_real_trace_and_a_broken_one_are_read() -> None:
    def noted() -> Iterator[dict[str, Any]]:
        trace = Trace()
        trace.note("read", "question")
        for step in trace.steps:
            yield {"name": step.name, "result": step.result, "seconds": step.seconds}

    assert opened(list(noted()))[0].name == "Đọc câu hỏi"
    assert opened([{}, {"name": "read", "seconds": "soon"}])[1].milliseconds == 0
    assert opened([]) == []

"""Questions with what a right answer must hold, as they stand in `questions/*.jsonl`: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from knowledge.errors import BadInput
from knowledge.vietnamese import nfc

_REMEDY = "Xem định dạng trong knowledge/evaluation/questions/README.md."
_E = TypeVar("_E", bound=StrEnum)


class Behaviour(StrEnum):
    """What a right answer does."""

    ANSWER = "answer"
    ANSWER_WITH_UNCERTAINTY = "answer_with_uncertainty"  # says that it is not certain, and who knows
    CLARIFY = "clarify"
    REFUSE = "refuse"
    HANDOFF = "handoff"
    CORRECT = "correct"  # puts a wrong belief right
    DEESCALATE = "deescalate"
    REDIRECT = "redirect"


class Kind(StrEnum):
    """What makes a question hard."""

    PLAIN = "plain"
    NO_ACCENTS = "no_accents"
    TEENCODE = "teencode"
    FALSE_PREMISE = "false_premise"
    OUTDATED_LAW = "outdated_law"
    OUT_OF_SCOPE = "out_of_scope"
    HOSTILE = "hostile"
    SITUATION = "situation"
    BOUNDARY = "boundary"  # about the turn of the year 2026/2027, when the rural poverty line (chuẩn nghèo) changes


class Route(StrEnum):
    """The part that should answer."""

    ANY = ""
    CARD = "card"
    CALCULATOR = "calculator"
    CLAUSE = "clause"
    CONDUCT = "conduct"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that may be cited: official number (số hiệu) and article (Điều); "" = any article of the document."""

    document: str
    article: str = ""

    def __str__(self) -> str:
        return f"{self.document}#{self.article}" if self.article else self.document


@dataclass(frozen=True, slots=True)
class GradedQuestion:
    """A question and what a right answer to it holds.

    Every item of `expected_facts` must appear, `|` inside an item separates accepted wordings; no item of
    `forbidden_facts` may. One of `clauses` must be cited, none is owed when it is empty. `on` is the day it is asked.
    """

    id: str
    question: str
    topic: str
    in_scope: bool
    behaviour: Behaviour
    on: date
    kind: Kind
    expected_facts: tuple[str, ...] = ()
    forbidden_facts: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    route: Route = Route.ANY
    variant_of: str | None = None


@dataclass(frozen=True, slots=True)
class TwoDaysQuestion:
    """A question asked on 31/12/2026 and on 1/1/2027; `same`: the law gives the same answer on both days."""

    id: str
    question: str
    facts_2026: tuple[str, ...]
    facts_2027: tuple[str, ...]
    same: bool


def questions_folder() -> Path:
    """Where the project's own sets are."""
    return Path(__file__).parent / "questions"


def read_graded(path: Path) -> list[GradedQuestion]:
    """The questions in `path`. Raises BadInput naming the line: not JSON, a field missing or odd, an id twice, a variant of nothing."""
    questions = _read(path, _graded)
    known = {q.id for q in questions}
    for number, question in enumerate(questions, 1):
        if question.variant_of is not None and question.variant_of not in known:
            raise BadInput(
                f"{path.name}, câu thứ {number} ({question.id}): variant_of {question.variant_of} không có trong tệp.",
                "Câu gốc và các biến thể nằm chung một tệp.",
            )
    return questions


def read_two_days(path: Path) -> list[TwoDaysQuestion]:
    """The questions in `path` that are asked on both days. Raises BadInput naming the line."""
    return _read(path, _two_days)


_Q = TypeVar("_Q", GradedQuestion, TwoDaysQuestion)


def _read(path: Path, make: Callable[[_Row], _Q]) -> list[_Q]:
    questions: list[_Q] = []
    seen: set[str] = set()
    for row in _rows(path):
        question = make(row)
        if question.id in seen:
            raise row.wrong(f"id {question.id} lặp lại", "Mỗi câu một id riêng.")
        seen.add(question.id)
        questions.append(question)
    if not questions:
        raise BadInput(f"{path.name}: không có câu hỏi nào.", "Mỗi dòng một câu hỏi JSON.")
    return questions


def _graded(row: _Row) -> GradedQuestion:
    variant_of = row.values.get("variant_of")
    if variant_of is not None and not isinstance(variant_of, str):
        raise row.wrong("variant_of phải là id của câu gốc hoặc null")
    return GradedQuestion(
        id=row.text("id"),
        question=row.text("question"),
        topic=row.text("topic"),
        in_scope=row.truth("in_scope"),
        behaviour=row.choice("expected_behavior", Behaviour),
        on=row.day("on"),
        kind=row.choice("kind", Kind),
        expected_facts=row.texts("expected_facts"),
        forbidden_facts=row.texts("forbidden_facts"),
        clauses=tuple(Clause(*(part.strip() for part in c.split("#", 1))) for c in row.texts("clauses")),
        route=row.choice("route", Route),
        variant_of=variant_of,
    )


def _two_days(row: _Row) -> TwoDaysQuestion:
    question = TwoDaysQuestion(
        row.text("id"), row.text("question"), row.texts("facts_2026"), row.texts("facts_2027"), row.truth("same")
    )
    if not question.facts_2026 or not question.facts_2027:
        raise row.wrong("facts_2026 và facts_2027 phải có ít nhất một mục")
    if question.same != (question.facts_2026 == question.facts_2027):
        raise row.wrong("same không khớp với facts_2026 và facts_2027")
    return question


@dataclass(frozen=True, slots=True)
class _Row:
    """One line with its place, for messages."""

    file: str
    number: int
    values: Mapping[str, Any]

    def wrong(self, what: str, remedy: str = _REMEDY) -> BadInput:
        return BadInput(f"{self.file}, dòng {self.number}: {what}.", remedy)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"thiếu trường {name}")
        return nfc(value)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.wrong(f"trường {name} phải là danh sách chữ")
        if any(not wording.strip() for v in value for wording in v.split("|")):
            raise self.wrong(f"trường {name} có mục trống")
        return tuple(nfc(v) for v in value)

    def truth(self, name: str) -> bool:
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self.wrong(f"trường {name} phải là true hoặc false")
        return value

    def choice(self, name: str, among: type[_E]) -> _E:
        try:
            return among(self.values.get(name, ""))
        except ValueError:
            allowed = ", ".join(repr(str(value)) for value in among)
            raise self.wrong(f"trường {name} phải là một trong {allowed}") from None

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(str(self.values.get(name)))
        except ValueError:
            raise self.wrong(f"trường {name} phải là ngày, ví dụ 2026-11-22") from None


def _rows(path: Path) -> Iterator[_Row]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path}: không đọc được ({type(error).__name__}).", "Kiểm tra đường dẫn; tệp JSONL mã UTF-8."
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(
                f"{path.name}, dòng {number}: không phải JSON ({error.msg}).", "Mỗi dòng là một đối tượng JSON."
            ) from error
        if not isinstance(values, dict):
            raise BadInput(f"{path.name}, dòng {number}: không phải đối tượng JSON.", "Mỗi dòng là một đối tượng JSON.")
        yield _Row(path.name, number, values)

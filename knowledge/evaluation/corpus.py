"""Reads retrieval sets: a corpus of articles and questions with the articles that answer them, one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadInput
from knowledge.law import Coordinate, Provision, ProvisionKind
from knowledge.vietnamese import nfc

_CLAUSE = re.compile(r"^\s*(\d{1,3}[a-zđ]?)\s*[.)]\s+(?=\S)")
_LONGEST_HEADING = 300
_POINT = re.compile(r"^\s*([a-zđ]{1,2}\d?)\)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class CorpusArticle:
    """One article of a corpus: `doc_id` is what questions name."""

    doc_id: str
    document: str
    document_title: str
    article: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with the ids of the articles that answer it."""

    qid: str
    text: str
    gold: frozenset[str]


def read_corpus(path: Path) -> list[CorpusArticle]:
    """The articles in `path`. Raises BadInput naming the line that cannot be read; `doc_id` and `text` must be there."""
    articles: list[CorpusArticle] = []
    seen: set[str] = set()
    for number, row in _rows(path):
        doc_id, text = _field(row, "doc_id", path, number), _field(row, "text", path, number)
        if doc_id in seen:
            raise BadInput(f"{path.name}, dòng {number}: doc_id {doc_id} lặp lại.", "Mỗi điều một doc_id riêng.")
        seen.add(doc_id)
        articles.append(
            CorpusArticle(
                doc_id=doc_id,
                document=str(row.get("law_id") or doc_id),
                document_title=nfc(str(row.get("law_title") or "")),
                article=str(row.get("article") or ""),
                title=nfc(str(row.get("title") or "")),
                text=nfc(text),
            )
        )
    return articles


def read_questions(path: Path, field: str = "question") -> list[GoldQuestion]:
    """The questions in `path`, worded as in `field`. Raises BadInput naming the line."""
    questions = []
    for number, row in _rows(path):
        gold = row.get("gold")
        if not isinstance(gold, list) or not gold:
            raise BadInput(
                f"{path.name}, dòng {number}: thiếu trường gold.", "gold là danh sách doc_id của các điều trả lời."
            )
        questions.append(
            GoldQuestion(str(row.get("qid") or number), _field(row, field, path, number), frozenset(map(str, gold)))
        )
    if not questions:
        raise BadInput(f"{path.name}: không có câu hỏi nào.", "Mỗi dòng một câu hỏi JSON.")
    return questions


def provisions_of(article: CorpusArticle) -> list[Provision]:
    """`article` as provisions, cut at its numbered clauses and lettered points.

    Only an unbroken run of clause numbers is cut: corpora hold lists inside clauses too.
    """
    # Some corpora put the whole first paragraph into `title`: only its first line is a heading, and only when it is not a clause.
    heading = article.title.split("\n")[0].strip()
    if _CLAUSE.match(heading) or len(heading) > _LONGEST_HEADING:
        heading = ""
    body = article.text
    if heading and body.startswith(heading):
        body = body[len(heading) :]
    made: list[Provision] = []
    clause, point, expected = "", "", 1
    kind, parts = ProvisionKind.ARTICLE, list[str]()

    def close() -> None:
        text = "\n".join(parts).strip()
        if text or kind is not ProvisionKind.ARTICLE:
            where = Coordinate(article.document, article.article or "1", clause, point)
            made.append(Provision(where, kind, text, heading))
        parts.clear()

    for line in body.split("\n"):
        if not line.strip():
            continue
        number, letter = _CLAUSE.match(line), _POINT.match(line)
        if number and _follows(number[1], expected):
            close()
            kind, clause, point = ProvisionKind.CLAUSE, number[1], ""
            expected = int(re.sub(r"\D", "", number[1])) + 1
            parts.append(line[number.end() :])
        elif letter:
            close()
            kind, point = ProvisionKind.POINT, letter[1]
            parts.append(line[letter.end() :])
        else:
            parts.append(line.strip())
    close()
    return made or [
        Provision(
            Coordinate(article.document, article.article or "1"), ProvisionKind.ARTICLE, article.title or article.text
        )
    ]


def _follows(number: str, expected: int) -> bool:
    digits = int(re.sub(r"\D", "", number))
    return digits == expected or (not number.isdigit() and digits == expected - 1)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise BadInput(
                        f"{path.name}, dòng {number}: không phải JSON ({error.msg}).", "Mỗi dòng là một đối tượng JSON."
                    ) from error
                if not isinstance(row, dict):
                    raise BadInput(
                        f"{path.name}, dòng {number}: không phải đối tượng JSON.", "Mỗi dòng là một đối tượng JSON."
                    )
                yield number, row
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path}: không đọc được ({type(error).__name__}).", "Kiểm tra đường dẫn; tệp JSONL mã UTF-8."
        ) from error


def _field(row: dict[str, Any], name: str, path: Path, number: int) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{path.name}, dòng {number}: thiếu trường {name}.", "Xem định dạng trong docs/developer.md.")
    return value

"""From a question to an answer, over a small store with real tables and a stand-in embedder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from knowledge.answering import Answer, AnswerStatus, Knowledge
from knowledge.law import Coordinate, DocumentIdentity, DocumentKind, InForce, Provision, ProvisionKind
from knowledge.live import LiveSearch
from knowledge.passages import make_passages
from knowledge.store import KnowledgeStore, NewDocument, SourceFile, open_engine

TODAY = date(2026, 11, 22)
LAW, OLD = "7/2030/QH16", "1/2020/QH14"


def law(
    number: str, title: str, provisions: list[Provision], held: InForce, kind: DocumentKind = DocumentKind.LAW
) -> NewDocument:
    source = SourceFile(f"{number}.md", f"{number:0<64}"[:64].replace("/", "0"))
    return NewDocument(
        source, DocumentIdentity(number, kind, title, in_force=held), provisions, make_passages(provisions, held), "1"
    )


def clause(number: str, article: str, clause: str, heading: str, text: str) -> Provision:
    return Provision(Coordinate(number, article, clause), ProvisionKind.CLAUSE, text, heading)


@pytest.fixture
def store(tmp_path: Path) -> KnowledgeStore:
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    migrate(engine)
    return KnowledgeStore(engine)


@pytest.fixture
def knowledge(store: KnowledgeStore, tmp_path: Path) -> Iterator[Knowledge]:
    new = [
        clause(
            LAW,
            "2",
            "1",
            "Mức góp quỹ tương trợ",
            "Người dân góp mười lăm phần trăm thu nhập mỗi tháng vào quỹ tương trợ.",
        ),
        clause(LAW, "3", "1", "Trợ cấp nằm viện", "Người góp quỹ nằm viện được nhận trợ cấp theo ngày điều trị."),
        clause(LAW, "4", "1", "Thẩm quyền", "Cơ quan quản lý quỹ giải quyết trong năm ngày làm việc."),
    ]
    old = [
        clause(
            OLD, "2", "1", "Mức góp quỹ tương trợ", "Người dân góp mười phần trăm thu nhập mỗi tháng vào quỹ tương trợ."
        )
    ]
    book = [
        Provision(
            Coordinate("Sổ tay quỹ", section="1"),
            ProvisionKind.SECTION,
            f"Cụ già trên tám mươi được miễn góp quỹ hoàn toàn.\nCăn cứ: Luật Quỹ {LAW}, Điều 2 khoản 1; Nghị định 9/2030/NĐ-CP, Điều 4.",
            "Cụ già có phải góp quỹ không?",
        )
    ]
    store.publish(law(LAW, "Luật Quỹ tương trợ", new, InForce(date(2025, 7, 1), date(2026, 12, 31))))
    store.publish(law(OLD, "Luật Quỹ cũ", old, InForce(date(2021, 1, 1), date(2025, 6, 30))))
    store.publish(law("Sổ tay quỹ", "Sổ tay quỹ", book, InForce(date(2025, 7, 1)), DocumentKind.HANDBOOK))
    search = LiveSearch(store, tmp_path / "indexes", None, lambda state: None, check_every=0)
    yield Knowledge(search, store)
    search.close()


def ask(knowledge: Knowledge, text: str, on: date | None = None) -> Answer:
    return knowledge.answer(text, today=TODAY, on=on)


def test_the_clause_in_force_is_quoted_with_its_number_and_date(knowledge: Knowledge) -> None:
    answer = ask(knowledge, "mỗi tháng góp bao nhiêu phần trăm thu nhập vào quỹ tương trợ")
    assert answer.status is AnswerStatus.ANSWERED
    assert "mười lăm phần trăm" in answer.text
    assert "khoản 1 Điều 2 Luật Quỹ tương trợ 7/2030/QH16" in answer.text
    assert "22/11/2026" in answer.text
    assert (answer.citations[0].document, answer.citations[0].article, answer.citations[0].clause) == (LAW, "2", "1")
    assert answer.citations[0].quote in answer.text


def test_an_earlier_day_gets_the_law_of_that_day(knowledge: Knowledge) -> None:
    answer = ask(knowledge, "mỗi tháng góp bao nhiêu phần trăm thu nhập vào quỹ tương trợ", date(2023, 5, 1))
    assert "mười phần trăm" in answer.text
    assert answer.citations[0].document == OLD


def test_a_rule_that_ends_soon_says_so(knowledge: Knowledge) -> None:
    assert (
        "đến hết ngày 31/12/2026" in ask(knowledge, "mức góp quỹ tương trợ mỗi tháng bao nhiêu phần trăm thu nhập").text
    )


def test_a_handbook_answers_with_the_clauses_it_stands_on(knowledge: Knowledge) -> None:
    answer = ask(knowledge, "cụ già trên tám mươi có phải góp quỹ không")
    assert answer.reason == "handbook"
    assert answer.text.startswith("Cụ già có phải góp quỹ không?\nCụ già trên tám mươi được miễn góp quỹ hoàn toàn.")
    held, unheld = answer.citations
    assert (held.document, held.quote) == (
        LAW,
        "Người dân góp mười lăm phần trăm thu nhập mỗi tháng vào quỹ tương trợ.",
    )
    assert unheld.document == "9/2030/NĐ-CP"
    assert unheld.quote == "Cụ già trên tám mươi được miễn góp quỹ hoàn toàn."
    assert "Sổ tay quỹ" in unheld.title


def test_what_nothing_answers_is_unknown_with_the_hotline_and_a_call_back(knowledge: Knowledge) -> None:
    answer = ask(knowledge, "thay vòng bi máy bơm nước loại nào cho êm")
    assert answer.status is AnswerStatus.UNKNOWN
    assert answer.call_back
    assert "1900 9068" in answer.text
    assert answer.citations == ()


def test_a_clause_we_do_not_hold_is_not_replaced_by_another(knowledge: Knowledge) -> None:
    answer = ask(knowledge, f"khoản 9 Điều 88 Luật {LAW} quy định gì")
    assert (answer.status, answer.reason) == (AnswerStatus.UNKNOWN, "clause_not_held")


def test_a_named_clause_is_quoted_whole(knowledge: Knowledge) -> None:
    answer = ask(knowledge, f"Điều 4 Luật {LAW}")
    assert answer.reason == "exact_clause"
    assert "Cơ quan quản lý quỹ giải quyết trong năm ngày làm việc." in answer.text


def test_a_greeting_gets_a_greeting_that_says_it_is_a_machine(knowledge: Knowledge) -> None:
    answer = ask(knowledge, "Xin chào!")
    assert answer.status is AnswerStatus.SMALLTALK
    assert "tự động" in answer.text


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b"])
def test_an_empty_message_is_asked_back(knowledge: Knowledge, text: str) -> None:
    assert ask(knowledge, text).status is AnswerStatus.CLARIFY


@pytest.mark.parametrize(
    "text", ["?" * 5000, "\ud800", "\x00\x01", "<script>alert(1)</script>", "🙂" * 900, "a\u0301" * 2000]
)
def test_hostile_text_gets_an_answer_and_never_an_error(knowledge: Knowledge, text: str) -> None:
    answer = ask(knowledge, text)
    assert answer.text
    assert answer.reason != "cannot_reach_sources"


def test_a_withdrawn_document_is_never_cited_again(knowledge: Knowledge, store: KnowledgeStore) -> None:
    question = "mỗi tháng góp bao nhiêu phần trăm thu nhập vào quỹ tương trợ"
    assert ask(knowledge, question).citations
    assert store.withdraw(LAW) == 1
    for _ in range(3):  # even before the keyword index is made again
        assert all(c.document != LAW for c in ask(knowledge, question).citations)


class Unreachable:
    """A search whose database is gone."""

    def current(self) -> None:
        raise OSError("database is gone")


def test_a_failure_gets_a_polite_answer_with_its_own_reason(store: KnowledgeStore) -> None:
    answer = Knowledge(Unreachable(), store).answer("mức góp", today=TODAY)  # type: ignore[arg-type]
    assert (answer.status, answer.reason) == (AnswerStatus.UNKNOWN, "cannot_reach_sources")
    assert "Traceback" not in answer.text


def test_an_empty_store_says_it_does_not_know(store: KnowledgeStore, tmp_path: Path) -> None:
    search = LiveSearch(store, tmp_path / "indexes", None, lambda state: None)
    assert Knowledge(search, store).answer("mức góp", today=TODAY).reason == "no_knowledge"


def test_who_names_a_whole_article_reads_its_clauses(knowledge: Knowledge, store: KnowledgeStore) -> None:
    number = "9/2030/QH16"
    texts = ("Tổ trưởng giữ sổ quỹ.", "Sổ quỹ mở cho mọi người xem.", "Sổ quỹ lưu mười năm.")
    numbers = ("1", "1a", "2")
    provisions = [clause(number, "5", n, "Sổ quỹ", text) for n, text in zip(numbers, texts, strict=True)]
    store.publish(law(number, "Luật Sổ quỹ", provisions, InForce(date(2025, 7, 1))))
    answer = ask(knowledge, f"Điều 5 Luật {number} quy định gì?")
    assert answer.reason == "exact_clause"
    assert [(c.clause, c.quote) for c in answer.citations] == list(zip(numbers, texts, strict=True))
    assert f"Căn cứ: Điều 5 Luật Sổ quỹ {number}" in answer.text
    assert "1a. Sổ quỹ mở cho mọi người xem." in answer.text
    one = ask(knowledge, f"khoản 2 Điều 5 Luật {number}")
    assert [c.quote for c in one.citations] == [texts[2]]


def test_who_names_a_document_by_its_number_is_answered_from_it(knowledge: Knowledge, store: KnowledgeStore) -> None:
    number = "12/2026/NQ-HĐND"
    text = "Người dân góp năm phần trăm thu nhập mỗi tháng vào quỹ tương trợ của tỉnh."
    provisions = [clause(number, "2", "1", "Mức góp thêm", text)]
    store.publish(law(number, "Nghị quyết góp thêm", provisions, InForce(date(2026, 1, 1)), DocumentKind.RESOLUTION))
    general = "người dân góp bao nhiêu phần trăm thu nhập mỗi tháng vào quỹ tương trợ"
    assert ask(knowledge, f"Theo Nghị quyết {number} thì {general}?").citations[0].quote == text
    assert ask(knowledge, f"Theo Luật {LAW} thì {general}?").citations[0].document == LAW
    gone = ask(knowledge, f"Theo Nghị quyết {number} thì {general}?", on=date(2025, 12, 31))
    assert number not in [c.document for c in gone.citations]

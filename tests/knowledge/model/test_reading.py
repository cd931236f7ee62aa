"""What a model wrote is read as data, however it is wrapped or cut."""

from __future__ import annotations

import json

import pytest

from knowledge.model.reading import MOST_SENTENCES, Sentence, SentenceReader, object_in

ONE = {"text": "Mức đóng là 22%.", "sources": ["[1]"]}
TWO = {"text": "Nộp hằng tháng.", "sources": ["[2]"]}


def read(text: str, size: int = 7) -> list[Sentence]:
    reader = SentenceReader()
    return [s for at in range(0, len(text), size) for s in reader.take(text[at : at + size])]


@pytest.mark.parametrize(
    "text",
    [
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}",
        json.dumps([ONE, TWO]),
        json.dumps({"sentences": [ONE, TWO]}),
        f"Dạ đây ạ:\n```json\n{json.dumps({'answer': [ONE, TWO]}, ensure_ascii=False, indent=2)}\n```\nChúc anh/chị khoẻ!",
        f'{{"thinking": "}}{{", {json.dumps(ONE)} {json.dumps(TWO)}',
    ],
)
@pytest.mark.parametrize("size", [1, 7, 5000])
def test_sentences_are_found_in_any_wrapping(text: str, size: int) -> None:
    assert read(text, size) == [Sentence("Mức đóng là 22%.", (1,)), Sentence("Nộp hằng tháng.", (2,))]


def test_a_sentence_is_given_as_soon_as_it_is_whole() -> None:
    reader = SentenceReader()
    assert reader.take('{"text": "Mức đóng là 22%.", "sources": ["[1]"') == []
    assert reader.take("]}") == [Sentence("Mức đóng là 22%.", (1,))]
    assert reader.take('\n{"text": "Nộp') == []


@pytest.mark.parametrize(
    ("sources", "numbers", "odd"),
    [
        (["[1]", "[2]", "[1]"], (1, 2), False),
        ("[3]", (3,), False),
        (["1", 2], (1, 2), False),
        (["[1]", "https://x.vn"], (1,), True),
        (["Điều 36"], (), True),
        ([True, None, 0, 4000, {"a": 1}], (), True),
        (None, (), False),
    ],
)
def test_only_numbers_of_sources_are_kept(sources: object, numbers: tuple[int, ...], odd: bool) -> None:
    assert read(json.dumps({"text": "Câu.", "sources": sources})) == [Sentence("Câu.", numbers, odd)]


def test_tokens_in_the_text_are_taken_out_of_it() -> None:
    assert read('{"text": "Đóng 22% [1] , hằng tháng [ 2 ]."}') == [Sentence("Đóng 22%, hằng tháng.", (1, 2))]


def test_hidden_signs_and_lines_are_gone() -> None:
    text = json.dumps({"text": "Đóng\u200b 22\u202e%\n\n\x1b[31mđỏ", "sources": ["[1]"]})
    assert read(text)[0].text == "Đóng 22% [31mđỏ"


@pytest.mark.parametrize(
    "text", ["", "không có gì", "{", '{"text": 7}', '{"text"', "[[[[[", "{" * 3000, '{"a": {"text": "x"}}']
)
def test_what_is_no_sentence_gives_nothing(text: str) -> None:
    found = read(text, 500)
    assert found in ([], [Sentence("x", ())])


def test_there_is_an_end_to_sentences() -> None:
    assert len(read((json.dumps(ONE) + "\n") * 100, 1000)) == MOST_SENTENCES


def test_an_object_is_found_among_words() -> None:
    assert object_in('Đây: {"x": 1} rồi {"label": "muc_dong", "question": "?"}', "label") == {
        "label": "muc_dong",
        "question": "?",
    }
    assert object_in('{"label": "muc_dong"', "label") is None
    assert object_in("", "label") is None

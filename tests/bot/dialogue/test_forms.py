"""Forms: their data holds together, their diagrams are drawn from it, and each leads somewhere whatever is said."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
import yaml

from bot.dialogue.forms import Given, answer, begin, load_form
from bot.dialogue.forms.diagram import FOLDER, drawn, names
from bot.dialogue.forms.model import FormBroken, FormState, made
from knowledge.cards.reader import load_cards
from tests.bot.dialogue.people import NOW, TODAY, Person, find_place

BLANKS = {"office": "BHXH", "days": "90", "time": "giờ làm việc", "when": "mai", "name": ""}


@pytest.mark.parametrize("name", names())
def test_the_diagram_is_that_of_the_code(name: str) -> None:
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == drawn(load_form(name)), (
        "run: python -m bot.dialogue.forms.diagram"
    )


@pytest.mark.parametrize("name", names())
def test_every_text_is_used_short_and_polite(name: str) -> None:
    form = load_form(name)
    for key in form.texts:
        said = form.text(key, **BLANKS)
        assert 10 <= len(said) <= 800 and "bạn" not in said.split(), key
    for step in form.steps.values():
        assert all(len(option.label) <= 25 for option in step.options)
    cards = {card.id for card in load_cards()}
    assert {e.card for explained in form.explains.values() for e in explained} <= cards


@pytest.mark.parametrize("name", names())
def test_any_words_lead_to_an_end_and_a_state_comes_back_as_it_was_kept(name: str) -> None:
    form = load_form(name)
    words = ["đồng ý", "không", "có", "Nguyễn Thị Lan", "0900000123", "ba tơ", "3 triệu", "45", "14", "hộ nghèo", "20 năm", "đúng rồi", "?",
             "quay lại", "bỏ qua", "hằng tháng", "hằng quý", "tháng 9"]  # fmt: skip
    ends = set()
    for seed in range(300):
        chance = random.Random(seed)
        moved = begin(form, {}, NOW, BLANKS)
        for _ in range(80):
            assert moved.state is not None and moved.text
            kept = FormState.of_json(moved.state.as_json())
            assert kept == moved.state
            given = Given(chance.choice(words))
            moved = answer(form, kept, given, now=NOW, today=TODAY, find_place=find_place, blanks=BLANKS)
            if moved.elsewhere:
                moved = answer(form, kept, Given("hmm"), now=NOW, today=TODAY, find_place=find_place, blanks=BLANKS)
            if moved.state is None:
                ends.add(moved.end)
                break
    assert ends >= set(form.ends) - {"stopped"}, "some end cannot be reached"


def _broken(change: str) -> dict[str, Any]:
    raw = copy.deepcopy(yaml.safe_load((FOLDER / "lead.yaml").read_text(encoding="utf-8")))
    if change == "way":
        raw["steps"]["phone"]["next"] = "nowhere"
    elif change == "option":
        raw["steps"]["confirm"]["next"]["maybe"] = "done"
    elif change == "text":
        del raw["texts"]["summary"]
    elif change == "reader":
        raw["steps"]["name"]["reader"] = "mind"
    else:
        raw["first"] = "nowhere"
    return dict(raw)


@pytest.mark.parametrize("change", ["way", "option", "text", "reader", "first"])
def test_a_form_that_does_not_hold_together_is_refused(change: str) -> None:
    with pytest.raises(FormBroken):
        made("lead", _broken(change))


def test_the_calculator_asks_three_things_and_answers_for_that_person() -> None:
    person = Person()
    person.says("/tinh")
    person.presses("Hộ cận nghèo")
    person.says("2 triệu rưỡi")
    said = person.presses("20 năm")
    assert "Hộ cận nghèo, chọn mức thu nhập 2500000 đồng" in said and "đóng 20 năm" in said
    assert "Nhờ cán bộ gọi lại" in person.offered and person.state["last"]["question"].startswith("Hộ cận nghèo")


@pytest.mark.parametrize(
    ("said", "about"),
    [
        (["14"], "14 tuổi"),
        (["sinh năm 1980", "có"], "hợp đồng lao động"),
        (["45", "không", "có"], "đang hưởng lương hưu"),
        (["tôi 45 tuổi", "không", "không"], "45 tuổi"),
    ],
)
def test_the_check_of_eligibility_ends_where_the_law_does(said: list[str], about: str) -> None:
    person = Person()
    person.says("/kiemtra")
    told = [person.says(text) for text in said][-1]
    assert about in told and "form" not in person.state

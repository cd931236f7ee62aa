"""Cards filled for a person on a day: every number from a call, each on record, and a change that is near told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.answers import AnswerStatus
from knowledge.calculators import BadCase
from knowledge.calculators.model import HouseholdGroup, Sex
from knowledge.cards.book import MissingFact
from knowledge.cards.fitting import Fitting, expects, uses
from knowledge.cards.lint import NoSources, lint
from knowledge.cards.matching import CardIndex, bare
from knowledge.cards.model import Card, CardsError
from knowledge.cards.reader import load_cards, read_cards
from knowledge.cards.rendering import render
from knowledge.cards.words import FILTERS
from knowledge.rates import NoRate, Rates, load_rates
from knowledge.understanding.facts import Facts, read_facts

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture(scope="module")
def rates() -> Rates:
    return load_rates()


def card(answer: str, change: str = "", **more: str) -> Card:
    (made,) = read_cards(
        "- id: thu\n  topic: muc_dong\n  asks: [Thử câu này]\n  answer: |\n    "
        + answer.replace("\n", "\n    ")
        + f"\n  change: {change!r}\n  basis: ['41/2024/QH15 · Điều 36 · khoản 1']\n  from: 2025-07-01\n  reviewed: 2026-11-22\n"
        + "".join(f"  {key}: {value}\n" for key, value in more.items()),
        "x.yaml",
    )
    return made


def filled(made: Card, rates: Rates, facts: Facts | None = None, on: date = TODAY) -> str:
    return render(made, facts or Facts(), rates, on=on, today=TODAY).text


def asked(text: str, facts: Facts | None = None, on: date = TODAY) -> Asked:
    return Asked(text, text, facts or Facts(), on, TODAY)


def test_amounts_follow_the_day(rates: Rates) -> None:
    lowest = card("{{ contribution(income=lowest_income).monthly_contribution|dong_thang }}")
    assert filled(lowest, rates) == "330.000 đồng/tháng"
    assert filled(lowest, rates, on=NEXT_YEAR) == "484.000 đồng/tháng"


def test_what_the_person_said_fills_the_calculator(rates: Rates) -> None:
    net = card("{{ contribution().net_monthly|dong }}")
    poor = Facts(groups=frozenset({HouseholdGroup.POOR}))
    assert filled(net, rates) == "264.000 đồng"
    assert filled(net, rates, poor) == "165.000 đồng"
    assert filled(net, rates, replace(poor, income=3_000_000)) == "495.000 đồng"


def test_sentences_that_a_block_joined_keep_their_blank(rates: Rates) -> None:
    made = card("Còn thiếu năm.{% if facts.sex %}{% endif %}\nNăm nay là TP.HCM.")
    assert filled(made, rates) == "Còn thiếu năm. Năm nay là TP.HCM."


def test_a_fact_that_is_needed_and_not_said_is_asked_for(rates: Rates) -> None:
    made = card("{{ pension(months=240, average_income=lowest_income).monthly_pension|dong }}")
    with pytest.raises(MissingFact) as raised:
        filled(made, rates)
    assert raised.value.fact == "sex"
    assert filled(made, rates, Facts(sex=Sex.FEMALE)) == "825.000 đồng"


def test_asking_back_offers_whole_questions(rates: Rates) -> None:
    made = card("{{ pension(months=240, average_income=lowest_income).monthly_pension|dong }}")
    answer = CardAnswers(CardIndex([made]), rates).answer(made, asked("Đóng 20 năm được bao nhiêu?"), NoSources())
    assert answer is not None
    assert (answer.status, answer.reason) == (AnswerStatus.CLARIFY, "needs_sex")
    assert [c.label for c in answer.choices] == ["Nam", "Nữ"]
    assert all(c.value.startswith("Đóng 20 năm được bao nhiêu") and len(c.value) <= 200 for c in answer.choices)


def test_no_rate_no_figure(rates: Rates) -> None:
    made = card("{{ rate('investment_rate')|percent }}")
    with pytest.raises(NoRate):
        filled(made, rates, on=NEXT_YEAR)
    answer = CardAnswers(CardIndex([made]), rates).answer(made, asked("Thử", on=NEXT_YEAR), NoSources())
    assert answer is not None
    assert (answer.status, answer.reason) == (AnswerStatus.UNKNOWN, "no_rate")
    assert "1/1/2027" in answer.text


def test_what_is_not_certain_is_never_filled_in_as_fact(rates: Rates) -> None:
    with pytest.raises(NoRate):
        filled(card("{{ rate('social_pension')|dong }}"), rates)
    with pytest.raises(CardsError, match="unsure"):
        filled(card("{{ unsure_rate('social_pension')|dong }}"), rates)
    assert filled(card("{{ unsure_rate('social_pension')|dong }}", unsure="true"), rates) == "500.000 đồng"


def test_an_impossible_case_is_told_before_the_general_answer(rates: Rates) -> None:
    made = card("Đóng {{ contribution().monthly_contribution|dong }}.")
    facts = Facts(income=500_000)
    with pytest.raises(BadCase):
        filled(made, rates, facts)
    answer = CardAnswers(CardIndex([made]), rates).answer(made, asked("Thử 500.000 đồng", facts), NoSources())
    assert answer is not None
    assert answer.reason == "impossible_case"
    assert "1.500.000" in answer.text
    assert "330.000 đồng" in answer.text


def test_a_change_that_is_near_is_told_and_one_that_makes_no_difference_is_not(rates: Rates) -> None:
    own = card(
        "{{ contribution(income=lowest_income).monthly_contribution|dong }}",
        "Từ {{ on|day }}: {{ lowest_income|dong }}",
    )
    assert render(own, Facts(), rates, on=TODAY, today=TODAY).change == "Từ 1/1/2027: 2.200.000 đồng"
    plain = card("{{ contribution(income=lowest_income).monthly_contribution|dong }}")
    assert "1/1/2027" in render(plain, Facts(), rates, on=TODAY, today=TODAY).change
    assert render(plain, Facts(), rates, on=date(2026, 8, 1), today=TODAY).change == ""
    share = card("{{ rate('contribution_rate')|percent }}{% set _ = rate('poverty_line_rural') %}")
    assert render(share, Facts(), rates, on=TODAY, today=TODAY).change == ""


def test_a_number_typed_into_a_card_is_not_sent(rates: Rates) -> None:
    wrong = card("Mỗi tháng đóng 350.000 đồng.")
    assert CardAnswers(CardIndex([wrong]), rates).answer(wrong, asked("Thử"), NoSources()) is None
    assert any("chữ số" in str(f) for f in lint([wrong], rates, TODAY))


@pytest.mark.parametrize(
    "answer",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ rate.__globals__ }}",
        "{{ nothing }}",
        "{{ rate('không có') }}",
        "{% if %}",
        "{{ contribution(wrong=1) }}",
    ],
)
def test_a_broken_or_hostile_template_names_its_card(answer: str, rates: Rates) -> None:
    with pytest.raises(CardsError, match="thu"):
        filled(card(answer), rates)


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("dong", 330_000, "330.000 đồng"),
        ("percent", Decimal("0.22"), "22%"),
        ("percent", Decimal("0.0031"), "0,31%"),
        ("years", 15, "15 năm"),
        ("span", 208, "17 năm 4 tháng"),
        ("span", 60, "5 năm"),
        ("span", 5, "5 tháng"),
        ("span", 0, "0 tháng"),
        ("age", 738, "61 tuổi 6 tháng"),
        ("age", 684, "57 tuổi"),
        ("day", date(2027, 1, 1), "1/1/2027"),
        ("group", "near_poor", "hộ cận nghèo"),
        ("working_days", 5, "5 ngày làm việc"),
    ],
)
def test_values_are_written_as_people_write_them(name: str, value: object, written: str) -> None:
    assert FILTERS[name](value) == written


def test_numbers_and_places_make_no_difference_to_what_is_asked() -> None:
    assert bare("Tôi 52 tuổi đóng 8 năm rồi, ở Quảng Ngãi") == bare("Tôi 47 tuổi đóng 11 năm rồi, ở Hà Nội")


def test_cards_know_which_facts_they_use() -> None:
    made = card("{% if facts.months_paid %}{{ contribution().net_monthly|dong }}{% endif %}")
    assert {"months_paid", "income", "groups"} <= uses(made)
    fitting = Fitting([made])
    assert fitting.of("", Facts(income=2_000_000))[0] > 0 > fitting.of("", Facts(wished_pension=2_000_000))[0]
    assert fitting.of("", None)[0] == 0


def test_every_card_that_comes_along_passes_the_lint(rates: Rates) -> None:
    cards = load_cards()
    assert len(cards) >= 120
    assert [str(f) for f in lint(cards, rates, TODAY) if f.error] == []


@pytest.mark.parametrize("on", [date(2026, 12, 31), NEXT_YEAR, date(2027, 7, 1)])
def test_every_card_also_passes_on_the_days_around_the_change(rates: Rates, on: date) -> None:
    held = [c for c in load_cards() if c.holds(on)]
    wrong = [f for f in lint(held, rates, on) if f.error and "không có tham số" not in f.message]
    assert [str(f) for f in wrong] == []


def test_what_a_card_is_about_and_the_question_does_not_name_speaks_against_it() -> None:
    pensioner = replace(
        card("Không."),
        id="huu",
        asks=(
            "Đang nhận lương hưu thì có được đóng tự nguyện không?",
            "Có lương hưu rồi đóng thêm được không?",
            "Người hưởng lương hưu tham gia được không?",
        ),
    )
    anyone = replace(
        card("Được."),
        id="ai",
        asks=("Nông dân có tham gia được không?", "Bán rau đóng được không?", "Ai được tham gia?"),
    )
    index = CardIndex([pensioner, anyone])

    def lacking(question: str) -> dict[str, float]:
        return {m.card.id: m.lacking for m in index.match(question, date(2026, 11, 22))}

    without, told = lacking("Tôi bán cá, có được đóng không?"), lacking("Tôi có lương hưu, có được đóng không?")
    assert without["huu"] > told["huu"] == pytest.approx(0.0, abs=1e-6)
    assert without["ai"] == told["ai"]


def test_who_names_no_amount_is_not_taken_for_one_who_forgot_it() -> None:
    """Numbers are left out when ways of asking are compared, so "how long until I have 2 million" looks like "how long until I have"."""
    asks = (
        "Đóng mấy năm thì lương hưu được 2 triệu?",
        "Mấy năm mới có lương hưu 3 triệu?",
        "Đóng mấy năm để hưu 5 triệu?",
    )
    wished = replace(card("Được."), id="muon", asks=asks, needs=("wished_pension",))
    others = ("Mấy năm thì có lương hưu?", "Mấy năm mới được hưởng lương hưu?", "Đóng bao lâu thì có lương hưu?")
    anyone = replace(card("Đủ tuổi."), id="dieu-kien", asks=others)
    assert expects(wished) == {"wished_pension"} and expects(anyone) == frozenset()
    index = CardIndex([wished, anyone])

    def score(question: str, facts: Facts | None) -> dict[str, float]:
        return {m.card.id: m.score for m in index.match(question, TODAY, facts=facts)}

    question = "Mấy năm thì có lương hưu?"
    unsaid, blind = score(question, read_facts(question, TODAY)), score(question, None)
    assert unsaid["muon"] <= blind["muon"] - 1 and unsaid["dieu-kien"] == blind["dieu-kien"]
    question = "Mấy năm thì có lương hưu 2 triệu?"
    assert score(question, read_facts(question, TODAY))["muon"] >= score(question, None)["muon"]


def test_a_question_embedded_ahead_is_embedded_once_and_a_failure_there_leaves_the_words() -> None:
    class Counted:
        fingerprint, dimension = "counted", 4

        def __init__(self) -> None:
            self.asked: list[str] = []
            self.broken = False

        def embed_query(self, text: str) -> np.ndarray:
            self.asked.append(text)
            if self.broken:
                raise RuntimeError("away")
            return np.ones(4, np.float32) / 2

        def embed_documents(self, texts: list[str]) -> np.ndarray:
            return np.ones((len(texts), 4), np.float32) / 2

    embedder = Counted()
    index = CardIndex([replace(card("Được."), id="a"), replace(card("Không."), id="b")], embedder)
    embedder.asked.clear()
    index.foresee("Thử câu này?")
    assert len(index.match("Thử câu này?", TODAY)) == 2 and len(embedder.asked) == 1
    embedder.broken = True
    index.foresee("Thử câu khác?")
    assert len(index.match("Thử câu khác?", TODAY)) == 2


def test_what_was_paid_by_todays_rate_is_given_back_by_it(rates: Rates) -> None:
    """Asked about next year, the amount of next year was told for what is paid now."""
    made = next(c for c in load_cards() if c.id == "hoan-tra-tien")
    text = render(made, Facts(), rates, on=NEXT_YEAR, today=TODAY).text
    assert "264.000" in text and "387.200" not in text

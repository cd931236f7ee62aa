"""A card's template cannot stand still or eat the memory, whoever writes it; what cards need goes on working."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.cards.bounds import MOST_CALLS, MOST_ITEMS, MOST_TEMPLATE, MOST_TEXT, MOST_TURNS
from knowledge.cards.lint import lint
from knowledge.cards.model import Card, CardsError
from knowledge.cards.reader import load_cards
from knowledge.cards.rendering import render
from knowledge.cards.templates import warm
from knowledge.rates import load_rates
from knowledge.understanding.facts import Facts

RATES = load_rates()
DAY = date(2026, 11, 22)
DOUBLED = "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a OP a %}" * 60 + "{{ a }}"
TWICE = "{% set a = [1, 2, 3] %}" + "{% set a = a + a %}" * 60 + "{{ a|length }}"
SQUARED = "{% set a = 99 %}" + "{% set a = a * a %}" * 60 + "{{ a }}"

STAND_STILL = {
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "loops over lists": "{% set l = [" + "1," * 300 + "] %}"
    + "{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}",
    "a list that grows as it is gone through": "{% set l = [1] %}{% for a in l %}{{ l.append(1) or '' }}{% endfor %}" * 200,
    "a power worked out while it is compiled": "{{ 9 ** (9 ** 9) }}",
    "a text repeated": "{{ 'x' * 10000000000 }}",
    "a list repeated": "{{ ([1] * 10000000000)|length }}",
    "a text joined to itself": DOUBLED.replace("OP", "~"),
    "a text added to itself": DOUBLED.replace("OP", "+"),
    "a list added to itself": TWICE,
    "a number multiplied with itself": SQUARED,
    "a text of any width": "{{ '%10000000000d' % 1 }}",
    "a method that pads": "{{ 'x'.ljust(10000000000) }}",
    "a method that formats": "{{ '{:>10000000000}'.format(1) }}",
    "a method that joins": "{{ ''.join(['x']) }}",
    "a method that makes bytes": "{{ (5).to_bytes(1000000000, 'big') }}",
    "a method that writes days": "{{ on.strftime('%d') }}",
    "a filter that pads": "{{ 'x'|center(10000000000) }}",
    "a filter that pads, by its name": "{{ ['x']|map('center', 10000000000)|list }}",
    "a filter that adds lists": "{{ [[1]]|sum(start=[]) }}",
    "rounding to any digit": "{{ 1.5|round(1000000000) }}",
    "a macro that calls itself": "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "a loop that calls itself": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a block set aside": "{% set a %}{% for b in [1, 2] %}x{% endfor %}{% endset %}{{ a }}",
    "words without end": "{{ lipsum(100000) }}",
    "brackets without end": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "calls without end": "{% for a in l %}X{% endfor %}".replace("l", "[" + "1," * 250 + "]").replace("X", "{{ law('1') }}" * 20),
    "a text without end": "x" * (MOST_TEXT + 1),
    "a template without end": "{# " + "x" * MOST_TEMPLATE + " #}",
    "the insides of Python": "{{ ''.__class__.__mro__ }}",
    "dividing by nothing": "{{ 1 // 0 }}",
}  # fmt: skip


def card(answer: str, **values: object) -> Card:
    made = next(c for c in load_cards() if c.id == "tong-dai")
    return replace(made, id="thu-nghiem", answer=answer, change="", **values)  # type: ignore[arg-type]


def filled(answer: str) -> str:
    return render(card(answer), Facts(), RATES, on=DAY, today=DAY).text


@pytest.mark.parametrize("template", STAND_STILL.values(), ids=STAND_STILL)
def test_what_could_stand_still_or_eat_the_memory_is_refused(template: str) -> None:
    with pytest.raises(CardsError, match="mẫu câu hỏng"):
        filled(template)
    found = lint([card(template)], RATES, DAY)
    assert any(f.error for f in found), "so that it is not even proposed"
    warm([card(template)])  # nor does the start stumble


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{% for a in ['một', 'hai'] %}{{ a }}{{ ', ' if not loop.last else '.' }}{% endfor %}", "một, hai."),
        ("{% for a in [1, 2, 3] if a > 1 %}{{ a|number }} {{ loop.index|number }}; {% endfor %}", "2 1; 3 2;"),
        ("{% for a, b in [('x', 1), ('y', 2)] %}{{ a ~ '-' ~ b }} {% else %}không{% endfor %}", "x-1 y-2"),
        ("{% for a in [] %}{{ a }}{% else %}không có{% endfor %}", "không có"),
        ("{{ 'đóng ' + 'đủ' }} {{ (2 + 3) * 4 - 1 }} {{ 7 % 4 }} {{ 7 // 2 }} {{ [1] + [2] }}", "đóng đủ 19 3 3 [1, 2]"),
        ("{% set n = namespace(x='a') %}{% for i in [1, 2] %}{% set n.x = n.x ~ i %}{% endfor %}{{ n.x }}", "a12"),
        ("{{ {'a': 5}.get('a') }} {{ on.year }} {{ [3, 1, 2]|sort|first }} {{ 2.5|round(0, 'ceil')|int }}", "5 2026 1 3"),
        ("{{ ['a', 'b']|map('upper')|list }}", "['A', 'B']"),
    ],
)  # fmt: skip
def test_what_cards_need_goes_on_working(template: str, says: str) -> None:
    assert filled(template) == says


def test_the_bounds_are_those_of_one_filling_and_far_from_what_cards_need() -> None:
    turns = "{% for a in [" + "1," * MOST_TURNS + "] %}x{% endfor %}"
    assert filled(turns) == filled(turns) == "x" * MOST_TURNS
    with pytest.raises(CardsError, match="vòng lặp"):
        filled(turns + "{% for a in [1] %}x{% endfor %}")
    calls = "{{ law('1')[:0] }}" * (MOST_TEMPLATE // 20)
    assert filled(calls) == filled(calls) == ""
    long = "{% set a = [" + "1," * (MOST_ITEMS // 2) + "] %}{{ (a + a)|length }}"
    assert filled(long) == str(MOST_ITEMS // 2 * 2)
    assert MOST_CALLS > 500

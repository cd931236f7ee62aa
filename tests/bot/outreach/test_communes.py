"""Communes by what people type: never the wrong one. `python -m tests.bot.outreach.test_communes` prints how many are right."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outreach import build_communes
from bot.outreach.communes import Commune, Communes, Found, UnknownProvince, load_communes, official_province, provinces
from bot.outreach.place_index import place_words
from knowledge.vietnamese import fold

OURS = load_communes()
HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "commune_names.yaml").read_text(encoding="utf-8"))
TITLES = {unit.title: unit for unit in OURS.units}


def verdict(found: Found, kind: str, wanted: Any) -> str:
    """`right`, `asked` (back, with the right one among the choices), `missed` (nothing offered) or `wrong`."""
    if kind == "sure":
        if found.sure is not None:
            return "right" if found.sure.title == wanted else "wrong"
        return "asked" if TITLES[wanted] in found.choices else "missed"
    if kind == "ask":
        if found.sure is not None:
            return "wrong"
        return "right" if {TITLES[title] for title in wanted} <= set(found.choices) else "missed"
    if found.sure is not None:
        return "wrong"
    return "right" if found.nothing and found.other_province == wanted else "missed"


def cases() -> list[tuple[str, str, Any]]:
    found = [(text, "sure", title) for title, texts in CASES["sure"].items() for text in texts]
    found += [(case["text"], "ask", case["of"]) for case in CASES["ask"]]
    return found + [(case["text"], "none", case.get("province")) for case in CASES["none"]]


def scores(ours: Communes = OURS) -> list[tuple[str, str, str, Any, Found]]:
    return [(verdict(f := ours.find(text), kind, wanted), text, kind, wanted, f) for text, kind, wanted in cases()]


def test_what_people_type_is_never_taken_for_another_commune() -> None:
    assert [row for row in scores() if row[0] == "wrong"] == []


def test_nearly_all_that_people_type_is_right_or_asked_back() -> None:
    counted = Counter(row[0] for row in scores())
    assert counted.total() >= 200
    assert (counted["right"] + counted["asked"]) / counted.total() >= 0.98, [r for r in scores() if r[0] == "missed"]
    assert counted["right"] / counted.total() >= 0.95, [row for row in scores() if row[0] == "asked"]


def test_the_cases_are_of_all_kinds() -> None:
    texts = [text for text, _, _ in cases()]
    assert len(texts) == len(set(texts))
    assert {TITLES[title].title for title in CASES["sure"]} == set(CASES["sure"])


def test_the_units_are_those_of_the_resolution() -> None:
    assert Counter(unit.kind for unit in OURS.units) == {"xã": 86, "phường": 9, "đặc khu": 1}
    assert [unit.name for unit in OURS.units if unit.kind == "đặc khu"] == ["Lý Sơn"]
    assert len({unit.code for unit in OURS.units}) == len({unit.title for unit in OURS.units}) == 96
    assert {old.province for unit in OURS.units for old in unit.formerly} == {"Quảng Ngãi", "Kon Tum"}
    assert all(unit.formerly for unit in OURS.units)


def test_the_old_communes_of_the_province() -> None:
    districts = {old.district for unit in OURS.units for old in unit.formerly}
    assert len(districts) == 13 + 10  # before 1/7/2025: Quảng Ngãi and Kon Tum
    divided = {old.title for unit in OURS.units for old in unit.formerly if not old.whole}
    assert divided == {"xã Trà Bùi"}
    chau_o = next(old for unit in OURS.units for old in unit.formerly if old.name == "Châu Ổ")
    assert (chau_o.title, chau_o.district, chau_o.province) == ("thị trấn Châu Ổ", "huyện Bình Sơn", "Quảng Ngãi")


def test_the_whole_country() -> None:
    assert len(provinces()) == 34
    counted = {province: len(load_communes(province).units) for province in provinces()}
    assert sum(counted.values()) == 3321
    assert (counted["Hà Nội"], counted["Hồ Chí Minh"], counted["Đà Nẵng"], counted["Gia Lai"]) == (126, 168, 94, 135)
    assert sum(unit.kind == "đặc khu" for p in provinces() for unit in load_communes(p).units) == 13
    codes = [unit.code for p in provinces() for unit in load_communes(p).units]
    assert len(set(codes)) == 3321
    assert all(len(code) == 5 and code.isdigit() for code in codes)


def test_a_province_by_the_ways_to_write_it() -> None:
    for typed in (
        "Quảng Ngãi",
        "quang ngai",
        "tỉnh Quảng Ngãi",
        " Quảng  Ngãi ",
        unicodedata.normalize("NFD", "Quảng Ngãi"),
    ):
        assert official_province(typed) == "Quảng Ngãi"
    assert official_province("TP. Hồ Chí Minh") == "Hồ Chí Minh"
    with pytest.raises(UnknownProvince, match="Kon Tum"):
        load_communes("Kon Tum")


def test_units_by_code() -> None:
    ly_son = TITLES["đặc khu Lý Sơn"]
    assert OURS.by_code(ly_son.code) is ly_son
    assert OURS.by_code("00000") is None
    assert OURS.by_code("") is None


def test_a_district_alone_is_named_with_its_units() -> None:
    found = OURS.find("huyện Ba Tơ")
    assert found.area == "huyện Ba Tơ"
    assert found.choices[0].title == "xã Ba Tơ"
    assert (len(found.choices), found.more) == (5, 3)
    assert OURS.find("xã Ba Tơ").area == ""
    assert OURS.find("tỉnh Kon Tum").area == "tỉnh Kon Tum"


def test_another_province_has_its_own_units() -> None:
    hanoi = load_communes("Hà Nội")
    found = hanoi.find("phường Ba Đình").sure
    assert found is not None and found.province == "Hà Nội"
    assert hanoi.find("xã Tịnh Khê").nothing
    assert hanoi.find("xã Tịnh Khê").other_province == "Quảng Ngãi"


@lru_cache(maxsize=1)
def shared_titles() -> frozenset[str]:
    """Titles of today that also were those of an old commune that lies elsewhere now."""
    old = {(o.title, unit.code) for unit in OURS.units for o in unit.formerly}
    return frozenset(t for t, code in old if t in TITLES and TITLES[t].code != code)


SPELLINGS = {
    "as it is": lambda text: text,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "upper": str.upper,
    "folded": fold,
    "folded upper": lambda text: fold(text).upper(),
    "spaced": lambda text: f"  {text.replace(' ', '   ')} .",
    "dotted": lambda text: text.replace("xã ", "x.").replace("phường ", "P. "),
    "said": lambda text: f"Dạ em ở {text} ạ",
    "with the province": lambda text: f"{text}, tỉnh Quảng Ngãi",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_unit_is_found_by_its_title(spelling: str) -> None:
    assert shared_titles() == {"xã Đăk Hà", "xã Đăk Long", "xã Trà Giang"}
    alike = Counter(fold(unit.title) for unit in OURS.units)
    asked = []
    for unit in OURS.units:
        found = OURS.find(SPELLINGS[spelling](unit.title))
        if found.sure is None:
            asked.append(unit.title)
            assert unit in found.choices, unit.title
        else:
            assert found.sure == unit
    if "folded" not in spelling:
        assert set(asked) == shared_titles()
    assert all(t in asked for t in TITLES if "folded" in spelling and alike[fold(t)] > 1)
    assert len(asked) <= 12, asked


def olds() -> list[tuple[str, str, set[Commune]]]:
    """Every old commune with its district, and the units that it went into."""
    found: dict[tuple[str, str], set[Commune]] = {}
    for unit in OURS.units:
        for old in unit.formerly:
            if old.title != old.district:
                found.setdefault((old.title, old.district), set()).add(unit)
    return [(title, district, units) for (title, district), units in found.items()]


@pytest.mark.parametrize("form", ["{0} {1}", "{0}, {1}, tỉnh Quảng Ngãi", "thôn 2 {0} - {1}", "tôi ở {0} {1} cũ"])
def test_every_old_commune_with_its_district_is_its_unit(form: str) -> None:
    for title, district, units in olds():
        found = OURS.find(form.format(title, district))
        if title == "xã Bình Thanh":  # beside xã Bình Thạnh: the mark may have been left out
            assert units < set(found.choices)
        elif len(units) == 1:
            assert found.sure in units, (title, district, found)
        else:
            assert found.sure is None and units == set(found.choices), (title, district)


@pytest.mark.parametrize("province", ["Gia Lai", "Lâm Đồng", "Cà Mau"])
def test_other_provinces_are_read_as_surely(province: str) -> None:
    """Names of figures, of one syllable, within one another."""
    communes = load_communes(province)
    for unit in communes.units:
        for text in (unit.title, fold(unit.title)):
            found = communes.find(text)
            assert found.sure == unit or (found.sure is None and unit in found.choices), (text, found)
        for old in unit.formerly:
            found = communes.find(f"{old.title} {old.district}")
            same = {u for u in communes.units for o in u.formerly if (o.title, o.district) == (old.title, old.district)}
            assert found.sure in same or (found.sure is None and same & set(found.choices)), (old, found)


def test_old_communes_without_marks_are_never_taken_for_others() -> None:
    silent = 0
    for title, district, units in olds():
        for text in (fold(f"{title} {district}"), fold(title), title, title.split(maxsplit=1)[1]):
            found = OURS.find(text)
            assert found.sure is None or found.sure in units, (text, found)
            assert found.sure is not None or units & set(found.choices) or found.more, (text, found)
            silent += found.sure is None
    assert silent / (4 * len(olds())) < 0.2


@settings(deadline=None)  # the first text pays for the index
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = OURS.find(text)
    assert len(found.choices) <= 5
    assert found.sure is None or not found.choices


PIECES = sorted({word for unit in OURS.units for word in (*unit.title.split(), *unit.formerly[0].district.split())})


@settings(deadline=None)  # the first text pays for the index
@given(
    st.lists(
        st.sampled_from([*PIECES, *map(fold, PIECES), ",", "12", "thôn", "ở", "không", "\u200b", "Hà Nội"]), max_size=12
    )
)
def test_any_mixture_of_names_is_read(words: list[str]) -> None:
    found = OURS.find(" ".join(words))
    assert found.sure is None or found.sure in OURS.units


@settings(deadline=None)  # the first text pays for the index
@given(st.sampled_from(OURS.units), st.integers(0, 30), st.sampled_from("aeioubcdghklmnprstvxy"))
def test_one_wrong_letter_is_asked_back_or_another_real_name(unit: Commune, at: int, letter: str) -> None:
    typed = fold(unit.name)
    typed = typed[: at % len(typed)] + letter + typed[at % len(typed) + 1 :]
    found = OURS.find(f"{unit.kind} {typed}")
    if found.sure is not None and found.sure != unit:
        names = {fold(n) for n in (found.sure.name, *(old.name for old in found.sure.formerly))}
        assert any(same_letters(typed) == same_letters(name) for name in names), (typed, found)


def same_letters(name: str) -> str:
    return name.replace(" ", "").replace("'", "").replace("y", "i").replace("k", "c").replace("ch", "kh")


def test_the_words_of_places_name_units_that_exist() -> None:
    for province, local in place_words()["local"].items():
        titles = {unit.title for unit in load_communes(province).units}
        rows = [row for part in ("once", "districts", "wider") for row in local[part]]
        assert {title for row in rows for title in row["now"]} <= titles
        names = {old.name for unit in load_communes(province).units for old in unit.formerly}
        assert [row["name"] for row in local["once"] if row["name"] in names and row["kind"] == ""] == []
    assert set(place_words()["provinces"]) <= set(provinces())


def test_the_table_is_what_the_package_says() -> None:
    try:
        folder = build_communes.source()
    except build_communes.NoSource as error:
        pytest.skip(f"{error} {error.remedy}")
    assert build_communes.table(folder) == build_communes.TABLE.read_text(encoding="utf-8")


def test_titles_are_split_into_kind_and_name() -> None:
    assert build_communes.split_kind("Thị trấn Châu Ổ") == ("thị trấn", "Châu Ổ")
    assert build_communes.split_kind("Thành phố  Thủ Đức") == ("thành phố", "Thủ Đức")
    with pytest.raises(ValueError, match="Thôn Ba"):
        build_communes.split_kind("Thôn Ba")


if __name__ == "__main__":
    rows = scores()
    for row in rows:
        if row[0] != "right":
            sys.stdout.write(f"{row[0]:7} {row[1]!r} ({row[2]} {row[3]}): {row[4]}\n")
    sys.stdout.write(f"{len(rows)}: {dict(Counter(row[0] for row in rows))}\n")

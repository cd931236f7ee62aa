"""What an officer searched for is in no address: not in the list's own, not in its links, not in what is read out of a bookmark."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.staff.seeking import MOST, MOST_WORDS, kept, with_words
from tests.bot.staff.office import HERE, Browser, Office

NAME, PHONE = "Lò Thị Mơ Xanh", "+84900765432"
DEEP = base64.urlsafe_b64encode(b"[" * 2_900).decode()
TYPED = ["mơ xanh", "0900 765 432", "Lò Thị Mơ"]


@pytest.fixture
def people(office: Office) -> Office:
    office.lead(NAME, phone=PHONE)
    office.lead("Hà Văn Khác")
    return office


def search(browser: Browser, words: str, **more: str) -> str:
    """The list after a search by the form of the page; its address."""
    browser.get("/staff/lead?xem=all")
    found = browser.post("/staff/lead/tim", {"xem": "all", "chu": words, **more})
    assert found.status_code == 200 and found.url.path == "/staff/lead"
    return str(found.url)


@pytest.mark.parametrize("typed", TYPED)
def test_nothing_that_was_typed_is_in_an_address(people: Office, typed: str) -> None:
    browser = people.signed_in("here")
    address = search(browser, typed)
    page = browser.get(address).text
    assert NAME in page and "Hà Văn Khác" not in page
    links = re.findall(r'(?:href|action)="([^"]+)"|name="tim" value="([^"]+)"', page)
    assert any("tim=" in link for link, _ in links), "the links keep the search by its name"
    for told in (address, *(a or b for a, b in links if not a.startswith("tel:"))):
        assert not any(part.lower() in told.lower() for part in re.split(r"[ ]", typed) if len(part) > 2), told
    step = browser.client.get("/staff/lead?xem=all", follow_redirects=False)
    assert step.status_code == 200 and NAME in step.text, "without the search everybody is listed"


def test_filters_can_be_bookmarked_and_a_search_of_another_browser_is_only_a_name(people: Office) -> None:
    one, two = people.signed_in("here"), people.signed_in("here")
    address = search(one, "mơ xanh", xa=HERE.code, trang_thai="new")
    asked = parse_qs(urlsplit(address).query)
    assert (asked["xa"], asked["trang_thai"], asked["xem"]) == ([HERE.code], ["new"], ["all"])
    page = two.get(address).text
    assert "không còn được giữ" in page and NAME in page and "Hà Văn Khác" in page
    assert "tim=" not in page and "không còn được giữ" not in one.get(address).text
    assert "Hà Văn Khác" in two.get("/staff/lead?xem=all&tim=mo+xanh").text, "words in an address search for nothing"


def test_the_cookie_is_not_for_scripts_or_other_sites_and_goes_with_signing_out(people: Office) -> None:
    browser = people.signed_in("here")
    browser.get("/staff/lead")
    answer = browser.client.post(
        "/staff/lead/tim", data={"csrf": browser.token, "chu": "mơ xanh"}, follow_redirects=False
    )
    told = answer.headers["set-cookie"].lower()
    assert "staff-sought=" in told and "httponly" in told and "samesite=strict" in told and "max-age" not in told
    address = answer.headers["location"]
    browser.get(address)
    browser.post("/staff/dang-xuat")
    assert "staff-sought" not in browser.client.cookies
    assert browser.client.post("/staff/lead/tim", data={"csrf": "x", "chu": "a"}, follow_redirects=False).is_redirect


def test_exports_and_changes_of_many_keep_to_the_search(people: Office) -> None:
    browser = people.signed_in("here")
    address = search(browser, "mơ xanh")
    listed = browser.get(address.replace("/staff/lead?", "/staff/lead/tai?") + "&dang=csv").text
    assert NAME in listed and "Hà Văn Khác" not in listed
    page = browser.get(address)
    fields = dict(re.findall(r'<input type="hidden" name="(xem|tim)" value="([^"]*)">', page.text))
    changed = browser.post("/staff/lead/nhieu", {**fields, "id": ["1"], "status": "contacted"})
    assert parse_qs(urlsplit(str(changed.url)).query)["tim"] == [fields["tim"]] and NAME in changed.text


@pytest.mark.parametrize("cookie", ["", "x", "é", "W10=", "bnVsbA==", "e30", "eyJh", "eyJhIjp7fX0=" * 3, DEEP])
def test_a_cookie_that_cannot_be_read_holds_nothing_or_texts(cookie: str) -> None:
    assert all(isinstance(words, str) for words in kept(cookie).values())


def test_the_last_searches_fit_into_one_cookie() -> None:
    held: dict[str, str] = {}
    for number in range(9):
        name, cookie = with_words(held, f"{number}" + "ệ" * 400)
        held = kept(cookie)
        assert held[name].startswith(str(number)) and len(held[name]) == MOST_WORDS
        assert len(held) <= MOST and len(cookie) < 3_900
    again, cookie = with_words(held, next(iter(held.values())))
    assert again in held and len(kept(cookie)) == MOST

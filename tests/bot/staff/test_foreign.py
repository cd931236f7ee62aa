"""The whole of the console before an officer of one commune: nothing of another commune's people is read, counted, exported or changed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest

from bot.staff.tables import audit
from tests.bot.staff.office import HERE, THERE, Browser, Office
from tests.bot.staff.rows import of_a_person
from tests.bot.staff.test_doors import content

FOREIGN = "Zyxwvut Phiên"
"""A name that nothing else in the world has."""
_ASKED = (
    "",
    "?xem=all",
    f"?xem=all&xa={THERE.code}",
    f"?xa={THERE.code}",
    "?trang=2",
    "?dang=csv&xem=all",
)


@pytest.fixture
def two(office: Office) -> tuple[Office, Browser, list[int]]:
    """An office with people of two communes and of none; the browser of the first's officer; the numbers of what is foreign."""
    of_a_person(office, "Của tôi", HERE.code)
    foreign = [of_a_person(office, FOREIGN, THERE.code), of_a_person(office, FOREIGN, THERE.code)]
    foreign.append(office.lead(FOREIGN, ""))  # a campaign of no commune is everybody's, a person of none is not
    browser = office.signed_in("here")
    browser.get("/staff/tai-khoan")
    return office, browser, foreign


def addresses(office: Office, method: str) -> Iterator[str]:
    """Every route of a method, its places filled with every number there is and with codes of the other commune."""
    for route in office.console.routes:
        if route.method != method:
            continue
        words = {"kind": ("docx", "xlsx"), "what": ("khoa", "cap-lai", "bo-hai-lop", "sua", "duyet", "bo"),
                 "key": ("local_topup", "office"),
                 "name": ("telegram",), "card_id": ("x",), "code": (THERE.code, "M2", "M3", "x")}  # fmt: skip
        paths = [route.path]
        for name, number in re.findall(r"\{(\w+)(:int)?\}", route.path):
            choices = [str(n) for n in range(1, 9)] if number else words[name]
            paths = [re.sub(r"\{" + name + r"(:int)?\}", choice, path) for path in paths for choice in choices]
        yield from paths


def read(answer_content: bytes) -> str:
    """All text of an answer; of a workbook or document what is packed in it."""
    if answer_content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer_content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return answer_content.decode("utf-8", "replace")


def test_nothing_foreign_is_read_listed_searched_or_exported(two: tuple[Office, Browser, list[int]]) -> None:
    office, browser, foreign = two
    phones = [f"900{number:06d}" for number in range(2, 5)]
    seen = 0
    sought = browser.post("/staff/lead/tim", {"xem": "all", "chu": "zyxwvut"}).url.query.decode()
    assert "tim=" in sought
    for path in addresses(office, "GET"):
        for asked in (*_ASKED, f"?{sought}") if "{" not in path and not re.search(r"/\d+", path) else ("",):
            answer = browser.client.get(path + asked, headers={"accept": "text/html"})
            assert answer.status_code < 500, path
            text = read(answer.content)
            assert FOREIGN not in text, path + asked
            assert not any(phone in re.sub(r"[ .]", "", text) for phone in phones), path + asked
            seen += "Của tôi" in text
    assert seen >= 8, "the own people are read"
    for number in foreign:
        assert browser.get(f"/staff/lead/{number}").status_code == 404


def test_nothing_foreign_is_changed(two: tuple[Office, Browser, list[int]]) -> None:
    office, browser, foreign = two

    def of_others() -> list[object]:
        found = content(office)
        names = (
            "leads",
            "lead_events",
            "conversations",
            "inbox",
            "outbox",
            "handoffs",
            "reviews",
            "consents",
            "campaigns",
        )
        return [
            row
            for name in names
            for row in found[name]
            if FOREIGN in str(row) or getattr(row, "commune_code", "") == THERE.code
        ]

    before, tried = of_others(), 0
    assert len(before) >= 15
    everywhere = {
        "id": [str(n) for n in foreign], "ids": ",".join(map(str, foreign)), "other": str(foreign[0]), "version": "0",
            "status": "contacted", "sure": "1", "text": "Chào anh chị", "words": "x", "note": "x",
            "code": THERE.code, "commune": THERE.code,
    }  # fmt: skip
    for path in addresses(office, "POST"):
        if path in ("/staff/dang-xuat",):
            continue
        answer = browser.post(path, everywhere)
        assert answer.status_code in (200, 400, 401, 403, 404, 429), (path, answer.status_code)
        tried += 1
    assert tried >= 60
    assert of_others() == before
    refused = {row["action"] for row in office.rows(audit) if row["by"] == "here"}
    assert {"not_there", "refused"} <= refused


def test_nothing_foreign_is_counted(two: tuple[Office, Browser, list[int]]) -> None:
    _, browser, _ = two
    counts = re.findall(r"<strong>([\d.]+)</strong>", browser.get("/staff").text)
    assert counts and max(int(n.replace(".", "")) for n in counts) <= 1
    assert browser.client.get("/staff/lead/moi").json() == {"newest": 1}
    page = browser.get("/staff/lead?xem=all").text
    assert re.search(r"Người quan tâm <small>1</small>", page)

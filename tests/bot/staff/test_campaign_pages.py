"""Campaigns in the console: who reads what, what is counted for whom, links, QR codes and posters that lead where they say."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
import segno
from PIL import Image
from sqlalchemy import insert, select

from bot.outreach.campaign_tables import campaign_visits
from bot.outreach.campaigns import Campaigns
from bot.outreach.counted import remember
from bot.outreach.tables import campaigns, leads
from bot.staff.posters import found_fonts, poster_pdf
from bot.staff.tables import audit
from knowledge.store import writing
from tests.bot.staff.office import HERE, THERE, Office

NEW = {"code": "PN-Moi", "name": "Phụ nữ mới", "organisation": "Hội Phụ nữ", "commune": HERE.code, "greeting": "Chào chị em",
       "top_up": "Hội góp thêm tháng đầu"}  # fmt: skip
EVERY = {"HERE": HERE.code, "THERE": THERE.code, "ALL1": ""}


@dataclass
class Running:
    """A runtime as the page knows it: which channels there are."""

    channels: dict[str, Any] = field(default_factory=dict)


def prepared(office: Office, *, telegram: str = "", public_url: str = "") -> Office:
    made = Campaigns(office.engine)
    for code, commune in EVERY.items():
        made.add(code, f"Đợt {code}", by="tinh", commune=commune)
    office.console.parts["runtime"] = Running({"telegram": SimpleNamespace(username=telegram)})
    office.console.parts["system"] = SimpleNamespace(settings=SimpleNamespace(public_url=public_url))
    return office


def came(office: Office, code: str, *homes: int) -> None:
    with writing(office.engine) as connection:
        for home in homes:
            connection.execute(insert(campaign_visits).values(campaign_key=code.lower(), conversation_id=home, at=1.0))


def home_of(office: Office, lead: int) -> int:
    return next(row["conversation_id"] for row in office.rows(leads) if row["id"] == lead)


def test_leads_are_counted_in_ones_own_communes_and_those_that_are_gone_too(everywhere: Office) -> None:
    office = prepared(everywhere)
    first = office.lead(campaign="all1", joined_at=5.0, status="joined")
    office.lead(campaign="ALL1")
    office.lead(code=THERE.code, campaign="ALL1")
    office.lead(code="", campaign="ALL1")
    came(office, "ALL1", home_of(office, first))
    with writing(office.engine) as connection:
        remember(connection, leads.c.id == first)
        connection.execute(leads.delete().where(leads.c.id == first))
    made = Campaigns(office.engine)
    figures = {who: made.figures(office.people[who].scope.codes, "all1")[0] for who in ("tinh", "here", "there")}
    assert {who: (f.leads, f.joined) for who, f in figures.items()} == {"tinh": (4, 1), "here": (2, 1), "there": (1, 0)}
    assert figures["tinh"].visits == 1
    assert figures["here"].visits is None, "who left nothing is in no commune"


def test_an_officer_sees_the_campaigns_of_their_commune_and_those_of_none(office: Office) -> None:
    prepared(office)
    page = office.signed_in("here").get("/staff/chien-dich").text
    assert "HERE" in page and "ALL1" in page and "THERE" not in page
    for path in ("", "/ma.png", "/ap-phich", "/ap-phich.pdf"):
        assert office.signed_in("here").get(f"/staff/chien-dich/THERE{path}").status_code == 404
    assert office.signed_in("here").get("/staff/chien-dich/all1").status_code == 200
    assert office.signed_in("there").get("/staff/chien-dich/HERE").status_code == 404


@pytest.mark.parametrize(("who", "reads", "writes"), [("admin", 200, 200), ("tinh", 200, 200), ("here", 200, 403), ("lanhdao", 200, 403),
                                                      ("bientap", 403, 403)])  # fmt: skip
def test_who_reads_and_who_writes(office: Office, who: str, reads: int, writes: int) -> None:
    prepared(office)
    browser = office.signed_in(who)
    assert browser.get("/staff/chien-dich").status_code == reads
    browser.get("/staff/tai-khoan")
    before = office.rows(campaigns)
    assert browser.post("/staff/chien-dich", NEW).status_code == writes
    assert len(office.rows(campaigns)) - len(before) == (writes == 200)
    browser.post("/staff/chien-dich/HERE/ket-thuc")
    ended = next(row for row in office.rows(campaigns) if row["code"] == "HERE")
    assert ended["active"] == (writes != 200)


def test_a_new_campaign_is_kept_as_typed_and_in_the_audit(office: Office) -> None:
    browser = office.signed_in("tinh")
    browser.get("/staff/chien-dich")
    page = browser.post("/staff/chien-dich", NEW | {"greeting": "<script>x</script>"})
    assert page.url.path == "/staff/chien-dich/PN-Moi" and "Đã thêm" in page.text and "<script>x" not in page.text
    (row,) = office.rows(campaigns)
    assert (row["commune_code"], row["created_by"], row["top_up"]) == (HERE.code, "tinh", NEW["top_up"])
    assert [r["subject"] for r in office.rows(audit) if r["action"] == "campaign.add"] == ["campaign:PN-Moi"]


@pytest.mark.parametrize(
    "wrong", [{"code": "12"}, {"code": "có dấu"}, {"name": ""}, {"commune": "00001"}, {"greeting": "x" * 601}]
)
def test_a_bad_campaign_is_refused_and_what_was_typed_stays(office: Office, wrong: dict[str, str]) -> None:
    browser = office.signed_in("tinh")
    browser.get("/staff/chien-dich")
    page = browser.post("/staff/chien-dich", NEW | wrong)
    assert page.status_code == 400 and 'role="alert"' in page.text and NEW["organisation"] in page.text
    assert office.rows(campaigns) == []


def test_links_name_what_is_known_and_say_what_is_not(office: Office) -> None:
    prepared(office)
    page = office.signed_in("here").get("/staff/chien-dich/HERE").text
    assert "chưa biết tên bot" in page and "PUBLIC_URL còn trống" in page and "Nhắn HERE cho trang Zalo" in page
    assert office.signed_in("here").get("/staff/chien-dich/HERE/ma.png").status_code == 400
    office.console.parts["runtime"].channels["telegram"].username = "tuvan_bot"
    office.console.parts["system"].settings.public_url = "https://vi.du"
    page = office.signed_in("here").get("/staff/chien-dich/HERE").text
    assert "https://t.me/tuvan_bot?start=HERE" in page and "https://vi.du/?ma=HERE" in page


def test_the_code_and_the_poster_are_a_picture_a_page_and_a_file(office: Office) -> None:
    prepared(office, telegram="tuvan_bot", public_url="https://vi.du")
    browser = office.signed_in("here")
    picture = browser.get("/staff/chien-dich/HERE/ma.png")
    image = Image.open(io.BytesIO(picture.content))
    assert image.width == image.height >= 600 and set(image.convert("L").tobytes()) == {0, 255}
    assert browser.get("/staff/chien-dich/HERE/ma.png?den=telegram").content != picture.content
    poster = browser.get("/staff/chien-dich/HERE/ap-phich").text
    assert (
        "data:image/svg+xml" in poster and "vi.du/?ma=HERE" in poster and "Đợt HERE" in poster and HERE.title in poster
    )
    assert browser.get("/staff/chien-dich/HERE/ap-phich.pdf?kho=a0").status_code == 400
    if found_fonts() is None:
        pytest.skip("no font with Vietnamese letters")
    for size, wide in (("a4", 595), ("a5", 420)):
        file = browser.get(f"/staff/chien-dich/HERE/ap-phich.pdf?kho={size}")
        document = pypdfium2.PdfDocument(file.content)
        assert len(document) == 1 and abs(document[0].get_width() - wide) < 3


@pytest.mark.skipif(found_fonts() is None, reason="no font with Vietnamese letters")
def test_a_poster_with_long_words_keeps_them_on_the_sheet(office: Office) -> None:
    Campaigns(office.engine).add(
        "DAI", "Vận động phụ nữ tham gia bảo hiểm xã hội tự nguyện " * 2, by="x", top_up="Hỗ trợ thêm " * 40
    )
    (figures,) = Campaigns(office.engine).figures(None)
    page = (
        pypdfium2.PdfDocument(poster_pdf(figures, "https://vi.du/?ma=DAI", size="a5"))[0]
        .render(scale=2)
        .to_pil()
        .convert("L")
    )
    sides = (
        page.crop((0, page.height // 4, 6, page.height)),
        page.crop((page.width - 6, page.height // 4, page.width, page.height)),
    )
    assert all(min(side.tobytes()) > 200 for side in sides), "nothing runs over the edge"


def test_who_opens_the_web_link_finds_the_code_in_the_box(office: Office) -> None:
    page = office.stranger().get("/?ma=PN-BaTo").text
    assert ">#PN-BaTo</textarea>" in page
    assert "<script>alert" not in office.stranger().get('/?ma="><script>alert(1)</script>').text


def test_visits_are_kept_once_for_each_code(everywhere: Office) -> None:
    from bot.outreach.records import _came

    lead = everywhere.lead()
    home = home_of(everywhere, lead)
    for code in ("TS25", "ts25", "PN1"):
        with writing(everywhere.engine) as connection:
            _came(connection, home, code, 1.0)
    with everywhere.engine.connect() as connection:
        assert sorted(connection.execute(select(campaign_visits.c.campaign_key)).scalars()) == ["pn1", "ts25"]


@pytest.mark.skipif(found_fonts() is None, reason="no font with Vietnamese letters")
@pytest.mark.parametrize("size", ["a4", "a5"])
def test_the_code_on_the_poster_is_that_of_the_link_module_by_module(office: Office, size: str) -> None:
    target = "https://vi.du/?ma=QR-MAU"
    Campaigns(office.engine).add("QR-MAU", "Phụ nữ Ba Tơ vận động bảo hiểm xã hội", by="x", top_up="Hội góp tháng đầu")
    (figures,) = Campaigns(office.engine).figures(None)
    made = poster_pdf(figures, target, size=size, office="BHXH Mẫu", place="xã Ba Tơ")
    page = pypdfium2.PdfDocument(made)[0].render(scale=3).to_pil().convert("L")
    rows = [bytes(row) for row in segno.make(target, error="m", micro=False).matrix]
    seen = page.crop((page.width // 10, page.height // 4, page.width * 9 // 10, page.height * 3 // 4))
    box = seen.point(lambda v: 255 if v < 22 else 0).getbbox()  # words are never quite black
    assert box is not None
    code = seen.crop(box)
    step = code.width / len(rows)
    assert abs(code.width - code.height) <= 2 and step > 4
    read = [
        bytes(int(code.getpixel((int((x + 0.5) * step), int((y + 0.5) * step))) < 128) for x in range(len(rows)))
        for y in range(len(rows))
    ]
    assert read == rows

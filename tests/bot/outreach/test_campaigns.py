"""Campaigns: codes that can be typed, found in any case, counted, and carried by links and QR codes."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import Engine

from bot.outreach.campaigns import BadCampaign, Campaigns, link, qr_png
from bot.outreach.records import Records
from tests.bot.outreach.test_records import STEPS, House


def test_a_code_is_found_in_any_case_until_the_campaign_ends(engine: Engine) -> None:
    made = Campaigns(engine)
    made.add("PN-BaTo", "Phụ nữ Ba Tơ", by="lan", organisation="Hội Phụ nữ", greeting="Chào chị em.")
    found = Records(engine).campaign("pn-bato")
    assert found is not None and (found.code, found.organisation) == ("PN-BaTo", "Hội Phụ nữ")
    made.end("PN-BATO")
    assert Records(engine).campaign("PN-BaTo") is None
    with pytest.raises(BadCampaign):
        made.end("khong-co")


@pytest.mark.parametrize("code", ["", "ab", "12345", "có dấu", "a b c", "x" * 41, "-abc"])
def test_a_code_nobody_can_type_or_that_is_a_number_is_refused(engine: Engine, code: str) -> None:
    with pytest.raises(BadCampaign):
        Campaigns(engine).add(code, "x", by="lan")


def test_a_code_is_taken_once(engine: Engine) -> None:
    Campaigns(engine).add("TS25", "x", by="lan")
    with pytest.raises(BadCampaign, match="đã có"):
        Campaigns(engine).add("ts25", "y", by="lan")


def test_people_are_counted_by_the_code_they_came_with(engine: Engine) -> None:
    Campaigns(engine).add("TS25", "Tuyên truyền", by="lan")
    house = House(engine)
    try:
        house.says("ts25", *STEPS)
        house.says("không có mã?", *STEPS[1:4], "0900000124", *STEPS[5:], who="minh")
    finally:
        house.runtime.stop()
    (row,) = Campaigns(engine).rows()
    assert (row.code, row.leads) == ("TS25", 1)


def test_links_and_qr() -> None:
    assert link("TS25", telegram_name="demo_bot", public_url="https://bhxh.example") == {
        "telegram": "https://t.me/demo_bot?start=TS25",
        "web": "https://bhxh.example/?ma=TS25",
        "zalo": "Nhắn TS25 cho trang Zalo",
    }
    with Image.open(io.BytesIO(qr_png("https://t.me/demo_bot?start=TS25"))) as picture:
        assert picture.format == "PNG" and picture.width == picture.height >= 300

"""The privacy notice: everything the law asks for, filled from the settings, in one message of any channel."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from bot.dialogue.privacy import Keeping, as_message, notice
from bot.outreach.office import LiveOffice
from bot.settings import Settings
from tests.bot.dialogue.people import Person

KEPT = Keeping("BHXH tỉnh Mẫu", "Phòng Mẫu, 0255 000 000", 77, 200)


@pytest.mark.parametrize(("model", "told"), [("home", "đặt tại Việt Nam"), ("abroad", "Điều 20 Luật 91/2025/QH15")])
def test_who_is_helped_by_a_model_is_told_so(model: str, told: str) -> None:
    assert told in as_message(replace(KEPT, model=model))
    assert "mô hình ngôn ngữ" not in as_message(KEPT)


def test_the_notice_names_who_what_why_how_long_and_the_rights() -> None:
    text = as_message(KEPT)
    for named in ("BHXH tỉnh Mẫu", "Phòng Mẫu, 0255 000 000", "là máy", "77 ngày", "200 ngày", "chỉ để cán bộ gọi", "Ai được xem",
                  "/dulieu", "/rut", "/xoa", "2 ngày làm việc", "15 ngày", "91/2025/QH15", "356/2025/NĐ-CP", "khiếu nại"):  # fmt: skip
        assert named in text, named
    assert "{" not in text and text == unicodedata.normalize("NFC", text)


def test_without_a_contact_the_office_is_named() -> None:
    assert "liên hệ: Xã Mẫu." in notice(Keeping("Xã Mẫu", "", 1, 1))[0].text


def test_it_is_told_in_every_conversation_and_from_the_settings() -> None:
    assert "Quyền của anh/chị" in Person().says("/quyenriengtu")
    settings = Settings(TUVAN_OFFICE="BHXH Mẫu", TUVAN_CONVERSATION_DAYS=31, TUVAN_PRIVACY_CONTACT="Chị Hoa")  # type: ignore[call-arg]
    office = LiveOffice(lambda: settings)
    assert office.keeping == Keeping("BHXH Mẫu", "Chị Hoa", 90, 31)

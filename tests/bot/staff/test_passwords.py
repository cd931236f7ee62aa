"""Passwords that are guessed first are not taken; a sentence of one's own is."""

from __future__ import annotations

import re

import pyotp
import pytest

from bot.staff.access import Role
from bot.staff.accounts import MOST_PASSWORD, BadAccount, CannotSignIn
from bot.staff.passwords import common, easily_guessed, new_password, step_of
from bot.staff.tables import audit
from tests.bot.staff.office import PASSWORD, Office

WEAK = """
baohiemxahoi BaoHiemXaHoi2026 bảo hiểm xã hội quangngai2026! Quảng Ngãi 123 tuvanbhxh12345 bhxhquangngai
vssid123456789 password1234 P@ssw0rd2026!! passwordpassword matkhau123456 Mật khẩu 123456 qwertyuiop12 1qaz2wsx3edc
123456789012 abcdef123456 aaaaaaaaaaaa abcabcabcabc iloveyou1234 welcome12345 admin1234567 administrator1 quantri12345
lan.bato12345 nguyenthilan2 Nguyen Thi Lan 90 LanLanLanLan1 adminadminadmin 0987654321ab
"""
STRONG = [
    PASSWORD, "chiều mưa quán cũ", "bốn con mèo ngồi hiên", "correct horse battery", "k7mq-2xnv-p9ta-wd4h",
    "tôi uống trà sen lúc năm giờ", "Xe đạp màu tím!", "rừng dừa nước Tịnh Khê",
]  # fmt: skip


@pytest.mark.parametrize("password", [w for w in WEAK.split() if len(w) >= 12])
def test_what_is_guessed_first_is_weak(password: str) -> None:
    assert easily_guessed(password, "lan.bato", "Nguyễn Thị Lan"), password


@pytest.mark.parametrize("password", ["bảo hiểm xã hội", "Mật khẩu 123456", "Nguyễn Thị Lan 90", "Quảng Ngãi 2026"])
def test_blanks_and_marks_do_not_make_it_strong(password: str) -> None:
    assert easily_guessed(password, "lan.bato", "Nguyễn Thị Lan")


def test_the_most_used_long_passwords_are_refused_however_they_are_written() -> None:
    assert len(common()) > 300
    for password in ("leavemealone", "LeaveMeAlone", "finalfantasy", "FinalFantasy7!", "gfhjkmgfhjkm", "mailcreated5240",
                     "anhyeuemmaimai", "Anh yêu em mãi mãi", "giadinhhanhphuc2026", "quên mật khẩu rồi"):  # fmt: skip
        assert easily_guessed(password, "lan.bato", "Nguyễn Thị Lan"), password
    assert not easily_guessed("leavemealone by the river", "lan.bato", "Nguyễn Thị Lan"), "as a part it is none"


@pytest.mark.parametrize("password", STRONG)
def test_a_sentence_of_one_s_own_is_taken(password: str) -> None:
    assert not easily_guessed(password, "lan.bato", "Nguyễn Thị Lan")


def test_first_passwords_are_never_weak() -> None:
    made = {new_password() for _ in range(2_000)}
    assert len(made) == 2_000 and not any(easily_guessed(p, "lan.bato", "Nguyễn Thị Lan") for p in made)


def test_a_weak_one_is_refused_with_what_to_do(office: Office) -> None:
    accounts, here = office.console.accounts, office.people["here"]
    for weak in ("baohiemxahoi2026", "matkhau123456"):
        with pytest.raises(BadAccount) as refused:
            accounts.set_password(here, PASSWORD, weak, weak)
        assert "dễ đoán" in str(refused.value) and refused.value.remedy
    assert accounts.sign_in("here", PASSWORD, "9.9.9.1").login == "here"


def test_a_password_is_compared_whole(office: Office) -> None:
    accounts, here = office.console.accounts, office.people["here"]
    long = ("chiều mưa quán cũ bên sông " * 10)[:MOST_PASSWORD]
    accounts.set_password(here, PASSWORD, long, long)
    for wrong in (long + "x", long[:-1], long.upper(), long + " "):
        with pytest.raises(CannotSignIn):
            accounts.sign_in("here", wrong, f"9.9.8.{len(wrong) % 250}")
    assert accounts.sign_in("here", long, "9.9.9.2").login == "here"


def test_a_second_factor_is_set_up_with_the_password_only(office: Office) -> None:
    browser = office.signed_in("here")
    browser.get("/staff/tai-khoan")
    for wrong in ("", "sai"):
        assert "data:image/svg" not in browser.post("/staff/tai-khoan/hai-lop", {"old": wrong}).text
    assert "data:image/svg" in browser.post("/staff/tai-khoan/hai-lop", {"old": PASSWORD}).text


def test_other_sessions_are_seen_and_ended_with_the_password(office: Office) -> None:
    here, there = office.signed_in("here"), office.signed_in("here")
    assert "đang mở ở 2 nơi" in here.get("/staff/tai-khoan").text
    assert here.post("/staff/tai-khoan/phien", {"old": "sai"}).status_code == 400
    assert there.get("/staff").url.path != "/staff/dang-nhap"
    assert "Đã thoát ở mọi nơi khác" in here.post("/staff/tai-khoan/phien", {"old": PASSWORD}).text
    assert there.get("/staff").url.path == "/staff/dang-nhap"
    assert "đang mở ở" not in here.get("/staff/tai-khoan").text


def test_wrong_codes_and_passwords_inside_are_in_the_audit_and_a_second_factor_ends_other_sessions(
    office: Office,
) -> None:
    here, there = office.signed_in("here"), office.signed_in("here")
    here.get("/staff/tai-khoan")
    here.post("/staff/tai-khoan/hai-lop", {"old": "sai"})
    page = here.post("/staff/tai-khoan/hai-lop", {"old": PASSWORD}).text
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret
    here.post("/staff/tai-khoan/hai-lop/bat", {"code": "000000"})
    here.post("/staff/tai-khoan/hai-lop/bat", {"code": pyotp.TOTP(secret[1]).at(office.hands.now)})
    noted = [row["action"] for row in office.rows(audit) if row["by"] == "here" and row["action"] != "sign_in"]
    assert noted[-3:] == ["password.refused", "second_factor.refused", "second_factor"]
    assert there.get("/staff").url.path == "/staff/dang-nhap" != here.get("/staff").url.path


def with_second_factor(office: Office, login: str) -> pyotp.TOTP:
    """Turns it on for somebody."""
    secret = office.console.accounts.begin_second_factor(office.people[login], PASSWORD)
    office.console.accounts.second_factor(office.people[login], pyotp.TOTP(secret).at(office.hands.now), turn_on=True)
    return pyotp.TOTP(secret)


def test_a_code_holds_while_it_is_shown_and_typed_and_never_before() -> None:
    made = pyotp.TOTP(secret := pyotp.random_base32())
    now = 1_800_000_000.0
    assert step_of(secret, made.at(now), now) == now // 30
    assert step_of(secret, made.at(now), now + 29) == now // 30
    assert step_of(secret, made.at(now), now + 59) == now // 30
    for wrong in (-1, -30, 60, 90, 3_600):
        assert step_of(secret, made.at(now), now + wrong) is None, wrong


def test_a_new_password_keeps_the_second_factor(office: Office) -> None:
    """By the page of the administrator: who gets hold of the new password gets no further."""
    codes = with_second_factor(office, "here")
    admin = office.signed_in("admin")
    page = admin.get("/staff/can-bo").text
    assert "giữ xác thực hai lớp" in page
    answer = admin.post(f"/staff/can-bo/{office.people['here'].id}/cap-lai")
    first = re.search(r'<code class="password">([^<]+)</code>', answer.text)
    assert first and office.console.accounts.by_id(office.people["here"].id).second_factor
    browser = office.stranger()
    browser.get("/staff/dang-nhap")
    assert browser.post("/staff/dang-nhap", {"login": "here", "password": first[1]}).url.path == "/staff/xac-thuc"
    assert browser.get("/staff/lead").url.path == "/staff/xac-thuc"
    office.hands.now += 60
    assert browser.post("/staff/xac-thuc", {"code": codes.at(office.hands.now)}).url.path == "/staff/tai-khoan"
    assert not [row for row in office.rows(audit) if row["action"] == "second_factor.remove"]


@pytest.mark.parametrize("said", [None, "", "quen biết"])
def test_a_second_factor_is_not_taken_away_without_saying_how_its_owner_was_recognised(
    office: Office, said: str | None
) -> None:
    with_second_factor(office, "here")
    admin, number = office.signed_in("admin"), office.people["here"].id
    admin.get("/staff/can-bo")
    refused = admin.post(f"/staff/can-bo/{number}/bo-hai-lop", {} if said is None else {"identity": said})
    assert refused.status_code == 400 and "nhận ra" in refused.text
    assert office.console.accounts.by_id(number).second_factor and not office.console.accounts.by_id(number).must_change


def test_a_lost_telephone_is_noted_with_how_its_owner_was_recognised(office: Office) -> None:
    with_second_factor(office, "here")
    admin, number = office.signed_in("admin"), office.people["here"].id
    assert f"/staff/can-bo/{number}/bo-hai-lop" in admin.get("/staff/can-bo").text
    answer = admin.post(f"/staff/can-bo/{number}/bo-hai-lop", {"identity": "in_person"})
    assert answer.status_code == 200 and "Mật khẩu lần đầu" in answer.text
    person = office.console.accounts.by_id(number)
    assert not person.second_factor and person.must_change
    noted = next(row for row in office.rows(audit) if row["action"] == "second_factor.remove")
    assert (noted["by"], noted["subject"], noted["data"]) == ("admin", f"staff:{number}", {"identity": "in_person"})


def test_where_a_second_factor_is_asked_nobody_works_without_it(office: Office) -> None:
    office.console.second_factor = True
    office.hire("moi", Role.PROVINCE)
    browser = office.signed_in("moi")
    for path in ("/staff", "/staff/cai-dat"):
        assert browser.get(path).url.path == "/staff/tai-khoan"
    assert "Xác thực hai lớp" in browser.get("/staff/tai-khoan").text

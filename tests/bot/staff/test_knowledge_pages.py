"""Pages on knowledge."""

from __future__ import annotations
from tests.bot.staff.office import Office


def test_pages_open(office: Office) -> None:
    b = office.signed_in("bientap")
    for path in (
        "",
        "/nap",
        "/de-xuat",
        "/tham-so",
        "/tham-so/local_topup",
        "/tham-so/reference_level",
        "/the",
        "/the/a-chua-den-tuoi-dong-bu",
        "/the/a-chua-den-tuoi-dong-bu?ngay=2027-01-01&hoi=h%E1%BB%99+ngh%C3%A8o",
        "/the/a-chua-den-tuoi-dong-bu/sua",
        "/the-moi",
    ):
        answer = b.get("/staff/kien-thuc" + path)
        assert answer.status_code == 200, (path, answer.text[-2000:])

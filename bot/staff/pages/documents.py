"""Knowledge: the documents, uploading one, and proposals to change or withdraw one."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from bot.staff.access import Right
from bot.staff.approvals import desk_of
from bot.staff.console import Console, go
from bot.staff.document_proposals import DECLARED
from bot.staff.documents import STATUSES, Documents, Shown
from bot.staff.proposals import BadProposal, Kind
from bot.staff.visit import BadRequest, NotThere, Visit

LIST = "/staff/kien-thuc"
DOCUMENT = "/staff/kien-thuc/van-ban"
PROPOSALS = "/staff/kien-thuc/de-xuat"
UPLOAD = "/staff/kien-thuc/nap"
_PATIENCE = 20.0  # seconds that a page waits for a file to be read; a scan takes longer and is looked at again
_LARGEST = 32 * 1024 * 1024


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    desk = desk_of(console)
    documents = Documents(desk.holdings.store)

    @console.route(router, "GET", LIST, Right.KNOWLEDGE)
    def listed(visit: Visit) -> Response:
        status, words = visit.asked("xem", 20), visit.asked("tim")
        status = status if status in STATUSES else ""
        found = documents.find(status=status, words=words, page=page_of(visit))
        return console.page(
            visit, "documents.html", found=found, status=status, words=words, statuses=STATUSES,
            today=console.today(), waiting=desk.proposals.waiting(),
        )  # fmt: skip

    @console.route(router, "GET", DOCUMENT + "/{file_id:int}", Right.KNOWLEDGE)
    def show(visit: Visit) -> Response:
        return document_page(visit, documents.one(visit.number("file_id"), console.today()))

    def document_page(visit: Visit, shown: Shown, error: str = "", status: int = 200) -> Response:
        name = shown.listed.number or shown.listed.title
        past = [
            row
            for kind in (Kind.VALIDITY, Kind.WITHDRAWAL, Kind.DOCUMENT)
            for row in desk.proposals.find(kind=kind.value, subject=name).rows[:10]
        ]
        return console.templates.page(
            visit, "document.html", status, shown=shown, error=error, today=console.today(), past=past,
            waiting=desk.proposals.waiting(),
        )  # fmt: skip

    @console.route(router, "POST", DOCUMENT + "/{file_id:int}/{what}", Right.KNOWLEDGE_EDIT)
    def change(visit: Visit) -> Response:
        shown = documents.one(visit.number("file_id"), console.today())
        document = shown.listed.document
        if document is None:
            raise NotThere("Văn bản này không đang dùng.")
        note = visit.text("note", 1_000)
        try:
            match visit.path["what"]:
                case "hieu-luc":
                    back = bool(visit.text("back", 1))
                    since = None if back else day_of(visit, "since")
                    until = None if back else day_of(visit, "until")
                    number = desk.documents.propose_validity(visit.person, document, since, until, note)
                case "rut":
                    number = desk.documents.propose_withdrawal(visit.person, document, note)
                case _:
                    raise NotThere("Không có việc này.")
        except (BadProposal, BadRequest) as error:
            return document_page(visit, shown, f"{error} {error.remedy}", 400)
        desk.weigh_later(number)
        return go(f"{PROPOSALS}/{number}", "proposed")

    @console.route(router, "GET", UPLOAD, Right.KNOWLEDGE_EDIT)
    def ask(visit: Visit) -> Response:
        return upload_page(visit)

    def upload_page(visit: Visit, error: str = "", status: int = 200) -> Response:
        return console.templates.page(
            visit, "upload.html", status, error=error, waiting=desk.proposals.waiting(), declared=declared_of(visit)
        )

    @console.route(router, "POST", UPLOAD, Right.KNOWLEDGE_EDIT)
    def upload(visit: Visit) -> Response:
        file = visit.file("file")
        if file is None:
            return upload_page(visit, "Chưa chọn tệp. Chọn một tệp PDF, Word, HTML, Markdown hoặc văn bản thường.", 400)
        data = file.file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            return upload_page(visit, "Tệp lớn quá 32 MB. Chia nhỏ, hoặc nạp trên máy chủ bằng tuvan ingest.", 413)
        try:
            number, reading = desk.documents.upload(visit.person, file.filename or "", data, declared_of(visit))
        except BadProposal as error:
            return upload_page(visit, f"{error} {error.remedy}", 400)
        with suppress(Exception):  # not yet, or what is told by the draft itself
            reading.result(_PATIENCE)
        row = desk.proposals.one(number)
        if line := row["payload"].get("unreadable"):
            desk.proposals.drop(visit.person, number, row["version"])
            return upload_page(visit, f"{row['payload']['name']}: {line}", 400)
        return go(f"{PROPOSALS}/{number}")

    return router


def declared_of(visit: Visit) -> dict[str, str]:
    """What was declared of a file."""
    return {name: visit.text(name, 300) for name in DECLARED}


def page_of(visit: Visit) -> int:
    """The page of a list that is asked for."""
    number = visit.asked("trang", 6)
    return int(number) if number.isascii() and number.isdecimal() else 1


def day_of(visit: Visit, name: str) -> date | None:
    """A day of the form, None when it is empty. Raises BadRequest."""
    typed = visit.text(name, 20)
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise BadRequest(f"Ngày “{typed}” không đọc được.", "Viết dạng 2027-01-01.") from None
    if not 1945 <= found.year <= 2100:
        raise BadRequest(f"Ngày “{typed}” không hợp lý.", "Xem lại năm.")
    return found

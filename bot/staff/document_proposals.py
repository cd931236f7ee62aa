"""Documents by proposal: a file that was uploaded and previewed, days in force, a withdrawal; done as `tuvan ingest` and `withdraw` do."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import RowMapping

from bot.staff.accounts import Person
from bot.staff.holdings import Holdings
from bot.staff.proposals import BadProposal, Kind, Proposals, State
from ingest.errors import UnreadableFile
from ingest.lint import Stored
from ingest.manifest import COLUMNS, MANIFEST, ManifestRow
from ingest.preview import Preview, preview
from knowledge.law import DocumentStatus, InForce, Provision, official_numbers
from knowledge.store import DocumentRow, writing
from knowledge.vietnamese import nfc

DECLARED = ("title", "number", "date_issued", "effective_date", "source", "completeness")
"""What may be declared of a file, as in a manifest."""
_MOST_SHOWN = 600  # provisions kept for the preview
_LONGEST_NAME = 120


class DocumentProposals:
    """Reads, proposes and publishes documents."""

    def __init__(self, holdings: Holdings, proposals: Proposals, today: Callable[[], date]) -> None:
        self._holdings, self._proposals, self._today = holdings, proposals, today

    def upload(self, person: Person, name: str, data: bytes, declared: Mapping[str, str]) -> tuple[int, Future[None]]:
        """Stores a file as a draft and begins to read it; its number, and when that is done. Raises BadProposal."""
        name = safe_name(name)
        if not data:
            raise BadProposal(f"{name}: tệp trống.", "Chọn lại tệp.")
        payload = {"name": name, "size": len(data), "declared": dict(declared), "replace": False, "restore": False}
        number = self._proposals.add(person, Kind.DOCUMENT, name, payload, file=data, state=State.READING)
        return number, self._holdings.read_later(lambda: self.read(number))

    def read_again(self, person: Person, number: int, version: int, changed: Mapping[str, Any]) -> Future[None]:
        """Reads a draft again with other declarations. Raises BadProposal."""
        payload = dict(self._proposals.one(number)["payload"]) | dict(changed)
        payload.pop("unreadable", None)
        self._proposals.redraft(person, number, version, payload)
        return self._holdings.read_later(lambda: self.read(number))

    def read(self, number: int) -> None:
        """Reads the file of a draft in a limited process and keeps the preview; nothing is published."""
        row = self._proposals.one(number)
        payload = dict(row["payload"])
        try:
            with tempfile.TemporaryDirectory(prefix="tuvan-upload-") as folder:
                path = Path(folder) / payload["name"]
                path.write_bytes(self._proposals.file_of(number))
                found = preview(path, _declared(payload), self._today(), self._held())
        except UnreadableFile as error:
            payload["unreadable"] = f"{error.message} {error.remedy}".strip()
            self._proposals.tell(number, state=State.DRAFT.value, payload=payload, file=None, outcome=str(error))
            return
        except Exception:
            payload["unreadable"] = "Không đọc được tệp do lỗi của hệ thống. Thử tải lên lại, hoặc báo quản trị."
            self._proposals.tell(number, state=State.DRAFT.value, payload=payload)
            raise
        subject = found.identity.number if found.identity and found.identity.number else payload["name"]
        self._proposals.tell(number, state=State.DRAFT.value, preview=plain(found), subject=subject)

    def propose_validity(
        self, person: Person, document: DocumentRow, since: date | None, until: date | None, note: str
    ) -> int:
        """Proposes other days in force, or with no first day those of the text. Raises BadProposal."""
        decided = self._holdings.store.decided_validity(document.id)
        own = document.identity.in_force
        if own is None:
            raise BadProposal("Văn bản này có ngày riêng cho từng quy định.", "Sửa trong tệp rồi nạp lại.")
        if since is None and decided is None:
            raise BadProposal("Chưa ghi ngày bắt đầu có hiệu lực.", "Chọn một ngày.")
        if since is not None and until is not None and until < since:
            raise BadProposal("Ngày hết hiệu lực đứng trước ngày bắt đầu.", "Sửa lại hai ngày.")
        if not note:
            raise BadProposal("Chưa ghi căn cứ của việc sửa hiệu lực.", "Nêu văn bản và điều, khoản.")
        payload = {
            "path": document.path, "number": document.identity.number, "title": document.identity.title,
            "before": [_iso(own.since), _iso(own.until)],
            "after": [_iso(since), _iso(until)] if since else None,
        }  # fmt: skip
        if payload["before"] == payload["after"]:
            raise BadProposal("Hai ngày vẫn như đang dùng.", "Sửa ngày rồi gửi lại.")
        return self._proposals.add(person, Kind.VALIDITY, _name_of(document), payload, note=note)

    def propose_withdrawal(self, person: Person, document: DocumentRow, note: str) -> int:
        """Proposes that a document is not used any more. Raises BadProposal."""
        if not note:
            raise BadProposal("Chưa ghi lý do rút văn bản.", "Viết một câu.")
        payload = {"path": document.path, "number": document.identity.number, "title": document.identity.title}
        return self._proposals.add(person, Kind.WITHDRAWAL, _name_of(document), payload, note=note)

    def touched(self, row: RowMapping) -> list[str]:
        """Official numbers of the documents in use that a proposal changes, replaces or takes away."""
        if row["kind"] != Kind.DOCUMENT:
            return official_numbers(row["payload"]["number"])
        live = {d.identity.number for d in self._holdings.store.documents() if d.status is DocumentStatus.ACCEPTED}
        return [n for n in (row["preview"].get("number", ""), *row["preview"].get("replaces", ())) if n in live]

    def publish(self, row: RowMapping) -> None:
        """Does what was approved of an uploaded file. Raises BadProposal when the pipeline keeps it out."""
        payload = row["payload"]
        folder = self._holdings.data / "uploads" / f"p{row['id']:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / payload["name"]
        path.write_bytes(self._proposals.file_of(row["id"]))
        # Nobody approves without having seen the warnings: their code lets the file in.
        seal = row["preview"].get("seal", "")
        declared = _declared(payload)
        if declared or seal:
            declared = replace(declared or ManifestRow(payload["name"]), seen=seal)
            (folder / MANIFEST).write_text(_manifest(declared), encoding="utf-8")
        done = self._holdings.publish(path, restore=payload["restore"], replace=payload["replace"])
        if done.outcome not in (DocumentStatus.ACCEPTED.value, "unchanged"):
            raise BadProposal(done.message or "Không nạp được tệp.", done.remedy)
        outcome = f"Đã nạp {done.provisions} quy định." if done.provisions else "Đã nạp."
        if seal:
            outcome += " Hai người đã xem cảnh báo về câu ra lệnh cho máy."
        with writing(self._proposals.engine) as connection:
            self._proposals.settle(connection, row["id"], outcome)

    def withdraw(self, row: RowMapping) -> None:
        """Takes a document out of search. Raises BadProposal."""
        if not self._holdings.store.withdraw(row["payload"]["path"]):
            raise BadProposal("Văn bản này không còn được dùng.", "")
        self._holdings.refresh()
        with writing(self._proposals.engine) as connection:
            self._proposals.settle(connection, row["id"], "Đã rút khỏi tra cứu.")

    def change_validity(self, row: RowMapping) -> None:
        """Gives a document the days that were approved. Raises BadProposal."""
        payload = row["payload"]
        document = next((d for d in self._holdings.store.documents() if d.path == payload["path"]), None)
        held = None
        if payload["after"]:
            since, until = payload["after"]
            held = InForce(date.fromisoformat(since), date.fromisoformat(until) if until else None)
        by = f"{row['by']}, {row['decided_by']}"
        if document is None or not self._holdings.store.set_validity(document.id, held, by=by):
            raise BadProposal("Văn bản này không còn được dùng.", "Nạp lại văn bản rồi đề xuất lại.")
        self._holdings.refresh()
        with writing(self._proposals.engine) as connection:
            self._proposals.settle(connection, row["id"], "Đã đổi ngày hiệu lực.")

    def _held(self) -> list[Stored]:
        live = (d for d in self._holdings.store.documents() if d.status is DocumentStatus.ACCEPTED)
        return [Stored(d.path, d.status, identity=d.identity) for d in live]


def safe_name(name: str) -> str:
    """`name` as a file's name in a folder of ours: no path, no hidden file, nothing that cannot be printed. Raises BadProposal."""
    plain = nfc(name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in plain).strip().lstrip(".")
    stem, suffix = PurePath(plain).stem, PurePath(plain).suffix
    if not stem or plain.lower() == MANIFEST:
        raise BadProposal("Tên tệp không dùng được.", "Đổi tên tệp rồi tải lên lại.")
    while len((stem + suffix).encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return stem + suffix


def plain(found: Preview) -> dict[str, Any]:
    """A preview as it is kept."""
    who = found.identity
    held = who.in_force if who else None
    return {
        "status": found.status.value, "reason": found.reason, "message": found.message, "remedy": found.remedy,
        "number": who.number if who else "", "title": who.title if who else "", "kind": who.kind.value if who else "",
        "issuer": who.issuer if who else "", "issued_on": _iso(who.issued_on if who else None),
        "since": _iso(held.since if held else None), "until": _iso(held.until if held else None),
        "replaces": list(who.replaces) if who else [], "inferred": bool(who and who.dates_inferred),
        "pages": found.pages, "ocr_pages": found.ocr_pages, "articles": len(found.articles),
        "passages": found.passages, "count": len(found.provisions), "warnings": list(found.warnings),
        "alerts": [asdict(alert) for alert in found.alerts], "seal": found.seal,
        "findings": [{"code": f.code, "where": f.where, "message": f.message, "remedy": f.remedy} for f in found.findings],
        "provisions": [_provision(p) for p in found.provisions[:_MOST_SHOWN]],
    }  # fmt: skip


def _provision(one: Provision) -> dict[str, Any]:
    held = one.in_force
    return {
        "where": str(one.coordinate), "heading": one.heading, "text": one.text, "quotable": one.quotable,
        "since": _iso(held.since if held else None), "until": _iso(held.until if held else None),
    }  # fmt: skip


def _declared(payload: Mapping[str, Any]) -> ManifestRow | None:
    told = {k: v for k, v in payload["declared"].items() if v}
    return ManifestRow(payload["name"], **told) if told else None


def _manifest(row: ManifestRow) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerow([getattr(row, name) for name in COLUMNS])
    return out.getvalue()


def _name_of(document: DocumentRow) -> str:
    return document.identity.number or document.identity.title or document.path


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""

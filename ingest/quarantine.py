"""Holds back a document whose own text speaks to a machine, until a person confirms to have seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest import hidden
from ingest.alerts import Alert
from ingest.header import Identified
from ingest.manifest import ManifestRow
from knowledge.law import DocumentStatus

MACHINE = "machine-instruction"


def checked(who: Identified, alerts: Sequence[Alert], row: ManifestRow | None) -> Identified:
    """`who`, held back while its text has sentences for a machine that nobody has confirmed; what else is hidden is noted.

    The whole document is held, not the provision alone: a gap would be taken for the law's silence, and who wrote one sentence into
    a copy may have changed a figure too. The code of the warnings in the manifest's column `seen` confirms these and no others.
    """
    if who.status is not DocumentStatus.ACCEPTED or who.identity is None:
        return who
    code = hidden.seal(alerts)
    seen = row is not None and code != "" and row.seen.strip().lower() == code
    spoken = [alert for alert in alerts if alert.visible]
    if spoken and not seen:
        name, first = who.identity.number or who.identity.title, spoken[0]
        message = f"{name}: có {len(spoken)} câu ra lệnh cho máy trong văn bản, ví dụ {first.where}: “{first.excerpt}”."
        remedy = (
            "Đối chiếu bản gốc, tải lại từ nơi ban hành. "
            f"Nếu văn bản thật viết như vậy thì ghi {code} vào cột seen của manifest.csv rồi nạp lại."
        )
        return replace(who, status=DocumentStatus.QUARANTINED, reason=MACHINE, message=message, remedy=remedy)
    kept = [alert.message for alert in hidden.warnings_of(alerts)]
    return replace(who, identity=replace(who.identity, warnings=(*kept, *who.identity.warnings))) if kept else who


def in_words(alerts: Sequence[Alert], others: Sequence[str]) -> tuple[str, ...]:
    """All that staff should read: instructions first, `others`, then harmless hidden text."""
    return (*hidden.told(alerts, warnings=True), *others, *hidden.told(alerts, warnings=False))

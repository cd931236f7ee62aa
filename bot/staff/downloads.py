"""Files that a page gives to keep."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from knowledge.vietnamese import fold

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, kind: str, name: str) -> Response:
    """An answer that a browser stores under `name`, whatever letters it has."""
    plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in fold(name) if c.isascii())
    return Response(
        content,
        media_type=kind,
        headers={"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"},
    )

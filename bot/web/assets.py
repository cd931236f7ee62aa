"""Static files from memory, under names that carry their content's hash, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

_TYPES = {
    ".png": "image/png",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    media_type: str
    digest: str


class Assets:
    """The files of `bot/web/static`, read once at start."""

    def __init__(self) -> None:
        self._by_name: dict[str, _Asset] = {}
        for entry in files("bot.web").joinpath("static").iterdir():
            suffix = "." + entry.name.rpartition(".")[2]
            if suffix in _TYPES:
                content = entry.read_bytes()
                self._by_name[entry.name] = _Asset(content, _TYPES[suffix], hashlib.sha256(content).hexdigest()[:12])

    def url(self, name: str) -> str:
        """The address of the file `name` with its hash; KeyError for a file that is not there."""
        stem, _, suffix = name.rpartition(".")
        return f"/static/{stem}.{self._by_name[name].digest}.{suffix}"

    def respond(self, name: str, request: Request) -> Response | None:
        """The file, 304 when the browser has it, None when there is no such file (also not under an old hash)."""
        asset = self._by_name.get(name)
        cache = "no-cache"
        if asset is None:
            stem, _, suffix = name.rpartition(".")
            stem, _, digest = stem.rpartition(".")
            asset = self._by_name.get(f"{stem}.{suffix}")
            if asset is None or digest != asset.digest:
                return None
            cache = "public, max-age=31536000, immutable"
        headers = {"ETag": f'"{asset.digest}"', "Cache-Control": cache}
        if asset.digest in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)

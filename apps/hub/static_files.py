"""Serve the program's own files: compressed once, cached by browsers."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from functools import cached_property
from pathlib import Path

from aiohttp import web

from apps.hub.permissions import needs

FOR_EVER = "public, max-age=31536000, immutable"
"""For an address that another content would not have."""
ASK_AGAIN = "no-cache"
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "font/ttf")


class StaticFile:
    """File of the program at an address of its own.

    ``fixed`` where the address changes with the content; any other does so where it is asked for with a
    query, which names the version.
    """

    def __init__(self, content: bytes, *, name: str, fixed: bool) -> None:
        self._content, self._fixed = content, fixed
        self._type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.version = hashlib.sha256(content).hexdigest()[:12]

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self._content, compresslevel=9, mtime=0)

    @needs(None)
    async def get(self, request: web.Request) -> web.Response:
        """Answer with the content, or 304 where the browser has it."""
        fixed = self._fixed or bool(request.query_string)
        headers = {"Cache-Control": FOR_EVER if fixed else ASK_AGAIN, "Vary": "Accept-Encoding"}
        text = self._type.startswith("text/")
        answer = web.Response(headers=headers, content_type=self._type, charset="utf-8" if text else None)
        answer.etag = self.version
        if any(tag.value == self.version for tag in request.if_none_match or ()):
            answer.set_status(304)
            return answer
        if "gzip" in request.headers.get("Accept-Encoding", "") and self._type.startswith(COMPRESSIBLE):
            answer.body = await asyncio.to_thread(lambda: self._compressed)
            answer.headers["Content-Encoding"] = "gzip"
        else:
            answer.body = self._content
        return answer


def add_folder(app: web.Application, folder: Path, *, under: str = "", fixed: bool) -> None:
    """Serve each file that a folder has now."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            served = StaticFile(file.read_bytes(), name=file.name, fixed=fixed)
            app.router.add_get(f"{under}/{file.relative_to(folder).as_posix()}", served.get)

"""Serve addresses that the page needs beside trame's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from trame_client.module import vue3

from apps.hub.permissions import needs

_FOLDER = Path(__file__).parents[1] / "browser" / "www"


class Web:
    """Heartbeat address, first pages, and the files of trame's modules.

    ``instance`` names this run of the server: a page that comes back to another brings its link.
    """

    def __init__(self, instance: str) -> None:
        self._instance = instance

    def serve(self, app: web.Application, *, files: Mapping[str, Any]) -> None:
        """Add the routes.

        ``files`` are folders that trame's modules serve, by their addresses.
        """
        app.router.add_get("/", self._home)
        app.router.add_get("/alive", self._alive)
        app.router.add_get("/index.html", self._index)
        app.router.add_get("/loading.tpl", self._loading)
        app.router.add_get("/socket.js", self._socket)
        app.router.add_post("/paraview/", self._launcher)
        for address in sorted(files, reverse=True):
            folder = files[address]
            app.router.add_static(f"/{address}", folder if isinstance(folder, str) else folder[0])
        app.router.add_static("/", vue3.www)

    @needs("watch")
    async def _home(self, request: web.Request) -> web.Response:
        asked = f"?{request.query_string}" if request.query_string else ""
        raise web.HTTPFound(f"index.html{asked}")

    @needs(None)
    async def _alive(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=self._instance, headers={"Cache-Control": "no-store"})

    @needs("watch")
    async def _index(self, request: web.Request) -> web.Response:
        del request
        page = (Path(vue3.www) / "index.html").read_text("utf-8")
        page = page.replace('lang="en"', 'lang="zh-CN"', 1)
        page = re.sub("<title>.*?</title>", "<title>数字孪生 Digital twin</title>", page, count=1)
        page = re.sub('<meta\\s+name="description".*?/>', "", page, count=1, flags=re.DOTALL)
        page = page.replace("<script", '<script src="socket.js"></script>\n    <script', 1)
        return web.Response(text=page, content_type="text/html")

    @needs(None)
    async def _loading(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=(_FOLDER / "loading.html").read_text("utf-8"), content_type="text/html")

    @needs(None)
    async def _socket(self, request: web.Request) -> web.Response:
        del request
        script = (_FOLDER / "socket.js").read_text("utf-8")
        return web.Response(
            text=script, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )

    @needs(None)
    async def _launcher(self, request: web.Request) -> web.Response:
        """trame's client first asks a launcher how to connect: by socket.js, which knows the address."""
        del request
        return web.json_response({"wsProxy": True, "sessionURL": "ws://USE_HOST/ws"})

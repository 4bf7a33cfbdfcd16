"""Serve addresses that the page needs beside trame's own."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from aiohttp import web
from trame_client.module import vue3

_FOLDER = Path(__file__).parents[1] / "browser" / "www"


class Web:
    """Heartbeat address, and first pages until trame's client has loaded.

    ``instance`` names this run of the server: by it a page that comes back knows whether its view is there.
    """

    def __init__(self) -> None:
        self.instance = secrets.token_hex(8)

    def serve(self, app: web.Application) -> None:
        """Add the routes.

        Call before trame adds its files, which they precede.
        """
        app.router.add_get("/alive", self._alive)
        app.router.add_get("/index.html", self._index)
        app.router.add_get("/loading.tpl", self._loading)
        app.router.add_get("/socket.js", self._socket)
        app.router.add_post("/paraview/", self._launcher)

    async def _alive(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=self.instance, headers={"Cache-Control": "no-store"})

    async def _index(self, request: web.Request) -> web.Response:
        del request
        page = (Path(vue3.www) / "index.html").read_text("utf-8")
        page = page.replace('lang="en"', 'lang="zh-CN"', 1)
        page = re.sub("<title>.*?</title>", "<title>数字孪生 Digital twin</title>", page, count=1)
        page = re.sub('<meta\\s+name="description".*?/>', "", page, count=1, flags=re.DOTALL)
        page = page.replace("<script", '<script src="socket.js"></script>\n    <script', 1)
        return web.Response(text=page, content_type="text/html")

    async def _loading(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=(_FOLDER / "loading.html").read_text("utf-8"), content_type="text/html")

    async def _socket(self, request: web.Request) -> web.Response:
        del request
        script = (_FOLDER / "socket.js").read_text("utf-8")
        return web.Response(
            text=script, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )

    async def _launcher(self, request: web.Request) -> web.Response:
        """trame's client first asks a launcher how to connect: by socket.js, which knows the address."""
        del request
        return web.json_response({"wsProxy": True, "sessionURL": "ws://USE_HOST/ws"})

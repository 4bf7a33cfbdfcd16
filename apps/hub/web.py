"""Serve addresses that the page needs beside trame's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from trame_client.module import vue3

from apps.browser import module
from apps.hub.permissions import Handler, needs
from apps.hub.static_files import StaticFile, add_folder
from apps.hub.visitor import Visitor, visitor_of
from apps.rooms.room import Room

TO_TEXT = """\
(function () {
  const asked = new URLSearchParams(location.search);
  let full = asked.has("full");
  try {
    if (full) sessionStorage.setItem("twin-full", "1");
    full = full || sessionStorage.getItem("twin-full");
  } catch (error) {}
  if (!full && matchMedia("(max-width: 600px)").matches) location.replace("text" + location.search);
})();"""
"""Leads a phone from the desk to the text page, before anything is loaded; its link back stays in the tab."""

_WWW = Path(__file__).parents[1] / "browser" / "www"
_TRAME = Path(vue3.www)


VIEWPORT = "width=device-width, initial-scale=1"
"""Of a page that may be enlarged by fingers: trame's own forbids it."""


class Web:
    """Heartbeat address, first pages, and the files of trame's modules.

    ``instance`` names this run of the server: a page that comes back to another brings its link.
    """

    def __init__(
        self, instance: str, rooms: Iterable[Room], *, check: Callable[[Room, Visitor], None]
    ) -> None:
        """``check`` raises HTTPForbidden for a room that a visitor may not open."""
        self._instance, self._check = instance, check
        self._rooms = tuple(rooms)

    def serve(self, app: web.Application, *, files: Mapping[str, Any]) -> None:
        """Add the routes.

        ``files`` are folders that trame's modules serve, by their addresses.
        """
        app.router.add_get("/", self._home)
        app.router.add_get("/alive", self._alive)
        for room in self._rooms:
            app.router.add_get(f"/{room.path}", _page_of(room, self._check))
        app.router.add_post("/paraview/", self._launcher)
        app.router.add_get("/socket.js", _SOCKET.get)
        app.router.add_get(f"/{module.SCRIPT}", StaticFile(module.script(), name="page.js", fixed=True).get)
        app.router.add_get(f"/{module.STYLE}", StaticFile(module.style(), name="page.css", fixed=True).get)
        for address, folder in files.items():
            where = folder if isinstance(folder, str) else folder[0]
            add_folder(app, Path(where), under=f"/{address}", fixed=True)
        app.router.add_get("/vue.global.js", _VUE.get)
        add_folder(app, _TRAME / "assets", under="/assets", fixed=True)

    @needs("watch")
    async def _home(self, request: web.Request) -> web.Response:
        asked = f"?{request.query_string}" if request.query_string else ""
        raise web.HTTPFound(f"index.html{asked}")

    @needs(None)
    async def _alive(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=self._instance, headers={"Cache-Control": "no-store"})

    @needs(None)
    async def _launcher(self, request: web.Request) -> web.Response:
        """trame's client first asks a launcher how to connect: by socket.js, which knows the address."""
        del request
        return web.json_response({"wsProxy": True, "sessionURL": "ws://USE_HOST/ws"})


_SOCKET = StaticFile((_WWW / "socket.js").read_bytes(), name="socket.js", fixed=False)
_VUE = StaticFile((_TRAME / "vue.global.js").read_bytes(), name="vue.global.js", fixed=False)


def _page_of(room: Room, check: Callable[[Room, Visitor], None]) -> Handler:
    """Return the handler of a room's page."""
    text = first_page(room)

    @needs(room.needs)
    async def get(request: web.Request) -> web.Response:
        check(room, visitor_of(request))
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-cache"})

    return get


def first_page(room: Room) -> str:
    """Return trame's page with our words in it, for a room.

    No script holds them back, and what the page will ask for next is asked for at once. Addresses are
    relative to the server's own, which may lie below a proxy's: a page further down names it as its base.
    """
    page = (_TRAME / "index.html").read_text("utf-8")
    page = page.replace('lang="en"', f'lang="zh-CN" data-room="{room.id}"', 1)
    page = page.replace('<base href="." />', f'<base href="{"../" * room.path.count("/") or "."}" />', 1)
    page = re.sub("<title>.*?</title>", "<title>数字孪生 Digital twin</title>", page, count=1)
    page = re.sub('<meta\\s+(name|http-equiv)="(?!viewport).*?/>', "", page, flags=re.DOTALL)
    page = re.sub('(<meta\\s+name="viewport"\\s+content=)".*?"', rf'\1"{VIEWPORT}"', page, flags=re.DOTALL)
    page = re.sub('<link rel="(icon|stylesheet)".*?>', "", page)  # it styles trame's own first words only
    page = re.sub("<script>.*?</script>", "", page, count=1, flags=re.DOTALL)  # it fetches them
    if room.id == "desk":
        page = page.replace("<head>", f"<head>\n    <script>{TO_TEXT}</script>", 1)
    page = page.replace(
        '<div id="app"></div>', f'<div id="app">{(_WWW / "loading.html").read_text("utf-8")}</div>', 1
    )
    ours = f'<script defer src="socket.js?{_SOCKET.version}"></script>'
    vue = f'<script defer src="vue.global.js?{_VUE.version}"></script>'
    page = page.replace('<script src="vue.global.js"></script>', f"{ours}\n    {vue}", 1)
    soon = ['<link rel="icon" href="data:," />', f'<link rel="preload" as="script" href="{module.SCRIPT}" />']
    soon += [f'<link rel="preload" as="style" href="{style}" />' for style in module.styles]
    return page.replace("</head>", "  " + "\n    ".join(soon) + "\n  </head>", 1)

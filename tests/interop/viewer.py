"""A tileset in CesiumJS: a page of our own, served to headless Chromium, with no way to any other host."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, Response, Route, sync_playwright

from tests.bench.desk_browser import ARGUMENTS
from twin.arrays import F64, U8

SMALL = (640, 360)
PAGE = Path(__file__).parent
# Cesium draws with WebGL, here on the processor.
WEBGL = (
    *(argument for argument in ARGUMENTS if argument != "--disable-gpu"),
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, folders: Mapping[str, Path]) -> None:
        self.folders = folders
        super().__init__(*args)

    def translate_path(self, path: str) -> str:
        first, _, rest = unquote(urlsplit(path).path).lstrip("/").partition("/")
        folder = self.folders.get(first)
        wanted = (folder / rest).resolve() if folder else PAGE / "none"
        inside = folder is not None and wanted.is_relative_to(folder.resolve())
        return str(wanted if inside else PAGE / "none")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name that it overrides)
        """Says nothing: what goes wrong is seen from the browser."""


@contextmanager
def served(folders: Mapping[str, Path]) -> Iterator[str]:
    """Serves each folder under its name on a free port of this machine; gives the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folders=folders)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The page with a tileset in it."""

    page: Page
    heard: list[str] = field(default_factory=list)

    def call(self, name: str, *arguments: Any) -> Any:
        """Calls a function of ``window.viewer`` (see viewer.js) and waits for its result."""
        return self.page.evaluate("([name, given]) => window.viewer[name](...given)", [name, [*arguments]])

    def faults(self) -> list[str]:
        """A line for everything that went wrong so far: of the console, of tiles, of requests."""
        failed: list[str] = self.page.evaluate("window.viewer.failed")
        return self.heard + failed

    def look(self, point: F64, **view: float) -> None:
        """Turns the camera to a point (ECEF, m) and waits until no tile of this view is missing."""
        self.call("look", point.tolist(), view)
        self.call("settled")

    def picture(self) -> U8:
        """What the page shows, (height, width, 3)."""
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))


@contextmanager
def viewing(
    folder: Path,
    *,
    cesium: Path,
    error_px: float = 16.0,
    samples: int = 1,
    size: tuple[int, int] = SMALL,
) -> Iterator[Viewer]:
    """CesiumJS with ``folder/tileset.json`` opened, in a window of ``size`` pixels.

    Tiles are refined to ``error_px``; each pixel is the mean of ``samples`` (1, 2, 4 or 8).
    """
    with served({"page": PAGE, "cesium": cesium, "tiles": folder}) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(WEBGL))
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.set_default_timeout(60_000)
        viewer = Viewer(page=page)
        _listen(page, viewer.heard, address)
        page.goto(f"{address}/page/viewer.html")
        viewer.call("open", "/tiles/tileset.json", {"errorPx": error_px, "samples": samples})
        try:
            yield viewer
        finally:
            browser.close()


def _listen(page: Page, heard: list[str], address: str) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            heard.append(f"console {message.type}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            heard.append(f"{response.status}: {response.url}")

    def asked(route: Route) -> None:
        if route.request.url.startswith(f"{address}/"):
            route.continue_()
        else:
            heard.append(f"asks another host: {route.request.url}")
            route.abort()

    page.on("console", said)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on("response", answered)
    page.context.route("**/*", asked)

"""A small basin, served to a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.bench.desk_browser import launch
from tests.browser.flood_basin import write_flood_basin
from tests.ports import free_port
from tests.shared_store import SharedStore

expect.set_options(timeout=20_000)
READY = '.twin-scene[data-still="true"]'
RESTING = '.twin-scene[data-smooth="true"]'

FRESH = """async () => {
  const { trame } = window.twinDesk;
  const first = { language: "zh", unit: "storage", panel: "", help_open: false, chart_open: false };
  for (const [key, value] of Object.entries(first)) trame.state.set(key, value);
  for (const [name, args] of [["leave_flood", []], ["close_card", []], ["exaggerate", [1]],
                              ["set_water", ["level", 150]], ["home", []]]) {
    await trame.trigger(name, args);
  }
}"""


def hub_of(pid: int) -> psutil.Process:
    """The hub of ``twin serve``."""
    return next(child for child in psutil.Process(pid).children() if "--socket" in child.cmdline())


class Served:
    """A server process and its address."""

    def __init__(
        self,
        catalog: Path,
        log: Path,
        *,
        port: int | None = None,
        before: Sequence[str] = (),
        path: Path | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log = log
        self._catalog = catalog
        self._before, self._options = before, options
        self._env = os.environ | ({} if path is None else {"PYTHONPATH": str(path)})
        self._start()

    def _start(self) -> None:
        command = [*self._before, sys.executable, "-m", "apps.cli", "serve"]
        command += [] if "--users" in self._options else ["--open"]
        command += [str(self._catalog), "--port", str(self.port), *self._options]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self._env)
        for _ in range(600):
            try:
                urllib.request.urlopen(self.url + "alive", timeout=5).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process.poll() is None, self.log.read_text()
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
            else:
                return
        raise AssertionError(self.log.read_text())

    @property
    def hub(self) -> psutil.Process:
        """The process that serves; ``process`` starts it again."""
        return hub_of(self.process.pid)

    def stop(self) -> None:
        """Kill the server, and wait for all that ends with it: it holds the port."""
        if self.process.poll() is not None:
            return
        server = psutil.Process(self.process.pid)
        below = server.children(recursive=True)
        self.process.kill()
        self.process.wait()
        psutil.wait_procs(below, timeout=10)

    def again(self) -> None:
        self._start()


@pytest.fixture(scope="session")
def flood_basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of a small basin with a flood and a broken layer, built; not to be changed."""
    return shared_store.build(write_flood_basin(tmp_path_factory.mktemp("flood")))


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Starts servers that end with the file: one left running would take from the time of all that follow.

    ``before`` is put before the command, ``path`` is searched for modules first.
    """
    running: list[Served] = []

    def start(
        catalog: Path,
        *,
        before: Sequence[str] = (),
        path: Path | None = None,
        options: Sequence[str] = (),
    ) -> Served:
        log = tmp_path_factory.mktemp("log") / "server.log"
        served = Served(catalog, log, before=before, path=path, options=options)
        running.append(served)
        return served

    yield start
    for served in running:
        served.stop()


@pytest.fixture(scope="session")
def desk(flood_basin: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that leave it as they found it."""
    log = tmp_path_factory.mktemp("log") / "server.log"
    served = Served(flood_basin, log, options=("--painters", "1"))
    yield served
    served.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser per file: an open Playwright runs an event loop, and then other files could not."""
    with sync_playwright() as play:
        browser = launch(play)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """What the pages of a file share: scripts that were compiled once, a third of the time of loading one."""
    context = chromium.new_context(locale="zh-CN")
    yield context
    context.close()


@pytest.fixture
def blank(context: BrowserContext) -> Iterator[Page]:
    """An empty page of 1280 × 720; a fault of its scripts fails the test."""
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    for opened in context.pages:
        opened.close()
    assert faults == []


@pytest.fixture
def page(blank: Page, desk: Served) -> Page:
    """The desk as a fresh server shows it, at rest. (A view keeps what the test before left in it.)"""
    blank.goto(desk.url)
    blank.wait_for_selector(RESTING)
    before = blank.get_attribute(".twin-scene", "data-frame")
    blank.evaluate(FRESH)
    blank.wait_for_function(f"document.querySelector('.twin-scene').dataset.frame !== '{before}'")
    blank.wait_for_selector(RESTING)
    return blank

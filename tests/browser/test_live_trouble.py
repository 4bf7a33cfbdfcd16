"""While alarms are not known the page says so; it never reads as an all-clear."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, Served
from tests.browser.live_basin import values, write_live_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser

LAKE, RIVER, RAIN = "30500001", "31000001", "30900001"
CHINESE = re.compile(r"[\u4e00-\u9fff]")

WATCH_FOR_ALL_CLEAR = """(all_clears) => {
  window.allClear = [];
  const look = () => {
    const text = document.body.innerText;
    for (const words of all_clears) if (text.includes(words)) window.allClear.push(words);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A file that is served, with a river above its warning level; and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    file = tmp_path / "now.json"
    values(file, (LAKE, "level", 151.0, 1.0), (RIVER, "level", 3.5, 1.0), (RAIN, "rain", 0.4, 6.0))
    yield file, f"http://127.0.0.1:{server.server_port}/now.json"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def catalog(told: tuple[Path, str], shared_store: SharedStore, tmp_path: Path) -> Path:
    return shared_store.build(write_live_basin(tmp_path / "basin", url=told[1]))


def service(served: Served) -> psutil.Process:
    """The live service beside a server."""
    children = psutil.Process(served.process.pid).children(recursive=True)
    return next(child for child in children if "live" in child.cmdline())


def panel(page: Page, name: str) -> Any:
    """Open a panel."""
    page.evaluate("(name) => window.twinDesk.trame.state.set('panel', name)", name)
    return page.locator(".panel")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def test_after_the_service_fell_the_last_state_stands_marked_until_the_new_one_is_whole(
    blank: Page, serve: Callable[..., Served], catalog: Path, how: signal.Signals
) -> None:
    served = serve(catalog)
    blank.goto(served.url)
    blank.wait_for_selector(READY)
    bell = blank.locator(".tool-alarms b")
    expect(bell).to_contain_text(re.compile(r"^1\b"))
    alarms = panel(blank, "alarms")
    expect(alarms).to_contain_text("超警戒水位")
    blank.evaluate(WATCH_FOR_ALL_CLEAR, ["当前没有报警", "无数据"])
    fell = service(served)
    os.kill(fell.pid, how)
    trouble = blank.locator(".trouble")
    expect(trouble).to_contain_text("实时服务已中断")
    expect(alarms).to_contain_text("最后收到的状态")
    expect(alarms).to_contain_text("超警戒水位")
    expect(bell).to_contain_text("?")
    expect(trouble).to_have_count(0, timeout=40_000)
    expect(alarms).not_to_contain_text("最后收到的状态")
    expect(alarms).to_contain_text("超警戒水位")
    assert service(served).pid != fell.pid
    assert blank.evaluate("() => window.allClear") == []
    served.stop()


def test_a_service_that_cannot_start_says_why_in_both_languages_and_nothing_reads_as_none(
    blank: Page, serve: Callable[..., Served], catalog: Path, tiny_disk: Path
) -> None:
    folder = catalog.parent / ".twin" / "stations"
    folder.symlink_to(tiny_disk)
    ballast = tiny_disk / "ballast"
    with ballast.open("wb") as file:
        file.write(b"x" * shutil.disk_usage(tiny_disk).free)
    served = serve(catalog)
    blank.goto(served.url)
    blank.wait_for_selector(READY)
    trouble = blank.locator(".trouble")
    expect(trouble).to_contain_text("原因：磁盘已满")
    blank.evaluate(WATCH_FOR_ALL_CLEAR, ["当前没有报警", "No alarm stands"])
    expect(blank.locator(".tool-alarms b")).to_have_text("?")
    expect(panel(blank, "alarms")).to_contain_text("有无报警尚不清楚")
    stations = panel(blank, "stations")
    expect(stations.locator(".station-value").first).to_have_text("尚不清楚")
    blank.wait_for_function("() => window.twinDesk.stats.overlay.labels.some((l) => l.detail === '尚不清楚')")
    blank.get_by_role("button", name="EN").click()
    expect(trouble).to_contain_text("disk is full")
    assert not CHINESE.search(trouble.inner_text())
    expect(panel(blank, "alarms")).to_contain_text("Not known yet whether there are alarms")
    assert not CHINESE.search(blank.locator(".panel").inner_text())
    blank.get_by_role("button", name="中文").click()
    assert blank.evaluate("() => window.allClear") == []
    ballast.unlink()
    expect(trouble).to_have_count(0, timeout=60_000)
    expect(panel(blank, "alarms")).to_contain_text("超警戒水位")
    served.stop()

"""What keeps a page from showing anything is said on it and on the console, and can be tried again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY
from tests.browser.flood_basin import write_flood_basin

pytestmark = pytest.mark.browser

WITHOUT_FONTS = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /usr/share/fonts && exec "$@"', "sh"]


def may_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not may_mount(), reason="hiding a folder needs root")


@needs_mounts
def test_without_a_chinese_font_page_and_console_say_so_once(
    blank: Page, serve: Callable[..., Any], flood_basin: Path
) -> None:
    served = serve(flood_basin, before=WITHOUT_FONTS)
    blank.goto(served.url)
    cover = blank.locator(".cover-failed")
    expect(cover).to_contain_text("系统缺少中文字体，请安装 fonts-noto-cjk")
    expect(cover.get_by_role("button")).to_have_text("再试一次")
    said = served.log.read_text()
    assert said.count("fonts-noto-cjk") == 1
    assert "Traceback" not in said
    served.stop()


def test_what_was_mended_is_opened_from_the_page(
    blank: Page, serve: Callable[..., Any], tmp_path: Path
) -> None:
    from meshes.pipeline import build

    catalog = write_flood_basin(tmp_path)
    build(catalog)
    store = catalog.parent / ".twin"
    current = (store / "current").read_text()
    shutil.rmtree(store / "generations")
    (store / "generations").write_text("in the way")
    served = serve(catalog)
    blank.goto(served.url)
    cover = blank.locator(".cover-failed")
    expect(cover).to_be_visible()
    assert "Traceback" not in served.log.read_text()
    (store / "generations").unlink()
    build(catalog)
    assert (store / "current").read_text() == current
    cover.get_by_role("button").click()
    blank.wait_for_selector(READY)
    expect(blank.locator(".cover")).to_have_count(0)
    served.stop()


def test_a_picture_that_cannot_be_drawn_is_said_in_place_of_the_cover(
    blank: Page, serve: Callable[..., Any], flood_basin: Path, tmp_path: Path
) -> None:
    """The loading cover stood for ever, over a traceback every half second."""
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import layers.stage\n"
        "def fail(*a, **k): raise RuntimeError('no picture today')\n"
        "layers.stage.Stage.render = fail\n"
    )
    served = serve(flood_basin, path=tmp_path)
    blank.goto(served.url)
    cover = blank.locator(".cover-failed")
    expect(cover).to_contain_text("画面暂时无法更新")
    expect(cover).to_contain_text(re.compile("内部错误"))
    assert served.log.read_text().count("Traceback") == 1
    served.stop()

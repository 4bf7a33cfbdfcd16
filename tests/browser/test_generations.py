"""A new generation, a pruned one, a store that is gone: the page says so and leads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY
from tests.browser.flood_basin import write_flood_basin
from tests.browser.links import link_with
from twin.store import Store

pytestmark = pytest.mark.browser


def test_the_page_leads_from_generation_to_generation_and_says_when_there_is_none(
    blank: Page, serve: Callable[..., Any], tmp_path: Path
) -> None:
    from meshes.pipeline import build

    catalog = write_flood_basin(tmp_path / "basin")
    first = build(catalog).generation
    served = serve(catalog)
    blank.goto(served.url)
    blank.wait_for_selector(READY)
    notice = blank.locator(".notice")
    expect(notice).to_have_count(0)
    blank.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 151.25])")
    expect(blank.locator("[data-figure=level] b")).to_have_text("151.25")
    link_with(blank, lambda scene: scene.moment.level_m == 151.25)

    dam = catalog.with_name("dam.geojson")
    dam.write_text(dam.read_text("utf-8").replace("165.0", "166.0"), "utf-8")
    second = build(catalog).generation
    assert second.id != first.id
    expect(notice).to_contain_text("新数据版本")
    expect(notice).to_contain_text(first.id)
    blank.get_by_role("button", name="EN").click()
    expect(notice).to_contain_text("Newer data")
    assert not re.search(r"[\u4e00-\u9fff]", notice.inner_text())
    blank.get_by_role("button", name="中文").click()

    Store(catalog.parent / ".twin").prune(keep=1)
    expect(notice).to_contain_text("已被清除")
    notice.get_by_role("button", name="打开新版本").click()
    expect(notice).to_have_count(0)
    blank.wait_for_selector(READY)
    expect(blank.locator(".cover")).to_have_count(0)
    expect(blank.locator("[data-figure=level] b")).to_have_text("151.25")
    blank.locator("[data-figure=storage]").click()
    expect(blank.locator(".card")).to_contain_text(second.id)

    (catalog.parent / ".twin").rename(catalog.parent / "away")
    expect(notice).to_contain_text("没有可打开的数据")
    expect(notice.get_by_role("button")).to_have_count(0)
    (catalog.parent / "away").rename(catalog.parent / ".twin")
    expect(notice).to_have_count(0)
    assert "Traceback" not in served.log.read_text()
    served.stop()

"""The studio by keys alone: shots are taken, ordered, worded and presented; axe finds nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import READY, Served

pytestmark = pytest.mark.browser


def test_a_film_is_made_by_keys(
    blank: Page, serve: Callable[..., Served], flood_basin: Path, tmp_path: Path
) -> None:
    for file in flood_basin.parent.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    where = ("--root", str(flood_basin.parent), "--store", str(flood_basin.parent / ".twin"))
    served, page = serve(tmp_path / flood_basin.name, options=where), blank
    page.goto(f"{served.url}studio")
    page.wait_for_selector(READY)
    expect(page.locator(".strip-empty")).to_be_visible()
    page.locator(".tool-take").focus()
    page.keyboard.press("t")
    expect(page.locator(".shot")).to_have_count(1)
    page.keyboard.press("t")
    expect(page.locator(".shot")).to_have_count(2)
    page.keyboard.press("m")
    page.locator("[data-field=name]").fill("主坝")
    page.evaluate("twinDesk.trame.trigger('set_shot', ['seconds', 9])")
    expect(page.locator("[data-field=seconds]")).to_have_value("9")
    expect(page.locator("[data-field=name]")).to_have_value("主坝")  # still being typed
    page.keyboard.press("Tab")
    expect(page.locator(".shot-on .shot-name")).to_have_text("主坝")
    page.locator("[data-field=add_caption]").fill("水位上升")
    page.keyboard.press("Enter")
    expect(page.locator(".film-caption")).to_have_count(0)
    expect(page.locator(".form-lines input[type=text]")).to_have_value("水位上升")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".shot-on .shot-pick").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(".shot").first.locator(".shot-name")).to_have_text("主坝")
    page.locator(".shot-on .shot-pick").press("Enter")
    page.locator(".strip-scrub").press("PageUp")
    expect(page.locator(".film-caption")).to_have_text("水位上升")
    page.keyboard.press("g")
    expect(page.locator(".record-buttons button")).to_have_count(2)
    assert violations(page) == []
    page.keyboard.press("p")
    expect(page.locator(".presenting b")).to_have_text("1 / 2")
    page.keyboard.press("PageDown")
    expect(page.locator(".presenting b")).to_have_text("2 / 2")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".strip")).to_be_visible()

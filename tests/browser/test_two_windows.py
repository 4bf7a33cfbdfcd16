"""Two windows on one address are two desks; a window that is loaded anew finds its own again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import READY, RESTING
from tests.browser.links import link_with

pytestmark = pytest.mark.browser

LEVEL = "[data-figure=level] b"
FRAME = "() => document.querySelector('.twin-scene').dataset.frame"


def test_what_one_window_does_does_not_show_in_the_other(page: Page, desk: Any, chromium: Browser) -> None:
    other = chromium.new_page(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    other.goto(desk.url)
    other.wait_for_selector(RESTING)
    before = other.evaluate(FRAME), other.locator(LEVEL).inner_text()
    page.locator(".gauge-handle").focus()
    page.keyboard.press("End")
    expect(page.locator(LEVEL)).to_have_text("160.00")
    page.mouse.move(640, 400)
    page.mouse.down()
    page.mouse.move(500, 430)
    page.mouse.up()
    page.get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_selector(RESTING)
    assert (other.evaluate(FRAME), other.locator(LEVEL).inner_text()) == before
    assert other.locator("html").get_attribute("lang") == "zh-CN"
    other.close()


def test_a_window_that_is_loaded_anew_shows_what_it_showed(page: Page) -> None:
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 143.25])")
    expect(page.locator(LEVEL)).to_have_text("143.25")
    page.get_by_role("button", name="EN").click()
    link_with(page, lambda scene: (scene.moment.level_m, scene.language) == (143.25, "en"))
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator(LEVEL)).to_have_text("143.25")
    expect(page.locator("html")).to_have_attribute("lang", "en")

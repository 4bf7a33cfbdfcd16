"""Numbers and texts are read as they are: none half behind another, none squeezed into a narrow column."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

BEHIND = """() => {
  const handle = document.querySelector(".gauge-handle").getBoundingClientRect();
  const ticks = [...document.querySelectorAll(".gauge-tick span")].map((e) => e.getBoundingClientRect());
  return ticks.filter((box) => box.top < handle.bottom && box.bottom > handle.top).length;
}"""


def test_no_number_of_a_tick_is_half_behind_the_handle(page: Page) -> None:
    page.keyboard.press("u")
    expect(page.locator(".gauge-type span")).to_have_text("m")
    page.locator(".gauge-handle").focus()
    page.keyboard.press("Home")
    for _ in range(12):
        page.keyboard.press("PageUp")
        page.keyboard.press("ArrowUp")
        page.wait_for_function(f"() => ({BEHIND})() === 0")
    assert page.locator(".gauge-tick span").count() > 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_card_says_has_more_room_than_its_labels(language: str, page: Page) -> None:
    page.evaluate("(language) => window.twinDesk.trame.state.set('language', language)", language)
    page.locator("[data-figure=storage]").click()
    rows = page.locator('[data-card="provenance"] .rows')
    expect(rows).to_be_visible()
    label, value = (
        rows.locator(name).first.evaluate("(e) => e.getBoundingClientRect().width") for name in ("dt", "dd")
    )
    assert value > 1.2 * label

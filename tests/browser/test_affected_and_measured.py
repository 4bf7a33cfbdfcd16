"""Villages that a level affects, and a measured line, as they are used with mouse and keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, Served

pytestmark = pytest.mark.browser

LINK = "() => window.twinDesk.trame.state.get('link')"
INK = """() => {
  const canvas = document.querySelector(".twin-measured");
  if (canvas.style.display === "none" || !canvas.width) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, k) => k % 4 === 3 && value > 0).length;
}"""


def test_the_list_follows_the_level_and_a_village_is_flown_to(page: Page) -> None:
    page.keyboard.press("f")
    panel = page.locator(".panel")
    expect(panel.locator("[data-village]")).to_have_count(0)
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 159.9])")
    expect(panel.locator("h2")).to_contain_text("159.90 m")
    page.locator(".affected-all input").check()
    expect(panel.locator("[data-village]")).not_to_have_count(0)
    name = panel.locator("[data-village] b").first.inner_text()
    panel.get_by_role("searchbox").fill(name)
    expect(panel.locator("[data-village]")).to_have_count(1)
    before = page.evaluate(LINK)
    panel.locator("[data-village]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"(before) => ({LINK})() !== before", arg=before)


def test_a_measured_line_is_drawn_kept_and_opened_again_by_its_link(page: Page, desk: Served) -> None:
    page.keyboard.press("r")
    page.mouse.click(600, 380)
    expect(page.locator(".measure-tools button").first).to_be_enabled()
    page.mouse.click(680, 420)
    expect(page.locator(".measure-rows dd").first).to_contain_text("m")
    assert page.evaluate(INK) > 500
    length = page.locator(".measure-rows dd").first.inner_text()
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => ({INK})() === 0")
    page.keyboard.press("r")
    page.locator(".panel .check input").check()
    page.wait_for_function("() => window.twinDesk.trame.state.get('measure').kept")
    link = page.evaluate(LINK)
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => ({INK})() > 500")
    page.keyboard.press("r")
    page.locator(".measure-tools button").nth(1).click()
    page.wait_for_function(f"(link) => ({LINK})() !== link", arg=link)
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    page.goto(f"{desk.url}?scene={link}")
    page.wait_for_selector(READY)
    page.wait_for_function(f"() => ({INK})() > 500")
    page.keyboard.press("r")
    expect(page.locator(".measure-rows dd").first).to_have_text(length)
    page.locator(".measure-tools button").nth(1).click()
    page.wait_for_function(f"() => ({INK})() === 0")


def test_the_divider_between_two_levels_follows_a_finger(page: Page) -> None:
    for name, *args in (("set_water", "level", 152.0), ("compare_typed", "150"), ("swipe", 0.5)):
        page.evaluate("([name, args]) => window.twinDesk.trame.trigger(name, args)", [name, args])
    divider = page.locator(".swipe")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    box = divider.bounding_box()
    assert box is not None and page.viewport_size is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 0.6 * box["height"]
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        *(("touchMove", [{"x": x - 60.0 * k, "y": y + 20.0 * k}]) for k in range(1, 5)),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    share = round(100 * (x - 240.0) / page.viewport_size["width"])
    expect(divider).to_have_attribute("aria-valuenow", str(share))
    page.wait_for_function(
        f"() => Math.round(100 * window.twinDesk.trame.state.get('compare').swipe) === {share}"
    )

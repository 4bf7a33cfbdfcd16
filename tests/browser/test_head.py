"""The head has place for all its tools and chips, and its menu is worked by keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SIZES = ((1280, 720), (1366, 768), (1920, 1080))
#: The longest that the head says in earnest; set in the browser alone.
DRESS = """([live, behind]) => {
  const { state } = window.twinDesk.trame;
  const set = (key, value) => state.set(key, { ...state.get(key), ...value });
  const tones = live ? { tone: "", live_tone: "fresh" } : { tone: "what-if", live_tone: "" };
  set("head", { synthetic: true, live_time: live, live_since_s: 0, can_follow: !live, ...tones });
  set("stations", { available: true });
  set("alarms", { count: 61, open: 57, tone: "red" });
  state.set("duty", { ...state.get("duty"), may: true });
  state.set("behind", behind);
}"""
FAULTS = """() => {
  const shown = [...document.querySelectorAll(".brand h1, .head .chip, .head .tool, .more-tools .tool")]
    .filter((e) => e.offsetParent).map((e) => [e.innerText || e.title, e.getBoundingClientRect(), e]);
  const faults = [];
  for (const [name, box, e] of shown) {
    const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    if (!inside) faults.push(`${name} is outside`);
    if (e.matches("button") && Math.min(box.width, box.height) < 24) faults.push(`${name} is small`);
    for (const word of e.matches("h1") ? [e] : e.querySelectorAll("span")) {
      const over = word.scrollHeight > word.clientHeight + 4 || word.scrollWidth > word.clientWidth + 1;
      if (word.clientWidth && over) faults.push(`${name} is cut`);
    }
    for (const [other, its] of shown) {
      const beside = box.left >= its.right - 0.5 || its.left >= box.left;
      const apart = beside || box.top >= its.bottom - 0.5 || its.top >= box.bottom - 0.5;
      if (!apart) faults.push(`${name} lies over ${other}`);
    }
  }
  return faults;
}"""
FOCUSED = "() => document.activeElement.innerText.trim()"


def test_no_tool_is_outside_over_another_or_cut(page: Page) -> None:
    for language, live, behind in (
        ("zh", "2026-07-28 14:35", "正在构建 37/43"),
        ("en", "2026-07-28 14:35", "building 37/43"),
    ):
        page.evaluate("(language) => window.twinDesk.trame.state.set('language', language)", language)
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")
        named = re.compile("[\u4e00-\u9fff]" if language == "zh" else "^[ -~·]+$")
        expect(page.locator(".brand h1")).to_have_text(named)  # the server's words have come
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for said in (live, ""):
                page.evaluate(DRESS, [said, behind])
                expect(page.locator(".chip-live")).to_have_count(1 if said else 0)
                page.locator(".more > .tool").click()
                expect(page.locator(".more-tools .tool").first).to_be_visible()
                assert page.evaluate(FAULTS) == [], (language, width, said)
                page.keyboard.press("Escape")


def test_the_menu_is_opened_walked_through_and_left_by_keys(page: Page) -> None:
    button, tools = page.locator(".more > .tool"), page.locator(".more-tools")
    page.evaluate(DRESS, ["", ""])
    page.keyboard.press("l")
    expect(page.locator(".panel")).to_have_attribute("aria-label", "图层")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    first = tools.locator(".tool:not(:disabled)").first
    expect(first).to_be_focused()
    page.keyboard.press("End")
    assert page.evaluate(FOCUSED) == "帮助"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUSED) == "上大屏"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")  # closes the menu and nothing else
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".panel")).to_have_count(1)

    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    tools.get_by_role("button", name="视角").focus()
    page.keyboard.press("Enter")
    expect(tools).to_have_count(0)
    expect(page.locator(".panel")).to_be_focused()
    expect(page.locator(".panel")).to_have_attribute("aria-label", "视角")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.click()
    page.locator(".twin-scene").click(position={"x": 640, "y": 330})
    expect(tools).to_have_count(0)

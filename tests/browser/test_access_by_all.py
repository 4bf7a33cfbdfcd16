"""Everyone can use the desk: axe-core finds nothing with any panel open, and a keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from apps.rooms import desk
from tests.browser.axe import violations
from tests.browser.conftest import RESTING, Served

pytestmark = pytest.mark.browser

PANELS = [part.panel for part in desk.PARTS if part.panel]
OPEN = """async (panel) => {
  window.twinDesk.trame.state.set("panel", panel);
  for (let k = 0; k < 3; k += 1) await new Promise(requestAnimationFrame);
  return document.querySelectorAll(".panel").length;
}"""
SCENE_HAS_FOCUS = "() => document.activeElement.getAttribute('aria-label')?.startsWith('流域三维场景')"


def states(page: Page) -> Iterator[str]:
    """The desk with each panel open in turn, then with its dialog, a card and a replay."""
    yield "nothing"
    for panel in PANELS:
        if not page.evaluate(OPEN, panel):
            continue  # it is not offered in this basin
        yield panel
    page.evaluate("() => window.twinDesk.trame.state.set('panel', '')")
    page.locator(".more > .tool").click()
    yield "menu"
    page.keyboard.press("Escape")
    page.evaluate("() => window.twinDesk.trame.state.set('help_open', true)")
    expect(page.locator("dialog")).to_be_visible()
    yield "help"
    page.evaluate("() => window.twinDesk.trame.state.set('help_open', false)")
    page.evaluate("() => window.twinDesk.trame.trigger('explain', ['storage'])")
    expect(page.locator(".card")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator(".timebar .js-plotly-plot, .timebar .plot-container").first).to_be_visible()
    yield "card and chart"
    page.keyboard.press("c")


def test_axe_finds_nothing_whatever_is_open_in_either_language(page: Page) -> None:
    found = {}
    for language in ("zh", "en"):
        page.evaluate("(language) => window.twinDesk.trame.state.set('language', language)", language)
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")
        found |= {f"{language} {state}": violations(page) for state in states(page)}
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


def test_a_place_is_found_and_flown_to_and_back_by_keys_alone(page: Page) -> None:
    before = page.evaluate("() => window.twinDesk.trame.state.get('link')")
    page.keyboard.press("/")
    field = page.locator(".search-field")
    expect(field).to_be_focused()
    expect(page.locator(".search-row")).to_have_count(2)
    page.keyboard.type("xicun")
    expect(page.locator(".search-row")).to_have_text(["西村村庄"])
    page.keyboard.press("Enter")
    expect(page.locator(".card h2")).to_have_text("西村")
    page.wait_for_function("(before) => window.twinDesk.trame.state.get('link') !== before", arg=before)
    page.keyboard.press("Escape")  # empties the field
    expect(field).to_have_value("")
    page.keyboard.press("Escape")  # closes the panel
    expect(page.locator(".panel")).to_have_count(0)
    page.wait_for_function(SCENE_HAS_FOCUS)  # a moment after the panel has gone
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_function("() => window.twinDesk.trame.state.get('can_go_forward')")
    page.wait_for_selector(RESTING)
    page.keyboard.press("Enter")  # asks about the middle of the picture
    expect(page.locator(".card h2")).to_have_text("该点")

    # Shortcuts work beside a slider, and not in a field.
    page.keyboard.press("l")
    page.locator(".panel .range").first.focus()
    page.keyboard.press("v")
    expect(page.locator(".panel")).to_have_attribute("aria-label", "视角")
    page.locator(".gauge-type input").focus()
    page.keyboard.press("l")
    expect(page.locator(".panel")).to_have_attribute("aria-label", "视角")
    page.keyboard.press("Escape")
    page.wait_for_function(SCENE_HAS_FOCUS)  # a moment after the panel has gone


@pytest.mark.parametrize(
    ("path", "drawn"),
    [("wall", ".twin-scene[data-frame]"), ("wall/control", ".twin-scene[data-frame]"), ("text", "main")],
)
def test_axe_finds_nothing_on_the_other_pages(blank: Page, desk: Served, path: str, drawn: str) -> None:
    blank.goto(desk.url + path)
    blank.wait_for_selector(drawn)
    assert violations(blank) == []

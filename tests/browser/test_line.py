"""Nothing looks live while the line is down, and who was live is live again when it is back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import READY, Served
from tests.browser.line import Line
from tests.browser.links import link_with
from tests.browser.live_basin import serving, values, write_live_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser

LAKE, RIVER, RAIN = "30500001", "31000001", "30900001"
CALM = ((LAKE, "level", 151.0, 1.0), (RIVER, "level", 1.5, 1.0), (RAIN, "rain", 0.4, 60.0))
LIVE = "() => window.twinDesk.trame.trigger('follow_live', [])"
COLOUR = "(e) => getComputedStyle(e).backgroundColor"
AT_REST = """() => {
  const { frame, smooth } = document.querySelector(".twin-scene").dataset;
  if (window.frameAtRest !== frame) [window.frameAtRest, window.restsSince] = [frame, performance.now()];
  return smooth === "true" && performance.now() - window.restsSince > 1500;
}"""
SECONDS = (
    "() => Number(/（(\\d+) 秒前/.exec(document.querySelector('.twin-lost')?.textContent || '')?.[1] ?? -1)"
)


@pytest.fixture(scope="module")
def live(
    serve: Callable[[Path], Served],
    shared_store: SharedStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("feed") / "now.json"
    values(file, *CALM)
    with serving(file) as url:
        catalog = write_live_basin(tmp_path_factory.mktemp("line"), url=url)
        yield serve(shared_store.build(catalog))


@pytest.fixture
def line(live: Served) -> Iterator[Line]:
    made = Line(live.port)
    yield made
    made.close()


@pytest.fixture
def page(blank: Page, line: Line) -> Page:
    blank.goto(line.url)
    blank.wait_for_selector(READY)
    blank.evaluate("() => window.twinDesk.trame.state.set('language', 'zh')")
    blank.evaluate(LIVE)
    expect(blank.locator(".chip-live-fresh")).to_contain_text("实况")
    return blank


def test_a_silent_line_turns_all_grey_within_five_seconds_and_counts(page: Page, line: Line) -> None:
    # A desk at rest: one to which a picture is on its way is cut, as one that stopped reading is.
    page.wait_for_function(AT_REST)
    page.evaluate("() => { window.mine = true; window.began = performance.now(); }")
    green = page.locator(".chip-live").evaluate(COLOUR)
    page.evaluate(
        "() => window.addEventListener('twin-line', ({ detail }) => (window[detail] = performance.now()))"
    )
    line.silence()
    lost = page.locator(".twin-lost")
    expect(lost).to_contain_text("没有应答")
    assert page.evaluate("() => window.quiet - window.began") < 5_000 + 500
    chip = page.locator(".chip-live")
    expect(chip).to_contain_text("已断线")
    assert chip.evaluate(COLOUR) != green
    assert "grayscale(1)" in page.locator("#app").evaluate("(e) => getComputedStyle(e).filter")
    painted = "() => window.twinDesk.overlayNow.labels.filter((one) => one.state).map((one) => one.state)"
    assert "fresh" not in page.evaluate(painted)
    page.wait_for_function(f"() => ({SECONDS})() >= 6")
    before = page.evaluate(SECONDS)
    page.wait_for_function(f"() => ({SECONDS})() >= {before} + 2")
    line.mend()
    expect(lost).to_have_count(0)
    expect(page.locator(".chip-live-fresh")).to_contain_text("实况")
    page.wait_for_function(f"() => ({painted})().includes('fresh')")
    assert page.evaluate("() => window.mine")  # nothing was loaded anew


def test_after_a_cut_of_twelve_seconds_all_windows_are_live(
    page: Page, line: Line, live: Served, chromium: Browser
) -> None:
    other = chromium.new_page(locale="zh-CN")
    other.goto(live.url)
    other.wait_for_selector(READY)
    expect(other.locator(".chip-live-fresh")).to_be_visible()
    other.evaluate(
        """() => {
          window.frames_seen = [];
          new MutationObserver(() => {
            const tab = document.querySelector(".frame-tab");
            if (tab) window.frames_seen.push(tab.textContent);
          }).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    page.evaluate("() => (window.mine = true)")
    line.cut()
    expect(page.locator(".twin-lost")).to_contain_text("连接已中断")
    page.wait_for_function(f"() => ({SECONDS})() >= 13")
    line.mend()
    page.wait_for_function("() => !window.mine")
    page.wait_for_selector(READY)
    expect(page.locator(".chip-live-fresh")).to_contain_text("实况")
    expect(page.locator(".frame")).to_have_count(0)
    expect(other.locator(".chip-live-fresh")).to_be_visible()
    assert other.evaluate("() => window.frames_seen") == []
    other.close()


def test_a_what_if_is_still_there_after_a_cut(page: Page, line: Line) -> None:
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 143.25])")
    expect(page.locator("[data-figure=level] b")).to_have_text("143.25")
    page.evaluate("() => (window.mine = true)")
    line.cut()
    expect(page.locator(".twin-lost")).to_contain_text("连接已中断")
    line.mend()
    page.wait_for_function("() => !window.mine")
    page.wait_for_selector(READY)
    expect(page.locator("[data-figure=level] b")).to_have_text("143.25")
    expect(page.locator(".frame-what-if")).to_be_visible()


def test_a_link_of_a_live_moment_says_so_and_follows_where_it_is_asked_to(page: Page, line: Line) -> None:
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 141])")
    link_with(page, lambda scene: scene.moment.mode == "what-if")
    page.evaluate(LIVE)
    link_with(page, lambda scene: scene.moment.mode == "live")  # no rest of the scene is waited for
    page.evaluate("() => window.twinDesk.trame.state.set('panel', 'link')")
    panel = page.locator(".panel")
    expect(panel).to_contain_text("链接固定在")
    fixed = page.input_value("#permanent-link")
    panel.get_by_label("打开后跟随实况").check()
    expect(panel).to_contain_text("打开那一刻的实况")
    follows = page.input_value("#permanent-link")
    assert follows == fixed + "&live=1"
    page.evaluate("() => window.twinDesk.trame.state.set('panel', '')")
    page.goto(fixed)
    page.wait_for_selector(READY)
    tab = page.locator(".frame-history .frame-tab")
    expect(tab).to_contain_text("历史时刻")
    expect(tab).to_contain_text("链接所存实况")
    page.locator("[data-figure=level]").click()
    expect(page.locator('[data-card="provenance"]')).to_contain_text("制作链接时的实况")
    page.keyboard.press("Escape")
    page.goto(follows)
    page.wait_for_selector(READY)
    expect(page.locator(".chip-live-fresh")).to_contain_text("实况")
    expect(page.locator(".frame")).to_have_count(0)


def test_after_the_server_was_started_anew_who_was_live_is_live(page: Page, line: Line, live: Served) -> None:
    page.wait_for_function("() => window.twinDesk.trame.state.get('link')")
    page.evaluate("() => (window.mine = true)")
    live.stop()
    expect(page.locator(".twin-lost")).to_contain_text("连接已中断")
    live.again()
    page.wait_for_function("() => !window.mine")
    page.wait_for_selector(READY)
    expect(page.locator(".chip-live-fresh")).to_contain_text("实况", timeout=60_000)
    expect(page.locator(".frame")).to_have_count(0)

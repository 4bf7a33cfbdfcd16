"""When something breaks, the page says so and goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.links import link_with

pytestmark = pytest.mark.browser

READY = '.twin-scene[data-still="true"]'
CALL = "([method, args]) => twinDesk.trame.client.getConnection().getSession().call(method, args)"


def test_a_lost_connection_is_told_with_the_age_of_the_picture_and_mended(
    blank: Page, serve: Callable[[Path], Any], flood_basin: Path
) -> None:
    served = serve(flood_basin)
    blank.goto(served.url)
    blank.wait_for_selector(READY)
    blank.locator(".gauge-handle").focus()
    blank.keyboard.press("End")
    expect(blank.locator("[data-figure=level] b")).to_have_text("160.00")
    link_with(blank, lambda scene: scene.moment.level_m == 160.0)
    served.stop()
    lost = blank.locator(".twin-lost")
    expect(lost).to_contain_text("连接已中断")
    expect(lost).to_contain_text("秒前")
    expect(blank.locator("[data-figure=storage]")).to_be_visible()  # the last picture stays
    served.again()
    expect(lost).to_have_count(0, timeout=30_000)
    blank.wait_for_selector(READY)
    expect(blank.locator("[data-figure=level] b")).to_have_text("160.00")  # it came back to what it showed
    served.hub.kill()  # and nobody has to start it again
    expect(lost).to_contain_text("连接已中断")
    expect(lost).to_have_count(0, timeout=30_000)
    blank.wait_for_selector(READY)
    expect(blank.locator("[data-figure=level] b")).to_have_text("160.00")
    served.stop()


def test_a_fault_of_the_page_leaves_a_panel_and_not_a_blank(blank: Page, desk: Any) -> None:
    blank.goto(desk.url)
    blank.wait_for_selector(READY)
    blank.evaluate("twinDesk.trame.state.set('layers', 3); twinDesk.trame.state.set('head', null)")
    expect(blank.locator(".twin-broken")).to_contain_text("页面出现错误")
    blank.locator(".twin-broken button").click()
    blank.wait_for_selector(READY)


NOT_THEIRS = (
    {"key": "trame__template_main", "value": "<b>taken over</b>"},
    {"key": "head", "value": {"title": "taken over"}},
    {"key": "language", "value": "taken over"},
)

NONSENSE: tuple[tuple[str, list[Any]], ...] = (
    ("trame.trigger", ["set_water", ["level", "high"], {}]),
    ("trame.trigger", ["set_water", ["level", None], {}]),
    ("trame.trigger", ["show_layer", [{}, []], {}]),
    ("trame.trigger", ["exaggerate", [1e9], {}]),
    ("trame.trigger", ["open_link", ["1." + "A" * 5000], {}]),
    ("trame.trigger", ["no_such_trigger", [], {}]),
    ("trame.trigger", []),
    ("trame.state.update", [{"key": "language"}]),
    ("twin.scene.event", [{"type": "zoom", "dlog": 1e308, "x": -5, "y": 77}]),
    ("twin.scene.event", [{"type": "turn", "dx": 1e9, "dy": -1e9}]),
    ("twin.scene.event", [{"type": {}}]),
    ("twin.scene.event", ["no event"]),
    ("twin.scene.event", []),
    ("twin.scene.size", [10**9, -3]),
    ("twin.scene.size", ["wide", None]),
)

CLOSED = ("application.exit.later", "application.exit", "trame.force.push")


def test_one_browser_cannot_write_what_others_see(blank: Page, desk: Any) -> None:
    blank.goto(desk.url)
    blank.wait_for_selector(READY)
    blank.evaluate(CALL, ["trame.state.update", [list(NOT_THEIRS)]])
    blank.reload()
    blank.wait_for_selector(READY)
    expect(blank.locator("body")).not_to_contain_text("taken over")


def test_nonsense_from_a_browser_gives_no_traceback_and_the_picture_goes_on(blank: Page, desk: Any) -> None:
    blank.goto(desk.url)
    blank.wait_for_selector(READY)
    for method, args in NONSENSE:
        told = blank.evaluate(
            CALL + ".then(a => JSON.stringify(a ?? null), e => JSON.stringify(e))", [method, args]
        )
        assert "Traceback" not in str(told) and ".py" not in str(told), (method, args)
    blank.reload()
    blank.wait_for_selector(READY)
    before = blank.get_attribute(".twin-scene", "data-frame")
    blank.keyboard.press("h")
    blank.wait_for_function(f"document.querySelector('.twin-scene').dataset.frame !== '{before}'")


def test_a_browser_cannot_reach_the_servers_own_methods(blank: Page, desk: Any) -> None:
    blank.goto(desk.url)
    blank.wait_for_selector(READY)
    for method in CLOSED:
        assert blank.evaluate(CALL + ".then(() => 'done', e => 'refused')", [method, []]) == "refused"
    assert desk.process.poll() is None


def test_a_basin_that_cannot_be_built_is_told_in_words(
    blank: Page, serve: Callable[[Path], Any], tmp_path: Path
) -> None:
    from tests.browser.flood_basin import write_flood_basin

    catalog = write_flood_basin(tmp_path / "broken")
    (tmp_path / "broken" / "terrain.tif").write_text("no raster at all")
    served = serve(catalog)
    blank.goto(served.url)
    failed = blank.locator(".cover-failed")
    expect(failed).to_contain_text("无法显示", timeout=60_000)
    expect(failed).to_contain_text("terrain.tif")
    expect(failed).not_to_contain_text("Traceback")
    expect(blank.locator(".cover h1")).to_contain_text("小流域")
    served.stop()

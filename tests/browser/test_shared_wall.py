"""The wall and its control in a real browser: what the one changes shows in the other, without a fault."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served

FRAME = ".twin-scene[data-frame]"


def test_the_wall_shows_what_its_control_does(desk: Served, chromium: Browser) -> None:
    faults: list[str] = []
    with chromium.new_context(viewport={"width": 960, "height": 540}) as screen:
        wall = screen.new_page()
        wall.on("pageerror", lambda error: faults.append(str(error)))
        wall.goto(desk.url + "wall")
        wall.wait_for_selector(FRAME)
        with chromium.new_context(viewport={"width": 420, "height": 900}) as hand:
            control = hand.new_page()
            control.on("pageerror", lambda error: faults.append(str(error)))
            control.goto(desk.url + "wall/control")
            control.wait_for_selector(FRAME)
            control.get_by_role("button", name="右转").click()
            control.get_by_role("textbox", name="上屏消息").fill("请注意")
            control.get_by_role("button", name="发布").click()
            expect(wall.locator(".wall-message")).to_contain_text("请注意")
            control.get_by_role("button", name="撤下").click()
            expect(wall.locator(".wall-message")).to_have_count(0)
    assert faults == []

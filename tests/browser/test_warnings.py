"""A warning has its own colour in the page, and the alarms' numbers say what they count."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY

pytestmark = pytest.mark.browser

#: Set in the browser alone; the server keeps what it has.
WARN = """(tone) => {
  const { state } = window.twinDesk.trame;
  const row = { id: "a", station: "1", name: "北岭雨量站", text: "暴雨", time: "8:00", state: "未确认", tone,
                open: true, aside: false };
  const groups = [{ id: "g", title: "暴雨", rank: 2, open: 1, tone, rows: [row] }];
  state.set("stations", { ...state.get("stations"), available: true });
  state.set("alarms", { known: true, note: "", tone, worst: "暴雨", count: 61, open: 57, aside: 2, groups });
  state.set("panel", "alarms");
}"""
COLOURS = """() => ({
  group: getComputedStyle(document.querySelector(".alarm-group")).borderLeftColor,
  sign: getComputedStyle(document.querySelector(".alarm-sign")).backgroundColor,
  row: getComputedStyle(document.querySelector(".alarm-name")).color,
  bell: getComputedStyle(document.querySelector(".tool-alarms")).borderTopColor,
})"""
HUES = {"blue": range(200, 235), "yellow": range(45, 60), "orange": range(22, 40), "red": range(11)}


def hue(colour: str) -> float:
    red, green, blue = (int(v) / 255 for v in re.findall(r"\d+", colour)[:3])
    most, least = max(red, green, blue), min(red, green, blue)
    turn = {
        red: (green - blue) / (most - least) % 6,
        green: (blue - red) / (most - least) + 2,
        blue: (red - green) / (most - least) + 4,
    }
    return 60.0 * turn[most]


@pytest.fixture
def plain(blank: Page, desk: Any) -> Page:
    blank.goto(desk.url)
    blank.wait_for_selector(READY)
    return blank


@pytest.mark.parametrize("tone", list(HUES))
def test_a_warning_is_as_blue_yellow_orange_or_red_as_its_name(plain: Page, tone: str) -> None:
    plain.evaluate(WARN, tone)
    plain.wait_for_selector(".alarm-group")
    hues = {where: hue(colour) for where, colour in plain.evaluate(COLOURS).items()}
    low, high = HUES[tone][0], HUES[tone][-1]
    assert all(low <= found <= high + 1 for found in hues.values()), hues


def test_the_button_and_the_panel_name_what_they_count(plain: Page) -> None:
    plain.evaluate(WARN, "red")
    expect(plain.locator(".tool-alarms")).to_contain_text(re.compile(r"61\s*57 待确认"))
    panel = plain.locator(".panel")
    for words in ("共 61 项", "57 项待确认", "另搁置 2 项"):
        expect(panel).to_contain_text(words)


def test_every_alarm_of_a_group_can_be_seen_and_acknowledged_by_itself(plain: Page) -> None:
    plain.evaluate(WARN, "red")
    plain.evaluate(
        """() => {
          const { state } = window.twinDesk.trame;
          const alarms = state.get("alarms");
          const [row] = alarms.groups[0].rows;
          const rows = [...Array(32).keys()].map((k) => ({ ...row, id: `a${k}`, open: k < 24 }));
          state.set("alarms", { ...alarms, groups: [{ ...alarms.groups[0], rows }] });
          state.set("duty", { may: true, name: "王工" });
        }"""
    )
    panel = plain.locator(".panel")
    expect(panel.get_by_role("button", name="确认 24 项")).to_be_visible()
    expect(panel.locator(".alarm-line")).to_have_count(3)
    panel.get_by_role("button", name="展开其余 29 项").click()
    expect(panel.locator(".alarm-line")).to_have_count(32)
    panel.locator(".alarm-line").nth(20).get_by_role("button", name="确认", exact=True).click()
    expect(panel.locator(".alarm-form")).to_contain_text("确认 1 项")

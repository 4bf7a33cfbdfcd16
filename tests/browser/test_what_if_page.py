"""The what-if panel in a browser: answered by keys alone, drawn by hand, read from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

POINTS = "() => window.twinDesk.trame.state.get('what_if').chart.points.inflow"
MOMENT = "() => window.twinDesk.trame.state.get('clock_at')"


def test_when_a_level_is_reached_by_keys_by_hand_and_from_a_file(page: Page, tmp_path: Path) -> None:
    page.keyboard.press("i")
    expect(page.locator("#whatif-start")).to_have_value("150.00")
    page.locator("#whatif-inflow").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("50")
    page.keyboard.press("Tab")
    expect(page.locator(".whatif-answer b").first).to_contain_text("涨到 157.50 m")

    # Refused words stay in the field and say why; the answer is still the old one.
    page.locator("#whatif-target").fill("999")
    page.keyboard.press("Enter")
    expect(page.locator(".whatif .gauge-refused")).to_contain_text("999")
    expect(page.locator("#whatif-target")).to_have_value("999")
    page.locator("#whatif-target").fill("155")
    page.keyboard.press("Enter")
    expect(page.locator(".whatif-answer b").first).to_contain_text("涨到 155.00 m")

    # Along the chart by keys: the scene follows in the frame of a what-if.
    page.locator(".plan-handle").focus()
    page.keyboard.press("PageDown")
    expect(page.locator(".frame-what-if")).to_be_visible()
    page.wait_for_function(f"({MOMENT})() != null")

    # A point is drawn with the mouse, moved by a key, removed by another.
    box = page.locator(".plan-flows").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.up()
    page.wait_for_function(f"({POINTS})().length === 2")
    before = page.evaluate(POINTS)[1][1]
    page.locator('.plan-point[data-series="inflow"]').nth(1).focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_function(f"({POINTS})()[1][1] > {before}")
    page.keyboard.press("Delete")
    page.wait_for_function(f"({POINTS})().length === 1")

    table = tmp_path / "wave.csv"
    table.write_bytes(
        "时间,入库流量(m³/s),出库流量(m³/s)\n2026-07-01,5,0\n2026-07-02,9,0\n".encode("gb18030")
    )
    page.locator(".whatif-series summary").first.click()
    page.locator(".whatif-file input").set_input_files(table)
    page.wait_for_function(f"({POINTS})().length === 2")
    expect(page.locator(".whatif-series .note").first).to_have_text("wave.csv")

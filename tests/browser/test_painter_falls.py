"""A painter that falls under a hand costs a moment, and neither Scene nor page."""

from __future__ import annotations

import signal
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RESTING

pytestmark = pytest.mark.browser

BACK_S = 5.0
"""Processor time of a new painter until it draws: it imports VTK and opens the basin."""


def painter_of(hub: psutil.Process) -> psutil.Process:
    """The painter of a server that has one; where several run, one of them."""
    return next(child for child in hub.children(recursive=True) if "apps.painter" in child.cmdline())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_painter_that_falls_is_replaced_and_everything_stands_where_it_was(
    page: Page, desk: Any, how: signal.Signals
) -> None:
    page.locator(".gauge-handle").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-figure=level] b")).to_have_text("160.00")
    page.wait_for_selector(RESTING)
    camera = page.evaluate("window.twinDesk.overlayNow.north_deg")
    fallen = painter_of(psutil.Process(desk.process.pid))
    fallen.send_signal(how)
    page.locator(".gauge-handle").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-figure=level] b")).not_to_have_text("160.00", timeout=20_000)
    new = painter_of(psutil.Process(desk.process.pid))
    assert new.pid != fallen.pid
    assert sum(new.cpu_times()[:2]) < BACK_S
    page.wait_for_selector(RESTING)
    assert page.evaluate("window.twinDesk.overlayNow.north_deg") == camera
    expect(page.locator(".toast")).to_have_count(0)

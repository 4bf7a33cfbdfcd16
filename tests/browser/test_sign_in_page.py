"""The link that a server prints makes its administrator; whoever is signed out is led to the sign-in page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.apps.command import twin
from tests.browser.axe import violations
from tests.browser.conftest import READY
from tests.browser.flood_basin import write_flood_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser

PASSWORD = "nine brown otters"


def test_the_first_administrator_signs_in_and_out_and_is_signed_out(
    blank: Page, serve: Callable[..., Any], shared_store: SharedStore, tmp_path: Path
) -> None:
    catalog, users = shared_store.build(write_flood_basin(tmp_path)), tmp_path / "users.toml"
    served = serve(catalog, options=("--users", str(users), "--painters", "1"))
    (link,) = re.findall(r"make the administrator at: (\S+)", served.log.read_text("utf-8"))
    assert link.startswith(served.url)

    blank.goto(link)
    assert violations(blank) == []
    blank.get_by_label("用户名").fill("Chen")
    blank.get_by_label("新密码").fill(PASSWORD)
    blank.get_by_label("再输一次").fill(PASSWORD)
    blank.get_by_role("button", name="设置并登录").click()
    blank.wait_for_selector(READY)
    blank.get_by_role("button", name="更多").click()
    expect(blank.locator(".tool-sign-out")).to_have_attribute("title", "退出登录：chen")
    scene = blank.evaluate("() => window.twinDesk.trame.state.get('link')")

    blank.locator(".tool-sign-out").click()
    blank.wait_for_url("**/sign-in")
    blank.goto(f"{served.url}?scene={scene}")
    blank.get_by_role("link", name="EN").click()  # asks for the same scene
    expect(blank.locator("html")).to_have_attribute("lang", "en")
    blank.get_by_label("User name").fill("chen")
    blank.get_by_label("Password").fill("not this one")
    blank.get_by_role("button", name="Sign in").click()
    expect(blank.get_by_role("alert")).to_have_text("User name or password is wrong")
    assert violations(blank) == []
    expect(blank.get_by_label("Password")).to_be_focused()
    blank.get_by_label("Password").fill(PASSWORD)
    blank.get_by_role("button", name="Sign in").click()
    blank.wait_for_selector(READY)
    # The desk begins in English; the link was made in Chinese.
    blank.wait_for_function("scene => window.twinDesk.trame.state.get('link') === scene", arg=scene)
    expect(blank.locator("html")).to_have_attribute("lang", "zh-CN")

    assert (
        "1 ended"
        in twin("user", "sessions", "--end-of", "chen", "--users", users, "--catalog", catalog).stdout
    )
    blank.wait_for_url("**/sign-in?*")  # within seconds, by itself
    expect(blank.get_by_label("User name")).to_be_focused()  # in the language that was chosen before

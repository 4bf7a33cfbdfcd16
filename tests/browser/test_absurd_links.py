"""A link that cannot be is refused in a line, and the page's texts go on."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from twin.scene import Scene

pytestmark = pytest.mark.browser


def changed(link: str, path: tuple[str, ...], value: object) -> str:
    """The link of a scene with one value changed."""
    plain: Any = json.loads(Scene.from_link(link).to_json())
    inner = plain
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(json.dumps(plain).encode()) + packer.flush()
    return "1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.mark.parametrize(
    ("path", "value", "zh", "en"),
    [
        (("moment", "valid_at"), "9999-12-31T23:59:59Z", "不可能的数值（moment.valid_at）", "cannot be"),
        (("camera", "target_north_m"), 0.0, "离本流域太远", "is it one of another basin"),
        (("moment", "level_m"), 8000.0, "不可能的数值", "cannot be"),  # above its own highest level
    ],
)
def test_it_is_refused_in_words_and_what_was_shown_goes_on(
    page: Page, desk: Served, path: tuple[str, ...], value: object, zh: str, en: str
) -> None:
    logged = len(desk.log.read_text())  # other tests send this server what fails
    link = page.wait_for_function("() => window.twinDesk.trame.state.get('link')").json_value()
    bad = changed(link, path, value)
    for words, button in ((zh, "EN"), (en, "中文")):
        page.evaluate("(link) => window.twinDesk.trame.trigger('open_link', [link])", bad)
        toast = page.locator(".toast")
        expect(toast).to_contain_text(words)
        assert "\n" not in toast.inner_text()
        expect(page.locator("[data-figure=level] b")).to_have_text("150.00")
        page.get_by_role("button", name=button).click()
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 151.5])")
    expect(page.locator("[data-figure=level] b")).to_have_text("151.50")
    assert "Traceback" not in desk.log.read_text()[logged:]

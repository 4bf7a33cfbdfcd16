"""A restricted layer is in one browser's page and picture, and in no part of another's."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.apps.hub.sign_in.people import PASSWORD, write_users
from tests.browser.conftest import RESTING
from tests.guarded import mark, write_guarded_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(
    shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]
) -> Any:
    folder = tmp_path_factory.mktemp("guarded")
    catalog = shared_store.build(write_guarded_basin(folder / "basin"))
    return serve(catalog, options=("--users", str(write_users(folder / "users.toml"))))


@pytest.fixture
def desks(chromium: Browser, served: Any) -> Iterator[dict[str, Page]]:
    """The desks of who sees all and of who sees what is public."""
    pages = {}
    for name in ("wang", "zhao"):
        context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720})
        page = pages[name] = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(served.url)
        page.fill("[name=user]", name)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(RESTING)
    yield pages
    for page in pages.values():
        page.context.close()


def magenta(page: Page) -> int:
    """How many pixels of the picture have the colour of the areas' outlines."""
    shot = page.locator(".twin-scene").screenshot()
    red, green, blue = np.moveaxis(np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.int16), 2, 0)
    return int(((red - green > 80) & (blue - green > 80) & (abs(red - blue) < 40)).sum())


def test_a_restricted_layer_is_seen_by_one_and_not_by_the_other(desks: dict[str, Page]) -> None:
    all_, public = desks["wang"], desks["zhao"]
    assert magenta(all_) > 2 * magenta(public) > 0
    for page in desks.values():
        page.keyboard.press("l")
        expect(page.get_by_text(mark("public", "areazh")).first).to_be_visible()
    expect(all_.get_by_text(mark("restricted", "areazh")).first).to_be_visible()
    assert "markrestricted" in all_.content()
    assert "markrestricted" not in public.content() and "markinternal" not in public.content()
    link = all_.evaluate("() => window.twinDesk.trame.state.get('link')")
    public.evaluate("link => window.twinDesk.trame.trigger('open_link', [link])", link)
    expect(public.locator(".toast")).to_contain_text("未向您开放")
    public.wait_for_selector(RESTING)
    assert (
        "markrestricted" not in public.content() and "restricted" not in public.locator(".toast").inner_text()
    )

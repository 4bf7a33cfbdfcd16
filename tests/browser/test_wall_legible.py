"""The wall's page in a browser: sizes of its texts, landmarks, the mark of what is not live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from twin.catalog.wall_site import WallScreen
from twin.legible import LEAST_ARCMIN, subtended_arcmin

SIZES = ((1920, 1080), (3840, 2160), (5760, 1080))

FONTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.textContent.trim();
    const by = node.parentElement;
    if (!text || !by.getClientRects().length) continue;
    found.push([text, parseFloat(getComputedStyle(by).fontSize), Boolean(by.closest(".twin-labels"))]);
  }
  return found;
}"""


@pytest.fixture
def wall(blank: Page, desk: Served) -> Page:
    blank.goto(desk.url + "wall")
    blank.wait_for_selector(".twin-scene[data-frame]")
    expect(blank.locator(".cover")).to_have_count(0)
    return blank


def test_no_text_is_under_eighteen_minutes_of_arc(wall: Page) -> None:
    screen = WallScreen()
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        scale = min(width / screen.pixels[0], height / screen.pixels[1])
        texts = wall.evaluate(FONTS)
        assert len(texts) > 10
        for text, font_px, over_picture in texts:
            # Names belong to the picture, whose pixels are the wall's: another page shows all of it.
            px, across = (font_px * scale, scale * screen.pixels[0]) if over_picture else (font_px, width)
            seen = subtended_arcmin(px, width_m=screen.width_m, distance_m=screen.distance_m, width_px=across)
            assert seen >= LEAST_ARCMIN * 0.999, (text, font_px, width)


def test_it_has_landmarks_and_names(wall: Page) -> None:
    expect(wall.get_by_role("banner")).to_have_count(1)
    expect(wall.get_by_role("main")).to_have_count(1)
    expect(wall.get_by_role("complementary")).to_have_count(2)
    for side in wall.get_by_role("complementary").all():
        assert side.get_attribute("aria-label")
    for card in wall.locator(".wall-card").all():
        assert card.get_attribute("aria-label")


def test_live_cards_are_marked_wherever_the_scene_is_not_live(wall: Page) -> None:
    """This basin has no stations: its wall shows a start level, which is not live."""
    expect(wall.locator(".wall-frame-tab b")).to_have_text("推演")
    cards = wall.locator(".wall-card")
    expect(cards.locator(".wall-live")).to_have_count(cards.count())
    expect(wall.locator(".wall-scene")).to_contain_text("水位")

"""The page speaks one language: whatever stands on it follows a switch, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import READY, Served
from tests.browser.links import link_with
from tests.browser.live_basin import serving, values, write_live_basin

pytestmark = pytest.mark.browser

LAKE, RIVER, RAIN = "30500001", "31000001", "30900001"
CALM = ((LAKE, "level", 151.0, 1.0), (RIVER, "level", 1.5, 1.0), (RAIN, "rain", 0.4, 60.0))
STRANGERS = (("31000009", "level", 1.0, 1.0), (RIVER, "ph", 7.0, 1.0))
"""Readings that are refused."""

ONLY_CHINESE = ("中文", "云溪镇", "北岭镇", "云溪河", "东村", "西村")
"""Names that the data has in Chinese alone, and the button that leads there."""
ONLY_ENGLISH = ("the cone's closed form", "invented, so that the cone's pool meets it")
"""What the catalog says of its sources, in one language."""

#: All that can be read: texts of the page, its hints and title, and what stations say over the scene.
READ = """() => {
  const said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest("script, style, noscript")) said.push(walk.currentNode.data);
  }
  for (const name of ["title", "aria-label", "placeholder"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) said.push(node.getAttribute(name));
  }
  for (const label of window.twinDesk.stats.overlay.labels) said.push(label.text, label.detail);
  return said.map((text) => (text || "").trim()).filter(Boolean);
}"""

#: Texts that are of the other language: Chinese characters, or four English words one after the other.
STRANGE = f"""([language, allowed]) => {{
  const foreign = language === "en" ? /[\\u4e00-\\u9fff]/ : /\\b[A-Za-z']{{2,}}(?:[ ,:;]+[a-z']{{2,}}){{3,}}/;
  const without = (text) => allowed.reduce((rest, name) => rest.replaceAll(name, ""), text);
  return ({READ})().filter((text) => foreign.test(without(text)));
}}"""


@pytest.fixture(scope="module")
def live(serve: Callable[[Path], Served], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A live basin with refused readings, a lost row, a broken layer and a village without a place."""
    from meshes.pipeline import build

    file = tmp_path_factory.mktemp("feed") / "now.json"
    values(file, *CALM, *STRANGERS)
    with serving(file) as url:
        catalog = write_live_basin(tmp_path_factory.mktemp("live"), url=url)
        table = catalog.parent / "stations.csv"
        table.write_text(table.read_text("utf-8") + "39999999,无处,Nowhere,stage,40.5,116.9,,,\n", "utf-8")
        build(catalog)
        served = serve(catalog)
        yield served


@pytest.fixture
def page(blank: Page, live: Served) -> Iterator[Page]:
    blank.goto(live.url)
    blank.wait_for_selector(READY)
    blank.evaluate(
        "() => window.twinDesk.trame.state.update({ panel: '', chart_open: false, help_open: false })"
    )
    for name in ("leave_flood", "close_card", "follow_live"):
        do(blank, name)
    expect(blank.locator(".chip-live")).to_be_visible()
    yield blank
    speak(blank, "zh")


def do(page: Page, name: str, *args: object) -> None:
    page.evaluate("([name, args]) => window.twinDesk.trame.trigger(name, args)", [name, list(args)])


def speak(page: Page, language: str) -> None:
    page.evaluate("(language) => window.twinDesk.trame.state.set('language', language)", language)
    lang = "en" if language == "en" else "zh-CN"
    page.wait_for_function(f"() => document.documentElement.lang === '{lang}'")


def is_whole(page: Page, language: str) -> None:
    """Wait until nothing of the other language is left."""
    told = [language, ONLY_CHINESE if language == "en" else ONLY_ENGLISH]
    try:
        page.wait_for_function(f"(told) => !({STRANGE})(told).length", arg=told, timeout=8000)
    except Error:
        assert page.evaluate(STRANGE, told) == []


def figure(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"[data-figure={name}]").click()


def panel(name: str) -> Callable[[Page], None]:
    return lambda page: page.evaluate("(name) => window.twinDesk.trame.state.set('panel', name)", name)


def in_what_if(page: Page) -> None:
    do(page, "set_water", "level", 158.7)
    expect(page.locator(".frame-what-if")).to_be_visible()


def in_replay(page: Page) -> None:
    do(page, "play_pause")
    expect(page.locator(".frame-history")).to_be_visible()
    do(page, "play_pause")
    expect(page.locator(".chart .main-svg").first).to_be_visible()


def by_an_old_link(page: Page) -> None:
    language = page.evaluate("() => window.twinDesk.trame.state.get('language')")
    do(page, "open_link", link_with(page, lambda scene: scene.language == language))
    expect(page.locator(".frame-history")).to_be_visible()


def at_a_station(page: Page) -> None:
    do(page, "open_station", LAKE)
    past = page.locator('.card[data-card="station"] .past')
    expect(past.locator(".main-svg, .note:not(:empty)").first).to_be_visible()


def at_a_point(page: Page) -> None:
    page.locator(".twin-scene").click(position={"x": 640, "y": 330})
    expect(page.locator('[data-card="point"]')).to_be_visible()


def with_a_message(page: Page) -> None:
    do(page, "open_link", "1.broken")
    expect(page.locator(".toast")).to_be_visible()


def with_what_was_typed(page: Page) -> None:
    page.locator(".gauge-type input").fill("ten")
    page.keyboard.press("Enter")
    expect(page.locator(".gauge-refused")).to_be_visible()


def with_help(page: Page) -> None:
    page.evaluate("() => window.twinDesk.trame.state.set('help_open', true)")
    expect(page.locator(".help")).to_be_visible()


PLACES: dict[str, tuple[Callable[[Page], None], ...]] = {
    "live, stations": (panel("stations"), at_a_station),
    "live, layers": (panel("layers"), figure("level")),
    "what-if, alarms": (in_what_if, panel("alarms"), figure("storage"), with_what_was_typed),
    "what-if, stations": (in_what_if, panel("stations"), figure("free_normal"), with_a_message),
    "history, views": (in_replay, panel("views"), figure("level")),
    "history, stations": (in_replay, panel("stations"), at_a_station),
    "a link, its panel": (by_an_old_link, panel("link"), figure("area")),
    "a point, help": (at_a_point, with_help),
}


@pytest.mark.parametrize("place", PLACES)
def test_all_that_is_shown_follows_the_language(place: str, page: Page) -> None:
    for step in PLACES[place]:
        step(page)
    is_whole(page, "zh")
    for language in ("en", "zh"):
        speak(page, language)
        is_whole(page, language)

"""Words over the scene keep off all that lies there, and are painted by the theme of saved pictures."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import READY, Served
from tests.browser.live_basin import serving, values, write_live_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser

PANELS = ("", "layers", "views", "link", "stations", "alarms")
STATIONS = 120

#: Boxes of words that touch what lies over the scene; looked for where pictures have brought words.
TOUCHING = """() => {
  const over = ".glass, .head, .frame-tab, .trouble, .notice, .compass, .scalebar";
  const boxes = [...document.querySelectorAll(over)].map((e) => [e.className, e.getBoundingClientRect()]);
  return window.twinDesk.stats.words.flatMap(([left, top, right, bottom]) => boxes
    .filter(([, b]) => left < b.right && right > b.left && top < b.bottom && bottom > b.top)
    .map(([name, b]) => [[left, top, right, bottom], String(name.baseVal ?? name), [b.left, b.top]]));
}"""
FREE = f"() => window.twinDesk.stats.words.length > 3 && ({TOUCHING})().length === 0"

OPEN = f"""() => {{
  const panel = document.createElement("div");
  panel.className = "glass";
  panel.style.cssText = "position:fixed;left:30%;top:30%;width:30%;height:40%";
  document.body.append(panel);
  return ({TOUCHING})().length;
}}"""

#: Whether a sign with an alarm, fresh words or old ones have the colour that their theme is given.
PAINT = """(path) => {
  const theme = structuredClone(window.twinDesk.trame.state.get("label_styles"));
  const last = path.pop();
  path.reduce((part, key) => part[key], theme)[last] = "#123456";
  const signs = new window.twinDesk.Signs(document.createElement("div"), theme);
  const sign = signs.sign({ kind: "station-rain", state: "fresh", rank: 2, tone: "red" }, 4);
  const label = { text: "测站", detail: "1 m", tone: "red" };
  const words = ["fresh", "stale"].map((state) => signs.words({ ...label, state }, 4));
  return [sign, ...words].some((picture) => {
    const { data } = picture.getContext("2d").getImageData(0, 0, picture.width, picture.height);
    for (let k = 0; k < data.length; k += 4) {
      if (data[k] === 18 && data[k + 1] === 52 && data[k + 2] === 86) return true;
    }
    return false;
  });
}"""


@pytest.fixture(scope="module")
def crowded(
    serve: Callable[[Path], Served],
    shared_store: SharedStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """A desk with stations from edge to edge of its home view."""
    folder = tmp_path_factory.mktemp("crowded")
    file = folder / "now.json"
    with serving(file) as url:
        catalog = write_live_basin(folder / "basin", url=url, more=STATIONS)
        values(file, *((f"4000{k:04d}", "rain", 0.4, 1.0) for k in range(STATIONS)))
        yield serve(shared_store.build(catalog))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_a_full_home_view_touch_nothing_that_lies_over_it(
    language: str, blank: Page, crowded: Served
) -> None:
    blank.set_viewport_size({"width": 1920, "height": 1080})
    blank.add_init_script("Object.defineProperty(window, 'devicePixelRatio', { get: () => 0.25 })")
    blank.goto(crowded.url)
    blank.wait_for_selector(READY)
    if language == "en":
        blank.get_by_role("button", name="EN").click()
        blank.wait_for_function("() => document.documentElement.lang === 'en'")
    blank.evaluate("() => window.twinDesk.trame.trigger('show_density', ['all'])")
    blank.wait_for_function("() => window.twinDesk.stats.words.length > 30")
    for panel in PANELS:
        blank.evaluate("(panel) => window.twinDesk.trame.state.set('panel', panel)", panel)
        blank.wait_for_function(f"() => window.twinDesk.trame.state.get('panel') === '{panel}'")
        blank.wait_for_function(FREE)
    blank.evaluate("() => window.twinDesk.trame.state.set('panel', '')")
    blank.evaluate("() => window.twinDesk.trame.state.set('language', 'zh')")


def test_words_under_a_panel_go_while_the_server_does_not_answer(blank: Page, crowded: Served) -> None:
    blank.goto(crowded.url)
    blank.wait_for_selector(READY)
    blank.evaluate("() => window.twinDesk.trame.trigger('show_density', ['all'])")
    blank.wait_for_function("() => window.twinDesk.stats.words.length > 10")
    crowded.hub.send_signal(signal.SIGSTOP)
    try:
        assert blank.evaluate(OPEN)
        blank.wait_for_function(FREE, timeout=3000)
    finally:
        crowded.hub.send_signal(signal.SIGCONT)


def test_signs_and_words_are_painted_by_the_theme(blank: Page, crowded: Served) -> None:
    blank.goto(crowded.url)
    blank.wait_for_selector(READY)
    station = ("kinds rain", "alarms red disc", "alarms red detail", "name colour", "detail old")
    colours = [["ink"], *(["station", *path.split()] for path in station)]
    assert [blank.evaluate(PAINT, path) for path in colours] == [True] * len(colours)

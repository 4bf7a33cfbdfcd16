"""What states mode, invented data, doubt or trouble is never covered, whatever is open and however wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from apps.painter.stamp import PREFERRED, stamp_place
from apps.painter.viewport import Viewport
from tests.browser.conftest import READY

pytestmark = pytest.mark.browser

SIZES = ((1280, 720), (1366, 768), (1440, 900), (1600, 900), (1600, 1200), (1920, 1080), (3840, 2160))
NOTES = {
    "zh": (
        "",
        "非实况",
        "2025 年 7 月洪水 · 非实况",
        "2026-07-28 14:35 · 43 分钟前 · 超出率定范围，外推值，仅供参考",
    ),
    "en": (
        "",
        "not live",
        "Flood of July 2025 · not live",
        "2026-07-28 14:35 · 43 minutes ago · extrapolated, not to be relied on",
    ),
}
PANELS = ("", "layers", "views", "link", "stations", "alarms")
WORDS = {
    "zh": {
        "mode": "情景推演",
        "live": "2026-07-28 14:35",
        "behind": "正在构建 37/43",
        "mark": "延用公布值",
        "remark": "水位高于曲线，库容为外推值",
        "notice": "已有新数据版本（2026-07-28 14:35）；此处仍显示 5910a0f6e36c",
        "change": "打开新版本",
        "trouble": "实时服务已中断，正在重新连接；显示的是最后收到的数值，请核对时间",
    },
    "en": {
        "mode": "Historical replay",
        "live": "2026-07-28 14:35",
        "behind": "building 37/43",
        "mark": "last published",
        "remark": "Above the curve: storage is extrapolated",
        "notice": "Newer data (2026-07-28 14:35); this view still shows 5910a0f6e36c",
        "change": "Open the new one",
        "trouble": "The live service is away and is called again; what is shown is what came last",
    },
}

#: What is shown is set in the browser alone; the server keeps what it has.
DRESS = """([words, panel, note, trouble]) => {
  const { state } = window.twinDesk.trame;
  const set = (key, value) => state.set(key, { ...state.get(key), ...value });
  set("head", { synthetic: true, tone: "what-if", mode: words.mode, note, live_time: note ? words.live : "",
                live_since_s: 0, live_tone: "old", can_follow: true });
  set("stations", { available: true });
  set("alarms", { count: 61, open: 57, rank: 1 });
  const marked = (figure, k) => ({ ...figure, mark: k < 2 ? words.mark : "" });
  const figures = state.get("readout").figures.map(marked);
  set("readout", { remarks: [words.remark], figures });
  state.set("behind", words.behind);
  state.set("trouble", trouble ? words.trouble : "");
  state.set("notice", trouble ? { text: words.notice, action: words.change } : { text: "" });
  state.set("panel", panel);
}"""

#: Two frames: what was set is on the page then, and the words that follow from it.
LAID_OUT = """async () => {
  for (let k = 0; k < 2; k += 1) await new Promise(requestAnimationFrame);
}"""

#: Every statement must be what is found at points all over it, inside the window.
COVERED = """() => {
  const said = ".frame-tab, .trouble, .notice, .chip-synthetic, .chip-live, .chip-behind, .remark, " +
    ".twin-lost";
  const faults = [];
  for (const node of document.querySelectorAll(said)) {
    const box = node.getBoundingClientRect();
    for (let e = node; e; e = e.parentElement) e.style.pointerEvents = "auto";
    for (const u of [0.06, 0.3, 0.5, 0.7, 0.94]) for (const v of [0.2, 0.5, 0.8]) {
      const [x, y] = [box.left + u * box.width, box.top + v * box.height];
      const found = document.elementFromPoint(x, y);
      const over = found ? found.className : "the window's edge";
      if (!found || !node.contains(found)) faults.push(`${node.className} under ${over}`);
    }
    for (let e = node; e; e = e.parentElement) e.style.pointerEvents = "";
    if (node.scrollWidth > node.clientWidth + 1) faults.push(`${node.className} is cut off`);
  }
  for (const node of document.querySelectorAll(".readout, .gauge-card, .frame-tab")) {
    if (node.scrollWidth > node.clientWidth + 1) faults.push(`${node.className} is too narrow`);
  }
  return [...new Set(faults)];
}"""


@pytest.fixture
def dressed(blank: Page, desk: Any) -> Iterator[Page]:
    """The page with pictures of a quarter of its pixels: its layout is what is looked at. Left in Chinese."""
    blank.add_init_script("Object.defineProperty(window, 'devicePixelRatio', { get: () => 0.25 })")
    blank.goto(desk.url)
    blank.wait_for_selector(READY)
    yield blank
    blank.evaluate("() => window.twinDesk.trame.state.set('language', 'zh')")
    blank.wait_for_function("() => document.documentElement.lang.startsWith('zh')")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_covers_what_says_how_far_to_trust_the_page(
    language: str, size: tuple[int, int], dressed: Page
) -> None:
    dressed.set_viewport_size({"width": size[0], "height": size[1]})
    if language == "en":
        dressed.get_by_role("button", name="EN").click()
        dressed.wait_for_function("() => document.documentElement.lang === 'en'")
    for note in NOTES[language]:
        for panel in PANELS:
            for trouble in (False, True):
                dressed.evaluate(DRESS, [WORDS[language], panel, note, trouble])
                dressed.wait_for_function(
                    "(note) => document.querySelector('.frame-tab').innerText.includes(note)", arg=note
                )
                dressed.evaluate(LAID_OUT)
                assert dressed.evaluate(COVERED) == [], (note, panel, trouble)
    if language == "en":
        dressed.get_by_role("button", name="中文").click()


def test_the_stamp_of_invented_data_moves_out_from_under_a_panel() -> None:
    from layers.labels.painter import stamp_box

    head, readout, gauge = (0.0, 0.0, 1280.0, 54.0), (16.0, 57.0, 280.0, 310.0), (1024.0, 57.0, 1264.0, 618.0)
    alarms = (607.0, 57.0, 1012.0, 500.0)
    for panels in ((head, readout, gauge), (head, readout, gauge, alarms)):
        view = Viewport(width=1280.0, height=720.0, panels=panels)
        left, top, right, bottom = stamp_box(stamp_place(view), (1280.0, 720.0))
        for x, y, r, b in panels:
            assert not (left < r and x < right and top < b and y < bottom)
    assert stamp_place(Viewport()) == PREFERRED

"""The desk in a real browser, as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.links import link_with

pytestmark = pytest.mark.browser

SCENE = ".twin-scene"
PICTURE = """() => {
  const small = Object.assign(document.createElement("canvas"), { width: 32, height: 18 });
  const context = small.getContext("2d");
  context.drawImage(document.querySelector(".twin-picture"), 0, 0, 32, 18);
  return [...context.getImageData(0, 0, 32, 18).data].join();
}"""
LARGE = "() => document.querySelector('.twin-picture').width >= 1280"


def resting(page: Page) -> str:
    """The picture once the scene rests and its still is smooth: no other follows it."""
    page.wait_for_selector(f'{SCENE}[data-smooth="true"]')
    return str(page.evaluate(PICTURE))


def after(page: Page, act: Callable[[], object]) -> str:
    """The resting picture after something was done that changes it."""
    before = resting(page)
    act()
    page.wait_for_function(
        f"document.querySelector('{SCENE}').dataset.smooth === 'true' && ({PICTURE})() !== '{before}'"
    )
    return resting(page)


def becomes(page: Page, picture: str) -> None:
    """Wait until the scene shows a picture again."""
    page.wait_for_function(f"({PICTURE})() === '{picture}'")


def figure(page: Page, name: str) -> float:
    return float(page.locator(f"[data-figure={name}] b").inner_text().replace(",", ""))


def test_the_first_picture_comes_with_the_figures_in_chinese(page: Page) -> None:
    expect(page.locator("h1").first).to_contain_text("小流域")
    expect(page.locator(".chip-synthetic")).to_have_text("合成数据")
    expect(page.locator(".frame-tab b")).to_have_text("情景推演")
    assert figure(page, "level") == 150.0
    assert figure(page, "storage") == pytest.approx(1131.0, abs=0.2)  # 万m³
    assert len(set(resting(page).split(","))) > 40
    page.wait_for_function(LARGE)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_no_request_leaves_for_another_host(blank: Page, desk: object) -> None:
    hosts: set[str] = set()
    blank.on("request", lambda request: hosts.add(re.sub(r"^(\w+:)?//([^/]*).*", r"\2", request.url)))
    blank.on("websocket", lambda socket: hosts.add(re.sub(r"^\w+://([^/]*).*", r"\1", socket.url)))
    blank.goto(desk.url)  # type: ignore[attr-defined]
    blank.wait_for_selector(f'{SCENE}[data-still="true"]')
    blank.keyboard.press("c")
    chart = blank.wait_for_selector(".chart .js-plotly-plot")
    box = None if chart is None else chart.bounding_box()
    assert box is not None
    blank.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(blank.locator(".track-hover")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d.*水位.*m"))
    blank.mouse.down()  # seeks
    blank.mouse.up()
    blank.wait_for_function(
        "() => { const c = twinDesk.trame.state.get('clock');"
        " return c.active && Math.abs(c.now - (c.start + c.end) / 2) < 0.02 * (c.end - c.start) }"
    )
    blank.keyboard.press("?")
    fonts = blank.evaluate(
        "document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').map(x => x.family))"
    )
    assert fonts == [], "the system's are good enough, and a font weighs more than the page"
    assert {host for host in hosts if not host.startswith(("data:", "blob:"))} == {f"127.0.0.1:{desk.port}"}  # type: ignore[attr-defined]


def test_no_message_is_read_through_a_blob(blank: Page, desk: object) -> None:
    """Browsers keep Blobs in another process; reading each message through one cost a quarter of a frame."""
    blank.add_init_script(
        "window.blobs = 0;"
        "for (const name of ['slice', 'arrayBuffer', 'text', 'stream']) {"
        "  const original = Blob.prototype[name];"
        "  Blob.prototype[name] = function (...args) { blobs += 1; return original.apply(this, args); };"
        "}"
    )
    blank.goto(desk.url)  # type: ignore[attr-defined]
    resting(blank)
    assert blank.evaluate("window.blobs") == 0
    assert blank.evaluate("new Blob(['x']).slice(0, 1).text().then(() => window.blobs)") == 2


def test_the_slider_moves_water_and_figures_by_hand_by_key_and_by_typing(page: Page) -> None:
    low = resting(page)
    page.locator(".gauge-handle").focus()
    high = after(page, lambda: page.keyboard.press("End"))
    assert figure(page, "level") == 160.0
    assert high != low
    expect(page.locator("[data-figure=free_normal] .figure-label")).to_have_text("超正常蓄水位")
    page.keyboard.press("PageDown")
    expect(page.locator("[data-figure=level] b")).to_have_text("158.50")
    page.locator(".gauge-mark", has_text="正常蓄水位").click()
    expect(page.locator("[data-figure=level] b")).to_have_text("157.50")
    expect(page.locator("[data-figure=free_normal] b")).to_have_text("0.0")
    page.get_by_role("radio", name="按水位").click()
    expect(page.locator(".gauge-type span")).to_have_text("m")
    page.locator(".gauge-type input").fill("151.25")
    page.keyboard.press("Enter")
    expect(page.locator("[data-figure=level] b")).to_have_text("151.25")
    page.locator(".gauge-type input").fill("1131")  # a storage
    page.keyboard.press("Enter")
    refused = page.locator(".gauge-refused")
    expect(refused).to_contain_text("水位 1,131 m 不在 126.00–160.00 m 之内")
    expect(page.locator(".gauge-type input")).to_have_value("1131")  # to be mended
    expect(page.locator("[data-figure=level] b")).to_have_text("151.25")
    refused.get_by_role("button", name="蓄水量 1,131 万m³？").click()
    expect(page.locator("[data-figure=level] b")).to_have_text("150.00")
    expect(refused).to_have_count(0)
    for text, words in (("abc", "“abc”不是数值"), ("157,5", "逗号"), ("", "请输入数值")):
        page.locator(".gauge-type input").fill(text)
        page.keyboard.press("Enter")
        expect(refused).to_contain_text(words)
        expect(page.locator("[data-figure=level] b")).to_have_text("150.00")
    page.locator(".gauge-type input").fill("１５１．２５ｍ")
    page.keyboard.press("Enter")
    expect(page.locator("[data-figure=level] b")).to_have_text("151.25")
    expect(refused).to_have_count(0)
    box = page.locator(".gauge-track").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 0.5 * box["height"], steps=5)
    page.mouse.up()
    expect(page.locator("[data-figure=level] b")).to_have_text("143.00")


def test_the_scene_turns_moves_and_zooms_and_rests_in_full_resolution(page: Page) -> None:
    pictures = [resting(page)]

    def drag(button: str) -> None:
        page.mouse.move(600, 250)
        page.mouse.down(button=button)  # type: ignore[arg-type]
        page.mouse.move(680, 280, steps=6)
        page.mouse.up(button=button)  # type: ignore[arg-type]

    pictures.append(after(page, lambda: drag("left")))
    pictures.append(after(page, lambda: drag("right")))
    pictures.append(after(page, lambda: page.mouse.wheel(0, -300)))
    page.locator(SCENE).focus()
    pictures.append(after(page, lambda: page.keyboard.press("ArrowLeft")))
    assert len(set(pictures)) == len(pictures)
    page.keyboard.press("h")
    becomes(page, pictures[0])  # home is where it began
    page.wait_for_function(LARGE)


def test_every_figure_says_where_it_comes_from(page: Page) -> None:
    for name in ("storage", "level", "area", "free_normal", "free_design"):
        page.locator(f"[data-figure={name}]").click()
        card = page.locator('[data-card="provenance"]')
        expect(card).to_contain_text("来源")
        for word in ("质量", "算法", "数据版本", "高程基准"):
            expect(card).to_contain_text(word)
    expect(page.locator('[data-card="provenance"]')).to_contain_text("the cone's closed form")
    page.keyboard.press("Escape")
    expect(page.locator("[data-card]")).to_have_count(0)


def test_a_click_on_the_ground_tells_what_is_known_there(page: Page) -> None:
    page.locator(SCENE).click(position={"x": 640, "y": 330})
    card = page.locator('[data-card="point"]')
    expect(card).to_contain_text("确定受淹")
    for word in ("地面高程", "水深", "淹没起始水位", "° N"):
        expect(card).to_contain_text(word)
    page.locator(".gauge-handle").focus()
    page.keyboard.press("Home")
    expect(card).to_contain_text(re.compile("未受淹|受淹"))  # the card follows the water


def test_layers_are_hidden_and_shown_and_a_broken_one_says_why(page: Page) -> None:
    wet = after(page, lambda: page.keyboard.press("l"))  # "synthetic data" goes where the panel does not lie
    water = page.locator('[data-layer="water"]')
    dry = after(page, lambda: water.get_by_role("switch").click())
    assert dry != wet
    expect(water.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    water.get_by_role("switch").click()
    becomes(page, wet)
    faded = after(page, lambda: water.get_by_role("slider").fill("30"))
    assert faded != wet
    after(page, lambda: water.get_by_role("slider").fill("100"))
    broken = page.locator('[data-layer="roads"]')
    expect(broken.get_by_role("switch")).to_be_disabled()
    expect(broken).to_contain_text("roads_that_are_missing.geojson")
    lost = page.locator('[data-layer="villages"] .layer-note')
    expect(lost).to_have_text("数据存疑或不全：1 个要素没有几何，已略去")


def test_how_many_names_there_are_is_chosen_and_kept_in_the_link(page: Page) -> None:
    page.keyboard.press("l")
    for words, density in (("少", "few"), ("全部", "all"), ("适中", "normal")):
        choice = page.locator(".density").get_by_role("radio", name=words)
        choice.click()
        expect(choice).to_have_attribute("aria-checked", "true")
        link_with(page, lambda scene, density=density: scene.density == density)


def test_english_is_complete(page: Page) -> None:
    page.keyboard.press("e")
    expect(page.locator(".frame-tab b")).to_have_text("What-if")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for key, place in (("l", ".panel"), ("v", ".panel"), ("k", ".panel"), ("?", ".help")):
        page.keyboard.press(key)
        page.wait_for_selector(place)
        seen = page.evaluate(
            "[...document.querySelectorAll('.head, .left, .right, .panel, .timebar, .help, .frame')]"
            ".map(e => e.innerText).join(' ').replaceAll('中文', '')"
        )
        assert re.findall("[\u4e00-\u9fff]+", seen) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(".frame-tab b")).to_have_text("情景推演")


def test_the_flood_plays_pauses_is_scrubbed_and_left(page: Page) -> None:
    page.keyboard.press(" ")
    expect(page.locator(".frame-history .frame-tab b")).to_have_text("历史重演")
    page.wait_for_function("document.querySelector('.track-handle').ariaValueNow > 1753600000")
    page.keyboard.press(" ")
    expect(page.locator(".play .icon")).to_have_attribute("data-icon", "play")
    page.locator(".track-handle").focus()
    page.keyboard.press("End")
    expect(page.locator(".timebar-name b")).to_have_text("2025-07-30 10:00")
    expect(page.locator(".flow-level")).to_contain_text("154.98")  # as it was published
    expect(page.locator(".flow-level .mark")).to_have_text("公布值")
    expect(page.locator(".flow-inflow .mark")).to_have_text("重建值")
    expect(page.locator(".gauge-highest-text")).to_contain_text("155.0")
    expect(page.locator(".gauge-mark", has_text="汛限水位")).to_be_visible()  # the season of the moment
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".timebar-name b")).to_have_text("2025-07-30 09:00")
    expect(page.locator(".flow-level .mark")).to_have_text("重建值")
    page.get_by_role("button", name="退出重演").click()
    expect(page.locator(".frame-what-if")).to_be_visible()


def test_a_permanent_link_shows_the_same_again(page: Page, desk: object) -> None:
    page.keyboard.press("u")
    expect(page.locator(".gauge-type span")).to_have_text("m")
    page.locator(".gauge-type input").fill("153.4")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("[data-figure=level] b")).to_have_text("153.40")
    page.locator(SCENE).focus()
    resting(page)
    old = page.evaluate("twinDesk.trame.state.get('link')")
    seen = after(page, lambda: page.keyboard.press("ArrowRight"))
    page.wait_for_function(f"twinDesk.trame.state.get('link') !== '{old}'")
    page.keyboard.press("k")
    link = page.input_value("#permanent-link")
    assert "scene=2." in link
    page.keyboard.press("Escape")
    after(page, lambda: page.keyboard.press("h"))
    page.locator(".gauge-handle").focus()
    page.keyboard.press("End")
    page.goto(link)
    page.wait_for_selector(f'{SCENE}[data-still="true"]')
    expect(page.locator("[data-figure=level] b")).to_have_text("153.40")
    becomes(page, seen)
    page.goto(f"{desk.url}?scene=1.broken")  # type: ignore[attr-defined]
    expect(page.locator(".toast")).to_contain_text("链接无效")
    page.keyboard.press("Escape")


def test_everything_is_reached_by_tab_and_shows_its_focus(page: Page) -> None:
    page.locator("body").focus()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement; return e === document.body ? '' : "
                "[e.className, e.matches(':focus-visible')].join('|'); })()"
            )
        )
    names = " ".join(reached)
    for part in (
        "twin-scene",
        "tool",
        "figure",
        "switch-part",
        "gauge-handle",
        "gauge-mark",
        "play",
        "track-handle",
    ):
        assert part in names
    assert all(name.endswith("true") for name in reached if name)


def test_without_stations_their_keys_open_nothing(page: Page) -> None:
    for key in ("a", "m"):
        page.keyboard.press(key)
        page.wait_for_function("() => window.twinDesk.trame.state.get('panel') !== ''")
        expect(page.locator(".panel")).to_have_count(0)
        page.keyboard.press("Escape")


def test_help_lists_the_shortcuts_and_closes_again(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator(".help")).to_contain_text("Space")
    page.keyboard.press("Escape")
    expect(page.locator(".help")).to_be_hidden()


NOTE = """() => {
  const { stats, tell } = window.twinDesk;
  window.frames_told = [];
  let told = null;
  window.twinDesk.tell = (what) => { told = what; tell(what); };
  const painted = stats.painted.bind(stats);
  stats.painted = (meta) => {
    painted(meta);
    const level = told.readout.figures.find((one) => one.id === "level").value;
    const now = told.clock.text;
    const note = async () => {
      for (let turn = 0; turn < 50; turn += 1) await null;  // still the task that paints the frame
      window.frames_told.push([
        level, document.querySelector("[data-figure=level] b").textContent,
        now, document.querySelector(".timebar-name b").textContent]);
    };
    note();
  };
}"""


def test_figures_and_time_change_with_the_frame_they_belong_to(page: Page) -> None:
    page.evaluate(NOTE)
    box = page.locator(".gauge-track").bounding_box()
    assert box is not None
    x = box["x"] + box["width"] - 5
    page.mouse.move(x, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for step in range(1, 41):
        page.mouse.move(x, box["y"] + (0.2 + 0.015 * step) * box["height"])
    page.mouse.up()
    page.wait_for_selector(f'{SCENE}[data-smooth="true"]')
    page.evaluate("() => twinDesk.trame.trigger('scrub', [twinDesk.trame.state.get('clock').start])")
    page.keyboard.press(" ")
    page.wait_for_function("new Set(window.frames_told.map((one) => one[2])).size > 5")
    page.keyboard.press(" ")
    told = page.evaluate("window.frames_told")
    assert len({level for level, *_ in told}) > 5
    assert [(level, now) for level, _, now, _ in told] == [(on, clock) for _, on, _, clock in told]

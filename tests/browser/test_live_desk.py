"""The desk of a live basin: the lake follows its gauge, stations stand there, alarms wait to be seen."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, Served
from tests.browser.links import link_with
from tests.browser.live_basin import feeding, values, write_live_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser

LAKE, RIVER, RAIN = "30500001", "31000001", "30900001"
CALM = ((LAKE, "level", 151.0, 1.0), (RIVER, "level", 1.5, 1.0), (RAIN, "rain", 0.4, 60.0))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A file that is served, and its address."""
    with feeding(tmp_path_factory.mktemp("feed"), *CALM) as file_and_url:
        yield file_and_url


@pytest.fixture(scope="module")
def live(
    serve: Callable[[Path], Served],
    told: tuple[Path, str],
    shared_store: SharedStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Served:
    catalog = write_live_basin(tmp_path_factory.mktemp("live"), url=told[1])
    return serve(shared_store.build(catalog))


@pytest.fixture
def page(blank: Page, live: Served) -> Page:
    blank.goto(live.url)
    blank.wait_for_selector(READY)
    blank.evaluate("() => window.twinDesk.trame.state.update({ panel: '', chart_open: false })")
    blank.evaluate("() => window.twinDesk.trame.trigger('follow_live', [])")
    expect(blank.locator(".chip-live")).to_be_visible()
    return blank


OVER = "window.twinDesk.stats.overlay"


def signs(page: Page) -> dict[str, dict[str, Any]]:
    """The stations' signs that were painted last, by code."""
    found = page.evaluate(f"() => {OVER}.marks.filter((mark) => mark.state)")
    return {mark["id"]: mark for mark in found}


def words(page: Page, name: str) -> dict[str, Any]:
    """The words of a station, once they are there."""
    find = f"() => {OVER} && {OVER}.labels.find((label) => label.state && label.text === {name!r})"
    page.wait_for_function(find)
    found: dict[str, Any] = page.evaluate(find)
    return found


def level_shown(page: Page) -> str:
    return page.locator(".figure", has_text="水位").locator("b").first.inner_text()


def test_a_fresh_desk_shows_the_present_and_says_of_when(page: Page) -> None:
    expect(page.locator(".chip-live")).to_contain_text(re.compile(r"实况 \d{4}-\d\d-\d\d \d\d:\d\d"))
    expect(page.locator(".frame")).to_have_count(0)
    assert level_shown(page) == "151.00"


def test_a_new_level_moves_the_water_within_a_moment(page: Page, told: tuple[Path, str]) -> None:
    values(told[0], (LAKE, "level", 151.03, 0.1), *CALM[1:])
    page.wait_for_function("() => document.body.innerText.includes('151.03')")
    values(told[0], (LAKE, "level", 151.0, 0.01), *CALM[1:])
    page.wait_for_function("() => document.body.innerText.includes('151.00')")


def test_a_what_if_is_framed_and_there_is_a_way_back(page: Page) -> None:
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 140])")
    expect(page.locator(".frame-what-if")).to_be_visible()
    page.get_by_role("button", name="回到实况").click()
    expect(page.locator(".frame")).to_have_count(0)
    expect(page.locator(".chip-live")).to_be_visible()


def lake_words(page: Page, pattern: str) -> str:
    """What the lake's own gauge says, once it is of a pattern."""
    find = (
        f"() => {OVER} && {OVER}.labels.find((label) => label.state && label.text === '大坝水位站'"
        f" && /{pattern}/.test(label.detail))"
    )
    page.wait_for_function(find)
    return str(page.evaluate(f"({find})().detail"))


def test_stations_stand_in_the_scene_and_old_values_say_so(page: Page) -> None:
    fresh, old = words(page, "云溪水位站"), words(page, "北岭雨量站")
    assert re.fullmatch(r"1\.50 m .*· (刚刚|\d+(秒|分)前)", fresh["detail"])
    assert (fresh["state"], old["state"]) == ("fresh", "stale")
    assert re.fullmatch(r"5 分钟 0\.4 mm · 过时 1时前", old["detail"])
    assert set(signs(page)) == {LAKE, RIVER, RAIN}
    painted = page.locator("canvas.twin-signs").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let inked = 0;
          for (let k = 3; k < data.length; k += 4) inked += data[k] > 0;
          return inked;
        }"""
    )
    assert painted > 3000


def test_a_click_on_a_station_opens_its_card_with_its_past(page: Page) -> None:
    label = words(page, "云溪水位站")
    page.mouse.click(label["x"] * 1280 + label["dx"], label["y"] * 720 + label["dy"])
    card = page.locator('.card[data-card="station"]')
    expect(card).to_contain_text("云溪水位站")
    expect(card).to_contain_text("接口")
    expect(card.locator(".past-chart .main-svg").first).to_be_visible()
    link = link_with(page, lambda scene: scene.selection is not None)
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    link_with(page, lambda scene: scene.selection is None)
    page.evaluate("(link) => window.twinDesk.trame.trigger('open_link', [link])", link)
    expect(card).to_contain_text("云溪水位站")


def test_the_list_filters_and_finds(page: Page) -> None:
    page.get_by_role("button", name="测站").click()
    expect(page.locator(".station")).to_have_count(3)
    page.locator(".pick", has_text="雨量").click()
    expect(page.locator(".station")).to_have_count(1)
    link_with(page, lambda scene: scene.filter.kinds == {"rain"})
    page.wait_for_function(f"() => {OVER}.marks.filter((mark) => mark.state).length === 1")
    page.locator(".pick", has_text="雨量").click()
    page.locator("input[type=search]").fill("云溪")
    expect(page.locator(".station")).to_have_count(1)
    page.locator("input[type=search]").fill("")
    expect(page.locator(".station")).to_have_count(3)
    expect(page.locator(".feed")).to_contain_text("接口")


def test_keys_open_the_panels_of_alarms_and_stations(page: Page) -> None:
    for key, name in (("a", "报警"), ("m", "测站")):
        page.keyboard.press(key)
        expect(page.locator(f".panel[aria-label={name}]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)


def test_an_alarm_waits_to_be_seen_and_says_by_whom_it_was(page: Page, told: tuple[Path, str]) -> None:
    page.evaluate(f"() => window.twinDesk.trame.trigger('open_station', ['{RIVER}', false])")
    values(told[0], CALM[0], (RIVER, "level", 1.52, 0.9), CALM[2])
    for level, ago in ((2.2, 0.6), (2.9, 0.4), (3.4, 0.2), (3.45, 0.1)):
        values(told[0], CALM[0], (RIVER, "level", level, ago), CALM[2])
        page.wait_for_function(f"() => document.body.innerText.includes('{level:.2f} m')")
    bell = page.locator(".tool-alarms")
    expect(bell).to_contain_text("1")
    bell.click()
    group = page.locator(".alarm-group")
    expect(group).to_contain_text("超警戒水位 3.00 m")
    group.get_by_role("button", name="确认", exact=True).click()
    form = page.locator(".alarm-form")
    expect(form.get_by_label("备注（可不填）")).to_be_focused()
    form.get_by_role("button", name="确认 1 项").click()
    expect(form).to_be_visible()  # a name is needed where nobody signs in
    form.get_by_label("备注（可不填）").fill("已电话核实")
    form.get_by_label("确认人").fill("王工")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("已确认 1 项报警")
    expect(group).to_contain_text("已确认 · 王工")
    expect(group).to_contain_text("已电话核实")
    # Signs come with the next picture or on their own, the list by another way.
    page.wait_for_function(f"() => {OVER}.marks.some((mark) => mark.rank === 3)")
    assert [mark["id"] for mark in signs(page).values() if mark["rank"] == 3] == [RIVER]
    group.get_by_role("button", name="搁置", exact=True).click()
    form.get_by_role("button", name="搁置 1 项").click()
    expect(group).to_contain_text(re.compile(r"搁置至 \d{4}-\d\d-\d\d \d\d:\d\d · 王工"))
    expect(group.get_by_role("button", name="搁置", exact=True)).to_have_count(0)
    page.wait_for_function(f"() => {OVER}.marks.every((mark) => !mark.rank)")
    group.get_by_role("button", name="取消搁置", exact=True).click()
    form.get_by_role("button", name="取消搁置 1 项").click()
    expect(group.get_by_role("button", name="确认", exact=True)).to_be_visible()


COVERED = """() => {
  const tab = document.querySelector(".frame-tab").getBoundingClientRect();
  return [...document.querySelectorAll(".head > *, .glass")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.left < tab.right && tab.left < box.right && box.top < tab.bottom && tab.top < box.bottom;
  }).map((e) => e.className);
}"""


def test_over_a_what_if_the_gauge_says_that_it_is_live_and_can_be_silent(page: Page) -> None:
    """Two levels of the lake in one picture: each says which it is."""
    page.evaluate("() => window.twinDesk.trame.trigger('set_water', ['level', 140])")
    lake_words(page, "^实况 151\\.00 m")
    page.get_by_role("button", name="测站").click()
    expect(page.locator(".of-when")).to_contain_text("画面水位不是当前的")
    page.get_by_role("checkbox", name="在非实况画面上显示实况值").uncheck()
    lake_words(page, "^$")
    page.get_by_role("checkbox", name="在非实况画面上显示实况值").check()
    lake_words(page, "^实况 151\\.00 m")


def test_in_a_replay_stations_say_what_was_observed_then_or_that_nothing_was(
    page: Page, told: tuple[Path, str]
) -> None:
    """The flood of the catalog lies years before the first observation."""
    lake_words(page, "^151\\.00 m")
    page.keyboard.press("Space")
    expect(page.locator(".frame-history")).to_be_visible()
    page.keyboard.press("c")  # the chart, which covers signs
    page.wait_for_function(
        f"() => {OVER}.labels.some((label) => label.state) &&"
        f" {OVER}.labels.every((label) => !label.state || label.detail === '当时无记录')"
    )
    page.keyboard.press("Space")
    page.get_by_role("button", name="测站").click()
    expect(page.locator(".of-when")).to_contain_text("画面时刻")
    page.get_by_role("button", name="回到实况").click()
    lake_words(page, "^151\\.00 m")


def test_a_link_of_a_live_moment_shows_what_the_gauge_said_then(page: Page, told: tuple[Path, str]) -> None:
    values(told[0], (LAKE, "level", 151.03, 0.0), *CALM[1:])
    lake_words(page, "^151\\.03 m")
    link = link_with(page, lambda scene: scene.moment.level_m == 151.03)
    page.wait_for_function("(was) => Date.now() > was + 1000", arg=1000 * int(time.time()))  # another second
    values(told[0], (LAKE, "level", 151.0, 0.0), *CALM[1:])
    lake_words(page, "^151\\.00 m")
    page.evaluate("(link) => window.twinDesk.trame.trigger('open_link', [link])", link)
    expect(page.locator(".frame-history")).to_be_visible()
    assert re.fullmatch(r"151\.03 m · \d{4}-\d\d-\d\d \d\d:\d\d", lake_words(page, "151\\.03"))


def test_a_level_in_doubt_moves_no_water_and_nothing_covers_what_says_so(
    page: Page, told: tuple[Path, str]
) -> None:
    values(told[0], (LAKE, "level", 147.0, 0.0), *CALM[1:])  # four metres at once
    tab = page.locator(".frame-stale .frame-tab")
    expect(tab).to_contain_text("最新水位存疑")
    expect(tab).to_contain_text("大坝水位站")
    expect(tab).to_contain_text("147.00 m")
    doubted = f"{OVER}.labels.some((label) => /147.00 m.*存疑/.test(label.detail))"
    page.wait_for_function(f"() => {doubted}")
    assert level_shown(page) == "151.00"
    assert page.evaluate(COVERED) == []
    page.get_by_role("button", name="EN").click()
    expect(page.locator(".frame-tab")).to_contain_text("Newest level in doubt")
    assert page.evaluate(COVERED) == []
    page.get_by_role("button", name="中文").click()
    values(told[0], (LAKE, "level", 151.0, 0.0), *CALM[1:])
    expect(page.locator(".frame")).to_have_count(0)


def test_what_cannot_be_done_is_said_in_chinese(page: Page) -> None:
    page.evaluate("() => window.twinDesk.trame.trigger('acknowledge', [['level:none@1'], '王工'])")
    toast = page.get_by_role("alert")
    expect(toast).to_contain_text("这条报警已结束")
    assert not re.search("[a-z]", toast.inner_text())


def test_english_is_whole(page: Page) -> None:
    page.get_by_role("button", name="EN").click()
    expect(page.locator(".chip-live")).to_contain_text("Live")
    words(page, "Yunxi gauge")
    page.get_by_role("button", name="Stations").click()
    text = page.locator(".panel").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", text.replace("云溪镇", "").replace("北岭镇", "")), text
    page.get_by_role("button", name="中文").click()


def test_when_the_live_service_dies_the_desk_says_so_and_comes_back(page: Page, live: Served) -> None:
    service = next(
        child
        for child in psutil.Process(live.process.pid).children(recursive=True)
        if "live" in child.cmdline()
    )
    os.kill(service.pid, signal.SIGKILL)
    expect(page.locator(".trouble")).to_contain_text("实时服务已中断")
    expect(page.locator(".trouble")).to_have_count(0, timeout=40_000)
    words(page, "云溪水位站")

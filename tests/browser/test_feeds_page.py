"""What feeds refused and why, rows left out, a gauge in the wrong unit: all of it stands on the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, Served
from tests.browser.live_basin import feeding, values, write_live_basin
from tests.shared_store import SharedStore

pytestmark = pytest.mark.browser

LAKE, RIVER = "30500001", "31000001"
STRANGERS = (("31000009", "level", 1.0, 1.0), (RIVER, "ph", 7.0, 1.0))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    calm = ((LAKE, "level", 151.0, 2.0), (RIVER, "level", 1.5, 1.0))
    with feeding(tmp_path_factory.mktemp("feed"), *calm, *STRANGERS) as file_and_url:
        yield file_and_url


@pytest.fixture(scope="module")
def live(
    serve: Callable[[Path], Served],
    told: tuple[Path, str],
    shared_store: SharedStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Served:
    catalog = write_live_basin(tmp_path_factory.mktemp("live"), url=told[1])
    table = catalog.parent / "stations.csv"
    table.write_text(table.read_text("utf-8") + "39999999,无处,Nowhere,stage,40.5,116.9,,,\n", "utf-8")
    return serve(shared_store.build(catalog))


@pytest.fixture
def page(blank: Page, live: Served) -> Page:
    blank.goto(live.url)
    blank.wait_for_selector(READY)
    return blank


def show(page: Page, panel: str, language: str) -> None:
    for key, value in (("language", language), ("panel", panel)):
        page.evaluate(f"() => window.twinDesk.trame.state.set('{key}', '{value}')")


def test_refusals_and_left_out_rows_stand_in_the_stations_panel(page: Page) -> None:
    show(page, "stations", "zh")
    feeds = page.locator(".feeds")
    expect(feeds).to_contain_text(re.compile(r"未知测站 · 31000009 · × \d+"))
    expect(feeds).to_contain_text(f"该站未声明此要素 · {RIVER}")
    expect(page.locator(".panel")).to_contain_text("测站表有 1 行未采用")
    show(page, "stations", "en")
    expect(feeds).to_contain_text("unknown station · 31000009")
    expect(page.locator(".panel")).to_contain_text("Rows of the station tables left out: 1")
    show(page, "", "zh")


def test_a_gauge_in_another_unit_moves_no_water_and_the_page_says_so(
    page: Page, told: tuple[Path, str]
) -> None:
    show(page, "", "zh")
    page.evaluate("() => window.twinDesk.trame.trigger('follow_live', [])")
    page.wait_for_function("() => document.body.innerText.includes('151.00')")
    values(told[0], (LAKE, "level", 0.15105, 0.1))
    page.wait_for_function("() => document.body.innerText.includes('1000 倍')")
    level = page.locator(".figure", has_text="水位").locator("b").first
    expect(level).to_have_text("151.00")
    page.evaluate(f"() => window.twinDesk.trame.trigger('open_station', ['{LAKE}', false])")
    expect(page.locator(".card").first).to_contain_text(re.compile(r"存疑.*1000 倍"))
    values(told[0], (LAKE, "level", 151.07, 0.01))
    page.wait_for_function("() => document.body.innerText.includes('151.07')")

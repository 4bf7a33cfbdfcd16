"""A phone gets the text page, which renews itself under its reader, and leads to the desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium: Browser) -> Page:
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.clock.install()
    return page


def test_it_is_renewed_without_moving_focus_or_elements_and_announces_what_matters(
    phone: Page, desk: Served
) -> None:
    phone.goto(desk.url)
    phone.wait_for_url("**/text")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    link = phone.get_by_role("link", name="三维桌面")
    link.focus()
    level = phone.locator("dd b").first
    phone.evaluate("document.querySelector('dd b').mine = true")
    before = level.inner_text()
    main = phone.request.get(f"{desk.url}text/now?lang=zh").text()
    answers = [main.replace(before, "155.55 m").replace('data-said="', 'data-said="新情况，'), None, main]

    def answer(route: Route) -> None:
        text = answers.pop(0) if answers else main
        if text is None:
            route.abort()
        else:
            route.fulfill(body=text, content_type="text/html")

    phone.route("**/text/now*", answer)
    phone.clock.run_for(5100)
    expect(level).to_have_text("155.55 m")
    expect(phone.locator("#said")).to_contain_text("新情况")
    assert phone.evaluate("document.querySelector('dd b').mine"), "the element is the same one"
    expect(link).to_be_focused()
    phone.clock.run_for(5100)
    expect(phone.locator("#cut")).to_contain_text("连接中断")
    phone.clock.run_for(5100)
    expect(phone.locator("#cut")).to_be_empty()
    expect(level).to_have_text(before)
    expect(phone.locator("#said")).to_contain_text("新情况")  # no second announcement within 20 s
    link.click()
    phone.wait_for_url("**/index.html?full=1*")
    phone.goto(desk.url)
    phone.wait_for_url("**/index.html")  # the choice stays in the tab
    phone.context.close()

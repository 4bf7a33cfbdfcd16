"""The permanent link that a page holds, read as the scene in it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from twin.scene import Scene

_LINK = "() => window.twinDesk.trame.state.get('link')"


def link_with(page: Page, holds: Callable[[Scene], bool]) -> str:
    """Wait for a link whose scene is as wanted.

    "Another link than before" is no such wait: a link follows the picture by a moment, so two changes in
    a row may leave the page with the very link that it began with.
    """
    link = ""
    while True:
        page.wait_for_function(f"(old) => ({_LINK})() && ({_LINK})() !== old", arg=link)
        link = str(page.evaluate(_LINK))
        if holds(Scene.from_link(link)):
            return link

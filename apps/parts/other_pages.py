"""Link to the other pages of the server: studio, wall, text."""

from __future__ import annotations

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part

PAGES = (
    ("studio", "play", "page_studio", "duty.may"),
    ("wall", "monitor-share", "page_wall", "true"),
    ("wall/control", "monitor-share", "page_control", "duty.may"),
    ("text", "clipboard-text", "text_page", "true"),
)
"""Address, icon, text key, and the expression that shows it: what one may not open is not offered."""


def _button() -> None:
    for address, icon, text, shown in PAGES:
        with html.A(v_if=(shown,), href=address, target="_blank", classes="tool"):
            Icon(icon)
            html.Span(f"{{{{ t.{text} }}}}")


PART = Part(id="other_pages", button=_button, tools="page")

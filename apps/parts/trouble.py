"""Banners: why the view may be old, or differ from the store."""

from __future__ import annotations

from dataclasses import dataclass

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """Notice that the store holds other data than the view.

    ``action`` is the button's words, '' for none.
    """

    text: str = ""
    action: str = ""


def build() -> None:
    with html.Div(classes="banners"):
        with html.Div(v_if=("notice.text",), classes="notice", raw_attrs=['role="status"']):
            Icon("database-refresh-outline")
            html.Span("{{ notice.text }}")
            html.Button(
                "{{ notice.action }}",
                v_if=("notice.action",),
                type="button",
                classes="tool",
                title=("t.generation_open_hint",),
                click="trigger('open_current')",
            )
        with html.Div(v_if=("trouble",), classes="trouble", raw_attrs=['role="alert"']):
            Icon("alert-outline")
            html.Span("{{ trouble }}")


PART = Part(id="trouble", state={"trouble": "", "notice": NoticeView()}, build=build)

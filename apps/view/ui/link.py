"""The permanent link, ready to be copied."""

from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3


def build() -> None:
    with html.Section(
        v_if=("panel === 'link'",), classes="panel glass", raw_attrs=[':aria-label="t.link_title"']
    ):
        html.H2("{{ t.link_title }}")
        with html.Div(classes="link-row"):
            html.Input(
                type="text",
                raw_attrs=[
                    "readonly",
                    'id="permanent-link"',
                    ':value="window.twinDesk.address(link)"',
                    ':aria-label="t.link_title"',
                ],
                focus="$event.target.select()",
            )
            with html.Button(type="button", classes="tool", click="window.twinDesk.copy(link)"):
                v3.VIcon("mdi-content-copy")
                html.Span("{{ copied ? t.link_copied : t.link_copy }}")
        html.P("{{ t.link_note }}", classes="note")

"""The permanent link, ready to be copied."""

from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3

ADDRESS = "window.twinDesk.address(link, head.live && link_follows)"


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
                    f':value="{ADDRESS}"',
                    ':aria-label="t.link_title"',
                ],
                focus="$event.target.select()",
            )
            with html.Button(type="button", classes="tool", click=f"window.twinDesk.copy({ADDRESS})"):
                v3.VIcon("mdi-content-copy")
                html.Span("{{ copied ? t.link_copied : t.link_copy }}")
        html.P("{{ t.link_note }}", v_if=("!head.live",), classes="note")
        with html.Template(v_if=("head.live",)):
            with html.Label(classes="check"):
                html.Input(type="checkbox", v_model=("link_follows",))
                html.Span("{{ t.link_follows }}")
            html.P(
                "{{ link_follows ? t.link_note_follows"
                " : t.link_note_live.replace('{time}', head.live_time) }}",
                classes="note",
            )

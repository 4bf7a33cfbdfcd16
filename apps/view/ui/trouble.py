"""The banner that says why what is shown may be old."""

from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3


def build() -> None:
    with html.Div(v_if=("trouble",), classes="trouble", raw_attrs=['role="alert"']):
        v3.VIcon("mdi-alert-outline")
        html.Span("{{ trouble }}")

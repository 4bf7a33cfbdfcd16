"""The card that answers: where a number comes from, or what is known of a point."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3


def build() -> None:
    with html.Section(
        v_if=("card.kind",), classes="card glass", raw_attrs=['aria-live="polite"', ':data-card="card.kind"']
    ):
        with html.Header(classes="card-head"):
            html.H2("{{ card.title }}")
            with html.Button(
                type="button",
                classes="tool tool-icon",
                title=("t.close",),
                click="trigger('close_card')",
                raw_attrs=[':aria-label="t.close"'],
            ):
                v3.VIcon("mdi-close")
        html.P("{{ card.value }}", v_if=("card.value",), classes=("'card-value tone-' + card.tone",))
        with html.Dl(classes="rows"):
            with html.Template(v_for=("row in card.rows",), key=("row.label",)):
                html.Dt("{{ row.label }}")
                html.Dd("{{ row.value }}", classes=("row.tone ? 'tone-' + row.tone : ''",))
        html.P("{{ card.note }}", v_if=("card.note",), classes="note")
